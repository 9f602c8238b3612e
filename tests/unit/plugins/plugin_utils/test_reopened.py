# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that goes on elsewhere: over TLS, or with another password, on a simulated device."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.network import GENERAL
from ansible_collections.outofband.amt.plugins.module_utils.errors import AuthenticationRefused, InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

PLACE = Endpoint("192.0.2.7", tls=False, password="P@ssw0rd")


def test_a_machine_goes_on_over_tls_and_asks_again_whether_it_is_the_one(fleet):
    running = fleet([{"name": "pc", "generation": 15, "tls": True}])
    device = running.device("pc")
    endpoint = Endpoint(device.address, running.ports.plain, password=device.password, tls=False)
    with open_machine(
        replace(endpoint, uuid=device.call(lambda firmware: firmware.settings.uuid)), running.clock
    ) as machine:
        machine.get(GENERAL)
        assert machine.certificate == b""
        machine.reopen(tls=True, port=running.ports.tls, ca_file=str(running.ca_file))
        machine.get(GENERAL)
        assert machine.certificate
    asked = [entry.cls for entry in running.journal.entries(device="pc") if entry.login == "accepted"]
    assert asked == ["CIM_ComputerSystemPackage", "AMT_GeneralSettings"] * 2


def test_a_machine_goes_on_with_another_password(fleet):
    running = fleet([{"name": "pc", "generation": 15, "tls": True}])
    device = running.device("pc")
    endpoint = Endpoint(device.address, running.ports.plain, password=device.password, tls=False)
    with open_machine(endpoint, running.clock) as machine:
        machine.get(GENERAL)
        machine.reopen(password="not it")
        with pytest.raises(AuthenticationRefused):
            machine.get(GENERAL)
        machine.reopen(password=device.password)
        assert machine.get(GENERAL)


def test_the_port_follows_tls_where_it_is_one_of_the_two():
    assert PLACE.moved(tls=True).port == 16993
    assert PLACE.moved(tls=True).moved(tls=False).port == 16992
    assert replace(PLACE, port=4711).moved(tls=True).port == 4711
    assert PLACE.moved(tls=True, port=4711).port == 4711


def test_a_new_password_takes_the_place_of_a_hash():
    assert replace(PLACE, password_hash="0" * 32).moved(password="other").password_hash == ""


def test_a_proxy_command_leads_to_one_place():
    behind = replace(PLACE, proxy_command=("ssh", "-W", "192.0.2.7:16992", "bastion"))
    with pytest.raises(InvalidOption, match="leads to one port alone"):
        behind.moved(tls=True)
    assert behind.moved(password="other").password == "other"
    assert behind.moved(tls=True, proxy_command=("ssh", "-W", "192.0.2.7:16993", "bastion")).tls
