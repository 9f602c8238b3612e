# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The frames between a guest's driver and the firmware, on a byte stream: length and type, 32 bits each, then data."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Optional

MESSAGE, RESET, HOST_READY, STOPPED, HELLO = 1, 2, 3, 4, 5
READY, STATUS, NOT_READY, CONFIG = 16, 17, 18, 19

LONGEST = 1 << 16


class BrokenStream(ValueError):
    """What comes is no stream of frames; it cannot be picked up again."""


@dataclass(frozen=True)
class Frame:
    kind: int
    data: bytes = b""

    def pack(self) -> bytes:
        return struct.pack("<II", 4 + len(self.data), self.kind) + self.data


class Reader:
    """Frames out of octets that come in pieces of any size."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now. Raises BrokenStream."""
        self._waiting += data
        found = []
        while (frame := self._next()) is not None:
            found.append(frame)
        return found

    def _next(self) -> Optional[Frame]:
        if len(self._waiting) < 8:
            return None
        length, kind = struct.unpack_from("<II", self._waiting)
        if not 4 <= length <= LONGEST:
            raise BrokenStream("a frame of {0} octets".format(length))
        if len(self._waiting) < 4 + length:
            return None
        data = bytes(self._waiting[8 : 4 + length])
        del self._waiting[: 4 + length]
        return Frame(kind, data)
