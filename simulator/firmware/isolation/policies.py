# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""AMT_SystemDefensePolicy with its timeout and statistics, and the associations that hang on it."""

from __future__ import annotations

from typing import Any

from ...values import Epr, Instance
from .. import refusals
from ..domain import Domain, create, delete, instances, method
from ..intake import require
from ..moments import datetime_of
from ..selection import reference_to
from . import checks, limits
from .filters import filter_reference
from .port import Port, Tally
from .rows import RATE_LIMIT, Filter, Policy
from .state import in_use, limit_reached

POLICY, IN_POLICY = "AMT_SystemDefensePolicy", "AMT_FilterInSystemDefensePolicy"
POLICY_ADDED, POLICY_REMOVED = 2502, 2503
COMPLETED, INVALID_PARAMETER, NOT_FOUND = 0, 0x24, 0x814
LONGEST_TIMEOUT = 0xFFFF
MOST_ANTI_SPOOFING = 4
"""The highest number in the value map of AntiSpoofingSupport, as a public client has it."""


class DefensePolicies(Domain):
    @instances(POLICY)
    def policies(self) -> list[Instance]:
        defense = self.firmware.defense
        return [shown(policy) for policy in defense.policies.values()] if defense.usable else []

    @create(POLICY)
    def add(self, wanted: dict[str, Any]) -> Instance:
        require(("InstanceID", "PolicyName"), wanted)
        checks.check_name("PolicyName", wanted["PolicyName"])
        defense = self.firmware.defense
        defense.check_usable()
        if wanted.get("AntiSpoofingSupport", 0) > MOST_ANTI_SPOOFING:
            raise refusals.invalid_value("AntiSpoofingSupport")
        handles = wanted.get("FilterCreationHandles", [])
        unknown = [handle for handle in handles if handle not in defense.filters]
        if unknown or len(set(handles)) != len(handles) or len(handles) > limits.FILTERS_IN_POLICY:
            raise refusals.invalid_value("FilterCreationHandles")
        defense.check_unique(wanted["PolicyName"], defense.policies.values())
        if len(defense.policies) >= limits.general(defense.limits)["GlobalMaxSupportedPolicies"]:
            raise limit_reached()
        policy = Policy(defense.next_handle(), wanted, [defense.filters[handle] for handle in handles])
        defense.policies[policy.handle] = policy
        self.firmware.events.audit(POLICY_ADDED)
        return shown(policy)

    @delete(POLICY)
    def remove(self, present: Instance) -> None:
        policy = self.named(present)
        ports = self.firmware.defense.ports.values()
        if any(binding.policy is policy for port in ports for binding in port.bindings.values()):
            raise in_use()
        del self.firmware.defense.policies[policy.handle]
        self.firmware.events.audit(POLICY_REMOVED)

    def named(self, present: Instance) -> Policy:
        return self.firmware.defense.policies[int(str(present["InstanceID"]))]

    @method(POLICY, "GetTimeout")
    def get_timeout(self, present: Instance) -> Instance:
        return {"Timeout": self.named(present).timeout, "ReturnValue": COMPLETED}

    @method(POLICY, "SetTimeout", writes=True)
    def set_timeout(self, present: Instance, Timeout: int) -> int:
        """In minutes, from the moment at which the policy became active; 0 for no end."""
        if Timeout > LONGEST_TIMEOUT:
            return INVALID_PARAMETER
        self.named(present).timeout = Timeout
        return COMPLETED

    @method(POLICY, "UpdateStatistics")
    def update_statistics(self, present: Instance, NetworkInterface: Epr, ResetOnRead: bool) -> int:
        """Of a policy that is not active on the port there are no statistics: how firmware says so is not known."""
        defense, policy = self.firmware.defense, self.named(present)
        try:
            port = defense.port_of(NetworkInterface)
        except LookupError:
            return INVALID_PARAMETER
        if port.active is None or port.active.policy is not policy:
            return NOT_FOUND
        port.update_statistics(ResetOnRead, self.firmware.clock.now())
        return COMPLETED

    @instances("AMT_SystemDefensePolicyInService")
    def in_service(self) -> list[Instance]:
        defense = self.firmware.defense
        return [
            {"Antecedent": reference_to("AMT_SystemDefenseService", row), "Dependent": policy_reference(policy)}
            for row in defense.services()
            for policy in defense.policies.values()
        ]

    @instances(IN_POLICY)
    def filters_in_policies(self) -> list[Instance]:
        defense = self.firmware.defense
        policies = defense.policies.values() if defense.usable else ()
        return [membership(policy, row) for policy in policies for row in policy.filters]

    @instances("AMT_ActiveFilterStatistics")
    def statistics(self) -> list[Instance]:
        """One for each filter of the policy that is active on a port, as the last UpdateStatistics found it.

        The defaults have none: how firmware would refer to them is not known.
        """
        defense = self.firmware.defense
        ports = defense.ports.values() if defense.usable else ()
        return [
            self.statistics_of(port, port.active.policy, row)
            for port in ports
            if port.active is not None
            for row in port.active.policy.filters
        ]

    def statistics_of(self, port: Port, policy: Policy, row: Filter) -> Instance:
        """ReadCount is taken for the number of packets: the schema's text speaks of reads, yet nothing else has one."""
        tally = port.snapshot.get(row.handle, Tally())
        return {
            "ActivationTime": self.device_moment(port.active.activated if port.active else None),
            "Antecedent": self.firmware.defense.port_reference(port),
            "Dependent": reference_to(IN_POLICY, membership(policy, row)),
            "FilterMatched": tally.matched,
            "LastResetTime": self.device_moment(port.reset_at),
            "ReadCount": tally.packets if row.counts or row.profile == RATE_LIMIT else 0,
        }

    def device_moment(self, moment: Any) -> Any:
        """A time of the simulator's clock as the device's own clock has it."""
        return None if moment is None else datetime_of(moment + self.firmware.timekeeping.offset)


def shown(policy: Policy) -> Instance:
    return {**policy.fields, "InstanceID": str(policy.handle)}


def policy_reference(policy: Policy) -> Epr:
    return reference_to(POLICY, shown(policy))


def membership(policy: Policy, row: Filter) -> Instance:
    return {"Antecedent": policy_reference(policy), "Dependent": filter_reference(row)}
