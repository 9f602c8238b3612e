# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Several resources as one document: read all, plan all, one diff, applied one after the other in a stated order.

A part is a resource as it stands; nothing of it is written again for a profile. So each part is brought about
and proved as if it had been asked alone, and a run that is killed anywhere leaves what the next one finishes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Optional

from .deviation import deviations
from .errors import (
    AmtError,
    AuthenticationRefused,
    Fault,
    InvalidOption,
    PartsRefused,
    ProtocolError,
    Refused,
    Unavailable,
    Unreachable,
    Unsupported,
)
from .machine import Machine
from .option import Option
from .resource import UNVERIFIED, Resource, Values, bring, converge, look
from .unread import Unread

OF_ONE_PART = (Fault, InvalidOption, ProtocolError, Refused, Unavailable)
"""What keeps one part from being read or planned; anything else is about the device as a whole."""
NOT_BOTH = "an export tells what is; leave profile out, and choose with parts"
NOTHING_WANTED = "say what is wanted of one part at least; the parts are: {0}"


@dataclass(frozen=True)
class Part:
    """A resource under the name that it has in a document. `why`: the reason for its place in the order."""

    name: str
    resource: Resource
    why: str

    def asked(self, given: Mapping[str, Any]) -> Values:
        """A value for every option; to read only, what an empty document would ask."""
        empty = {row.name: [] if row.required and row.type == "list" else row.default for row in self.resource.options}
        return {**empty, **given}


class Profile(Resource):
    """`parts` in the order in which they are applied. Each proves itself, and in the end the whole is read back, as
    somebody else with another document may have been at work on the first parts while the last ones were done.

    What is read is `profile`, by part; `unsupported`: what this firmware lacks and was not insisted on; `deviations`;
    and, where nothing is to be written, `unread`: the parts that cannot be told, as each costs itself and no other.
    """

    aside = ("unsupported", "deviations", "unread", "reached")
    parts: tuple[Part, ...]

    def check(self, wanted: Values) -> None:
        if wanted["state"] == "exported":
            if wanted.get("profile"):
                raise InvalidOption("profile", sorted(wanted["profile"]), NOT_BOTH)
            return
        if not self._chosen(wanted):
            raise InvalidOption("profile", {}, NOTHING_WANTED.format(", ".join(part.name for part in self.parts)))
        troubles = _Troubles()
        for part, asked in self._chosen(wanted):
            with troubles.of(part):
                part.resource.check(asked)
        troubles.tell()

    def read(self, machine: Machine, wanted: Values) -> Values:
        """From wherever the document itself has put the device, if it is not where it was: a run before this one may
        have ended on the way. `reached` names the part that leads there."""
        ways, reached = self._ways(machine, wanted), ""
        while True:
            try:
                with machine.remembering():
                    found = self._read(machine, wanted)
                return {**found, "reached": reached} if reached else found
            except (AuthenticationRefused, Unreachable):
                if machine.answered or not ways:
                    raise
                reached, changes = ways.pop(0)
                machine.reopen(**changes)

    def _read(self, machine: Machine, wanted: Values) -> Values:
        return self._exported(machine, wanted) if wanted["state"] == "exported" else self._found(machine, wanted)

    def _ways(self, machine: Machine, wanted: Values) -> list[tuple[str, Values]]:
        """Part by part, as each moves the device on from where the ones before have left it."""
        ways: list[tuple[str, Values]] = []
        place = machine.endpoint
        if place is None:
            return ways
        for part, asked in self._chosen(wanted):
            changes = part.resource.leads(asked, place)
            if changes and place.moved(**changes) != place:
                place = place.moved(**changes)
                ways.append((part.name, changes))
        return ways

    def plan(self, present: Values, wanted: Values) -> Values:
        if wanted["state"] != "present":
            return present
        planned, troubles = dict(present["profile"]), _Troubles()
        for part, asked in self._chosen(wanted):
            if part.name in planned:
                with troubles.of(part):
                    was = planned[part.name]
                    found = part.resource.foresee(was, planned)
                    will = part.resource.plan(found, _without_skipped(part, asked, present))
                    planned[part.name] = {**will, **_only_foreseen(part.resource, was, found)}
        troubles.tell()
        return {**present, "profile": planned}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        steps = [
            (part, _without_skipped(part, asked, present))
            for part, asked in self._chosen(wanted)
            if part.name in present["profile"] and planned["profile"][part.name] != present["profile"][part.name]
        ]
        learnt: Values = {}
        applied: list[str] = []
        unverified: Values = {}
        for number, (part, asked) in enumerate(steps):
            try:
                if number:
                    outcome = converge(part.resource, machine, asked)
                else:
                    was, will = (values["profile"][part.name] for values in (present, planned))
                    outcome = bring(part.resource, machine, asked, was, will)
            except AmtError as error:
                raise _located(error, applied, [step[0].name for step in steps[number:]]) from error
            if outcome.changed:
                applied.append(part.name)
            if outcome.facts:
                learnt[part.name] = outcome.facts
            unverified = {UNVERIFIED: "{0}: {1}".format(part.name, outcome.note)} if outcome.unverified else {}
        return {"applied": applied, **({"learnt": learnt} if learnt else {}), **unverified}

    def desired(self, values: Values) -> Values:
        by_name = {part.name: part.resource for part in self.parts}
        return {"profile": {name: by_name[name].desired(each) for name, each in values["profile"].items()}}

    def _chosen(self, wanted: Values) -> list[tuple[Part, Values]]:
        """The parts that the document has, of those that were named, with what it asks of each."""
        document, named = wanted.get("profile") or {}, wanted.get("parts")
        return [
            (part, part.asked(document[part.name]))
            for part in self.parts
            if document.get(part.name) is not None and (not named or part.name in named)
        ]

    def _found(self, machine: Machine, wanted: Values) -> Values:
        found: Values = {}
        plans: Values = {}
        rows: list[Values] = []
        troubles = _Troubles(skips=wanted["skip_unsupported"])
        for part, asked in self._chosen(wanted):
            with troubles.of(part):
                present = look(part.resource, machine, asked)
                planned = troubles.planned(part, part.resource.foresee(present, plans), asked)
                found[part.name], plans[part.name] = present, planned
                was, will = part.resource.desired(present), part.resource.desired(planned)
                differing = deviations(part.resource.options, was, will)
                rows += [{"part": part.name, **row} for row in differing]
        told = {"profile": found, "unsupported": troubles.unsupported, "deviations": rows}
        if wanted["state"] == "compared" and found:
            return {**told, "unread": troubles.unread()}
        troubles.tell()
        return told

    def _exported(self, machine: Machine, wanted: Values) -> Values:
        """The document that changes nothing. A part that cannot be read costs that part."""
        document, troubles = {}, _Troubles(skips=True)
        for part in self.parts:
            if wanted.get("parts") and part.name not in wanted["parts"]:
                continue
            with troubles.of(part):
                found = part.resource.export(look(part.resource, machine, part.asked({})))
                document[part.name] = troubles.accepted(part, found)
        if troubles.met and not document:
            raise troubles.met[0][1]
        return {"profile": document, "unsupported": troubles.unsupported, "unread": troubles.unread()}


def _only_foreseen(resource: Resource, was: Values, found: Values) -> Values:
    """As read, what is no desired state and was foreseen otherwise: it is what a plan is made from, and no change."""
    return {name: was[name] for name in resource.aside if name in was and found[name] != was[name]}


class _Troubles:
    """What keeps parts from being as wanted, of all parts before anything is said. With `skips` that a firmware lacks
    something is none: `unsupported` has rows of part, option (None for the whole part) and reason."""

    def __init__(self, skips: bool = False) -> None:
        self.skips = skips
        self.unsupported: list[Values] = []
        self.met: list[tuple[str, AmtError]] = []

    @contextmanager
    def of(self, part: Part) -> Iterator[None]:
        try:
            yield
        except OF_ONE_PART as error:
            if self.skips and (isinstance(error, Unsupported) or "lacks" in error.details):
                self._skip(part, None, error)
            else:
                self.met.append((part.name, error))

    def planned(self, part: Part, present: Values, asked: Values) -> Values:
        """The plan, without the options that this firmware lacks where those are skipped."""
        while True:
            try:
                return part.resource.plan(present, asked)
            except Unavailable as lack:
                option = str(lack.details.get("option"))
                less = _without(asked, option.split("."))
                if not self.skips or less == asked:
                    raise
                self._skip(part, option, lack)
                asked = less

    def accepted(self, part: Part, document: Values) -> Values:
        """Without what can be read and not be asked for, such as what another console wrote against the rules.

        InvalidOption where that is what nobody may leave out: the rest would be no document.
        """
        needed = {row.name for row in part.resource.options if row.required}
        while True:
            try:
                part.resource.check(part.asked(document))
                return document
            except InvalidOption as error:
                if error.option not in document or error.option in needed:
                    raise
                self.met.append((part.name, error))
                document = {name: value for name, value in document.items() if name != error.option}

    def unread(self) -> list[Values]:
        """Rows as every reader has them, for who wants the other parts all the same."""
        unread = Unread()
        for name, error in self.met:
            with unread.part(name):
                unread.note(error)
        return unread.rows

    def tell(self) -> None:
        """Raise the one error, or PartsRefused, if there was any."""
        if len(self.met) == 1:
            name, error = self.met[0]
            raise _named(error, name)
        if self.met:
            raise PartsRefused(self.met)

    def _skip(self, part: Part, option: Optional[str], lack: AmtError) -> None:
        self.unsupported.append({"part": part.name, "option": option, "reason": str(lack)})


def options_of(parts: tuple[Part, ...]) -> tuple[Option, ...]:
    """Those of a Profile that has these parts."""
    return (
        Option(
            "profile",
            type="dict",
            options=tuple(Option(part.name, type="dict", options=part.resource.options) for part in parts),
        ),
        Option("state", choices=("present", "compared", "exported"), default="present"),
        Option("parts", type="list", elements="str", choices=tuple(part.name for part in parts)),
        Option("skip_unsupported", type="bool", default=False),
    )


def _without_skipped(part: Part, asked: Values, present: Values) -> Values:
    for row in present["unsupported"]:
        if row["part"] == part.name and row["option"]:
            asked = _without(asked, row["option"].split("."))
    return asked


def _without(asked: Values, path: list[str]) -> Values:
    """The same where an option, or one inside of another as in `remote.plain_ports`, is left out."""
    name, *rest = path
    inner = asked.get(name)
    if not rest:
        return {**asked, name: None} if inner is not None else asked
    return {**asked, name: _without(inner, rest)} if isinstance(inner, dict) else asked


def _named(error: AmtError, part: str) -> AmtError:
    error.args = ("{0}: {1}".format(part, error),)
    error.details["part"] = part
    return error


def _located(error: AmtError, applied: list[str], left: list[str]) -> AmtError:
    """Where in the order it failed, what had been changed until then, and what was not begun."""
    error.details["applied"], error.details["left"] = applied, left[1:]
    return _named(error, left[0])
