# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The platform event log, and what the acts of others leave in it, in the audit log and as alerts."""

from __future__ import annotations

from typing import Any

from ...values import Instance
from ..domain import Domain, instances, method
from .records import EMPTY_SLOT, AuditRecord, Event

EVENT_CAPACITY = 390
COMPLETED, INVALID_RECORD, NO_RECORD = 0, 2, 3
LOG_FROZEN = 0x80B
# ASF is what BIOS and engine tell of in recordings; both are told apart by the entity.
BIOS_SOURCE, ME_SOURCE = 0x68, 0x68
AUTHENTICATION, FIRMWARE_PROGRESS = 6, 15
ENTITY_BIOS, ENTITY_ME = 34, 38
# Progress of a start: memory, PCI, handing over to the system's loader.
BOOT_PROGRESS = (1, 7, 19)
FAILURES_PER_EVENT = 10


class Events(Domain):
    """`platform` holds Event rows, oldest first, `capacity` at most; `padding` empty slots follow a read.

    `alerts` are what subscribers would be told: (time, message identifier) pairs.
    """

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.platform: list[Event] = []
        self.alerts: list[tuple[int, str]] = []
        self.frozen = False
        self.capacity = EVENT_CAPACITY
        self.failures = 0
        self.padding = 2 if firmware.personality.major >= 16 else 0

    @property
    def audited(self) -> list[AuditRecord]:
        """What the audit log has of it, oldest first."""
        return self.firmware.audit_log.records

    def on_boot(self, device: dict[str, Any]) -> None:
        for progress in BOOT_PROGRESS:
            self.report(FIRMWARE_PROGRESS, 2, 1, BIOS_SOURCE, ENTITY_BIOS, bytes((0x40, progress)))

    def alert(self, message: str, ago: float = 0.0) -> None:
        """An indication of that identifier, of something that happened so many seconds ago."""
        self.alerts.append((self.firmware.timekeeping.before(ago), message))
        del self.alerts[:-EVENT_CAPACITY]

    def report(
        self, sensor: int, offset: int, severity: int, source: int, entity: int, data: bytes, ago: float = 0.0
    ) -> None:
        """Add a platform event of something that happened so many seconds ago; the oldest goes when the log is full."""
        if self.frozen:
            return
        time = self.firmware.timekeeping.before(ago)
        self.platform.append(Event(time, sensor, offset, severity, source, entity, data))
        del self.platform[: -self.capacity]

    def audit(self, code: int, extended: bytes = b"") -> None:
        """Record an act of the caller."""
        self.record(code, self.firmware.caller, self.firmware.caller_address, extended)

    def record(self, code: int, user: str, address: str, extended: bytes) -> None:
        self.firmware.audit_log.record(code, user, address, extended)

    def login_failed(self, username: str, address: str) -> None:
        """Each failure is audited; every tenth in a row also makes a platform event that carries the count."""
        self.failures += 1
        self.record(1605, username, address, b"\x00")
        if self.failures % FAILURES_PER_EVENT == 0:
            count = self.failures.to_bytes(2, "little")
            self.report(AUTHENTICATION, 5, 16, ME_SOURCE, ENTITY_ME, b"\xaa" + count)

    @instances("AMT_MessageLog")
    def message_logs(self) -> list[Instance]:
        name = "Intel(r) AMT:MessageLog 1"
        return [
            {
                "Capabilities": [5, 6, 8, 7],
                "CharacterSet": 10,
                "CreationClassName": "AMT_MessageLog",
                "CurrentNumberOfRecords": len(self.platform),
                "ElementName": name,
                "EnabledDefault": 2,
                "EnabledState": 2,
                "HealthState": 5,
                "IsFrozen": self.frozen,
                "LastChange": 0,
                "LogState": 4,
                "MaxLogSize": 0,
                "MaxNumberOfRecords": self.capacity,
                "MaxRecordSize": 21,
                "Name": name,
                "OperationalStatus": [2],
                "OverwritePolicy": 2,
                "PercentageNearFull": 100 * len(self.platform) // self.capacity,
                "RequestedState": 12,
                "SizeOfHeader": 0,
                "SizeOfRecordHeader": 0,
                "Status": "OK",
            }
        ]

    @method("AMT_MessageLog", "PositionToFirstRecord")
    def position_to_first_record(self, _present: Instance) -> Instance:
        if not self.platform:
            return {"ReturnValue": INVALID_RECORD}
        return {"IterationIdentifier": "1", "ReturnValue": COMPLETED}

    @method("AMT_MessageLog", "GetRecords")
    def get_records(self, _present: Instance, IterationIdentifier: str, MaxReadRecords: int) -> Instance:
        """Newest first, from a position that counts from 1; the last read ends with empty slots on some firmware."""
        if not self.platform:
            return {"ReturnValue": NO_RECORD}
        slots = [row.pack() for row in reversed(self.platform)] + [EMPTY_SLOT] * self.padding
        if not IterationIdentifier.isdecimal() or not 1 <= int(IterationIdentifier) <= len(slots) or MaxReadRecords < 1:
            return {"ReturnValue": INVALID_RECORD}
        first = int(IterationIdentifier) - 1
        after = min(first + MaxReadRecords, first + EVENT_CAPACITY, len(slots))
        return {
            "IterationIdentifier": str(min(after + 1, len(slots))),
            "NoMoreRecords": after == len(slots),
            "RecordArray": slots[first:after],
            "ReturnValue": COMPLETED,
        }

    @method("AMT_MessageLog", "ClearLog", writes=True)
    def clear_platform(self, _present: Instance) -> int:
        if self.frozen:
            return LOG_FROZEN
        self.platform.clear()
        self.audit(2402)
        return COMPLETED

    @method("AMT_MessageLog", "FreezeLog", writes=True)
    def freeze(self, _present: Instance, Freeze: bool) -> int:
        self.frozen = Freeze
        self.audit(2403, bytes((Freeze,)))
        return COMPLETED
