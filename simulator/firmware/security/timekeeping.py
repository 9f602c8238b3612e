# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's own clock, which log records carry and which drifts from the console's."""

from __future__ import annotations

import struct
from typing import Any

from ...values import Instance
from ..domain import Domain, instances, method, service

COMPLETED, INVALID_TIME = 0, 0x22
EARLIEST = 1072915200
"""2004-01-01, before which no console's clock is believed (Intel's MOF)."""


class Timekeeping(Domain):
    """`offset` seconds are between the simulator's clock and the device's."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.offset = float(firmware.settings.clock_offset)
        self.local_sync = 0
        self.source = 0

    @property
    def time(self) -> int:
        return self.before(0)

    def before(self, seconds: float) -> int:
        """So long ago. In 32 bits, which is what Ta0 and log records have."""
        return int(self.firmware.clock.now() + self.offset - int(seconds)) % 2**32

    @instances("AMT_TimeSynchronizationService")
    def services(self) -> list[Instance]:
        keys = service("AMT_TimeSynchronizationService", "Intel(r) AMT Time Synchronization Service")
        state = {"EnabledState": 5, "LocalTimeSyncEnabled": self.local_sync, "RequestedState": 12}
        return [{**keys, **state, "TimeSource": self.source}]

    @method("AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch")
    def tell(self, _present: Instance) -> Instance:
        return {"Ta0": self.time, "ReturnValue": COMPLETED}

    @method("AMT_TimeSynchronizationService", "SetHighAccuracyTimeSynch", writes=True)
    def set(self, _present: Instance, Ta0: int, Tm1: int, Tm2: int) -> int:
        """By the console's clock Ta0 arrived at Tm1 and this was sent at Tm2 (vendor's guide, Time Synchronization)."""
        if Tm2 < Tm1 or Tm1 <= EARLIEST:
            return INVALID_TIME
        self.offset += ((Tm1 + Tm2) - (Ta0 + self.time)) / 2
        self.source = 1
        self.firmware.events.audit(2100, struct.pack(">I", self.time))
        return COMPLETED

    @method("AMT_TimeSynchronizationService", "EnableLocalTimeSync", writes=True)
    def enable_local_sync(self, _present: Instance, Enable: bool) -> int:
        self.local_sync = 1 if Enable else 2
        return COMPLETED
