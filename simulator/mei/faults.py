# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What can go wrong on purpose between host and engine: a table of its own, and the scripts of one device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from ..faults import FaultKind, Scripted, UnknownFault, check_counts

CONNECT, BEFORE, AFTER = "connect", "before", "after"

TABLE = (
    FaultKind("mei_busy", CONNECT, "the connection is refused: somebody else has the client", {}, False),
    FaultKind("mei_refuse", BEFORE, "a command of AMTHI, or a channel of LME, is refused", {"status": 1}, False),
    FaultKind("mei_lost_request", BEFORE, "no answer, and no effect", {}, False),
    FaultKind("mei_reset_before", BEFORE, "the engine restarts instead, without effect", {}, False),
    FaultKind("mei_drop_before", BEFORE, "the firmware ends the connection instead, without effect", {}, False),
    FaultKind("mei_late", AFTER, "the answer comes late", {"seconds": 1.0}, True),
    FaultKind("mei_lost_answer", AFTER, "no answer, after it took effect", {}, True),
    FaultKind("mei_reset_after", AFTER, "the engine restarts before the answer, after it took effect", {}, True),
)
KINDS = {kind.name: kind for kind in TABLE}
MATCHING = ("client", "command", "nth", "times")


@dataclass
class MeiScript(Scripted):
    """Strikes messages of a client and of a command; names as in the journal."""

    client: Optional[str] = None
    command: Optional[str] = None

    @property
    def kind(self) -> FaultKind:
        return KINDS[self.fault]

    def strikes(self, stage: str, client: str, command: str) -> bool:
        wanted = ((self.client, client), (self.command, command if stage != CONNECT else self.command))
        meant = (self.kind.stage == CONNECT) == (stage == CONNECT)
        return meant and all(want in (None, given) for want, given in wanted) and self.count()


def make_script(fault: str, **settings: Any) -> MeiScript:
    """Build a script from plain settings; raise UnknownFault."""
    if fault not in KINDS:
        raise UnknownFault("there is no fault {0!r}; choose from {1}".format(fault, ", ".join(KINDS)))
    known = (*MATCHING, *KINDS[fault].parameters)
    for name in settings:
        if name not in known:
            raise UnknownFault("fault {0} has no {1!r}; it takes {2}".format(fault, name, ", ".join(known)))
    check_counts(fault, settings)
    parameters = {name: value for name, value in settings.items() if name not in MATCHING}
    return MeiScript(fault, parameters=parameters, **{name: settings[name] for name in MATCHING if name in settings})


class MeiScripts:
    """The scripts of one device."""

    def __init__(self) -> None:
        self.scripts: list[MeiScript] = []

    def add(self, fault: str, **settings: Any) -> MeiScript:
        self.scripts.append(make_script(fault, **settings))
        return self.scripts[-1]

    def clear(self) -> None:
        self.scripts.clear()

    def strike(self, stage: str, client: str, command: str = "") -> Optional[MeiScript]:
        """The first script that strikes a connection (`connect`) or a message (any other stage)."""
        return next((script for script in self.scripts if script.strikes(stage, client, command)), None)
