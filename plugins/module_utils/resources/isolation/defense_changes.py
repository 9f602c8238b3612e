# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What one run writes to System Defense, and how it takes that back, in the order that AMT.md 8.4 asks for.

Every write here can be the last before the power fails, so each leaves a device that the next run understands: filters
are made before the policy that lists them, a policy before it is bound, and what a device no longer needs is recognised
by its name and by nothing referring to it.

Nor is a run alone. A binding is taken away by its two ends, and made only where there is none, so that a run unbinds
what it has seen or nothing. What it takes back is what it made, while that is as it left it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ...cim.isolation import BINDINGS, ENVIRONMENT_DETECTION, ETHERNET_PORT, POLICY, PORTS
from ...defense import wire
from ...defense.filters import Policy
from ...errors import AmtError, Fault, Indeterminate, Overtaken, Refused
from ...machine import Machine
from .defenses import Binding, Defenses, HeldFilter, HeldPolicy, handle_of, read_bindings, read_defenses, timeout_of

REFUSALS = (Fault, Refused)
_FILTER_KEYS = ("CreationClassName", "InstanceID", "Name", "SystemCreationClassName", "SystemName")


@dataclass
class Place:
    """What was bound there when this run came, and what may be now if nobody else did anything: InstanceIDs or None."""

    was: str | None
    left: set[str | None]


@contextmanager
def _becoming(place: Place, policy: str | None) -> Iterator[None]:
    """While a request is under way it may be either; after a refusal it is what it was."""
    before = place.left
    place.left = {*before, policy}
    try:
        yield
    except REFUSALS:
        place.left = before
        raise
    place.left = {policy}


@dataclass
class Changes:
    """Of one run. `unsure`: an object was to be made, and the answer was lost."""

    machine: Machine
    before: Defenses
    policies: set[str] = field(default_factory=set)
    filters: set[int] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    timeouts: dict[str, tuple[int, int]] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)

    def make_policy(self, held: Defenses, policy: Policy) -> str:
        """Make what filters are missing, then the policy, not bound to anything. Its InstanceID."""
        handles = []
        names = {existing.device_name for existing in held.filters.values()}
        for rule in policy.filters:
            twin = held.twin(rule)
            if twin is not None:
                handles.append(twin.handle)
                continue
            device_name = held.free_prefix(rule.name, names) + rule.name
            names.add(device_name)
            self.unsure.add(device_name)
            made = self.machine.create(wire.filter_class(rule), wire.filter_properties(rule, device_name))
            self.unsure.discard(device_name)
            handles.append(handle_of(made.selectors.get("InstanceID")))
            self.filters.add(handles[-1])
        instance_id = self._create_policy(held, policy, handles)
        if policy.timeout:
            self.machine.invoke(POLICY, "SetTimeout", {"Timeout": policy.timeout}, InstanceID=instance_id)
        return instance_id

    def _create_policy(self, held: Defenses, policy: Policy, handles: list[int]) -> str:
        prefix = held.free_prefix(policy.name, (existing.device_name for existing in held.policies.values()))
        self.unsure.add(prefix + policy.name)
        created = self.machine.create(POLICY, wire.policy_properties(policy, prefix + policy.name, handles))
        self.unsure.discard(prefix + policy.name)
        instance_id = str(created.selectors.get("InstanceID", ""))
        self.policies.add(instance_id)
        return instance_id

    def set_timeout(self, held: HeldPolicy, minutes: int) -> None:
        """Of a policy that is there. 0 is never."""
        was = timeout_of(self.machine, held)
        if was != minutes:
            self.timeouts[held.instance_id] = (was, minutes)
            self.machine.invoke(POLICY, "SetTimeout", {"Timeout": minutes}, InstanceID=held.instance_id)

    def bind(self, held: Defenses, by: str, port: str, instance_id: str | None) -> None:
        """Make this the policy that is bound there, or none. Firmware takes one at a time: the former goes first, and
        the two requests follow each other at once."""
        was = policy_at(held, by, port)
        place = self.places.setdefault(place_of(by, port), Place(was, {was}))
        present = read_bindings(self.machine, by)
        if _at(present, by, port) != _at(held.bindings, by, port):
            raise Overtaken("something else was bound to the {0} port meanwhile".format(port))
        if by == "environment":
            arguments = {} if instance_id is None else {"Policy": POLICY.at(InstanceID=instance_id)}
            with _becoming(place, instance_id):
                self.machine.invoke(ENVIRONMENT_DETECTION, "SetSystemDefensePolicy", arguments)
            return
        for binding in _at(present, by, port):
            with _becoming(place, None):
                self.machine.delete(BINDINGS[by], **binding.selectors)
        if instance_id is not None:
            ends = {
                "Antecedent": ETHERNET_PORT.at(DeviceID=PORTS[port]),
                "Dependent": POLICY.at(InstanceID=instance_id),
            }
            with _becoming(place, instance_id):
                self.machine.create(BINDINGS[by], ends)

    def clear_away(self, doomed: Iterable[HeldPolicy]) -> None:
        """At the end: of these policies those that nothing binds, and filters of ours that no policy lists; all of it
        only as far as it was there when this run came, was unbound by it, or is its own. The rest may be of a run that
        is under way."""
        now = read_defenses(self.machine)
        bound = now.bound_policies()
        known = {*self.before.policies, *self.policies, *(place.was for place in self.places.values())}
        spare = [policy for policy in doomed if policy.instance_id in now.policies and policy.instance_id in known]
        remove(
            self.machine,
            now,
            [policy for policy in spare if policy.instance_id not in bound],
            {*self.before.filters, *self.filters},
        )

    def take_back(self, error: AmtError) -> AmtError:
        """After a failure: bind again what was bound, remove what was made. The error to raise: Overtaken where the
        device shows somebody else's work. What cannot be undone now is understood by the next run; then it says so."""
        try:
            now = read_defenses(self.machine)
            shared = self._is_shared(now)
            for place in sorted(self.places):
                shared |= not self._bind_again(now, *place)
            for instance_id, (was, minutes) in self.timeouts.items():
                if instance_id in now.policies and timeout_of(self.machine, now.policies[instance_id]) == minutes:
                    self.machine.invoke(POLICY, "SetTimeout", {"Timeout": was}, InstanceID=instance_id)
            self._remove_made()
        except AmtError as second:
            error.hint = (
                "{0}{1}it could not be undone either ({2}): run the task again, which finishes or undoes it".format(
                    error.hint, "; " if error.hint else "", second
                )
            )
            return error
        if not shared or isinstance(error, Indeterminate):
            return error
        overtaken = Overtaken(
            "somebody else is at work on the device: {0}".format(error), "run again when it has ended"
        )
        overtaken.__cause__ = error
        return overtaken

    def _is_shared(self, now: Defenses) -> bool:
        """Whether the device differs from what was there and what this run left."""
        bindings = (*self.before.bindings, *now.bindings)
        for by, port in {*self.places, *(place_of(each.by, each.port) for each in bindings)}:
            untouched = Place(None, {policy_at(self.before, by, port)})
            if policy_at(now, by, port) not in self.places.get((by, port), untouched).left:
                return True
        if self.unsure:
            return False
        return (set(now.policies), set(now.filters)) != (
            {*self.before.policies, *self.policies},
            {*self.before.filters, *self.filters},
        )

    def _bind_again(self, now: Defenses, by: str, port: str) -> bool:
        """Whether nobody else was faster."""
        place, present = self.places[by, port], policy_at(now, by, port)
        if present == place.was or present not in place.left or (place.was and place.was not in now.policies):
            return present == place.was
        try:
            Changes(self.machine, now).bind(now, by, port, place.was)
        except (*REFUSALS, Overtaken):
            if policy_at(read_defenses(self.machine), by, port) == present:
                raise
            return False
        return True

    def _remove_made(self) -> None:
        now = read_defenses(self.machine)
        bound = now.bound_policies()
        made = [
            policy
            for policy in now.policies.values()
            if policy.instance_id in self.policies
            or (policy.device_name in self.unsure and policy.instance_id not in self.before.policies)
        ]
        filters = {
            held.handle
            for held in now.filters.values()
            if held.handle in self.filters
            or (held.device_name in self.unsure and held.handle not in self.before.filters)
        }
        remove(self.machine, now, [policy for policy in made if policy.instance_id not in bound], filters)


def policy_at(held: Defenses, by: str, port: str) -> str | None:
    """InstanceID of what is bound there."""
    bound = held.bound(by, port)
    return bound.policy if bound else None


def place_of(by: str, port: str) -> tuple[str, str]:
    """Environment detection has one policy for all ports."""
    return by, "" if by == "environment" else port


def _at(bindings: list[Binding], by: str, port: str) -> list[Binding]:
    return [each for each in bindings if place_of(each.by, each.port) == place_of(by, port)]


def remove(machine: Machine, held: Defenses, doomed: Iterable[HeldPolicy], filters: Iterable[int]) -> None:
    """Remove policies that nothing binds, and then every filter of theirs, or of these and ours, that no policy lists
    any more. What is gone already, or has come into use, is somebody else's work and left to them."""
    left, listed = dict(held.policies), set(filters)
    refusals: list[tuple[str | int, Fault | Refused]] = []
    for policy in doomed:
        try:
            machine.delete(POLICY, InstanceID=policy.instance_id)
        except REFUSALS as refusal:
            refusals.append((policy.instance_id, refusal))
            continue
        del left[policy.instance_id]
        listed.update(policy.handles)
    for spare in Defenses(left, held.filters, held.bindings).unlisted():
        if spare.handle in listed:
            try:
                _delete_filter(machine, spare)
            except REFUSALS as refusal:
                refusals.append((spare.handle, refusal))
    _judge(machine, refusals)


def _delete_filter(machine: Machine, spare: HeldFilter) -> None:
    machine.delete(spare.cim, **{key: spare.row[key] for key in _FILTER_KEYS if spare.row.get(key) is not None})


def _judge(machine: Machine, refusals: list[tuple[str | int, Fault | Refused]]) -> None:
    """Raise what was refused although the object is there and nothing uses it."""
    if not refusals:
        return
    now = read_defenses(machine)
    idle = {identity for identity in now.policies if identity not in now.bound_policies()}
    unlisted = {held.handle for held in now.unlisted()}
    for identity, refusal in refusals:
        if identity in idle or identity in unlisted:
            raise refusal
