# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One run at a time on the machine itself: a lock that ends with its process, however that ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..clock import Deadline, SystemClock
from ..errors import Unavailable
from ..file_lock import lock

LOCK = "run/outofband.amt.lock"
WAITS = 900.0
"""Seconds for which another run is waited for: longer than any step of one takes."""


class InUse(Unavailable):
    """Another run is at work on this machine, and does not end."""


@contextmanager
def alone(root: Path, clock: SystemClock, seconds: float = WAITS) -> Iterator[None]:
    """Raises InUse. Who may not write in the folder of the lock, as only root may, goes without one."""
    path = root / LOCK
    try:
        descriptor = os.open(str(path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        if not lock(descriptor, Deadline(clock, seconds)):
            sentence = "another run has been at work on this machine for {0:g} seconds".format(seconds)
            raise InUse(sentence, "see which with: fuser {0}".format(path))
        yield
    finally:
        os.close(descriptor)
