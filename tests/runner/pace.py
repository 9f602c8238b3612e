# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How slow this machine is just now, as a factor: 1 on two idle cores, more where it is older or busy.

A limit is for what hangs; `patient` stretches it, so that a busy machine is not taken for a hung one.
"""

from __future__ import annotations

import functools
import os
import time

VARIABLE = "TEST_PACE"
"""A factor that is given instead of measured."""
LOOPS = 4_000_000
REFERENCE = 0.055
"""Seconds that LOOPS took on one of two idle cores, with Python 3.11."""
SAMPLES = 5


@functools.cache
def pace() -> float:
    """At least 1. Measured once in a process, in a quarter of a second on an idle machine."""
    given = os.environ.get(VARIABLE)
    return max(1.0, float(given) if given else measure())


def measure() -> float:
    started = time.monotonic()
    for _sample in range(SAMPLES):
        number = LOOPS
        while number:
            number -= 1
    return (time.monotonic() - started) / (SAMPLES * REFERENCE)


def patient(seconds: float) -> float:
    """What `seconds` of an idle machine are here."""
    return seconds * pace()
