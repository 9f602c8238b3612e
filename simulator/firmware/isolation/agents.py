# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the firmware knows of one agent: the states of AMT_AgentPresenceWatchdog and how time moves it through them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Optional

NOT_STARTED, STOPPED, RUNNING, EXPIRED, SUSPENDED = 1, 2, 4, 8, 16
STATES = NOT_STARTED | STOPPED | RUNNING | EXPIRED | SUSPENDED
ACTIVATE, DEACTIVATE = 0, 1
LAST_SEQUENCE = 0xFFFFFFFF


@dataclass(frozen=True)
class Action:
    """What follows a change from one of the states in `old` to one in `new`; `defense` is ACTIVATE or DEACTIVATE."""

    old: int
    new: int
    with_event: bool
    defense: Optional[int] = None
    posture: bool = False


@dataclass(frozen=True)
class Change:
    at: float
    old: int
    new: int


@dataclass
class Agent:
    """`device_id` is the agent's GUID, 16 octets; intervals are seconds. `sequence` is the number last accepted."""

    device_id: bytes
    description: Optional[str]
    startup: int
    timeout: int
    state: int = NOT_STARTED
    deadline: Optional[float] = None
    sequence: Optional[int] = None
    actions: list[Action] = field(default_factory=list)

    def enter(self, state: int, at: float) -> Iterator[Change]:
        """Change the state; its own time begins."""
        old, self.state = self.state, state
        waits = {NOT_STARTED: self.startup, RUNNING: self.timeout}
        self.deadline = at + waits[state] if state in waits else None
        if state != RUNNING:
            self.sequence = None
        if old != state:
            yield Change(at, old, state)

    def pass_time(self, now: float) -> Iterator[Change]:
        """An agent that did not start or did not call in time has expired."""
        if self.deadline is not None and self.deadline <= now:
            yield from self.enter(EXPIRED, self.deadline)

    def accepts(self, sequence: int) -> bool:
        """Only the number after the last one counts, and after the highest comes zero."""
        expected = None if self.sequence is None else (self.sequence + 1) & LAST_SEQUENCE
        return self.state == RUNNING and sequence == expected

    def following(self, change: Change) -> list[Action]:
        return [action for action in self.actions if action.old & change.old and action.new & change.new]
