# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Chunks of HECI messages: a header of 32 bits, at most 508 octets of data (linux, drivers/misc/mei/hw.h)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

LARGEST_CHUNK = 508
"""127 slots of the ring; the header takes the 128th."""
LAST = 1 << 31


class BrokenChunk(ValueError):
    """Not a header with as many octets as it says."""


@dataclass(frozen=True)
class Chunk:
    """`client` and `host` are the two addresses; `last` ends a message. Both addresses 0 mean the bus itself."""

    client: int
    host: int
    data: bytes
    last: bool = True

    def pack(self) -> bytes:
        header = self.client | self.host << 8 | len(self.data) << 16 | (LAST if self.last else 0)
        return struct.pack("<I", header) + self.data


def parse(octets: bytes) -> Chunk:
    """One chunk; what follows its data fills up the slot."""
    if len(octets) < 4:
        raise BrokenChunk("no header")
    (header,) = struct.unpack_from("<I", octets)
    length = header >> 16 & 0x1FF
    if len(octets) < 4 + length:
        raise BrokenChunk("{0} octets of data are said to be {1}".format(len(octets) - 4, length))
    return Chunk(header & 0xFF, header >> 8 & 0xFF, octets[4 : 4 + length], bool(header & LAST))


def split(client: int, host: int, message: bytes) -> list[Chunk]:
    """The chunks of a message, at least one."""
    pieces = [message[start : start + LARGEST_CHUNK] for start in range(0, len(message), LARGEST_CHUNK)] or [b""]
    final = len(pieces) - 1
    return [Chunk(client, host, piece, number == final) for number, piece in enumerate(pieces)]
