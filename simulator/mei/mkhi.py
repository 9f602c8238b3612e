# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""MKHI: the engine's own versions and abilities. Once at a fixed address, for the kernel, and once to connect to."""

from __future__ import annotations

import struct

from .client import FirmwareClient, Handled, Session

GENERAL, ABILITIES = 0xFF, 3
GET_VERSION, GET_RULE = 2, 2
UNKNOWN_COMMAND = 1
SKU_RULE, PLATFORM_RULE, ENABLED_RULE = 0, 29, 32
AMT, KVM, TLS = 1 << 2, 1 << 18, 1 << 21
# Rule 29: desktop or mobile in the lowest bits, image type from bit 8, a corporate platform in bit 12.
MOBILE, DESKTOP, CORPORATE = 1, 2, 4 << 8 | 1 << 12
NAMES = {(GENERAL, GET_VERSION): "GetVersion", (ABILITIES, GET_RULE): "GetRule"}


class Mkhi(FirmwareClient):
    """A request and an answer are a group, a command (its top bit marks answers), nothing, a result; then data."""

    name = "MKHI"
    guid = "8e6a6715-9abc-4043-88ef-9e39c6f63e0f"
    protocol = 2
    connections = 1
    largest = 2048

    def command_of(self, message: bytes) -> str:
        return NAMES.get((message[0], message[1] & 0x7F), "Unknown") if len(message) >= 4 else "Unreadable"

    def handle(self, session: Session, message: bytes) -> Handled:
        if len(message) < 4:
            return Handled([], UNKNOWN_COMMAND)
        group, command = message[0], message[1] & 0x7F
        if (group, command) == (GENERAL, GET_VERSION):
            data = self._version()
        elif (group, command) == (ABILITIES, GET_RULE) and len(message) >= 8:
            data = self._rule(struct.unpack_from("<I", message, 4)[0])
        else:
            data = b""
        result = 0 if data else UNKNOWN_COMMAND
        return Handled([bytes((group, command | 0x80, 0, result)) + data], result)

    def _version(self) -> bytes:
        """Of the code, of what it recovers from, and of the fallback."""
        major, minor, hotfix = self.engine.firmware.version
        build = int(self.engine.firmware.personality.build)
        return struct.pack("<HBxHH", minor, major, build, hotfix) * 3

    def _rule(self, rule: int) -> bytes:
        firmware = self.engine.firmware
        values = {
            SKU_RULE: AMT | KVM | TLS,
            ENABLED_RULE: (0 if firmware.setup.amt == "disabled" else AMT) | KVM | TLS,
            PLATFORM_RULE: (MOBILE if firmware.platform.portable else DESKTOP) | CORPORATE,
        }
        return struct.pack("<IBI", rule, 4, values[rule]) if rule in values else b""


class FixedMkhi(Mkhi):
    name = "fixed MKHI"
    guid = "55213584-9a29-4916-badf-0fb7ed682aeb"
    connections = 0
    fixed_address = 7
