# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Clocks that a test can move. All of them count seconds since 1970 (UTC), as AMT's own clock does."""

from __future__ import annotations

import time


class SystemClock:
    """Runs with the machine's clock; `advance` puts it ahead, so that waiting can be skipped."""

    def __init__(self) -> None:
        self._ahead = time.time() - time.monotonic()

    def now(self) -> float:
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


class ManualClock:
    """Stands still until somebody advances it."""

    def __init__(self, start: float = 1767225600.0) -> None:
        """`start` defaults to 2026-01-01T00:00:00Z."""
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds

    def sleep(self, seconds: float) -> None:
        """So that a client can wait by this clock too."""
        self.advance(seconds)


class DeviceClock:
    """One device's view of the simulator's clock, which a scripted fault may make jump."""

    __slots__ = ("_clock", "jumped")

    def __init__(self, clock) -> None:
        self._clock = clock
        self.jumped = 0.0

    def now(self) -> float:
        return self._clock.now() + self.jumped

    def sleep(self, seconds: float) -> None:
        """Only by a clock that can be slept by."""
        self._clock.sleep(seconds)
