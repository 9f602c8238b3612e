# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One run at a time on the machine itself: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..clock import Deadline, SystemClock
from ..errors import Unavailable

LOCK = "run/outofband.amt.lock"
WAITS = 900.0
"""Seconds for which another run is waited for: longer than any step of one takes."""
STEP = 0.25


class InUse(Unavailable):
    """Another run is at work on this machine, and does not end."""


@contextmanager
def alone(root: Path, clock: SystemClock, seconds: float = WAITS) -> Iterator[None]:
    """Raises InUse. Who may not write in the folder of the lock, as only root may, goes without one."""
    lock = root / LOCK
    try:
        descriptor = os.open(str(lock), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        _wait_for(descriptor, lock, Deadline(clock, seconds))
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, lock: Path, deadline: Deadline) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if deadline.passed():
                sentence = "another run has been at work on this machine for {0:g} seconds".format(deadline.seconds)
                raise InUse(sentence, "see which with: fuser {0}".format(lock)) from None
        deadline.clock.sleep(STEP)
