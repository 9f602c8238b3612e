# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Time as a thing that is handed in, so that waiting can be tested without waiting."""

from __future__ import annotations

import random
import time

STANDS_BACK = 0.5
"""Seconds, about, for which a run leaves a device to another one the first time."""


class SystemClock:
    """Monotonic seconds of this machine; `wall` are those since 1970 (UTC), which may jump."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Deadline:
    """A moment that all waiting of one task must respect."""

    def __init__(self, clock: SystemClock, seconds: float) -> None:
        self.clock = clock
        self.seconds = seconds
        self.end = clock.now() + seconds

    def extend(self, seconds: float) -> None:
        """Allow so much more: for time that the task itself asked for."""
        self.seconds += seconds
        self.end += seconds

    def left(self) -> float:
        return self.end - self.clock.now()

    def passed(self) -> bool:
        return self.left() <= 0


def standing_back(turn: int) -> float:
    """Seconds, for each `turn` (from 1) more; two runs that met hardly ever have the same."""
    return random.uniform(0.5, 1.5) * STANDS_BACK * 2.0 ** (turn - 1)  # noqa: S311  # no secret
