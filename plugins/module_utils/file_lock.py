# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One process at a time: a lock on an open file, which ends with its process, however that ends."""

from __future__ import annotations

import fcntl

from .clock import Deadline

HELD = "see who has it open (fuser, lsof): a run that hangs holds it for ever; end that, and run again"
STEP = 0.1
"""Seconds between two looks."""


def lock(descriptor: int, deadline: Deadline) -> bool:
    """Lock the file for this process alone. False when another one still has it locked as the deadline passes.

    Raises OSError where such files cannot be locked.
    """
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if deadline.passed():
                return False
        deadline.clock.sleep(STEP)
