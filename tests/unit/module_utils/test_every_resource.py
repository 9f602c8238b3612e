# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises that every resource inherits, on every generation of simulated firmware.

A new resource adds a row to CASES: what is wanted, on firmware with which settings.
"""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation_info import IsolationInfo
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power import Power
from ansible_collections.outofband.amt.plugins.module_utils.resources.raw import Raw

from tests.in_process import machine

GENERATIONS = ("9", "11", "12", "15", "16", "19")
HOSTNAME = {"action": "put", "class_name": "AMT_GeneralSettings", "properties": {"HostName": "renamed"}}
MAIL = {"name": "no mail", "direction": "out", "action": "drop", "protocol": "tcp", "destination_ports": "25"}
ALLOW = ["dhcp", "dns", {"to": "198.51.100.7, https"}]

CASES = {
    "power on": (Power, {"state": "on"}, {"power": "off"}),
    "power off": (Power, {"state": "off"}, {"power": "on"}),
    "power off at once": (Power, {"state": "off", "graceful": "never"}, {"power": "on"}),
    "boot from pxe": (Boot, {"target": "pxe"}, {"power": "on"}),
    "boot into bios setup": (Boot, {"target": "bios_setup", "lock_keyboard": True}, {"power": "off"}),
    "boot from nothing in particular": (Boot, {"target": "none"}, {}),
    "policies": (DefensePolicies, {"policies": [{"name": "office", "ports": ["wired"], "filters": [MAIL]}]}, {}),
    "isolation": (Isolation, {"state": "isolated", "allow": ALLOW, "ip": [4], "expires": 60}, {}),
    "no isolation": (Isolation, {"state": "released"}, {}),
    "isolation, as it is": (IsolationInfo, {"snapshot": False}, {}),
    "inventory": (Inventory, {"gather_subset": ["all"]}, {}),
    "raw get": (Raw, {"class_name": "AMT_GeneralSettings"}, {}),
    "raw put": (Raw, {**HOSTNAME, "omit": ["DigestRealm", "PowerSource"]}, {}),
}
EVENTS = {
    "reset": (Power, {"state": "reset"}, {"power": "on"}),
    "cycle": (Power, {"state": "cycle", "graceful": "never"}, {"power": "on"}),
    "boot now": (Boot, {"target": "pxe", "restart": "immediate"}, {"power": "on"}),
    "boot now what is off": (Boot, {"target": "disk", "restart": "graceful"}, {"power": "off"}),
}
STATES_AND_EVENTS = {**CASES, **EVENTS}


def wanted(resource, given):
    return {**{option.name: option.default for option in resource.options}, **given}


def prepared(case, generation):
    kind, given, settings = STATES_AND_EVENTS[case]
    resource = kind()
    return resource, machine(generation, **settings), wanted(resource, given)


def writes(transport):
    """What was sent that is neither a read nor part of an enumeration."""
    reads = (b"/transfer/Get<", b"/enumeration/Enumerate<", b"/enumeration/Pull<", b"/GetTimeout<")
    return [document for document in transport.sent if not any(read in document for read in reads)]


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("case", STATES_AND_EVENTS)
def test_dry_run_writes_nothing_and_predicts_the_real_diff(case, generation):
    resource, device, want = prepared(case, generation)
    predicted = converge(resource, device, want, dry_run=True)
    assert writes(device.client.transport) == []
    real = converge(resource, device, want)
    assert (predicted.before, predicted.after, predicted.changed) == (real.before, real.after, real.changed)


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("case", CASES)
def test_second_run_changes_and_writes_nothing(case, generation):
    resource, device, want = prepared(case, generation)
    converge(resource, device, want)
    written = len(writes(device.client.transport))
    second = converge(resource, device, want)
    assert not second.changed
    assert second.before == second.after
    assert len(writes(device.client.transport)) == written


@pytest.mark.parametrize("case", EVENTS)
def test_an_event_happens_each_time_it_is_asked_for(case):
    resource, device, want = prepared(case, "16")
    assert converge(resource, device, want).changed
    device.clock.advance(120)
    assert converge(resource, device, want).changed


@pytest.mark.parametrize(("case", "reads"), [("power on", 2), ("boot from nothing in particular", 5)])
def test_nothing_to_do_costs_no_more_than_the_reads(case, reads):
    resource, device, want = prepared(case, "16")
    converge(resource, device, want)
    before = len(device.client.transport.sent)
    converge(resource, device, want)
    assert len(device.client.transport.sent) - before == reads
