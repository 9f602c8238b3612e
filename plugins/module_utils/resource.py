# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The engine: a resource reads what is, plans what should be, applies the difference; `converge` says what changed."""

from __future__ import annotations

from typing import Any

from .cim.schema import CimClass
from .errors import Indeterminate
from .machine import Machine
from .option import Option, hide
from .survey import Survey, Unread

Values = dict[str, Any]

#: Every reader has it: whether a part that cannot be read fails the whole.
STRICT = Option("strict", type="bool", default=False)


class Outcome:
    """`before` and `after` as people may see them; `changed`; `facts`, what was learnt besides; `note`, if any."""

    def __init__(self, resource: Resource, present: Values, planned: Values, learnt: Values, note: str) -> None:
        self.changed = planned != present
        aside = set(resource.aside)
        self.before = hide(resource.options, {name: present[name] for name in present if name not in aside})
        self.after = hide(resource.options, {name: planned[name] for name in planned if name not in aside})
        told = {**planned, **present}
        self.facts = {**{name: told[name] for name in aside & set(told)}, **learnt}
        self.note = note


class Resource:
    """Free form. `plan` is pure and `read` never writes; `aside` names what `read` learns that is not desired state."""

    options: tuple[Option, ...] = ()
    aside: tuple[str, ...] = ()

    def check(self, wanted: Values) -> None:
        """Refuse, with InvalidOption, what no machine could do. Before any connection."""

    def read(self, machine: Machine, wanted: Values) -> Values:
        raise NotImplementedError

    def plan(self, present: Values, wanted: Values) -> Values:
        return present

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values | None:
        """Make present planned. May return what was learnt in doing so."""
        raise NotImplementedError


class Reader(Resource):
    """Free form, for what only tells. What cannot be read costs that part and no more; `unread` says what that is."""

    options: tuple[Option, ...] = (STRICT,)
    aside: tuple[str, ...] = ("unread",)

    def survey(self, machine: Survey, wanted: Values) -> Values:
        """What is told. Each part that stands for itself is read by `machine.part`."""
        raise NotImplementedError

    def read(self, machine: Machine, wanted: Values) -> Values:
        seen = Survey(machine, Unread())
        told = self.survey(seen, wanted)
        seen.judge(bool(wanted.get(STRICT.name)))
        return {**told, "unread": seen.unread.rows}


class Settings(Resource):
    """One instance of one class, its options a table over the instance's properties."""

    cim: CimClass

    def read(self, machine: Machine, wanted: Values) -> Values:
        instance = machine.get(self.cim)
        return {row.name: instance.get(row.wire) for row in self.options if row.wire}

    def plan(self, present: Values, wanted: Values) -> Values:
        return {**present, **{name: value for name, value in wanted.items() if name in present and value is not None}}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        wire = {row.name: row.wire for row in self.options if row.wire}
        machine.modify(self.cim, {wire[name]: planned[name] for name in wire if planned[name] != present[name]})


class Collection(Resource):
    """Members that have a key: the option `members` lists them, `purge` removes those it does not list."""

    members: str
    key: str

    def read_members(self, machine: Machine) -> list[Values]:
        raise NotImplementedError

    def create(self, machine: Machine, member: Values) -> None:
        raise NotImplementedError

    def update(self, machine: Machine, present: Values, planned: Values) -> None:
        """Change a member. Most firmware objects have no update, hence this default."""
        self.delete(machine, present)
        self.create(machine, planned)

    def delete(self, machine: Machine, member: Values) -> None:
        raise NotImplementedError

    def read(self, machine: Machine, wanted: Values) -> Values:
        return {self.members: sorted(self.read_members(machine), key=lambda member: str(member[self.key]))}

    def plan(self, present: Values, wanted: Values) -> Values:
        was = self._by_key(present)
        planned = {} if wanted.get("purge") else dict(was)
        for member in wanted[self.members]:
            given = {name: value for name, value in member.items() if value is not None}
            planned[member[self.key]] = {**was.get(member[self.key], {}), **given}
        return {self.members: [planned[key] for key in sorted(planned, key=str)]}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        was, will = self._by_key(present), self._by_key(planned)
        for key, member in was.items():
            if key not in will:
                self.delete(machine, member)
        for key, member in will.items():
            if key not in was:
                self.create(machine, member)
            elif member != was[key]:
                self.update(machine, was[key], member)

    def _by_key(self, values: Values) -> dict[Any, Values]:
        return {member[self.key]: member for member in values[self.members]}


def converge(resource: Resource, machine: Machine, wanted: Values, dry_run: bool = False) -> Outcome:
    """Bring a machine to the wanted state. The only place that decides what `changed` means.

    A write whose answer was lost is read back: where the machine is as planned, that is success with a note.
    """
    resource.check(wanted)
    present = resource.read(machine, wanted)
    planned = resource.plan(present, wanted)
    learnt, note = None, ""
    if planned != present and not dry_run:
        try:
            learnt = resource.apply(machine, present, planned, wanted)
        except Indeterminate as lost:
            note = _read_back(resource, machine, wanted, lost)
    return Outcome(resource, present, planned, learnt or {}, note)


def told(outcome: Outcome) -> Values:
    """All that a reader says, as one mapping: what was read, and `unread`."""
    return {**outcome.after, **outcome.facts}


def _read_back(resource: Resource, machine: Machine, wanted: Values, lost: Indeterminate) -> str:
    found = resource.read(machine, wanted)
    if resource.plan(found, wanted) == found:
        return "an answer was lost; reading the device back showed that the change took effect"
    lost.found = lost.details["found"] = hide(resource.options, found)
    raise lost
