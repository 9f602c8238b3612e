# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One heartbeat by way of trial, before the watchdog is handed to who is to feed it.

With a firmware that stays silent the driver blocks a heartbeat until the process is killed, and systemd, which is
process 1, cannot be. So a child tries first.
"""

from __future__ import annotations

import errno
import os
import signal
from typing import Callable

from ..clock import Deadline, SystemClock
from ..errors import AmtError, Unavailable
from .absence import FirmwareSilent
from .api import Watchdog
from .devices import IDENTITY

SECONDS = 10.0
"""How long a heartbeat may take."""
STEP = 0.05
OTHER_IDENTITY = 255
"""Status of the child for a watchdog that is not AMT's; else it is the error number, 0 for none."""


class HeldByAnother(Unavailable):
    """Somebody else has the watchdog open."""


def heartbeat(
    node: str,
    timeout: int,
    clock: SystemClock,
    watchdog: Callable[[str], Watchdog] = Watchdog,
    seconds: float = SECONDS,
) -> None:
    """Raises FirmwareSilent, HeldByAnother, or Unavailable with what the driver said."""
    child = os.fork()
    if child == 0:
        told = errno.EIO
        try:
            told = _beat(node, timeout, watchdog)
        finally:
            os._exit(told)
    status = _wait(child, Deadline(clock, seconds))
    if status is None:
        sentence = "the firmware did not answer a heartbeat within {0:g} seconds".format(seconds)
        raise FirmwareSilent(sentence, "start the machine again; if it stays so, remove the power for a moment")
    if status:
        raise _refused(node, timeout, status)


def _beat(node: str, timeout: int, watchdog: Callable[[str], Watchdog]) -> int:
    try:
        with watchdog(node) as device:
            if device.identity() != IDENTITY:
                return OTHER_IDENTITY
            device.set_timeout(timeout)
            device.heartbeat()
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def _wait(child: int, deadline: Deadline) -> int | None:
    """The status of the child; None for one that had to be killed."""
    while not deadline.passed():
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else errno.EIO
        deadline.clock.sleep(STEP)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _refused(node: str, timeout: int, status: int) -> AmtError:
    if status == errno.EBUSY:
        return HeldByAnother("{0} is open already".format(node), "find out by whom: mei_info tells")
    if status == OTHER_IDENTITY:
        return Unavailable("{0} is not the watchdog of AMT".format(node), "run again: the numbers have changed")
    sentence = "{0} refused a heartbeat with a timeout of {1} s: {2}"
    return Unavailable(sentence.format(node, timeout, os.strerror(status)), "look for mei_wdt in the kernel log")
