# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Answers of the management engine read from front to back. All numbers there are little-endian."""

from __future__ import annotations

import struct

from ..errors import ProtocolError


class Reader:
    """Raises ProtocolError when an answer is shorter than what is read from it."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._at = 0

    def octets(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise ProtocolError(
                "the answer to {0} ends after {1} bytes, {2} were due".format(self._name, len(self._data), end),
                sent=True,
            )
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def u8(self) -> int:
        return self.octets(1)[0]

    def u16(self) -> int:
        return int(struct.unpack("<H", self.octets(2))[0])

    def u32(self) -> int:
        return int(struct.unpack("<I", self.octets(4))[0])

    def rest(self) -> bytes:
        return self.octets(len(self._data) - self._at)

    def padded(self, size: int) -> str:
        """Text in a field of fixed size, up to the first NUL."""
        return text(self.octets(size).partition(b"\0")[0])

    def ansi(self) -> str:
        """AMT's "ANSI string": a 16-bit length and that many bytes."""
        return text(self.octets(self.u16()).rstrip(b"\0"))

    def count(self, most: int) -> int:
        """A number of things that follow; more than `most` is not believed."""
        found = self.u32()
        if found > most:
            raise ProtocolError("the answer to {0} counts {1}, {2} at most".format(self._name, found, most), sent=True)
        return found


def text(octets: bytes) -> str:
    """What firmware calls text is ASCII; anything else is shown rather than lost."""
    return octets.decode("ascii", "backslashreplace").strip()
