# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names: what is refused, and who writes over a shared one."""

from __future__ import annotations

import pytest

from simulator.values import Fault

GENERAL = "AMT_GeneralSettings"
REST = [("ElementName", "x"), ("InstanceID", "x"), ("PingResponseEnabled", "true")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HostName", "h" * 64),
        ("DomainName", "d" * 192),
        ("DDNSTTL", str(2**31)),
        ("DDNSPeriodicUpdateInterval", "19"),
        ("PrivacyLevel", "3"),
    ],
)
def test_values_out_of_bounds_are_refused(make, name, value):
    with pytest.raises(Fault) as caught:
        make().put(GENERAL, {}, [*REST, (name, value)])
    assert caught.value.detail.endswith(" " + name)


@pytest.mark.parametrize(
    ("shared", "lms", "name"), [("true", True, "desk"), ("false", True, "x"), ("true", False, "x")]
)
def test_the_local_service_writes_the_system_s_name_over_a_shared_one(make, shared, lms, name):
    firmware = make(hostname="desk", lms=lms)
    firmware.put(GENERAL, {}, [*REST, ("HostName", "x"), ("SharedFQDN", shared)])
    assert firmware.get(GENERAL, {})["HostName"] == "x"
    firmware.booted({})
    assert firmware.get(GENERAL, {})["HostName"] == name
