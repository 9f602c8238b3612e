# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises that every resource inherits, on every generation of simulated firmware.

A new resource stands in tests/capabilities; here are those whose wishes are of several kinds.
"""

from __future__ import annotations

import json

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, Interrupted
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.audit_log import AuditLog
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation_info import IsolationInfo
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power import Power
from ansible_collections.outofband.amt.plugins.module_utils.resources.raw import Raw

from tests.capabilities import CAPABILITIES
from tests.in_process import Before, is_read, machine

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
    "audit log": (AuditLog, {"clear": True, "confirm": True, "unarchived": True}, {"control_mode": "client"}),
    "inventory": (Inventory, {"gather_subset": ["all"]}, {}),
    "raw get": (Raw, {"class_name": "AMT_GeneralSettings"}, {}),
    "raw put": (Raw, {**HOSTNAME, "omit": ["DigestRealm", "PowerSource"]}, {}),
    **{
        "{0}: {1}".format(each.module, wish): (each.resource, given, each.settings)
        for each in CAPABILITIES.values()
        for wish, given in each.wishes.items()
    },
}
HAVE = {
    "{0}: {1}".format(each.module, wish): each.generations for each in CAPABILITIES.values() for wish in each.wishes
}
EVENTS = {
    "reset": (Power, {"state": "reset"}, {"power": "on"}),
    "cycle": (Power, {"state": "cycle", "graceful": "never"}, {"power": "on"}),
    "boot now": (Boot, {"target": "pxe", "restart": "immediate"}, {"power": "on"}),
    "boot now what is off": (Boot, {"target": "disk", "restart": "graceful"}, {"power": "off"}),
}
STATES_AND_EVENTS = {**CASES, **EVENTS}


def on_each_generation(cases):
    pairs = [(case, generation) for case in cases for generation in HAVE.get(case, GENERATIONS)]
    return pytest.mark.parametrize(("case", "generation"), pairs)


def wanted(resource, given):
    return {**{option.name: option.default for option in resource.options}, **given}


def prepared(case, generation):
    kind, given, settings = STATES_AND_EVENTS[case]
    resource = kind()
    return resource, machine(generation, **settings), wanted(resource, given)


def writes(transport):
    """What was sent that is neither a read nor part of an enumeration."""
    return [document for document in transport.sent if not is_read(document)]


@on_each_generation(STATES_AND_EVENTS)
def test_dry_run_writes_nothing_and_predicts_the_real_diff(case, generation):
    resource, device, want = prepared(case, generation)
    predicted = converge(resource, device, want, dry_run=True)
    assert writes(device.client.transport) == []
    real = converge(resource, device, want)
    assert (predicted.before, predicted.after, predicted.changed) == (real.before, real.after, real.changed)


@on_each_generation(CASES)
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


def secrets(options, given):
    """The values of secret options, nested ones too."""
    for option in options:
        found = given.get(option.name)
        for each in found if isinstance(found, list) else [found]:
            if option.secret and each is not None:
                yield str(each)
            elif isinstance(each, dict):
                yield from secrets(option.options, each)


@pytest.mark.parametrize("case", CASES)
def test_no_secret_is_told(case):
    """Neither of a change nor of what it would be, nor of a failure of any request."""
    generation = HAVE.get(case, GENERATIONS)[-1]
    resource, device, want = prepared(case, generation)
    hidden = list(secrets(resource.options, want))
    outcomes = [converge(resource, device, want, dry_run=dry_run) for dry_run in (True, False)]
    told = [[outcome.before, outcome.after, outcome.facts, outcome.note] for outcome in outcomes]
    for number in range(len(device.client.transport.sent) if hidden else 0):
        resource, device, want = prepared(case, generation)
        device.client.transport = Refusing(device.client.transport, number)
        try:
            converge(resource, device, want)
        except AmtError as error:
            told.append([str(error), error.hint, error.details])
    text = json.dumps(told)
    assert [secret for secret in hidden if secret in text] == []


@pytest.mark.parametrize("word", ["{{ 7 * 7 }}", "<script>\x1b[31m\u202e", "../../x\n'\"$(id)"])
@pytest.mark.parametrize("case", CASES)
def test_a_device_that_says_hostile_words_is_a_result_or_a_typed_error(case, word):
    kind, given, settings = CASES[case]
    resource = kind()
    device = machine(HAVE.get(case, GENERATIONS)[-1], **settings, says=word)
    try:
        converge(resource, device, wanted(resource, given))
    except AmtError as error:
        assert str(error)


class Refusing(Before):
    """Passes requests on, and breaks off at one of them."""

    def __init__(self, real, number):
        super().__init__(real)
        self.number, self.asked = number, 0

    def post(self, body, only_on=0, slow=False):
        self.asked += 1
        if self.asked > self.number:
            raise Interrupted("the connection broke off")
        return super().post(body)
