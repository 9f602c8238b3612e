# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A firmware whose answers are well-formed and wrong: every resource ends with a result or with a typed error."""

from __future__ import annotations

import json
import os
import random
from xml.etree import ElementTree

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.audit_log import AuditLog
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation_info import IsolationInfo
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power import Power
from ansible_collections.outofband.amt.plugins.module_utils.resources.raw import Raw
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpRequest
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply

from tests.capabilities import CAPABILITIES
from tests.fuzz.mutation import STRUCTURE_CHANGES
from tests.in_process import Before, machine
from tests.interop.own_requests import defaults

RUNS = int(os.environ.get("FUZZ_INPUTS", "100000")) // 100

SOAP_BODY = "{http://www.w3.org/2003/05/soap-envelope}Body"
MAIL = {"name": "no mail", "direction": "out", "action": "drop", "protocol": "tcp", "destination_ports": "25"}
WISHES = {
    "isolation": (Isolation(), {"state": "isolated", "allow": ["dhcp", {"to": "10.0.5.20, https"}], "ip": [4]}),
    "no isolation": (Isolation(), {"state": "released"}),
    "isolation info": (IsolationInfo(), {}),
    "policies": (DefensePolicies(), {"policies": [{"name": "office", "ports": ["wired"], "filters": [MAIL]}]}),
    "inventory": (Inventory(), {"gather_subset": ["all"]}),
    "audit log": (AuditLog(), {"clear": True, "confirm": True, "unarchived": True}),
    "power": (Power(), {"state": "off", "wait_timeout": 20}),
    "boot": (Boot(), {"target": "pxe", "restart": "immediate"}),
    "boot none": (Boot(), {"target": "none"}),
    "raw get": (Raw(), {"class_name": "AMT_GeneralSettings"}),
    "raw put": (Raw(), {"class_name": "AMT_GeneralSettings", "action": "put", "properties": {"HostName": "new"}}),
    "raw enumerate": (Raw(), {"class_name": "CIM_Realizes", "action": "enumerate"}),
    **{name: (each.resource(), each.first) for name, each in CAPABILITIES.items()},
}

ANYTHING_GOES = ("raw get", "raw enumerate")
"""What has no table to hold an answer against; an enumeration that was lost on the way is asked again."""


def spoil_body(document: bytes, chance: random.Random) -> bytes:
    """One or two changes below the SOAP body, where the class's own elements are."""
    root = ElementTree.fromstring(document)
    for _time in range(chance.choice((1, 1, 2))):
        elements = list(root.find(SOAP_BODY).iter())[1:]
        if elements:
            chance.choice(STRUCTURE_CHANGES)(chance.choice(elements), elements, chance)
    return ElementTree.tostring(root, encoding="utf-8")


def spoil_file(octets: bytes, chance: random.Random) -> bytes:
    """A file, or the list of them: one value of it, an octet, or its end is another one."""
    try:
        document = json.loads(octets)
    except ValueError:
        at = chance.randrange(len(octets) + 1)
        return chance.choice((octets[:at], octets[:at] + bytes([chance.randrange(256)]) + octets[at + 1 :]))
    place = [document]
    while isinstance(place[-1], (dict, list)) and place[-1] and chance.randrange(4):
        inside = place[-1]
        place.append(inside[chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))])
    text = json.dumps(document)
    return text.replace(json.dumps(place[-1]), chance.choice(STRANGE), 1).encode()


STRANGE = (
    "",
    "null",
    "[]",
    "{}",
    "-1",
    "1e99",
    '"../.."',
    '{"size": {"size": 1}}',
    "[[[",
    '[{"name": 7, "size": "x"}]',
)


class Spoiling(Before):
    """Passes requests on, and spoils one answer in `every`."""

    def __init__(self, transport, chance: random.Random, every: int) -> None:
        super().__init__(transport)
        self.chance = chance
        self.every = every
        self.last = b""

    def post(self, body: bytes, only_on: int = 0, slow: bool = False) -> HttpReply:
        reply = super().post(body)
        if self.chance.randrange(self.every):
            return reply
        self.last = spoil_body(reply.body, self.chance)
        return reply._replace(body=self.last)

    def send(self, request: HttpRequest, only_on: int = 0, slow: bool = False) -> HttpReply:
        reply = super().send(request)
        if self.chance.randrange(self.every):
            return reply
        self.last = spoil_file(reply.body, self.chance)
        return reply._replace(body=self.last)


@pytest.mark.parametrize("name", WISHES)
def test_wrong_answers_end_in_a_result_or_a_typed_error(name):
    resource, given = WISHES[name]
    wanted = defaults(resource, **given)
    chance = random.Random(name)
    ended_well = felt = 0
    runs = RUNS // (4 if name in CAPABILITIES else 2 if name == "inventory" else 1)
    settings = CAPABILITIES[name].settings if name in CAPABILITIES else {}
    for _run in range(runs):
        device = machine("16", **settings)
        device.client.transport = Spoiling(device.client.transport, chance, 20 if name == "inventory" else 3)
        try:
            outcome = converge(resource, device, wanted)
            json.dumps([outcome.before, outcome.after, outcome.facts])
            ended_well += 1
            felt += bool({**outcome.after, **outcome.facts}.get("unread"))
        except AmtError as error:
            felt += 1
            json.dumps(error.details)
            assert str(error)
        except Exception as error:
            raise AssertionError("{0} after {1!r}".format(name, device.client.transport.last)) from error
    assert ended_well > 0
    assert felt > 0 or name in ANYTHING_GOES, "what is wrong is told, by an error or as unread"
