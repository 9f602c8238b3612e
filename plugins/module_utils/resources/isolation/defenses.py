# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The System Defense objects of one machine, read whole: AMT.md 8.2. defense_changes.py writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ...cim.isolation import (
    BINDINGS,
    ETHERNET_FILTER,
    ETHERNET_PORT,
    GENERAL_CAPABILITIES,
    IP_FILTER,
    POLICY,
    PORT_CAPABILITIES,
    PORTS,
    TIMEOUT,
)
from ...cim.schema import CimClass, Properties
from ...defense import wire
from ...defense.filters import Filter, Policy
from ...defense.limits import Limits
from ...defense.naming import PREFIXES, isolation_of, mark_of, own_name
from ...errors import Fault, Overtaken, ProtocolError, Unavailable, Unreadable
from ...machine import Machine, about
from ...resource import Values


@dataclass(frozen=True)
class HeldFilter:
    handle: int
    cim: CimClass
    row: Properties

    @property
    def device_name(self) -> str:
        return str(self.row.get("Name") or "")

    @property
    def name(self) -> str | None:
        return own_name(self.device_name)

    def read(self) -> Filter:
        with about(self.cim.name):
            return wire.read_filter(self.cim, self.row, self.name or self.device_name)


@dataclass(frozen=True)
class HeldPolicy:
    instance_id: str
    row: Properties

    @property
    def device_name(self) -> str:
        return str(self.row.get("PolicyName") or "")

    @property
    def name(self) -> str | None:
        return own_name(self.device_name)

    @property
    def mark(self) -> str:
        return mark_of(self.device_name, self.instance_id)

    @property
    def isolates(self) -> tuple[str, str] | None:
        """(slot, mark of the policy before), or None."""
        return isolation_of(self.name)

    @property
    def handles(self) -> list[int]:
        return list(self.row.get("FilterCreationHandles") or ())

    @property
    def precedence(self) -> int:
        return int(self.row.get("PolicyPrecedence") or 0)


@dataclass(frozen=True)
class Binding:
    """`by` a key of BINDINGS; `port` wired or wireless, or a DeviceID that is neither; `policy` an InstanceID."""

    by: str
    port: str
    policy: str
    enabled: bool | None
    active: bool | None
    selectors: Values = field(compare=False)


@dataclass(frozen=True)
class Defenses:
    policies: dict[str, HeldPolicy]
    filters: dict[int, HeldFilter]
    bindings: list[Binding]

    def bound(self, by: str, port: str) -> Binding | None:
        """What binds a policy to a port. One whose time has passed is not enabled any more, and counts as none."""
        for binding in self.bindings:
            expired = by == "system_defense" and binding.enabled is False
            if binding.by == by and (binding.port == port or by == "environment") and not expired:
                return binding
        return None

    def bound_policies(self) -> set[str]:
        return {binding.policy for binding in self.bindings}

    def unlisted(self) -> list[HeldFilter]:
        """Filters that no policy lists."""
        listed = {handle for policy in self.policies.values() for handle in policy.handles}
        return [filter_ for handle, filter_ in self.filters.items() if handle not in listed]

    def orphans(self) -> list[HeldFilter]:
        """Those of them that are ours."""
        return [filter_ for filter_ in self.unlisted() if filter_.name is not None]

    def marked(self, mark: str) -> HeldPolicy | None:
        """The policy that a mark stands for, unless it is gone."""
        for policy in self.policies.values():
            if policy.mark == mark and policy.isolates is None:
                return policy
        return None

    def read_policy(self, held: HeldPolicy, timeout: int = 0) -> Policy:
        filters = tuple(self.filters[handle].read() for handle in held.handles if handle in self.filters)
        return wire.read_policy(held.row.strict(), held.name or held.device_name, filters, timeout)

    def twin(self, rule: Filter) -> HeldFilter | None:
        """A filter of ours with this name and content."""
        for held in self.filters.values():
            if held.name == rule.name and held.read() == rule:
                return held
        return None

    def is_crowded(self, policy: Policy) -> bool:
        """Whether a name that this policy needs is taken under both marks."""
        filters = {held.device_name for held in self.filters.values()}
        policies = {held.device_name for held in self.policies.values()}
        needed = [(filters, rule.name) for rule in policy.filters if self.twin(rule) is None]
        return any(
            all(prefix + name in taken for prefix in PREFIXES) for taken, name in [*needed, (policies, policy.name)]
        )

    def free_prefix(self, name: str, names: Iterable[str]) -> str:
        taken = set(names)
        for prefix in PREFIXES:
            if prefix + name not in taken:
                return prefix
        raise Unavailable(
            "the device has both {0} and {1}, which this collection made".format(*(p + name for p in PREFIXES)),
            "unbind and remove one of them",
        )


def read_defenses(machine: Machine) -> Defenses:
    """Bindings first: a policy that was made before something was unbound is seen by whoever sees that it was."""
    bindings = [binding for by in BINDINGS for binding in read_bindings(machine, by)]
    policies = [HeldPolicy(str(row.get("InstanceID", "")), row) for row in machine.enumerate(POLICY)]
    filters = [
        held
        for cim in (IP_FILTER, ETHERNET_FILTER)
        for held in machine.each(machine.list(cim), partial(_held_filter, cim))
    ]
    return Defenses(
        {policy.instance_id: policy for policy in policies},
        {held.handle: held for held in filters},
        bindings,
    )


def _held_filter(cim: CimClass, row: Properties) -> HeldFilter:
    """Rules from a filter of which a part cannot be read would be other rules, hence strict."""
    with about(cim.name):
        return HeldFilter(handle_of(row.strict().get("InstanceID")), cim, row.strict())


def handle_of(instance_id: Any) -> int:
    """A filter's InstanceID is its creation handle, a number: the vendor's class reference."""
    if not re.fullmatch("[0-9]{1,20}", str(instance_id).strip()):
        raise ProtocolError("a filter's InstanceID is {0!r}, and no creation handle".format(str(instance_id)[:80]))
    return int(instance_id)


def read_bindings(machine: Machine, by: str) -> list[Binding]:
    return list(machine.each(machine.list(BINDINGS[by]), partial(_binding, by)))


def _binding(by: str, row: Properties) -> Binding:
    port, policy = row.strict()["Antecedent"], row.strict()["Dependent"]
    device, instance_id = str(port.selectors.get("DeviceID", "")), str(policy.selectors.get("InstanceID", ""))
    if not (device and instance_id):
        raise Unreadable(row.class_name, "Dependent" if device else "Antecedent", "names no instance")
    return Binding(
        by,
        next((word for word, device_id in PORTS.items() if device_id == device), device),
        instance_id,
        row.get("Enabled"),
        row.get("Active"),
        {"Antecedent": port, "Dependent": policy},
    )


def read_limits(machine: Machine) -> Limits:
    """What the device can hold; everything unknown where the firmware has no such classes."""
    general: Values = next(iter(machine.list(GENERAL_CAPABILITIES)), {})
    rows = sorted(machine.list(PORT_CAPABILITIES), key=lambda row: str(row.get("InstanceID")))
    return Limits(
        general.get("GlobalMaxSupportedPolicies"),
        general.get("GlobalMaxSupportedFilters"),
        {port: {name: row[name] for name in row if "_" in name} for port, row in zip(PORTS, rows)},
    )


def require_port(machine: Machine, port: str) -> None:
    devices = [row.get("DeviceID") for row in machine.list(ETHERNET_PORT)]
    if devices and PORTS[port] not in devices:
        raise Unavailable("this machine has no {0} port that System Defense could guard".format(port))


def timeout_of(machine: Machine, held: HeldPolicy) -> int:
    """Minutes, 0 is never. Overtaken when the policy is there no more."""
    try:
        answer = machine.ask(POLICY, "GetTimeout", InstanceID=held.instance_id)
    except Fault:
        if all(str(row.get("InstanceID")) != held.instance_id for row in machine.enumerate(POLICY)):
            raise Overtaken("policy {0!r} is there no more".format(held.device_name)) from None
        raise
    with about(POLICY.name):
        return int(TIMEOUT.decode(answer.get("Timeout")) or 0)
