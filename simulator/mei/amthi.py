# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""AMTHI: how software on the host asks AMT, and sets it up. One request, one answer, judged by its header's status."""

from __future__ import annotations

import struct

from .amthi_changes import CHANGES
from .amthi_commands import (
    AMT_STATE,
    INTERNAL_ERROR,
    INVALID_MESSAGE_LENGTH,
    SUCCESS,
    UNSUPPORTED_VERSION,
    Command,
    Refused,
)
from .amthi_reads import READS
from .client import FirmwareClient, Handled, Session

HEADER = struct.Struct("<BBHII")
VERSION = (1, 1)
ANSWER = 0x00800000
COMMANDS: dict[int, Command] = {command.number: command for command in (*READS, *CHANGES)}


def answer(request: bytes, status: int, data: bytes = b"") -> bytes:
    """An answer to a request, which may be too short for a header."""
    _major, _minor, _reserved, number, _length = HEADER.unpack(request[: HEADER.size].ljust(HEADER.size, b"\0"))
    return HEADER.pack(*VERSION, 0, number | ANSWER, 4 + len(data)) + struct.pack("<I", status) + data


class Amthi(FirmwareClient):
    name = "AMTHI"
    guid = "12f80028-b4b7-4b2d-aca8-46e0ff65814c"
    connections = 4
    largest = 5120

    def command_of(self, message: bytes) -> str:
        if len(message) < HEADER.size:
            return "Unreadable"
        command = COMMANDS.get(HEADER.unpack_from(message)[3])
        return command.name if command else "Unknown"

    def refusal(self, message: bytes, status: int) -> bytes:
        return answer(message, status)

    def handle(self, session: Session, message: bytes) -> Handled:
        status, data = self._perform(message)
        return Handled([answer(message, status, data)], status)

    def _perform(self, message: bytes) -> tuple[int, bytes]:
        if len(message) < HEADER.size:
            return INVALID_MESSAGE_LENGTH, b""
        major, minor, _reserved, number, length = HEADER.unpack_from(message)
        payload = message[HEADER.size :]
        if (major, minor) != VERSION:
            return UNSUPPORTED_VERSION, b""
        command = COMMANDS.get(number)
        if command is None or not command.known_to(self.engine.firmware.personality.major):
            return INTERNAL_ERROR, b""
        if length != len(payload) or not command.takes_payload(length):
            return INVALID_MESSAGE_LENGTH, b""
        try:
            return SUCCESS, command.function(self.engine, payload)
        except Refused as refused:
            return refused.status, refused.data


__all__ = ["AMT_STATE", "COMMANDS", "Amthi", "answer"]
