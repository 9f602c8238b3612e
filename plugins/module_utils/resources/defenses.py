# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The System Defense objects of one machine: read whole, written in the order that AMT.md 8.4 asks for.

Every write here can be the last before the power fails, so each leaves a device that the next run understands: filters
are made before the policy that lists them, a policy before it is bound, and what a device no longer needs is recognised
by its name and by nothing referring to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..cim.defense import (
    BINDINGS,
    ENVIRONMENT_DETECTION,
    ETHERNET_FILTER,
    ETHERNET_PORT,
    GENERAL_CAPABILITIES,
    IP_FILTER,
    POLICY,
    PORT_CAPABILITIES,
    PORTS,
    TIMEOUT,
)
from ..cim.schema import CimClass, Properties
from ..defense import wire
from ..defense.filters import Filter, Policy
from ..defense.limits import Limits
from ..defense.naming import PREFIXES, isolation_of, mark_of, own_name
from ..errors import AmtError, ProtocolError, Unavailable, Unreadable
from ..machine import Machine, about
from ..resource import Values


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
    policies = [HeldPolicy(str(row.get("InstanceID", "")), row) for row in machine.enumerate(POLICY)]
    filters = [
        held
        for cim in (IP_FILTER, ETHERNET_FILTER)
        for held in machine.each(machine.list(cim), partial(_held_filter, cim))
    ]
    return Defenses(
        {policy.instance_id: policy for policy in policies},
        {held.handle: held for held in filters},
        [binding for by in BINDINGS for binding in read_bindings(machine, by)],
    )


def _held_filter(cim: CimClass, row: Properties) -> HeldFilter:
    """Rules from a filter of which a part cannot be read would be other rules, hence strict."""
    with about(cim.name):
        return HeldFilter(_handle(row.strict().get("InstanceID")), cim, row.strict())


def _handle(instance_id: Any) -> int:
    """A filter's InstanceID is its creation handle, a number: the vendor's class reference."""
    if not re.fullmatch(r"\d+", str(instance_id).strip()):
        raise ProtocolError("a filter's InstanceID is {0!r}, and no creation handle".format(instance_id))
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
    """Minutes, 0 is never."""
    answer = machine.ask(POLICY, "GetTimeout", InstanceID=held.instance_id)
    with about(POLICY.name):
        return int(TIMEOUT.decode(answer.get("Timeout")) or 0)


def set_timeout(machine: Machine, instance_id: str, minutes: int) -> None:
    machine.invoke(POLICY, "SetTimeout", {"Timeout": minutes}, InstanceID=instance_id)


def make_policy(machine: Machine, held: Defenses, policy: Policy) -> str:
    """Make what filters are missing, then the policy, not bound to anything. Its InstanceID."""
    handles = []
    names = {existing.device_name for existing in held.filters.values()}
    for rule in policy.filters:
        twin = held.twin(rule)
        if twin is not None:
            handles.append(twin.handle)
            continue
        device_name = held.free_prefix(rule.name, names) + rule.name
        made = machine.create(wire.filter_class(rule), wire.filter_properties(rule, device_name))
        names.add(device_name)
        handles.append(_handle(made.selectors.get("InstanceID")))
    prefix = held.free_prefix(policy.name, (existing.device_name for existing in held.policies.values()))
    created = machine.create(POLICY, wire.policy_properties(policy, prefix + policy.name, handles))
    instance_id = str(created.selectors.get("InstanceID", ""))
    if policy.timeout:
        set_timeout(machine, instance_id, policy.timeout)
    return instance_id


def bind(machine: Machine, held: Defenses, by: str, port: str, instance_id: str | None) -> None:
    """Make this the policy that is bound there, or none. Firmware takes one at a time: the former goes first."""
    if by == "environment":
        arguments = {} if instance_id is None else {"Policy": POLICY.at(InstanceID=instance_id)}
        machine.invoke(ENVIRONMENT_DETECTION, "SetSystemDefensePolicy", arguments)
        return
    cim = BINDINGS[by]
    for binding in held.bindings:
        if binding.by == by and binding.port == port:
            machine.delete(cim, **binding.selectors)
    if instance_id is not None:
        port_reference = ETHERNET_PORT.at(DeviceID=PORTS[port])
        machine.create(cim, {"Antecedent": port_reference, "Dependent": POLICY.at(InstanceID=instance_id)})


def remove(machine: Machine, held: Defenses, doomed: Iterable[HeldPolicy]) -> None:
    """Remove policies that nothing binds, and then every filter of theirs or ours that no policy lists any more."""
    left, listed = dict(held.policies), set()
    for policy in doomed:
        machine.delete(POLICY, InstanceID=policy.instance_id)
        del left[policy.instance_id]
        listed.update(policy.handles)
    for spare in Defenses(left, held.filters, held.bindings).unlisted():
        if spare.name is not None or spare.handle in listed:
            keys = ("CreationClassName", "InstanceID", "Name", "SystemCreationClassName", "SystemName")
            machine.delete(spare.cim, **{key: spare.row[key] for key in keys if spare.row.get(key) is not None})


def undo(machine: Machine, before: Defenses, error: AmtError) -> None:
    """After a failure: bind again what was bound, remove what was made since. What cannot be undone now is understood
    by the next run; the error then says so."""
    try:
        _restore(machine, before)
        now = read_defenses(machine)
        bound = now.bound_policies()
        made = [
            policy
            for identity, policy in now.policies.items()
            if identity not in before.policies and identity not in bound and policy.name
        ]
        remove(machine, now, made)
    except AmtError as second:
        error.hint = (
            "{0}{1}it could not be undone either ({2}): run the task again, which finishes or undoes it".format(
                error.hint, "; " if error.hint else "", second
            )
        )


def _restore(machine: Machine, before: Defenses) -> None:
    """Bind what was bound and is not now, and unbind what was not."""
    now = read_defenses(machine)
    places = {(binding.by, binding.port) for binding in (*before.bindings, *now.bindings)}
    for by, port in sorted(place for place in places if place[1] in PORTS):
        was, present = before.bound(by, port), now.bound(by, port)
        was_id, present_id = was and was.policy, present and present.policy
        if was_id != present_id and (was_id is None or was_id in now.policies):
            bind(machine, now, by, port, was_id)
