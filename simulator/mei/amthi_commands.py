# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How a command of AMTHI is described, and the shapes that commands share. Everything is little-endian."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional

if TYPE_CHECKING:
    from .engine import Engine

CONFIGURATION = 0x04000000
AMT_STATE = 0x01000001

SUCCESS, INTERNAL_ERROR, NOT_READY, INVALID_MODE, INVALID_MESSAGE_LENGTH = range(5)
NOT_PERMITTED, UNSUPPORTED_VERSION, INVALID_STATE, INVALID_INDEX, INVALID_PARAMETER = 0x10, 0x1D, 0x20, 0x23, 0x24
CERTIFICATE_NOT_READY, FLASH_WORN, INVALID_HANDLE = 0x31, 0x26, 0x805

ADDRESS_SIZE = 46
"""An IP address as text, NUL at its end."""


class Refused(Exception):
    """The command is refused; some refusals carry data all the same."""

    def __init__(self, status: int, data: bytes = b"") -> None:
        super().__init__("status {0}".format(status))
        self.status = status
        self.data = data


Function = Callable[["Engine", bytes], bytes]


@dataclass(frozen=True)
class Command:
    """`sizes` are the lengths that a request's payload may have; None leaves it to the function."""

    number: int
    name: str
    function: Function
    sizes: Optional[tuple[int, ...]] = (0,)
    since: int = 0

    def takes_payload(self, length: int) -> bool:
        return self.sizes is None or length in self.sizes

    def known_to(self, major: int) -> bool:
        return major >= self.since


def register(
    table: list[Command], operation: int, name: str, *sizes: int, since: int = 0
) -> Callable[[Function], Function]:
    """Put a function into a table: an operation (or a whole number), its name, the sizes of its payload (0)."""

    def mark(function: Function) -> Function:
        number = operation if operation > 0xFFFF else CONFIGURATION | operation
        allowed = None if -1 in sizes else sizes or (0,)
        table.append(Command(number, name, function, allowed, since))
        return function

    return mark


def text(value: str) -> bytes:
    """An ANSI string: its length in 16 bits, then its octets."""
    octets = value.encode("latin-1", "replace")
    return struct.pack("<H", len(octets)) + octets


def read_text(payload: bytes) -> str:
    """An ANSI string that is all of a payload, without the NUL at its end that some programs count. Raises Refused."""
    if len(payload) < 2 or len(payload) != 2 + struct.unpack_from("<H", payload)[0]:
        raise Refused(INVALID_MESSAGE_LENGTH)
    return payload[2:].rstrip(b"\0").decode("latin-1")


def number(payload: bytes) -> int:
    found: int = struct.unpack("<I", payload)[0]
    return found


def numbers(*values: int) -> bytes:
    return struct.pack("<{0}I".format(len(values)), *(int(value) for value in values))


def padded(octets: bytes, size: int) -> bytes:
    return octets[:size].ljust(size, b"\0")


def address(value: str) -> bytes:
    return padded(value.encode("ascii"), ADDRESS_SIZE)
