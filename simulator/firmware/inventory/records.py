# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The bytes of log records: event records are little-endian and 21 octets long, audit records big-endian."""

from __future__ import annotations

import struct
from dataclasses import dataclass

EVENT_RECORD_SIZE = 21
EMPTY_SLOT = bytes(EVENT_RECORD_SIZE)
DIGEST_USER, KERBEROS_USER, LOCAL_USER = 0, 1, 2
IPV4, IPV6, NO_ADDRESS = 0, 1, 2


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
    """One act; `code` is application x 100 + event. `sid`: of a user of Kerberos."""

    time: int
    code: int
    user: str
    address: str
    extended: bytes = b""
    sid: bytes = b""

    def pack(self) -> bytes:
        application, event = divmod(self.code, 100)
        head = struct.pack(">HH", application, event)
        address = self.address.encode()
        kind = NO_ADDRESS if not address else IPV6 if b":" in address else IPV4
        where = bytes((kind, len(address))) + address
        return head + self.who() + struct.pack(">I", self.time) + where + sized(self.extended)

    def who(self) -> bytes:
        """The number of a user of Kerberos in his domain stands before the domain's SID."""
        if self.sid:
            domain = self.sid[:1] + bytes((self.sid[1] - 1,)) + self.sid[2:-4]
            return bytes((KERBEROS_USER,)) + struct.pack(">I", int.from_bytes(self.sid[-4:], "little")) + sized(domain)
        return bytes((DIGEST_USER,)) + sized(self.user.encode()) if self.user else bytes((LOCAL_USER,))


def sized(octets: bytes) -> bytes:
    """With the length before, in one octet."""
    octets = octets[:255]
    return bytes((len(octets),)) + octets
