# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the two logs have in common: which records are told, in whose time, and what becomes of an archive."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timezone
from pathlib import Path
from typing import Any, Callable, Optional

from ...alerts.archive import Archive, Entry, Tail, place_for
from ...alerts.event_record import BadRecord
from ...alerts.moments import seconds_of, told, zone_named
from ...clock import SystemClock
from ...errors import InvalidOption
from ...harmless import harmless
from ...host.files import OWNER_ONLY, write_whole
from ...option import Option, check_within
from ...resource import Resource, Values

MOST_TOLD = 10000
MOST_BAD = 100
OLDER = 20
"""So many in a row that are too old, and so are the rest: a clock that was set moves a few."""
COMMON = (
    Option("since"),
    Option("until"),
    Option("limit", type="int", default=100),
    Option("skip", type="int", default=0),
    Option("time_zone"),
    Option("archive", here=True),
    Option("clear", type="bool", default=False),
    Option("confirm", type="bool", default=False),
    Option("unarchived", type="bool", default=False),
)
UNCONFIRMED = "records that are cleared are gone: say confirm: true besides, if that is meant"
KEEP_FIRST = "name an archive, which is written before; or say unarchived: true, and the records are lost"
LOST = "records are missing here: the log was cleared, or its oldest records were overwritten, before they were read"

Archives = Callable[[str, str], Archive]
"""From what the option says, and the log's name, to the archive of this device."""


class Seen(dict[str, Any]):
    """What was read. `records`: of the log, from the oldest on, with the last one that is archived in front if it is
    there; `tail`: the archive's end. Neither is told, nor copied into a plan."""

    records: Sequence[bytes] = ()
    tail: Optional[Tail] = None


def archives_here(log: str) -> Archives:
    """Where the option says, for whom the device has no name."""
    return lambda path, host: Archive(Path(path), {"host": host, "log": log})


class Log(Resource):
    """`archives` and `host` are given by who knows where a relative path begins and what the device is called."""

    log = ""
    proves = True
    kept = 0
    """How many records a log may hold on to when it is cleared or overwritten."""

    def __init__(
        self,
        archives: Optional[Archives] = None,
        host: str = "",
        clock: Optional[SystemClock] = None,
        write: Optional[Callable[[str, str], None]] = None,
    ) -> None:
        self.write = write or written_here
        self.archives = archives or archives_here(self.log)
        self.host = host
        self.clock = clock or SystemClock()

    def check(self, wanted: Values) -> None:
        check_within("limit", wanted["limit"], 0, MOST_TOLD)
        check_within("skip", wanted["skip"], 0, MOST_TOLD)
        self.window(wanted)
        if wanted["clear"] and not wanted["confirm"]:
            raise InvalidOption("clear", True, UNCONFIRMED)
        if wanted["clear"] and not wanted["archive"] and not wanted["unarchived"]:
            raise InvalidOption("clear", True, KEEP_FIRST)
        if wanted["archive"]:
            self.archive_of(wanted).tail(1)

    def archive_of(self, wanted: Values) -> Archive:
        archive = self.archives(place_for(wanted["archive"], self.host), self.host)
        archive.kept = self.kept
        return archive

    def window(self, wanted: Values) -> tuple[Optional[float], Optional[float]]:
        """From when to when. InvalidOption."""
        zone, now = zone_named("time_zone", wanted["time_zone"]), self.clock.wall()
        since, until = (
            None if wanted[name] is None else seconds_of(name, wanted[name], now, zone) for name in ("since", "until")
        )
        return since, until

    def told(
        self, records: Iterable[bytes], wanted: Values, matches: Callable[[Entry], bool], enough: bool = False
    ) -> Values:
        """`records` from the newest on: those that are asked for, how many match, and what they are. `enough`: what is
        older than all that are asked for is not looked at."""
        zone, most = zone_named("time_zone", wanted["time_zone"]), wanted["skip"] + wanted["limit"]
        shown: list[Entry] = []
        bad: list[Entry] = []
        kinds: Counter[str] = Counter()
        found = ((time, entry) for time, entry in self._within(records, wanted, bad, enough) if matches(entry))
        for place, (time, entry) in enumerate(found):
            kinds[self.kind_of(entry)] += 1
            if wanted["skip"] <= place < most:
                shown.append({"time": told(time, zone), **entry})
            if enough and place + 1 >= most:
                break
        return {"records": shown, "matching": sum(kinds.values()), "counts": dict(kinds.most_common()), "bad": bad}

    def _within(
        self, records: Iterable[bytes], wanted: Values, bad: list[Entry], enough: bool
    ) -> Iterator[tuple[int, Entry]]:
        """Those of the time that is asked for; what cannot be read is put into `bad`, which has room for some."""
        since, until = self.window(wanted)
        older = 0
        for octets in records:
            try:
                time, entry = self.decoded(octets)
            except BadRecord as reason:
                if len(bad) < MOST_BAD:
                    bad.append({"reason": str(reason), "raw": base64.b64encode(octets).decode("ascii")})
                continue
            is_older = since is not None and time < since
            older = older + 1 if is_older else 0
            if enough and older >= OLDER:
                return
            if not is_older and (until is None or time <= until):
                yield time, entry

    def keep(self, seen: Values, wanted: Values) -> None:
        if isinstance(seen, Seen) and seen.tail is not None:
            self.archive_of(wanted).add(seen.records, self.archived, LOST, seen.tail.number)

    def decoded(self, octets: bytes) -> tuple[int, Entry]:
        """Seconds since 1970, and what it says. BadRecord."""
        raise NotImplementedError

    def kind_of(self, entry: Entry) -> str:
        raise NotImplementedError

    def archived(self, octets: bytes) -> Entry:
        """A line of the archive, in UTC; of a record that cannot be read the reason. A stranger who fails to log in has
        chosen the name that is in it: whoever prints it later is as safe as with a result, and `raw` has the truth."""
        try:
            time, entry = self.decoded(octets)
        except BadRecord as reason:
            return {"bad": harmless(str(reason))}
        return dict(harmless({"time": told(time, timezone.utc), **entry}))


def written_here(path: str, text: str) -> None:
    """The old file or the new one is there at any moment."""
    write_whole(Path(path), text.encode("utf-8"), OWNER_ONLY)


def octets_of(texts: Sequence[str]) -> Iterator[bytes]:
    """What is no base64 becomes the text itself, which then is no record: it costs itself alone."""
    for text in texts:
        try:
            yield base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            yield text.encode("utf-8", errors="replace")


def one_of(wanted: Optional[Sequence[Any]]) -> Callable[[Any], bool]:
    return (lambda value: value in wanted) if wanted else (lambda value: True)


def present(values: Mapping[str, Any], records: Sequence[bytes], tail: Optional[Tail]) -> Seen:
    seen = Seen(values)
    seen.records, seen.tail = records, tail
    return seen
