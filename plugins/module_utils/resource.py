# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The engine: a resource reads what is, plans what should be, applies the difference; `converge` says what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

from .cim.schema import CimClass
from .errors import Indeterminate
from .machine import Machine

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
Values = dict[str, Any]


@dataclass(frozen=True)
class Option:
    """What a caller may ask for. `type` and `elements` are Ansible's type names, `options` those of a dict or of a
    list's members, `wire` the property behind it where that has another name."""

    name: str
    type: str = "str"
    required: bool = False
    default: Any = None
    choices: Sequence[Any] = ()
    elements: Optional[str] = None
    options: tuple[Option, ...] = ()
    secret: bool = False
    wire: str = ""


def hide(options: Sequence[Option], values: Any) -> Any:
    """The same values with every secret blanked, nested ones too."""
    if isinstance(values, list):
        return [hide(options, value) for value in values]
    if not isinstance(values, Mapping):
        return values
    rows = {option.name: option for option in options}
    shown: Values = {}
    for name, value in values.items():
        row = rows.get(name)
        if row is not None and row.secret:
            shown[name] = None if value is None else HIDDEN
        else:
            shown[name] = hide(row.options, value) if row is not None and row.options else value
    return shown


class Outcome:
    """`before` and `after` as people may see them; `changed`; `facts`, what was learnt besides; `note`, if any."""

    def __init__(self, resource: Resource, present: Values, planned: Values, note: str = "") -> None:
        self.changed = planned != present
        self.before = hide(resource.options, {k: v for k, v in present.items() if k not in resource.aside})
        self.after = hide(resource.options, {k: v for k, v in planned.items() if k not in resource.aside})
        self.facts = {k: v for k, v in present.items() if k in resource.aside}
        self.note = note


class Resource:
    """Free form. `plan` is pure and `read` never writes; `aside` names what `read` learns that is not desired state."""

    options: tuple[Option, ...] = ()
    aside: tuple[str, ...] = ()

    def check(self, wanted: Values) -> None:
        """Refuse, with InvalidOption, what no machine could do. Before any connection."""

    def read(self, machine: Machine, wanted: Values) -> Values:
        raise TypeError("{0} does not say how it is read".format(type(self).__name__))

    def plan(self, present: Values, wanted: Values) -> Values:
        return present

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        raise TypeError("{0} is read only".format(type(self).__name__))


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
        raise TypeError("{0} does not say how its members are read".format(type(self).__name__))

    def create(self, machine: Machine, member: Values) -> None:
        raise TypeError("{0} members cannot be created".format(type(self).__name__))

    def update(self, machine: Machine, present: Values, planned: Values) -> None:
        """Change a member. Most firmware objects have no update, hence this default."""
        self.delete(machine, present)
        self.create(machine, planned)

    def delete(self, machine: Machine, member: Values) -> None:
        raise TypeError("{0} members cannot be deleted".format(type(self).__name__))

    def read(self, machine: Machine, wanted: Values) -> Values:
        return {self.members: sorted(self.read_members(machine), key=lambda member: str(member[self.key]))}

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {} if wanted.get("purge") else {member[self.key]: member for member in present[self.members]}
        was = {member[self.key]: member for member in present[self.members]}
        for member in wanted[self.members]:
            given = {name: value for name, value in member.items() if value is not None}
            planned[member[self.key]] = {**was.get(member[self.key], {}), **given}
        return {self.members: [planned[key] for key in sorted(planned, key=str)]}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        was = {member[self.key]: member for member in present[self.members]}
        will = {member[self.key]: member for member in planned[self.members]}
        for key, member in was.items():
            if key not in will:
                self.delete(machine, member)
        for key, member in will.items():
            if key not in was:
                self.create(machine, member)
            elif member != was[key]:
                self.update(machine, was[key], member)


def converge(resource: Resource, machine: Machine, wanted: Values, dry_run: bool = False) -> Outcome:
    """Bring a machine to the wanted state. The only place that decides what `changed` means.

    A write whose answer was lost is read back: where the machine is as planned, that is success with a note.
    """
    resource.check(wanted)
    present = resource.read(machine, wanted)
    planned = resource.plan(present, wanted)
    note = ""
    if planned != present and not dry_run:
        try:
            resource.apply(machine, present, planned, wanted)
        except Indeterminate as lost:
            note = _read_back(resource, machine, wanted, lost)
    return Outcome(resource, present, planned, note)


def _read_back(resource: Resource, machine: Machine, wanted: Values, lost: Indeterminate) -> str:
    found = resource.read(machine, wanted)
    if resource.plan(found, wanted) == found:
        return "an answer was lost; reading the device back showed that the change took effect"
    lost.found = lost.details["found"] = hide(resource.options, found)
    raise lost
