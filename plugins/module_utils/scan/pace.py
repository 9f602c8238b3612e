# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How fast a scan may begin things, and how many it may hold open: for the network's sake, and for its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

RESERVED_FILES = 64
"""For whatever else this process opens while it scans."""
FEWEST_FILES = 16


class Pace:
    """At most `rate` turns a second, taken in bursts of a hundredth of a second, so that waiting costs no CPU.

    Where this machine is late itself, the next burst comes later by as much again: who is asked then finds us
    listening, and nobody is taken for silent because we were short of CPU.
    """

    BURST = 0.01
    LATE = 0.02

    def __init__(self, rate: float) -> None:
        self.interval = 1.0 / rate
        self.due = 0.0

    async def turn(self) -> None:
        now = asyncio.get_running_loop().time
        begun = now()
        due = self.due = max(self.due, begun) + self.interval
        if due - begun <= self.BURST:
            return
        await asyncio.sleep(due - begun)
        late = now() - due
        if late > self.LATE:
            self.due = max(self.due, now() + late)


def files_to_spare() -> int:
    """How many connections this process may hold open by the limit of the operating system (`ulimit -n`)."""
    if resource is None:
        return 512 - RESERVED_FILES
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 1 << 20
    return max(FEWEST_FILES, soft - open_files() - RESERVED_FILES)


def open_files() -> int:
    try:
        return sum(1 for _each in Path("/dev/fd").iterdir())
    except OSError:
        return RESERVED_FILES
