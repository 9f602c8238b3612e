# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""When the firmware wakes the machine by itself: AMT.md 6.5, and Alarm Clock in the vendor's guide.

Firmware counts in UTC. What repeats by whole days is meant as clocks show it, so that after a change of clocks the same
wish differs from what the firmware has, and sets it anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, Callable, Optional

from ...cim.power import ALARM, ALARM_SERVICE, LONGEST_ALARM_NAME, MOST_ALARMS
from ...cim.schema import Properties
from ...errors import (
    AmtError,
    InvalidOption,
    InvalidSelectors,
    Overtaken,
    Refused,
    TableFull,
    Unavailable,
    Unsupported,
    lacking,
    overtaken_by,
)
from ...machine import Machine
from ...option import Option
from ...resource import Collection, Values
from ...wsman.values import Datetime, Instance
from ..security.time import measured, ours
from . import spoken_time
from .packages import wakes_from
from .spoken_time import DAY, MINUTE, WEEK, Zone

MEMBER = (
    Option("name", required=True),
    Option("state", choices=("present", "absent"), default="present"),
    Option("at"),
    Option("every"),
    Option("delete_on_completion", type="bool"),
)
AHEAD = 60
"""Seconds that an alarm is away at least when it is set: one that is nearer may be past before the firmware has it."""
MEANWHILE = "somebody else sets alarms of this device"
_INTERVAL = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:[\d.]{1,10}S)?)?")


class Alarms(Collection):
    """`clock`: what the device's own clock shows, and whether it is right. `clocks_change`: the day on which alarms
    that repeat by days will have to be set anew. `passed`: those that were not set, as their time is over."""

    members = "alarms"
    key = "name"
    options = (
        Option("alarms", type="list", elements="dict", required=True, options=MEMBER),
        Option("time_zone", default="UTC"),
        Option("tolerance", type="int", default=60),
        Option("when_passed", choices=("refuse", "skip"), default="refuse"),
        Option("purge", type="bool", default=False),
    )
    aside = ("clock", "clocks_change", "passed")

    def check(self, wanted: Values) -> None:
        zone = spoken_time.zone_of(wanted["time_zone"])
        if wanted["tolerance"] < 1:
            raise InvalidOption("tolerance", wanted["tolerance"], "firmware tells whole seconds: give 1 or more")
        names = [member["name"] for member in wanted["alarms"]]
        for name in names:
            if names.count(name) > 1:
                raise InvalidOption("alarms", name, "it is listed twice")
        for member in wanted["alarms"]:
            if member.get("state") != "absent":
                _check_name(member["name"])
                _check_time(member, zone)

    def read(self, machine: Machine, wanted: Values) -> Values:
        zone = spoken_time.zone_of(wanted["time_zone"])
        rows = _members(machine, zone)
        present: Values = {"alarms": sorted(rows, key=lambda row: str(row["name"])), "clock": None}
        if any(member.get("state") != "absent" for member in wanted["alarms"]):
            drift = measured(machine)
            now = ours(machine) + drift.ahead
            right = drift.within(wanted["tolerance"])
            present["clock"] = {"drift": round(drift.ahead), "right": right, "time": zone.spelt(int(now))}
            present["clocks_change"] = _clocks_change(wanted["alarms"], zone, now)
            present["passed"] = self._passed(present, wanted["alarms"], zone)
        return present

    def _passed(self, present: Values, members: list[Values], zone: Zone) -> list[str]:
        was, listed = self._by_key(present), [each for each in members if each.get("state") != "absent"]
        return [each["name"] for each in listed if not _planned(was.get(each["name"]), each, zone, present["clock"])]

    def foresee(self, present: Values, before: Mapping[str, Values]) -> Values:
        """With the clock that the same document sets."""
        clock = present["clock"]
        if clock is None or clock["right"] or not before.get("time", {}).get("synchronized"):
            return present
        now = _moment(clock["time"]) - clock["drift"]
        return {**present, "clock": {"drift": 0, "right": True, "time": Zone(timezone.utc).spelt(now)}}

    def plan(self, present: Values, wanted: Values) -> Values:
        zone = spoken_time.zone_of(wanted["time_zone"])
        was = self._by_key(present)
        planned = {} if wanted["purge"] else dict(was)
        for member in wanted["alarms"]:
            name = member["name"]
            if member.get("state") == "absent":
                planned.pop(name, None)
                continue
            alarm = _planned(was.get(name), member, zone, present["clock"])
            if alarm is not None:
                planned[name] = alarm
            elif wanted["when_passed"] != "skip":
                raise _passed(member, present["clock"])
        _check_room(was, planned)
        if present["clock"] is not None:
            _check_clock(present["clock"], [name for name in planned if planned[name] != was.get(name)])
        return {**present, "alarms": [planned[name] for name in sorted(planned)]}

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """An alarm that has rung meanwhile was set all the same."""
        aimed = self.plan(found, {**wanted, "when_passed": "skip"})
        return bool(aimed["alarms"] == found["alarms"])

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        try:
            super().apply(machine, present, planned, wanted)
        except TableFull:
            there = {row["name"] for row in _members(machine, Zone(timezone.utc))}
            if there - set(self._by_key(planned)):
                raise Overtaken("the firmware has no room for another alarm", MEANWHILE) from None
            raise
        return {"wakes_from": wakes_from(machine)}

    def create(self, machine: Machine, member: Values) -> None:
        """The order of elements is that of the vendor's example."""
        alarm: Values = {
            "InstanceID": member["name"],
            "ElementName": member["name"],
            "StartTime": Datetime(_wire_time(_moment(member["at"]))),
            **({"Interval": Datetime(_wire_span(member["every"]), "Interval")} if member["every"] else {}),
            "DeleteOnCompletion": member["delete_on_completion"],
        }
        try:
            with overtaken_by(("DUPLICATE",), MEANWHILE):
                machine.invoke(ALARM_SERVICE, "AddAlarm", {"AlarmTemplate": Instance(ALARM.name, ALARM.encode(alarm))})
        except Refused as refusal:
            if refusal.name != "MAX_LIMIT_REACHED":
                raise
            hint = "it has {0} at most: remove one, or set purge".format(MOST_ALARMS)
            raise TableFull("the firmware has no room for another alarm", hint) from refusal

    def update(self, machine: Machine, present: Values, planned: Values) -> None:
        """There is no change in place. Where the new one is refused, the old one comes back."""
        self.delete(machine, present)
        try:
            self.create(machine, planned)
        except (Refused, TableFull):
            if present["at"]:
                with suppress(AmtError):
                    self.create(machine, present)
            raise

    def delete(self, machine: Machine, member: Values) -> None:
        try:
            machine.delete(ALARM, InstanceID=member["id"])
        except (InvalidSelectors, Unsupported) as gone:
            raise Overtaken(str(gone), MEANWHILE) from gone

    def export(self, present: Values) -> Values:
        """A document outlives the alarms that ring once."""
        return {**super().export(present), "when_passed": "skip"}


def _members(machine: Machine, zone: Zone) -> list[Values]:
    try:
        rows = machine.enumerate(ALARM)
    except Unsupported:
        if machine.find(ALARM_SERVICE) is None:
            raise lacking("alarms", "alarm clock that holds several, which came with AMT 8") from None
        rows = []
    names = [row.known("ElementName") for row in rows]
    told = [in_words(row, zone) for row in rows]
    for row, name in zip(told, names):
        if not name or names.count(name) > 1:
            row["name"] = row["id"]
    return told


def in_words(row: Any, zone: Zone, take: Callable[..., Any] = Properties.known) -> Values:
    """With `Properties.get`, whoever reads is told of what cannot be read."""
    moment = _moment(_text(take(row, "StartTime")))
    return {
        "name": take(row, "ElementName"),
        "id": row["InstanceID"],
        "at": zone.spelt(moment) if moment is not None else None,
        "every": _span(take(row, "Interval")),
        "delete_on_completion": take(row, "DeleteOnCompletion") if "DeleteOnCompletion" in row else False,
    }


def _text(value: Any) -> str:
    return value.text if isinstance(value, Datetime) else value or ""


def _moment(text: str) -> Optional[int]:
    """None for what is no moment with an offset."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return int(found.timestamp()) if found.tzinfo else None


def _span(value: Any) -> Optional[str]:
    """In words; as it came where it is no span of days, hours and minutes."""
    text = _text(value) or "0"
    found = _INTERVAL.fullmatch(text)
    if found is None:
        return None if text == "0" else text
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return spoken_time.words_of(days * DAY + hours * 3600 + minutes * MINUTE) or None


def _wire_time(moment: Optional[int]) -> str:
    return datetime.fromtimestamp(moment or 0, timezone.utc).strftime("%Y-%m-%dT%H:%M:00Z")


def _wire_span(every: str) -> str:
    days, rest = divmod(spoken_time.seconds_of(every), DAY)
    return "P{0}DT{1}H{2}M".format(days, rest // 3600, rest % 3600 // MINUTE)


def _planned(was: Optional[Values], member: Values, zone: Zone, clock: Values) -> Optional[Values]:
    """None for one whose time is over and that the firmware does not have."""
    said, every, now = spoken_time.spoken(member["at"], zone), _every(member), _moment(clock["time"]) or 0
    deletes = member.get("delete_on_completion")
    like = {
        "every": spoken_time.words_of(every) or None,
        "delete_on_completion": not every if deletes is None else deletes,
    }
    rings = _moment(was["at"]) if was and was["at"] else None
    if was and rings is not None and was["every"] == like["every"] and said.fits(rings, every, now):
        return {**was, **like}
    following = said.next(every, now + AHEAD)
    if following is None:
        return None
    return {"name": member["name"], "id": member["name"], **(was or {}), "at": zone.spelt(following), **like}


def _every(member: Values) -> int:
    return spoken_time.seconds_of(member["every"]) if member.get("every") else 0


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= LONGEST_ALARM_NAME or not name.isprintable() or name != name.strip():
        way_out = "1 to {0} characters that can be printed, without spaces around them"
        raise InvalidOption("name", name, way_out.format(LONGEST_ALARM_NAME))


def _check_time(member: Values, zone: Zone) -> None:
    if not member.get("at"):
        raise InvalidOption("at", member.get("at"), "{0}: say when it rings first".format(member["name"]))
    said, every = spoken_time.spoken(member["at"], zone), _every(member)
    if every % MINUTE or every >= 10000 * DAY:
        raise InvalidOption("every", member["every"], "up to 9999 days")
    if said.day is not None:
        if not every and spoken_time.is_never_shown(said):
            raise InvalidOption("at", member["at"], "clocks are set forward over it on that day: give another time")
    elif said.weekday is not None and every % WEEK:
        raise InvalidOption("every", member["every"], "an alarm of a day of the week comes every so many weeks")
    elif every and every % DAY and DAY % every:
        way_out = "it comes at another time each day: give at with the date of the first one"
        raise InvalidOption("every", member["every"], way_out)


def _passed(member: Values, clock: Values) -> InvalidOption:
    way_out = "{0}: that has passed, or will have in a minute; the device's clock shows {1}. Give a later one, or set "
    return InvalidOption("at", member["at"], (way_out + "when_passed: skip").format(member["name"], clock["time"]))


def _check_room(was: Values, planned: Values) -> None:
    """No more than firmware holds; what it holds already, it does."""
    if len(planned) > max(len(was), MOST_ALARMS):
        way_out = "there would be {0} alarms ({1}), and firmware has room for {2}: remove some, or set purge"
        told = ", ".join(sorted(planned))
        raise InvalidOption("alarms", len(planned), way_out.format(len(planned), told, MOST_ALARMS))


def _check_clock(clock: Values, changed: list[str]) -> None:
    if changed and not clock["right"]:
        side = "ahead" if clock["drift"] > 0 else "behind"
        raise Unavailable(
            "the device's clock is {0} seconds {1}, so that {2} would ring at the wrong time".format(
                abs(clock["drift"]), side, ", ".join(sorted(changed))
            ),
            "set it first with amt_time, or allow for more with tolerance",
            drift=clock["drift"],
        )


def _clocks_change(members: list[Values], zone: Zone, now: float) -> Optional[str]:
    """When clocks next change, where something repeats by whole days."""
    by_days = [each for each in members if each.get("state") != "absent" and _every(each) and not _every(each) % DAY]
    zones = [spoken_time.spoken(each["at"], zone).zone for each in by_days]
    return min(filter(None, (each.next_change(now) for each in zones)), default=None)
