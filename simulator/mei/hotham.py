# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""HOTHAM: the engine's flash log, which Intel's LMS and rpc-go ask for. Nothing was ever logged.

A header of 32 bits: message class (2), target (3), sequence (3), code of request or answer (8), length (12), rest (4).
Layouts by LMS and rpc-go, which agree; protocol version 0 by the kernel's listing of a machine's bus.
"""

from __future__ import annotations

import struct

from .client import FirmwareClient, Handled, Session

GET_SIZE, GET_LOG = 0x80, 0x81
NAMES = {GET_SIZE: "GetFlashLogSize", GET_LOG: "GetFlashLog"}
COMMAND_CLASS = 2
SUCCESS, NOT_SUPPORTED = 0x10, 0x89
LOG_SIZE = 8192
HEADER = struct.Struct("<I")


def answer(request: int, code: int, data: bytes = b"") -> bytes:
    """The class, the target and the sequence are the request's."""
    length = HEADER.size + len(data)
    return HEADER.pack(request & 0xFF | code << 8 | (length & 0xFFF) << 16) + data


class Hotham(FirmwareClient):
    name = "HOTHAM"
    guid = "082ee5a7-7c25-470a-9643-0c06f0466ea1"
    protocol = 0
    connections = 1
    largest = HEADER.size + LOG_SIZE

    def command_of(self, message: bytes) -> str:
        return NAMES.get(message[1], "Unknown") if len(message) >= HEADER.size else "Unreadable"

    def handle(self, session: Session, message: bytes) -> Handled:
        if len(message) < HEADER.size:
            return Handled([], NOT_SUPPORTED)
        (request,) = HEADER.unpack_from(message)
        code = request >> 8 & 0xFF
        if request & 3 != COMMAND_CLASS or code not in NAMES:
            return Handled([answer(request, NOT_SUPPORTED)], NOT_SUPPORTED)
        data = struct.pack("<I", 0) if code == GET_SIZE else bytes(LOG_SIZE)
        return Handled([answer(request, SUCCESS, data)])
