# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""General settings: what is put, and what no firmware takes."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.general import General

from tests.in_process import machine

WIRE = {
    "presence_interval": ("PresenceNotificationInterval", 15, 15),
    "address_family": ("PreferredAddressFamily", "ipv6", 1),
    "wsman_only": ("WsmanOnlyMode", True, True),
}


def wanted(**given):
    return {**{option.name: option.default for option in General.options}, **given}


@pytest.mark.parametrize("option", WIRE)
def test_an_option_changes_its_property_and_no_other(option):
    name, value, number = WIRE[option]
    device = machine("16")
    before = device.client.transport.service.firmware.get("AMT_GeneralSettings", {})
    converge(General(), device, wanted(**{option: value}))
    after = device.client.transport.service.firmware.get("AMT_GeneralSettings", {})
    assert {each: after[each] for each in after if after[each] != before[each]} == {name: number}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"presence_interval": 14}, "presence_interval: 14 cannot be used: from 15 to"),
        ({"presence_interval": -1}, "or 0 for no event"),
    ],
)
def test_minutes_that_no_firmware_takes(given, reason):
    with pytest.raises(InvalidOption, match=reason):
        General().check(wanted(**given))


def test_firmware_without_such_an_event(monkeypatch):
    device = machine("16")
    del device.client.transport.service.firmware.general.values["PresenceNotificationInterval"]
    assert converge(General(), device, wanted(wsman_only=True)).after["presence_interval"] is None
    with pytest.raises(Unavailable, match="presence_interval: this firmware has no"):
        converge(General(), device, wanted(presence_interval=15))
