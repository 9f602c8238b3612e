# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which policy is enabled on which port: by the console, by default, by agent presence, by environment detection."""

from __future__ import annotations

from typing import Any, Optional

from ...values import Epr, Instance
from .. import refusals
from ..domain import Domain, create, delete, instances, method
from .policies import policy_reference
from .port import Port
from .rows import AGENT_PRESENCE, ENVIRONMENT, FALLBACK, SYSTEM_DEFENSE, Policy
from .state import limit_reached

BOUND, FALLBACK_BOUND = "AMT_NetworkPortSystemDefensePolicy", "AMT_NetworkPortDefaultSystemDefensePolicy"
BY_AGENTS, BY_ENVIRONMENT = "AMT_AgentPresenceInterfacePolicy", "AMT_EnvironmentDetectionInterfacePolicy"
OWNERS = {
    BOUND: SYSTEM_DEFENSE,
    FALLBACK_BOUND: FALLBACK,
    BY_AGENTS: AGENT_PRESENCE,
    BY_ENVIRONMENT: ENVIRONMENT,
}
DEFAULT_SET = 2504
COMPLETED, MAX_LIMIT_REACHED, INVALID_HANDLE = 0, 0x17, 0x805


class DefenseBindings(Domain):
    def shown(self, cls: str) -> list[Instance]:
        """An association is there as long as the binding, also while another policy has precedence."""
        defense, owner = self.firmware.defense, OWNERS[cls]
        ports = defense.ports.values() if defense.usable else ()
        return [self.instance(cls, port) for port in ports if owner in port.bindings]

    def instance(self, cls: str, port: Port) -> Instance:
        binding = port.bindings[OWNERS[cls]]
        enabled = {} if cls == FALLBACK_BOUND else {"Enabled": binding.competes}
        return {
            **enabled,
            "Active": port.active is binding,
            "Antecedent": self.firmware.defense.port_reference(port),
            "Dependent": policy_reference(binding.policy),
        }

    def add(self, cls: str, wanted: dict[str, Any], enabled: bool = True) -> Instance:
        """One policy a port and owner: the one before has to go first."""
        defense, owner = self.firmware.defense, OWNERS[cls]
        defense.check_usable()
        port, policy = self.ends(wanted)
        if owner in port.bindings:
            raise refusals.already_exists()
        if not defense.has_room(port, policy):
            raise limit_reached()
        port.bind(owner, policy, self.firmware.clock.now(), enabled)
        return self.instance(cls, port)

    def ends(self, wanted: dict[str, Any]) -> tuple[Port, Policy]:
        defense = self.firmware.defense
        for name in ("Antecedent", "Dependent"):
            if name not in wanted:
                raise refusals.missing_value(name)
        try:
            port = defense.port_of(wanted["Antecedent"])
        except LookupError:
            raise refusals.invalid_value("Antecedent") from None
        try:
            return port, defense.policy_of(wanted["Dependent"])
        except LookupError:
            raise refusals.invalid_value("Dependent") from None

    def unbind(self, cls: str, present: Instance) -> None:
        port = self.firmware.defense.port_of(present["Antecedent"])
        port.unbind(OWNERS[cls], self.firmware.clock.now())

    @instances(BOUND)
    def bound(self) -> list[Instance]:
        return self.shown(BOUND)

    @create(BOUND)
    def bind(self, wanted: dict[str, Any]) -> Instance:
        return self.add(BOUND, wanted, wanted.get("Enabled", True))

    @delete(BOUND)
    def release(self, present: Instance) -> None:
        self.unbind(BOUND, present)

    @instances(FALLBACK_BOUND)
    def default_bound(self) -> list[Instance]:
        return self.shown(FALLBACK_BOUND)

    @create(FALLBACK_BOUND)
    def bind_default(self, wanted: dict[str, Any]) -> Instance:
        made = self.add(FALLBACK_BOUND, wanted)
        self.firmware.events.audit(DEFAULT_SET)
        return made

    @delete(FALLBACK_BOUND)
    def release_default(self, present: Instance) -> None:
        self.unbind(FALLBACK_BOUND, present)

    @instances(BY_AGENTS)
    def bound_by_agents(self) -> list[Instance]:
        return self.shown(BY_AGENTS)

    @create(BY_AGENTS)
    def bind_for_agents(self, wanted: dict[str, Any]) -> Instance:
        """It waits for an agent's action, unless one has called for it already [MOF]."""
        return self.add(BY_AGENTS, wanted, self.firmware.agent_presence.calls_for_policy)

    @delete(BY_AGENTS)
    def release_from_agents(self, present: Instance) -> None:
        self.unbind(BY_AGENTS, present)

    @instances(BY_ENVIRONMENT)
    def bound_by_environment(self) -> list[Instance]:
        return self.shown(BY_ENVIRONMENT)

    @method("AMT_EnvironmentDetectionSettingData", "SetSystemDefensePolicy", writes=True)
    def set_environment_policy(self, _present: Instance, Policy: Optional[Epr] = None) -> int:
        """For every port, to be enabled on those that are outside; without a policy there is none any more [MOF]."""
        defense, now = self.firmware.defense, self.firmware.clock.now()
        defense.check_usable()
        try:
            policy = defense.policy_of(Policy) if Policy is not None else None
        except LookupError:
            return INVALID_HANDLE
        if policy is not None and not all(defense.has_room(port, policy) for port in defense.ports.values()):
            return MAX_LIMIT_REACHED
        for port in defense.ports.values():
            port.unbind(ENVIRONMENT, now)
            if policy is not None:
                port.bind(ENVIRONMENT, policy, now, self.firmware.whereabouts.is_outside(port.number))
        return COMPLETED
