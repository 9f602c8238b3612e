# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What changes a device is done by one job of a minion after another. Two side by side would end well, and write more
than either of them: each makes what it needs before it sees that the other has made it. Reading waits for nobody.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from saltext.amt.core.clock import Deadline, SystemClock
from saltext.amt.core.errors import Unavailable
from saltext.amt.core.file_lock import lock
from saltext.amt.devices import Device

log = logging.getLogger(__name__)

WAY_OUT = "saltutil.running of the minion shows it; run again when it has ended"


@contextmanager
def in_turn(device: Device) -> Iterator[None]:
    """Alone, as far as jobs of this minion go: a lock by the address, which ends with its process, however that ends.

    Unavailable, if another job does not end within the deadline of the device. Where there can be no file for a lock,
    the log says so, and it goes without one.
    """
    descriptor = _file_for(device)
    if descriptor is None:
        yield
        return
    try:
        deadline = Deadline(SystemClock(), device.endpoint.deadline)
        if not lock(descriptor, deadline):
            said = "another job has been at work on {0} for {1:g} seconds".format(device.name, deadline.seconds)
            raise Unavailable(said, WAY_OUT)
        yield
    finally:
        os.close(descriptor)


def _file_for(device: Device) -> Optional[int]:
    if device.turns is None:
        return None
    place = "{0.host}:{0.port}".format(device.endpoint).lower()
    path = device.turns / hashlib.sha256(place.encode()).hexdigest()
    try:
        device.turns.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        log.warning("jobs of %s cannot take turns: %s", device.name, error)
        return None
