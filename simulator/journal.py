# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What was asked of the fleet: one entry per request, so that tests can count reads, writes and log-ins.

An entry never holds a password, an Authorization header or a body.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Optional, TextIO

READING_METHODS = re.compile(r"(Admin)?(Get|Enumerate|Read|Is|Show)[A-Z]|AMTAuthenticate$")
"""Methods that only tell. PositionToFirstRecord moves a cursor in the firmware, so it counts as a write."""

READING_VERBS = frozenset({"get", "enumerate", "pull", "release"})
WRITING_VERBS = frozenset({"put", "create", "delete"})


def access(verb: str, method: str) -> str:
    """read or write for WS-Man requests and for messages over MEI, nothing for others."""
    if verb in READING_VERBS:
        return "read"
    if verb in WRITING_VERBS:
        return "write"
    if verb in ("invoke", "mei"):
        return "read" if READING_METHODS.match(method) else "write"
    return ""


@dataclass
class Entry:
    """`verb` is a WS-Man verb, `http` (another page), `connect` (a fault at connecting), `presence` (a ping) or `mei`
    (a message of the host: `cls` is the client, `method` the command, `status` the client's own).

    `login` is none, accepted, refused or stale; `status` is that of the answer, 0 when none was made; `fault` names
    the scripted faults that struck; `at` is the simulator's clock and `took` the real seconds until the answer was
    ready.
    """

    number: int
    at: float
    device: str
    address: str
    port: int
    connection: int
    verb: str
    cls: str = ""
    method: str = ""
    login: str = "none"
    username: str = ""
    status: int = 0
    subcode: str = ""
    took_effect: bool = False
    fault: str = ""
    took: float = 0.0

    @property
    def access(self) -> str:
        return access(self.verb, self.method)

    def shown(self) -> dict[str, Any]:
        shown = {("class" if name == "cls" else name): value for name, value in asdict(self).items()}
        shown["access"] = self.access
        return shown


class Journal:
    """Entries in the order in which they ended; the oldest are forgotten beyond `limit`."""

    def __init__(self, limit: int = 100_000, stream: Optional[TextIO] = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._stream = stream
        self._lock = threading.Lock()
        self._number = 0

    def add(self, **values: Any) -> Entry:
        with self._lock:
            self._number += 1
            entry = Entry(number=self._number, **values)
            self._entries.append(entry)
            if self._stream is not None:
                self._stream.write(json.dumps(entry.shown()) + "\n")
                self._stream.flush()
        return entry

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def entries(self, since: int = 0, **wanted: Any) -> list[Entry]:
        """Entries with a number above `since` whose attributes equal `wanted` (access, device, verb, cls ...)."""
        with self._lock:
            found = list(self._entries)
        return [
            entry
            for entry in found
            if entry.number > since and all(getattr(entry, name) == value for name, value in wanted.items())
        ]

    def count(self, **wanted: Any) -> int:
        return len(self.entries(**wanted))

    def reads(self, **wanted: Any) -> list[Entry]:
        """Reads that were logged in: a challenge is not a read."""
        return self.entries(access="read", login="accepted", **wanted)

    def writes(self, **wanted: Any) -> list[Entry]:
        return self.entries(access="write", login="accepted", **wanted)
