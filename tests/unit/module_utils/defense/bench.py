# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bench for System Defense on simulated firmware: a foreign policy to begin with, a network that dies on purpose."""

from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.cim.isolation import (
    BINDINGS,
    ETHERNET_PORT,
    IP_FILTER,
    POLICY,
    PORTS,
)
from ansible_collections.outofband.amt.plugins.module_utils.defense import wire, words
from ansible_collections.outofband.amt.plugins.module_utils.errors import Interrupted, Unreachable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defenses import read_defenses
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation

from simulator import flows
from tests.in_process import Before, is_read, machine

ALLOW = ["dhcp", {"to": "10.0.5.20, tcp/443"}]


def wanted(resource, **given):
    return {**{option.name: option.default for option in resource.options}, **given}


def isolate(device, resolve=None, dry_run=False, **given):
    resource = Isolation(resolve or (lambda name: ["10.0.7.7"]))
    return converge(resource, device, wanted(resource, **{"state": "isolated", "allow": ALLOW, **given}), dry_run)


def release(device, **given):
    return converge(Isolation(), device, wanted(Isolation, state="released", **given))


def writes(device):
    return [sent for sent in device.client.transport.sent if not is_read(sent)]


def create_foreign(device, name="theirs", precedence=5):
    """A policy that something else made, with one filter: no SMTP out."""
    rule = words.filter_from(
        {
            "name": "smtp",
            "direction": "out",
            "action": "drop",
            "protocol": "tcp",
            "ip_version": 4,
            "destination_ports": "25",
        }
    )
    made = device.create(IP_FILTER, wire.filter_properties(rule, "no smtp"))
    policy = words.policy_from({"name": name, "precedence": precedence})
    handle = int(made.selectors["InstanceID"])
    return device.create(POLICY, wire.policy_properties(policy, name, [handle])).selectors["InstanceID"]


def bind_foreign(device, by="system_defense", port="wired", **given):
    instance_id = create_foreign(device, **given)
    ends = {"Antecedent": ETHERNET_PORT.at(DeviceID=PORTS[port]), "Dependent": POLICY.at(InstanceID=instance_id)}
    device.create(BINDINGS[by], ends)
    return instance_id


def bound_name(device, by="system_defense", port="wired"):
    held = read_defenses(device)
    bound = held.bound(by, port)
    return held.policies[bound.policy].device_name if bound else None


def orphans(device):
    return [held.device_name for held in read_defenses(device).orphans()]


def names(device):
    return sorted(policy.device_name for policy in read_defenses(device).policies.values())


def answer(device, **question):
    """What the simulated firmware does with a packet of its host, by its own evaluator."""
    return flows.ask(device.client.transport.service.firmware, question)["action"]


def fresh(before=True, **settings):
    device = machine("16", **settings)
    if before:
        bind_foreign(device)
    return device


class Dying(Before):
    """Passes requests on until write number `at` (from 1), whose answer is lost; `carried_out`: after it took effect.
    Then the network is gone, or with `recovers` as it was. `refuse`: the answer in place of all that."""

    def __init__(self, transport, at, carried_out=False, recovers=False, refuse=None):
        super().__init__(transport)
        self.at, self.carried_out, self.recovers, self.refuse = at, carried_out, recovers, refuse
        self.writes = 0
        self.struck = False
        self.sent = transport.sent
        self.service = transport.service

    def post(self, body, only_on=0, slow=False):
        if self.struck and not self.recovers:
            raise Unreachable("the network is gone")
        if not is_read(body):
            self.writes += 1
            if self.writes == self.at:
                self.struck = True
                return self._strike(body)
        return super().post(body)

    def _strike(self, body):
        if self.refuse is not None:
            return self.refuse
        if self.carried_out:
            super().post(body)
        raise Interrupted("the answer was lost")
