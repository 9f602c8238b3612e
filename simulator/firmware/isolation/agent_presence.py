# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Agent presence: software in the host's system that has to call in time, and what happens when it does not."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterable
from typing import Any, Optional

from ...values import Epr, Instance
from .. import refusals
from ..domain import AMT_SYSTEM, Domain, create, delete, instances, method, service
from ..intake import require
from ..power.power import ON
from ..selection import reference_to
from .agents import ACTIVATE, DEACTIVATE, NOT_STARTED, RUNNING, STATES, STOPPED, SUSPENDED, Action, Agent, Change
from .rows import AGENT_PRESENCE
from .state import limit_reached

WATCHDOG, ACTION = "AMT_AgentPresenceWatchdog", "AMT_AgentPresenceWatchdogAction"
GUID_LENGTH = 16
MOST_AGENTS, MOST_ACTIONS, GUARANTEED_ACTIONS = 16, 64, 1
"""16 agents are typical; the numbers of actions are assumptions."""
AGENT_ADDED, AGENT_REMOVED, ACTIONS_SET = 2600, 2601, 2602
WATCHDOG_EVENT, ME_SOURCE, ENTITY_ME, NON_CRITICAL = 18, 0x68, 38, 8
COMPLETED, INVALID_PARAMETER, MAX_LIMIT_REACHED = 0, 0x24, 0x17
LOCAL_ADMINISTRATOR: Instance = {
    "Antecedent": Epr("CIM_Identity", {"InstanceID": "Intel(r) AMT:$$OsAdmin"}),
    "Dependent": Epr("CIM_Role", {"CreationClassName": "CIM_Role", "Name": "Intel(r) AMT:$$OsAdmin"}),
}


class AgentPresence(Domain):
    """`agents` by GUID. `calls_for_policy`: the last action that had to do with System Defense turned it on."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.agents: dict[bytes, Agent] = {}
        self.calls_for_policy = False
        self.chance = random.Random("agents " + firmware.settings.uuid)

    def settle(self) -> None:
        """Time passes for each agent; it stands still while the host is not running."""
        now = self.firmware.clock.now()
        running = self.firmware.power.state == ON
        for agent in self.agents.values():
            if not running and agent.state != SUSPENDED:
                self.follow(agent, agent.enter(SUSPENDED, now))
            elif running and agent.state == SUSPENDED:
                self.follow(agent, agent.enter(NOT_STARTED, now))
            self.follow(agent, agent.pass_time(now))

    def on_boot(self, device: dict[str, Any]) -> None:
        """The host's system starts anew, and its agents have the time to start."""
        for agent in self.agents.values():
            self.follow(agent, agent.enter(NOT_STARTED, self.firmware.clock.now()))

    def follow(self, agent: Agent, changes: Iterable[Change]) -> None:
        for change in changes:
            actions = agent.following(change)
            if any(action.with_event for action in actions):
                data = b"\xaa" + agent.device_id[:6] + bytes((change.new,))
                self.firmware.events.report(WATCHDOG_EVENT, 0, NON_CRITICAL, ME_SOURCE, ENTITY_ME, data)
            for action in actions:
                if action.defense is not None:
                    self.switch(action.defense == ACTIVATE, change.at)

    def switch(self, on: bool, at: float) -> None:
        """Enable or disable the policies that wait for agents, on every port."""
        self.calls_for_policy = on
        for port in self.firmware.defense.ports.values():
            port.enable(AGENT_PRESENCE, on, at)

    def named(self, present: Instance) -> Agent:
        return self.agents[base64.b64decode(str(present["DeviceID"]))]

    @instances("AMT_AgentPresenceService")
    def services(self) -> list[Instance]:
        keys = service("AMT_AgentPresenceService", "Intel(r) AMT Agent Presence Service")
        return [{**keys, "EnabledState": 5, "RequestedState": 12}]

    @instances("AMT_AgentPresenceCapabilities")
    def capabilities(self) -> list[Instance]:
        name = "Intel(r) AMT Agent Presence Capabilities"
        actions = {"MaxTotalActions": MOST_ACTIONS, "MinGuaranteedActionListSize": GUARANTEED_ACTIONS}
        return [{"ElementName": name, "InstanceID": name, "MaxTotalAgents": MOST_AGENTS, "MaxEacAgents": 0, **actions}]

    @instances(WATCHDOG)
    def watchdogs(self) -> list[Instance]:
        return [shown(agent) for agent in self.agents.values()]

    @create(WATCHDOG)
    def add(self, wanted: dict[str, Any]) -> Instance:
        require(("DeviceID",), wanted)
        device_id = guid(wanted["DeviceID"])
        if device_id in self.agents:
            raise refusals.already_exists()
        for name in ("StartupInterval", "TimeoutInterval"):
            if wanted[name] == 0:
                raise refusals.invalid_value(name)
        if len(self.agents) >= MOST_AGENTS:
            raise limit_reached()
        description = wanted.get("MonitoredEntityDescription")
        agent = Agent(device_id, description, wanted["StartupInterval"], wanted["TimeoutInterval"])
        agent.deadline = self.firmware.clock.now() + agent.startup
        self.agents[device_id] = agent
        self.firmware.events.audit(AGENT_ADDED)
        return shown(agent)

    @delete(WATCHDOG)
    def remove(self, present: Instance) -> None:
        del self.agents[self.named(present).device_id]
        self.firmware.events.audit(AGENT_REMOVED)

    @method(WATCHDOG, "RegisterAgent")
    def register_agent(self, present: Instance) -> Instance:
        """The agent starts to call; its first number follows a random one."""
        agent = self.named(present)
        self.follow(agent, agent.enter(RUNNING, self.firmware.clock.now()))
        agent.sequence = self.chance.getrandbits(32)
        return {
            "SessionSequenceNumber": agent.sequence,
            "TimeoutInterval": agent.timeout,
            "ReturnValue": COMPLETED,
        }

    @method(WATCHDOG, "AssertPresence")
    def assert_presence(self, present: Instance, SequenceNumber: int) -> int:
        """A wrong number is ignored, and nothing tells so [MOF]."""
        agent = self.named(present)
        if agent.accepts(SequenceNumber):
            agent.sequence = SequenceNumber
            agent.deadline = self.firmware.clock.now() + agent.timeout
        return COMPLETED

    @method(WATCHDOG, "AssertShutdown")
    def assert_shutdown(self, present: Instance, SequenceNumber: int) -> int:
        agent = self.named(present)
        if agent.accepts(SequenceNumber):
            self.follow(agent, agent.enter(STOPPED, self.firmware.clock.now()))
        return COMPLETED

    @method(WATCHDOG, "AddAction", writes=True)
    def add_action(
        self,
        present: Instance,
        OldState: int,
        NewState: int,
        EventOnTransition: bool,
        ActionSd: Optional[int] = None,
        ActionEac: bool = False,
    ) -> int:
        """States are sums of their numbers."""
        if not 0 < OldState <= STATES or not 0 < NewState <= STATES or ActionSd not in (None, ACTIVATE, DEACTIVATE):
            return INVALID_PARAMETER
        if sum(len(agent.actions) for agent in self.agents.values()) >= MOST_ACTIONS:
            return MAX_LIMIT_REACHED
        self.named(present).actions.append(Action(OldState, NewState, EventOnTransition, ActionSd, ActionEac))
        self.firmware.events.audit(ACTIONS_SET)
        return COMPLETED

    @method(WATCHDOG, "DeleteAllActions", writes=True)
    def delete_actions(self, present: Instance) -> int:
        self.named(present).actions.clear()
        self.firmware.events.audit(ACTIONS_SET)
        return COMPLETED

    @instances(ACTION)
    def actions(self) -> list[Instance]:
        return [
            action_shown(agent, number, action)
            for agent in self.agents.values()
            for number, action in enumerate(agent.actions)
        ]

    @instances("CIM_ConcreteDependency")
    def dependencies(self) -> list[Instance]:
        """Which action belongs to which watchdog, which key to which certificate; one of the local administrator is
        always there [recorded]."""
        return [
            LOCAL_ADMINISTRATOR,
            *self.firmware.key_store.dependencies(),
            *(
                {
                    "Antecedent": watchdog_reference(agent),
                    "Dependent": reference_to(ACTION, action_shown(agent, number, action)),
                }
                for agent in self.agents.values()
                for number, action in enumerate(agent.actions)
            ),
        ]

    @method(ACTION, "GetActionEac")
    def get_action_eac(self, present: Instance) -> Instance:
        device_id, _colon, number = str(present["PolicyActionName"]).rpartition(":")
        action = self.agents[base64.b64decode(device_id)].actions[int(number)]
        return {"ActionEac": action.posture, "ReturnValue": COMPLETED}


def guid(text: str) -> bytes:
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError:  # of which binascii.Error is one
        octets = b""
    if len(octets) != GUID_LENGTH:
        raise refusals.invalid_value("DeviceID")
    return octets


def shown(agent: Agent) -> Instance:
    return {
        "CreationClassName": WATCHDOG,
        "CurrentState": agent.state,
        "DeviceID": base64.b64encode(agent.device_id).decode("ascii"),
        "MonitoredEntityDescription": agent.description,
        "StartupInterval": agent.startup,
        "SystemCreationClassName": "CIM_ComputerSystem",
        "SystemName": AMT_SYSTEM,
        "TimeoutInterval": agent.timeout,
    }


def watchdog_reference(agent: Agent) -> Epr:
    return reference_to(WATCHDOG, shown(agent))


def action_shown(agent: Agent, number: int, action: Action) -> Instance:
    return {
        "ActionSd": action.defense,
        "CreationClassName": ACTION,
        "EventOnTransition": action.with_event,
        "PolicyActionName": "{0}:{1}".format(shown(agent)["DeviceID"], number),
        "PolicyRuleCreationClassName": "CIM_PolicyRule",
        "PolicyRuleName": str(shown(agent)["DeviceID"]),
        "SystemCreationClassName": "CIM_ComputerSystem",
        "SystemName": AMT_SYSTEM,
    }
