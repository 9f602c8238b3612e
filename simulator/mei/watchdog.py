# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The watchdog of the host's operating system, and the switch for AMT that shares its client.

Facts: linux, drivers/watchdog/mei_wdt.c; for the switch the vendor's guide and rpc-go.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from .client import FirmwareClient, Handled, Session

if TYPE_CHECKING:
    from .engine import Engine

WATCHDOG, SWITCH = 2, 5
START, START_ANSWER, STOP = 0x13, 0x83, 0x14
IS_CHANGE_ENABLED, SET_OPERATIONAL = 0x51, 0x53
VERSION = 0x10
NAMES = {
    (WATCHDOG, START): "Heartbeat",
    (WATCHDOG, STOP): "Stop",
    (SWITCH, IS_CHANGE_ENABLED): "IsChangeToAmtEnabled",
    (SWITCH, SET_OPERATIONAL): "SetAmtOperationalState",
}
CHANGE_ALLOWED, OPERATIONAL, TLS_ENFORCED, NEW_INTERFACE = 1 << 0, 1 << 1, 1 << 6, 1 << 7
NEW_INTERFACE_SINCE, TLS_ENFORCED_SINCE = 11, 19
FAILURE = 0x9E
MALFORMED = 4


class Watchdog(FirmwareClient):
    name = "WD"
    guid = "05b79a6f-4628-4d7f-899d-a91514cb32ab"
    connections = 1
    largest = 64

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.protocol: int = engine.firmware.os_watchdog.protocol

    def command_of(self, message: bytes) -> str:
        return NAMES.get((message[0], message[2]), "Unknown") if len(message) >= 4 else "Unreadable"

    def handle(self, session: Session, message: bytes) -> Handled:
        if len(message) < 4:
            return Handled([], MALFORMED)
        kind = (message[0], message[2])
        if kind == (WATCHDOG, START):
            return self._heartbeat(message)
        if kind == (WATCHDOG, STOP):
            self.engine.firmware.os_watchdog.stop()
            return Handled()
        if kind == (SWITCH, IS_CHANGE_ENABLED):
            return Handled([bytes((self._switch(),))])
        if kind == (SWITCH, SET_OPERATIONAL):
            return self._set_operational(message)
        return Handled([], MALFORMED)

    def _heartbeat(self, message: bytes) -> Handled:
        """The legacy protocol has no answer."""
        if len(message) < 6:
            return Handled([], MALFORMED)
        watchdog = self.engine.firmware.os_watchdog
        watchdog.heartbeat(struct.unpack_from("<H", message, 4)[0])
        if watchdog.silent or watchdog.protocol < 2:
            return Handled()
        return Handled([bytes((WATCHDOG, 4, START_ANSWER, VERSION, 0, int(not watchdog.required)))])

    def _switch(self) -> int:
        """Older firmware sets the first bit alone."""
        firmware = self.engine.firmware
        if firmware.personality.major < NEW_INTERFACE_SINCE:
            return CHANGE_ALLOWED
        operational = OPERATIONAL if firmware.setup.amt == "enabled" else 0
        enforced = TLS_ENFORCED if firmware.tls.enforced_locally else 0
        return CHANGE_ALLOWED | operational | enforced | NEW_INTERFACE

    def _set_operational(self, message: bytes) -> Handled:
        firmware = self.engine.firmware
        known = firmware.personality.major >= NEW_INTERFACE_SINCE
        status = 0 if known and len(message) >= 5 and message[4] in (0, 1) else FAILURE
        if status == 0:
            firmware.setup.switch(bool(message[4]))
        return Handled([message[:4] + struct.pack("<I", status)], status)
