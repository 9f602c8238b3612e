# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The wear guard: firmware refuses settings once too many were written (PT_STATUS 0x26)."""

from __future__ import annotations

from typing import Optional

FLASH_WRITE_LIMIT_EXCEEDED = 0x26
VENDOR_SPECIFIC = 0x8000


class FlashWorn(Exception):
    """No write is left."""


class Flash:
    """Counts writes; `limit` of them are allowed, None means any number."""

    def __init__(self, limit: Optional[int]) -> None:
        self.limit = limit
        self.writes = 0

    def write(self) -> None:
        if self.limit is not None and self.writes >= self.limit:
            raise FlashWorn
        self.writes += 1


def return_value(cls: str, method: str) -> int:
    """How a method says that the flash is worn, in the family of return values that it belongs to.

    DMTF's own values have no word for it: they carry it in their vendor-specific range (vendor's guide, Errors and
    Return Values).
    """
    if cls == "IPS_HostBasedSetupService":
        return 6
    if cls.startswith("CIM_") or method == "RequestStateChange":
        return VENDOR_SPECIFIC + FLASH_WRITE_LIMIT_EXCEEDED
    return FLASH_WRITE_LIMIT_EXCEEDED
