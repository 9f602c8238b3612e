# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The engine: a resource reads what is, plans what should be, applies the difference; `converge` says what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any

from .cim.schema import CimClass, Properties
from .errors import (
    AmtError,
    AuthenticationRefused,
    DeadlineExceeded,
    Indeterminate,
    Interrupted,
    InvalidOption,
    NotReached,
    Overtaken,
    Unreachable,
    is_there_or_gone,
    lacking,
    spelt_unread,
)
from .machine import Machine
from .option import Option, answerable, hide, without_secrets
from .survey import Survey
from .unread import Unread
from .wsman.endpoint import Endpoint

Values = dict[str, Any]

#: Every reader has it: whether a part that cannot be read fails the whole.
STRICT = Option("strict", type="bool", default=False)

TURNS = 6
"""How often a run starts again while somebody else is at work on the same device."""
CUT_OFF = (AuthenticationRefused, DeadlineExceeded, Interrupted, InvalidOption, Unreachable)
"""After these nothing more is asked of the device."""
ELSEWHERE = "somebody else has brought the device to this state meanwhile"
BEGUN = "some of the change may have been carried out before: read the device, or run again"
UNVERIFIED = "unverified"
"""What `apply` returns under this name is why the wanted state cannot be read back: a change was made last by which
the device is not reached any more. It is told as a note."""
SHARED = "somebody else was at work on the device; this took {0} turns"


class Outcome:
    """`before` and `after` as people may see them; `changed`; `facts`, what was learnt besides; `note`, if any;
    `unverified`, if that says why nothing could be read back."""

    unverified = False

    def __init__(self, resource: Resource, present: Values, planned: Values, learnt: Values, note: str) -> None:
        self.changed = planned != present
        self.before = hide(resource.options, resource.desired(present))
        self.after = hide(resource.options, resource.desired(planned))
        told = {**planned, **present}
        self.facts = {**{name: told[name] for name in set(resource.aside) & set(told)}, **learnt}
        self.note = note


class Resource:
    """Free form. `plan` is pure and `read` never writes; `aside` names what `read` learns that is not desired state.

    `proves`: when `apply` returns it has seen the wanted state itself, and no reading back is needed.
    """

    options: tuple[Option, ...] = ()
    aside: tuple[str, ...] = ()
    turns = TURNS
    proves = False

    def check(self, wanted: Values) -> None:
        """Refuse, with InvalidOption, what no machine could do. Before any connection."""

    def read(self, machine: Machine, wanted: Values) -> Values:
        raise NotImplementedError

    def plan(self, present: Values, wanted: Values) -> Values:
        return present

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values | None:
        """Make present planned. May return what was learnt in doing so.

        What takes more than one write undoes on a failure what it made, while that is as it left it; and raises
        Overtaken where the machine shows somebody else's work: then it is read and planned again.
        """
        raise NotImplementedError

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """Whether a machine that reads `found` after `apply` is as wanted, its secrets aside, which nobody can read."""
        return bool(without_secrets(self.options, self.plan(found, wanted)) == without_secrets(self.options, found))

    def shows(self, present: Values, planned: Values) -> bool:
        """Whether reading back can tell that a write took effect whose answer was lost: not where all that it was to
        change is secret."""
        return bool(without_secrets(self.options, present) != without_secrets(self.options, planned))

    def is_event(self, wanted: Values) -> bool:
        """Whether what is wanted leaves no state to read: then the answer is all that is known of it."""
        return False

    def holds_now(self, machine: Machine, planned: Values, wanted: Values) -> bool:
        """For `apply` when something was refused, before it takes anything back."""
        try:
            return self.holds(self.read(machine, wanted), planned, wanted)
        except AmtError:
            return False

    def foresee(self, present: Values, before: Mapping[str, Values]) -> Values:
        """Within a document: what is read, as the parts that are applied before will have left it. Pure, as `plan` is.

        `before` has their plans, by part. What is planned from it is compared with what was read.
        """
        return present

    def leads(self, wanted: Values, endpoint: Endpoint) -> Values:
        """How the device is reached once it is as wanted, as changes of the `Endpoint`; nothing where that stays."""
        return {}

    def export(self, present: Values) -> Values:
        """What was read in the words of the options: asked for again, it changes nothing. Secrets are not to be had.

        With `purge`, where there is one: what is listed is all that there is.
        """
        purge = {row.name: True for row in self.options if row.name == "purge"}
        return {**answerable(self.options, present), **purge}

    def desired(self, values: Values) -> Values:
        """Without what is not desired state."""
        return {name: value for name, value in values.items() if name not in self.aside}


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
    """One instance of one class, its options a table over the instance's properties.

    A text that the instance does not have is empty; a number or a switch that it does not have is one that this
    firmware lacks, and cannot be wished for.
    """

    cim: CimClass

    def read(self, machine: Machine, wanted: Values) -> Values:
        return self.told(machine.get(self.cim))

    def told(self, instance: Properties) -> Values:
        return {row.name: instance.get(row.wire) for row in self.options if row.wire}

    def plan(self, present: Values, wanted: Values) -> Values:
        asked = {name: value for name, value in wanted.items() if name in present and value is not None}
        for row in self.options:
            if row.name in asked and row.wire and row.type != "str" and present[row.name] is None:
                raise lacking(row.name, "{0}.{1}".format(self.cim.name, row.wire))
        return {**present, **asked}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        machine.modify(self.cim, self.changes(present, planned))

    def changes(self, present: Values, planned: Values) -> Values:
        """What differs, under the names of the wire."""
        wire = {row.name: row.wire for row in self.options if row.wire}
        return {wire[name]: planned[name] for name in wire if planned[name] != present[name]}


class Collection(Resource):
    """Members that have a key: the option `members` lists them, `purge` removes those it does not list.

    What members are told apart by may be more than one property: then `key_of` says how. Where a device has several of
    one key, as two runs at once leave them, one is kept.
    """

    members: str
    key: str

    def key_of(self, member: Values) -> Any:
        return member[self.key]

    def in_order(self, planned: Values) -> Iterable[Any]:
        """The keys of members, in the order in which they are made and changed."""
        return self._by_key(planned)

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
        return {self.members: sorted(self.read_members(machine), key=lambda member: str(self.key_of(member)))}

    def plan(self, present: Values, wanted: Values) -> Values:
        was = self._by_key(present)
        planned = {} if wanted.get("purge") else dict(was)
        for member in wanted[self.members]:
            given = {name: value for name, value in member.items() if value is not None}
            planned[self.key_of(member)] = {**was.get(self.key_of(member), {}), **given}
        return {self.members: [planned[key] for key in sorted(planned, key=str)]}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values | None:
        was, will = self._by_key(present), self._by_key(planned)
        for member in present[self.members]:
            key = self.key_of(member)
            if key not in will or member is not was[key]:
                self.delete(machine, member)
        for key in self.in_order(planned):
            if key not in was:
                self.create(machine, will[key])
            elif will[key] != was[key]:
                self.update(machine, was[key], will[key])
        return {}

    def _by_key(self, values: Values) -> dict[Any, Values]:
        return {self.key_of(member): member for member in values[self.members]}


def converge(resource: Resource, machine: Machine, wanted: Values, dry_run: bool = False) -> Outcome:
    """Bring a machine to the wanted state. The only place that decides what `changed` means.

    The machine is read back before success is told, and when something failed: what was lost or refused may hold all
    the same. Where somebody else is seen to be at work on it, this run stands back for a moment and starts again. A
    machine that can be had alone, as the one that we run on, is.
    """
    resource.check(wanted)
    alone = nullcontext if dry_run else getattr(machine, "alone", nullcontext)
    with alone():
        present = look(resource, machine, wanted)
        planned = resource.plan(present, wanted)
        if planned == present or dry_run:
            return Outcome(resource, present, planned, {}, "")
        return bring(resource, machine, wanted, present, planned)


def bring(resource: Resource, machine: Machine, wanted: Values, present: Values, planned: Values) -> Outcome:
    """The second half of `converge`, from what was read and planned a moment ago and differs."""
    return _Run(resource, machine, wanted, present).bring(planned)


def look(resource: Resource, machine: Machine, wanted: Values) -> Values:
    """Anew when what is being read goes away meanwhile."""
    for turn in range(1, resource.turns):
        try:
            return resource.read(machine, wanted)
        except Overtaken:
            machine.stand_back(turn)
    return resource.read(machine, wanted)


def told(outcome: Outcome) -> Values:
    """All that a reader says, as one mapping: what was read, and `unread`, in the core's own words for options."""
    return {**outcome.after, **spelt_unread(outcome.facts, {})}


def _written(machine: Machine) -> int | None:
    """None for a machine that does not count."""
    return getattr(machine, "written", None)


class _Run:
    """From `before`. `wrote`: a turn of this run that changed something was carried out to its end."""

    def __init__(self, resource: Resource, machine: Machine, wanted: Values, before: Values) -> None:
        self.resource = resource
        self.machine = machine
        self.wanted = wanted
        self.before = before
        self.wrote = False
        self.written = _written(machine)

    def bring(self, planned: Values) -> Outcome:
        present, failure = self.before, None
        for turn in range(1, self.resource.turns + 1):
            learnt, failure = self._apply(present, planned)
            if failure is None and self._is_known(learnt):
                return self._taken(planned, learnt, turn)
            found = self._found(failure)
            if isinstance(failure, Indeterminate) and not self.resource.shows(present, planned):
                break
            if self._holds(found, planned):
                if isinstance(failure, Indeterminate) or (failure is None and self.wrote):
                    return Outcome(self.resource, self.before, planned, learnt, self._note(turn, failure))
                if turn == self.resource.turns or self._planned(found) == found:
                    return self._found_done(found)
            elif not self._is_shared(present, found, failure):
                break
            if turn < self.resource.turns:
                self.machine.stand_back(turn)
                present = look(self.resource, self.machine, self.wanted)
                planned = self.resource.plan(present, self.wanted)
                if planned == present:
                    return self._found_done(present)
        raise failure or self._not_kept(found)

    def _is_known(self, learnt: Values) -> bool:
        """Whether reading back would tell nothing more."""
        return self.resource.proves or self.resource.is_event(self.wanted) or UNVERIFIED in learnt

    def _taken(self, planned: Values, learnt: Values, turn: int) -> Outcome:
        if not self.wrote and not learnt:
            return self._found_done(planned)
        unverified = learnt.pop(UNVERIFIED, "")
        outcome = Outcome(self.resource, self.before, planned, learnt, unverified or self._note(turn, None))
        outcome.unverified = bool(unverified)
        return outcome

    def _apply(self, present: Values, planned: Values) -> tuple[Values, AmtError | None]:
        before = _written(self.machine)
        try:
            learnt = self.resource.apply(self.machine, present, planned, self.wanted) or {}
        except CUT_OFF as cut_off:
            self._tell_begun(cut_off)
            raise
        except AmtError as failure:
            return {}, failure
        self.wrote = self.wrote or before is None or _written(self.machine) != before
        return learnt, None

    def _tell_begun(self, failure: AmtError) -> None:
        """The device was lost on the way, so that nobody knows what there is of the change: `begun` in the details."""
        if _written(self.machine) != self.written and not isinstance(failure, (Indeterminate, InvalidOption)):
            failure.details["begun"] = True
            failure.hint = "; ".join(part for part in (failure.hint, BEGUN) if part)

    def _found(self, failure: AmtError | None) -> Values:
        try:
            found = look(self.resource, self.machine, self.wanted)
        except AmtError as unread:
            if failure is not None:
                self._tell_begun(failure)
                raise failure from None
            message = "the device took the change, and could not be read back: {0}"
            raise Indeterminate(message.format(unread), unread.hint or "run again") from unread
        if isinstance(failure, Indeterminate):
            failure.found = failure.details["found"] = hide(self.resource.options, found)
        return found

    def _holds(self, found: Values, planned: Values) -> bool:
        try:
            return self.resource.holds(found, planned, self.wanted)
        except AmtError:
            return False

    def _planned(self, found: Values) -> Values:
        return self.resource.plan(found, self.wanted)

    def _is_shared(self, present: Values, found: Values, failure: AmtError | None) -> bool:
        """Whether somebody else is at work: what was accepted is gone again, or what was seen is not there any more."""
        if failure is None or is_there_or_gone(failure):
            return self.resource.desired(present) != self.resource.desired(found)
        return isinstance(failure, Overtaken)

    def _note(self, turn: int, failure: AmtError | None) -> str:
        if failure is not None:
            return "an answer was lost; reading the device back showed that the change took effect"
        return SHARED.format(turn) if turn > 1 else ""

    def _found_done(self, found: Values) -> Outcome:
        """As wanted, and not by what this run did last."""
        before = self.before if self.wrote else found
        planned = found if not self.wrote else self._planned(found)
        return Outcome(self.resource, before, planned, {}, ELSEWHERE)

    def _not_kept(self, found: Values) -> NotReached:
        wanted = "the device took the change, and does not read so afterwards"
        hint = "something else may be at work on it, or its firmware does not keep this: read it, and run again"
        return NotReached(wanted, hint, found=hide(self.resource.options, found))
