# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What can go wrong on purpose between host and engine: a table of its own, and the scripts of one device."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Optional

from ..faults import FaultKind, UnknownFault

CONNECT, BEFORE, AFTER = "connect", "before", "after"

TABLE = (
    FaultKind("mei_busy", CONNECT, "the connection is refused: somebody else has the client", {}, False),
    FaultKind("mei_refuse", BEFORE, "a command of AMTHI is refused with a status", {"status": 1}, False),
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
class MeiScript:
    """Strikes matching messages, from the `nth` on, `times` times (None: for ever); names as in the journal."""

    fault: str
    client: Optional[str] = None
    command: Optional[str] = None
    nth: int = 1
    times: Optional[int] = None
    parameters: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0

    def __getitem__(self, name: str) -> Any:
        return self.parameters.get(name, KINDS[self.fault].parameters[name])

    def strikes(self, stage: str, client: str, command: str) -> bool:
        wanted = ((self.client, client), (self.command, command if stage != CONNECT else self.command))
        meant = (KINDS[self.fault].stage == CONNECT) == (stage == CONNECT)
        if not meant or any(want not in (None, given) for want, given in wanted):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times is not None and self.struck >= self.times):
            return False
        self.struck += 1
        return True

    def shown(self) -> dict[str, Any]:
        return asdict(self)


def make_script(fault: str, **settings: Any) -> MeiScript:
    """Build a script from plain settings; raise UnknownFault."""
    if fault not in KINDS:
        raise UnknownFault("there is no fault {0!r}; choose from {1}".format(fault, ", ".join(KINDS)))
    known = (*MATCHING, *KINDS[fault].parameters)
    for name in settings:
        if name not in known:
            raise UnknownFault("fault {0} has no {1!r}; it takes {2}".format(fault, name, ", ".join(known)))
    for name in ("nth", "times"):
        value = settings.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise UnknownFault("fault {0}: {1} is {2!r}; give a whole number from 1".format(fault, name, value))
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
