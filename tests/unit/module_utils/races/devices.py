# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is raced on simulated devices: for each resource its wishes, and the device itself as the judge of them."""

from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.audit_log import AuditLog
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power import Power
from ansible_collections.outofband.amt.plugins.module_utils.resources.raw import Raw
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client

from simulator.device import Description, Device
from simulator.digest import secret
from simulator.firmware.model import Firmware
from tests.capabilities import CAPABILITIES
from tests.in_process import Direct
from tests.unit.module_utils.defense import bench
from tests.unit.module_utils.races.stage import Clock

ASSIGNED = ("InstanceID", "CreationClassName", "SystemName", "SystemCreationClassName", "FilterCreationHandles")


class Staged(Direct):
    """A transport whose requests are steps."""

    def __init__(self, device, stage):
        super().__init__(device)
        self.stage = stage

    def post(self, body, only_on=0, slow=False):
        if self.stage is not None:
            self.stage.step()
        return super().post(body)

    def send(self, request, only_on=0, slow=False):
        if self.stage is not None:
            self.stage.step()
        return super().send(request)


class OnDevice:
    """One device for several runs of a case's resource."""

    def __init__(self, case):
        self.case = case
        self.clock = Clock()
        self.device = Device(Description("pc", "127.1.0.1", "16", case.settings), self.clock, Firmware)
        for wish in case.before:
            self.run(self.machine(), wish)
        case.prepare(self.machine())

    def machine(self, stage=None):
        transport = Staged(self.device, stage)
        transport.endpoint = self.log_in(transport.endpoint)
        return Machine(Client(transport, self.clock), self.clock, Deadline(self.clock, 3600))

    def log_in(self, endpoint):
        """That of who comes now: the administrator's, also where a wish has changed it."""
        firmware, name = self.device.firmware, self.device.firmware.users.administrator
        for password in (wish.get("password") for wish in self.case.wishes.values()):
            if password and firmware.secret_of(name) == secret(name, firmware.digest_realm, password):
                return endpoint.moved(username=name, password=password)
        return endpoint

    def run(self, machine, wish):
        given = self.case.wishes[wish] if isinstance(wish, str) else wish
        resource = self.case.resource()
        return converge(resource, machine, bench.wanted(resource, **given))

    def look(self):
        """What the device is once everything that was asked of it has happened, told from inside the firmware."""
        self.clock.advance(600)
        self.device.firmware.settle()
        return self.case.look(self.device.firmware)


class Case:
    """`wishes` by name, of which `raced` are raced; `before` are wishes that the device has been brought to, `prepare`
    what else was done to it."""

    def __init__(self, resource, wishes, look, raced=None, before=(), prepare=lambda machine: None, **settings):
        self.resource, self.wishes, self.look = resource, wishes, look
        self.raced = raced or list(wishes)
        self.before, self.prepare, self.settings = before, prepare, settings


def defense(firmware):
    """Every policy without marks and numbers, and where it is bound; filters that no policy lists; agents."""
    state = firmware.defense
    bound = {}
    for number, port in state.ports.items():
        for owner, binding in port.bindings.items():
            bound.setdefault(binding.policy.handle, []).append((number, owner, binding.expired))
    listed = {row.handle for policy in state.policies.values() for row in policy.filters}
    return {
        "policies": sorted(_policy(policy, bound.get(policy.handle, [])) for policy in state.policies.values()),
        "unlisted": sorted(own(row.name) for row in state.filters.values() if row.handle not in listed),
        "agents": sorted(
            (agent.startup, agent.timeout, sorted(str(action) for action in agent.actions))
            for agent in firmware.agent_presence.agents.values()
        ),
    }


def own(name):
    return name[3:] if name.startswith(("ob-", "ob+")) else name


def _policy(policy, bound):
    filters = sorted(str({**_bare(row.fields), "Name": own(row.name), "class": row.cls}) for row in policy.filters)
    return own(policy.name), sorted(bound), policy.timeout, str(_bare(policy.fields)), filters


def _bare(fields):
    return {k: v for k, v in sorted(fields.items()) if k not in ASSIGNED and k not in ("Name", "PolicyName")}


def boot(firmware):
    """The settings, and what the next boot would be from; an order without a role has no say."""
    return firmware.boot.data, firmware.boot.next_device()


def power(firmware):
    return firmware.power.state


def hostname(firmware):
    return firmware.general.settings["HostName"] if hasattr(firmware.general, "settings") else None


FEW = {"state": "isolated", "allow": [{"to": "10.0.5.20, tcp/443"}], "ip": [4], "neighbours": False, "force": True}
LISTS = {
    "isolated": FEW,
    "isolated otherwise": {**FEW, "allow": [{"to": "10.0.5.21, tcp/443"}], "expires": 30},
    "released": {"state": "released"},
}
AGENT = {"id": "12345678-9abc-def0-1234-56789ABCDEF0", "description": "edr", "startup": 60, "timeout": 30}
BY_AGENT = {
    "isolated": {**FEW, "when": "agent", "agent": AGENT},
    "released": {"state": "released", "when": "agent", "agent": AGENT},
}
MAIL = {"name": "no mail", "direction": "out", "action": "drop", "protocol": "tcp", "destination_ports": "25"}
WEB = {**MAIL, "name": "no web", "destination_ports": "80"}
POLICIES = {
    "office": {"policies": [{"name": "office", "ports": ["wired"], "filters": [MAIL]}], "purge": True},
    "changed": {"policies": [{"name": "office", "ports": ["wired"], "filters": [WEB]}], "purge": True},
    "lab": {"policies": [{"name": "lab", "ports": ["wired"], "filters": [WEB]}], "purge": True},
    "nothing": {"policies": [], "purge": True},
}
CLEARED = 2000
PUT = {"action": "put", "class_name": "AMT_GeneralSettings", "omit": ["DigestRealm", "PowerSource"]}


def some(wishes, *names):
    return {name: wishes[name] for name in names}


def acts(firmware):
    """But that it was cleared, which each run that clears leaves."""
    return [row.code for row in firmware.audit_log.records if row.code != CLEARED]


def failed_logins(machine):
    for _each in range(12):
        machine.client.transport.firmware.login_failed("mallory", "192.0.2.66")


CASES = {
    "isolation": Case(Isolation, LISTS, defense, prepare=bench.bind_foreign),
    "isolation, nothing before": Case(Isolation, some(LISTS, "isolated", "released"), defense),
    "isolation that is there": Case(Isolation, LISTS, defense, ["isolated otherwise", "released"], before=["isolated"]),
    "isolation by an agent": Case(Isolation, BY_AGENT, defense, prepare=bench.bind_foreign),
    "policies": Case(DefensePolicies, some(POLICIES, "office", "lab", "nothing"), defense),
    "policies that are there": Case(DefensePolicies, POLICIES, defense, ["changed", "nothing"], before=["office"]),
    "boot": Case(
        Boot,
        {
            "pxe": {"target": "pxe", "lock_keyboard": True},
            "setup": {"target": "bios_setup"},
            "none": {"target": "none"},
        },
        boot,
        before=[{"target": "cd"}],
    ),
    "power": Case(
        Power,
        {"on": {"state": "on"}, "off": {"state": "off"}, "forced": {"state": "off", "graceful": "never"}},
        power,
        power="on",
    ),
    "audit log": Case(
        AuditLog, {"cleared": {"clear": True, "confirm": True, "unarchived": True}}, acts, prepare=failed_logins
    ),
    "raw": Case(
        Raw,
        {name: {**PUT, "properties": {"HostName": name}} for name in ("one", "two")},
        lambda firmware: firmware.get("AMT_GeneralSettings", {})["HostName"],
    ),
    **{
        name: Case(each.resource, each.wishes, each.look, before=filter(None, [each.before]), **each.settings)
        for name, each in CAPABILITIES.items()
    },
}
