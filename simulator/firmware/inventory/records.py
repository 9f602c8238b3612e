# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The bytes of log records: event records are little-endian and 21 octets long, audit records big-endian."""

from __future__ import annotations

import struct
from dataclasses import dataclass

EVENT_RECORD_SIZE = 21
EMPTY_SLOT = bytes(EVENT_RECORD_SIZE)
DIGEST_USER, LOCAL_USER = 0, 2
IPV4, NO_ADDRESS = 0, 2


@dataclass(frozen=True)
class Event:
    """One platform event; `data` is up to eight octets. Severities: 2 information, 8 non-critical, 16 critical."""

    time: int
    sensor: int
    offset: int
    severity: int
    source: int
    entity: int
    data: bytes
    event_type: int = 0x6F
    device: int = 0xFF
    sensor_number: int = 0xFF

    def pack(self) -> bytes:
        head = (self.device, self.sensor, self.event_type, self.offset, self.source, self.severity)
        return struct.pack("<I9B8s", self.time, *head, self.sensor_number, self.entity, 0, self.data)


@dataclass(frozen=True)
class AuditRecord:
    """One act; `code` is application x 100 + event."""

    time: int
    code: int
    user: str
    address: str
    extended: bytes = b""

    def pack(self) -> bytes:
        application, event = divmod(self.code, 100)
        head = struct.pack(">HH", application, event)
        user = self.user.encode()
        who = bytes((DIGEST_USER, len(user))) + user if user else bytes((LOCAL_USER,))
        address = self.address.encode()
        where = bytes((IPV4 if address else NO_ADDRESS, len(address))) + address
        return head + who + struct.pack(">I", self.time) + where + bytes((len(self.extended),)) + self.extended
