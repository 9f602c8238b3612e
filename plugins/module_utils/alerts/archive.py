# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Records of one log of one device on a disk: lines of JSON that are added to and never changed.

A line has `n`, which counts from 1, `host`, `log`, `raw`, which is the record in base64, and what it says. One without
`raw` tells in `gap` that records are missing between its neighbours, or in `cleared` that the log was cleared by who
writes the archive. A line that somebody was killed at is taken away by the
next who writes.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Callable, NamedTuple, Optional

from ..errors import InvalidOption, Overtaken
from ..host.files import append_for_good, opened_for_appending
from .alignment import Fresh, fresh

Entry = dict[str, Any]
Reading = Callable[[Path], AbstractContextManager[Optional[int]]]
Appending = Callable[[Path], AbstractContextManager[int]]

HEAD = b'{"n": '
"""How the first line begins."""
BLOCK = 1 << 16
AT_ONCE = 500
"""Lines that are written, and are on the disk, before the next are made."""
FAR_BACK = 5000
"""Records among which those are looked for that a log holds on to; it has fewer places."""
NOT_OURS = "it is no archive of this log that was written here; name another file, or move it away"
OF_ANOTHER = "it is the archive of the {0} log of {1}; name one file for each device and log, or move it away"
NO_ROOM = "{0}; what is there stays, and the next run goes on from it: make room, or name another file"


HOST = "{host}"
"""Stands in a path for the name of the device."""
_PLAIN = re.compile(r"[^A-Za-z0-9._:@+-]")


def place_for(path: str, host: str) -> str:
    """The path for one device: its name leads to no other folder, and hides no file, whatever it is."""
    name = _PLAIN.sub(lambda found: "".join("%{0:02X}".format(octet) for octet in found[0].encode("utf-8")), host)
    return path.replace(HOST, "%2E" + name[1:] if name.startswith(".") else name)


class Tail(NamedTuple):
    """The end of an archive: the number of its last line, and its last records from the oldest on; `older` are those
    from before the log was cleared by who writes the archive."""

    number: int
    records: list[bytes]
    older: list[bytes]


class Archive:
    """`about` is what every line has of device and log. `reading` opens for looking and gives None where there is no
    file; `appending` opens, and makes, for this process alone."""

    def __init__(
        self,
        path: Path,
        about: Entry,
        reading: Optional[Reading] = None,
        appending: Optional[Appending] = None,
        kept: int = 0,
    ) -> None:
        self.path = path
        self.about = about
        self.reading = reading or opened_for_reading
        self.appending = appending or partial(opened_for_appending, "archive")
        self.kept = kept

    def entries(self, most: int) -> Iterator[Entry]:
        """The last lines, from the newest on. Raises as `tail` does."""
        with self.reading(self.path) as descriptor:
            if descriptor is not None:
                self._tail(descriptor, 1)
                found = (_entry(line) for line in _backwards(descriptor))
                yield from islice((entry for entry in found if entry is not None), most)

    def tail(self, most: int) -> Tail:
        """Raises InvalidOption for a file that is none of ours, AmtError for one that cannot be read."""
        with self.reading(self.path) as descriptor:
            return Tail(0, [], []) if descriptor is None else self._tail(descriptor, most)

    def _tail(self, descriptor: int, most: int) -> Tail:
        number = 0
        records: list[bytes] = []
        older: list[bytes] = []
        found = records
        head = os.pread(descriptor, len(HEAD), 0)
        if head != HEAD[: len(head)]:
            raise InvalidOption("archive", str(self.path), NOT_OURS)
        for line in _backwards(descriptor):
            entry = _entry(line)
            if entry is None:
                continue
            if not number:
                self._judge(entry)
                number = int(entry["n"])
            if "raw" in entry:
                found.append(_octets(entry["raw"]))
            if "cleared" in entry:
                found = older
            if len(records) + len(older) >= most or (found is older and not self.kept):
                break
        return Tail(number, records[::-1], older[::-1])

    def _judge(self, entry: Entry) -> None:
        if not isinstance(entry.get("n"), int) or not set(self.about) <= set(entry):
            raise InvalidOption("archive", str(self.path), NOT_OURS)
        if any(entry[name] != value for name, value in self.about.items()):
            way_out = OF_ANOTHER.format(entry["log"], entry["host"])
            raise InvalidOption("archive", str(self.path), way_out)

    def foreseen(self, records: Sequence[bytes], tail: Tail) -> tuple[int, Fresh]:
        """The number of the last line once `add` is done, and which of the records are new."""
        new = fresh(tail.records, records, self.kept, tail.older)
        return tail.number + (not new.joined) + len(records) - new.first, new

    def add(self, records: Sequence[bytes], described: Callable[[bytes], Entry], gap: str, number: int) -> int:
        """Those of the records, from the oldest on, that are not there yet, `number` being that of the last line when
        they were read. Raises Overtaken where it is not any more: another run knows more of the log, or less.

        They begin with one that is there, if any still is; where none is, `gap` says what that means. Returns the
        number of the last line.
        """
        with self.appending(self.path) as descriptor:
            tail = self._tail(descriptor, len(records) + (FAR_BACK if self.kept else 0))
            if tail.number != number:
                raise Overtaken("{0}: another run has added to it meanwhile".format(self.path), "run again")
            _end_on_a_line(descriptor)
            new = self.foreseen(records, tail)[1]
            if not new.joined:
                number = self._write(descriptor, number, [{"gap": gap}])
            entries = ({**described(octets), "raw": _text(octets)} for octets in records[new.first :])
            for lot in _lots(entries):
                number = self._write(descriptor, number, lot)
            return number

    def mark_cleared(self, when: str) -> int:
        """From here on nothing that the log holds is in the archive, even if it looks as what is."""
        with self.appending(self.path) as descriptor:
            return self._write(descriptor, self._tail(descriptor, 1).number, [{"cleared": when}])

    def _write(self, descriptor: int, number: int, entries: Sequence[Entry]) -> int:
        lines = [
            json.dumps({"n": number + place, **self.about, **entry}) for place, entry in enumerate(entries, start=1)
        ]
        octets = "".join(line + "\n" for line in lines).encode("ascii")
        try:
            append_for_good(descriptor, octets)
        except OSError as error:
            raise InvalidOption("archive", str(self.path), NO_ROOM.format(error.strerror)) from None
        return number + len(entries)


def _lots(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    lot: list[Entry] = []
    for entry in entries:
        lot.append(entry)
        if len(lot) == AT_ONCE:
            yield lot
            lot = []
    if lot:
        yield lot


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _octets(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        return b""


def _entry(line: bytes) -> Optional[Entry]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _backwards(descriptor: int) -> Iterator[bytes]:
    """The lines that are whole, the last one first."""
    at = os.fstat(descriptor).st_size
    buffer = b""
    while at:
        begins = max(0, at - BLOCK)
        buffer = os.pread(descriptor, at - begins, begins) + buffer
        at = begins
        first, *lines = buffer.split(b"\n")
        if lines:
            yield from reversed(lines[:-1])
            buffer = first + b"\n"
    if buffer.endswith(b"\n"):
        yield buffer[:-1]


def _end_on_a_line(descriptor: int) -> None:
    """Take away what follows the last line that is whole."""
    at = os.fstat(descriptor).st_size
    while at:
        begins = max(0, at - BLOCK)
        place = os.pread(descriptor, at - begins, begins).rfind(b"\n")
        if place >= 0:
            at = begins + place + 1
            break
        at = begins
    if at != os.fstat(descriptor).st_size:
        os.ftruncate(descriptor, at)


@contextmanager
def opened_for_reading(path: Path) -> Iterator[Optional[int]]:
    """None where there is no file. Raises InvalidOption."""
    try:
        descriptor = os.open(str(path), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        yield None
        return
    except OSError as error:
        raise _refused(path, error) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InvalidOption("archive", str(path), "it is no ordinary file; name another one")
        yield descriptor
    finally:
        os.close(descriptor)


def _refused(path: Path, error: OSError) -> InvalidOption:
    return InvalidOption("archive", str(path), "{0}; name another file".format(error.strerror))
