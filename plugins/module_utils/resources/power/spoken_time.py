# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Times and spans as people write them: zones by name, hours that clocks show twice or never, the next such moment.

Moments are seconds since 1970 (UTC). Zones by name are those of the operating system or of the package tzdata: without
both there are UTC, offsets and the zone of this machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Optional
from zoneinfo import ZoneInfo

from ...errors import InvalidOption

MINUTE, DAY, WEEK = 60, 86400, 7 * 86400
LOCAL = "local"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"minute": MINUTE, "hour": 3600, "day": DAY, "week": WEEK}
EARLIEST_YEAR, LATEST_YEAR = 2004, 2099
"""Firmware believes no clock from before 2004 (Intel's MOF); the other end is ours, before 32 bits of seconds end."""

_DATED = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T| +)([0-9]{2}):([0-9]{2})(?::00)?(?:\.0+)? ?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DAILY = re.compile(r"(?:([A-Za-z]+),? +)?([0-9]{1,2}):([0-9]{2})")
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
_SPAN = re.compile(r"([0-9]{1,5}) *(minute|hour|day|week)s?")
_HOW = "like 2026-12-24 06:30, 2026-12-24T06:30:00+01:00, 06:30 or monday 06:30"
_QUOTE = "; in quotes, as YAML takes some times of day for numbers"
_NO_DATABASE = (
    "there is no database of time zones here: install the system's tzdata or the Python package tzdata, or give an "
    "offset such as +01:00"
)


class Zone:
    """What clocks show where. `region` is None for this machine's own zone."""

    def __init__(self, region: Optional[tzinfo]) -> None:
        self.region = region

    def moment(self, shown: datetime) -> int:
        """When clocks show this first. What they never show, as they are set forward over it, comes that much later."""
        return int(shown.replace(tzinfo=self.region).timestamp())

    def shown(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, self.region).replace(tzinfo=None, fold=0)

    def spelt(self, moment: float) -> str:
        """With the offset, so that it stands for itself."""
        text = datetime.fromtimestamp(moment, self.region).astimezone(self.region).isoformat(timespec="seconds")
        return text[: -len("+00:00")] + "Z" if text.endswith("+00:00") else text

    def next_change(self, moment: float) -> Optional[str]:
        """The day, within a year, on which clocks are next set forward or back."""
        before = self._ahead(moment)
        days = (int(moment) + number * DAY for number in range(1, 367))
        late = next((day for day in days if self._ahead(day) != before), None)
        if late is None:
            return None
        early = late - DAY
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (middle, late) if self._ahead(middle) == before else (early, middle)
        return self.shown(late).date().isoformat()

    def _ahead(self, moment: float) -> Optional[timedelta]:
        return datetime.fromtimestamp(moment, self.region).astimezone(self.region).utcoffset()


@dataclass(frozen=True)
class Spoken:
    """A time of day, on a day or a weekday or neither."""

    zone: Zone
    hour: int
    minute: int
    day: Optional[date] = None
    weekday: Optional[int] = None

    def on(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, self.hour, self.minute)

    def next(self, every: int, after: float) -> Optional[int]:
        """The first moment later than `after`; None for one that comes once and has gone. `every` is in seconds."""
        if self.day is None:
            return self._next_of_day(after)
        first = self.zone.moment(self.on(self.day))
        if first > after or not every:
            return first if first > after else None
        if every % DAY:
            return int(first + ((after - first) // every + 1) * every)
        gone = int((self.zone.shown(after) - self.on(self.day)).total_seconds() // every)
        steps = (self.on(self.day) + timedelta(seconds=every * number) for number in range(max(gone, 0), gone + 4))
        return next((each for each in map(self.zone.moment, steps) if each > after), None)

    def _next_of_day(self, after: float) -> Optional[int]:
        today = self.zone.shown(after).date()
        days = (today + timedelta(days=number) for number in range(9))
        fitting = (day for day in days if self.weekday in (None, day.weekday()))
        return next((each for each in (self.zone.moment(self.on(day)) for day in fitting) if each > after), None)

    def fits(self, moment: int, every: int, now: float) -> bool:
        """Whether an alarm that rings at `moment`, and from then on `every` so many seconds, is what this says."""
        if not every:
            first = self.zone.moment(self.on(self.day)) if self.day else self.next(0, now)
            return moment == first
        rings = moment if moment > now else int(moment + ((now - moment) // every + 1) * every)
        following = self.next(every, now)
        if self.day is not None or following is None:
            return rings == following
        if every < DAY:
            return (rings - following) % every == 0
        day = self.zone.shown(rings).date()
        return self.zone.moment(self.on(day)) == rings and self.weekday in (None, day.weekday())


def zone_of(name: str, option: str = "time_zone") -> Zone:
    """`UTC`, an offset, `local` or a name such as Europe/Berlin. InvalidOption."""
    if name.upper() in ("UTC", "Z"):
        return Zone(timezone.utc)
    if name == LOCAL:
        return Zone(None)
    offset = _OFFSET.fullmatch(name)
    if offset:
        return Zone(_fixed(name, option, *offset.groups()))
    try:
        return Zone(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        way_out = "a zone is UTC, local, an offset such as +01:00, or a name such as Europe/Berlin"
        raise InvalidOption(option, name, way_out if _has_database() else _NO_DATABASE) from None


def _fixed(name: str, option: str, sign: str, hours: str, minutes: str) -> timezone:
    if int(hours) > 14 or int(minutes) > 59:
        raise InvalidOption(option, name, "an offset is from -14:00 to +14:00")
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if sign == "-" else ahead)


def _has_database() -> bool:
    try:
        return bool(ZoneInfo("Europe/London"))
    except (KeyError, OSError):
        return False


def spoken(text: str, zone: Zone, option: str = "at") -> Spoken:
    """What somebody wrote, in a zone unless it has an offset of its own. InvalidOption."""
    text = text.strip()
    dated = _DATED.fullmatch(text)
    if dated:
        return _dated(text, zone, option, dated)
    daily = _DAILY.fullmatch(text)
    if daily is None:
        raise InvalidOption(option, text, _HOW + (_QUOTE if text.isdecimal() else ""))
    return Spoken(zone, *_time(text, option, daily[2], daily[3]), weekday=_weekday(text, option, daily[1]))


def _dated(text: str, zone: Zone, option: str, found: re.Match[str]) -> Spoken:
    try:
        day = date(*(int(part) for part in found.groups()[:3]))
    except ValueError:
        raise InvalidOption(option, text, "there is no such day") from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise InvalidOption(option, text, "from {0} to {1}".format(EARLIEST_YEAR, LATEST_YEAR))
    return Spoken(zone_of(found[6], option) if found[6] else zone, *_time(text, option, found[4], found[5]), day=day)


def _time(text: str, option: str, hour: str, minute: str) -> tuple[int, int]:
    if int(hour) > 23 or int(minute) > 59:
        raise InvalidOption(option, text, "times of day are from 00:00 to 23:59")
    return int(hour), int(minute)


def _weekday(text: str, option: str, word: Optional[str]) -> Optional[int]:
    if word is None:
        return None
    for number, name in enumerate(WEEKDAYS):
        if len(word) > 2 and name.startswith(word.lower()):
            return number
    raise InvalidOption(option, text, "days of the week are " + ", ".join(WEEKDAYS))


def is_never_shown(said: Spoken) -> bool:
    """Whether clocks are set forward over it."""
    return said.day is not None and said.zone.shown(said.zone.moment(said.on(said.day))) != said.on(said.day)


def seconds_of(text: str, option: str = "every") -> int:
    """`1 day 12 hours` in seconds. InvalidOption."""
    parts = re.split(r",? +(?=[0-9])", text.strip().lower())
    found = [_SPAN.fullmatch(part) for part in parts]
    seconds = sum(int(part[1]) * UNITS[part[2]] for part in found if part)
    if not all(found) or not seconds:
        raise InvalidOption(option, text, "a number of minutes, hours, days or weeks, like 1 day or 1 day 12 hours")
    return seconds


def words_of(seconds: int) -> str:
    """The other way round, in weeks only where they are whole."""
    units = {"week": WEEK} if seconds % WEEK == 0 else {"day": DAY, "hour": 3600, "minute": MINUTE}
    parts = []
    for unit, length in units.items():
        number, seconds = divmod(seconds, length)
        if number:
            parts.append("{0} {1}{2}".format(number, unit, "s" if number > 1 else ""))
    return " ".join(parts)
