# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The kernel's watchdog API on an open descriptor (Documentation/watchdog/watchdog-api.rst). OSError as it answers."""

from __future__ import annotations

import fcntl
import os
import struct
from typing import Any, Callable

GET_SUPPORT = 0x80285700
KEEP_ALIVE = 0x80045705
SET_TIMEOUT = 0xC0045706
INFO = struct.Struct("=II32s")
"""struct watchdog_info: options, version of the firmware, identity."""
SECONDS = struct.Struct("=i")


class Watchdog:
    """Opening starts it, closing stops one that has no magicclose. A context manager."""

    def __init__(self, path: str, ioctl: Callable[..., Any] = fcntl.ioctl) -> None:
        self._ioctl = ioctl
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)

    def __enter__(self) -> Watchdog:
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._descriptor)

    def identity(self) -> str:
        _options, _version, identity = INFO.unpack(self._ioctl(self._descriptor, GET_SUPPORT, bytes(INFO.size)))
        return str(identity.partition(b"\0")[0].decode("ascii", "replace"))

    def set_timeout(self, seconds: int) -> int:
        """The seconds that the driver took. It sends a heartbeat too."""
        return int(SECONDS.unpack(self._ioctl(self._descriptor, SET_TIMEOUT, SECONDS.pack(seconds)))[0])

    def heartbeat(self) -> None:
        self._ioctl(self._descriptor, KEEP_ALIVE, bytes(SECONDS.size))
