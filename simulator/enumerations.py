# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Enumeration contexts of one device: few, and short-lived (WS-Enumeration, DSP0226 section 8)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .values import Fault

CONTEXT = "{0}-0000-0000-0000-000000000000"
"""Recordings have 36 characters, the first eight a counter with its lowest octet first."""

LIFETIME = 60.0
"""Seconds; contexts last about one OperationTimeout."""

QUOTA = 8
"""Firmware serves few enumerations at a time; the number is not published."""


@dataclass
class Context:
    cls: str
    mode: str
    items: list
    expires: float


class Enumerations:
    def __init__(self) -> None:
        self._contexts: dict[str, Context] = {}
        self._opened = 0

    def open(self, cls: str, mode: str, items: list, now: float) -> str:
        """Remember a result and return the name of its context."""
        self._contexts = {name: context for name, context in self._contexts.items() if context.expires > now}
        if len(self._contexts) >= QUOTA:
            raise Fault("QuotaLimit", "The service is too busy to accept the enumeration.")
        self._opened += 1
        name = CONTEXT.format(struct.pack("<I", self._opened & 0xFFFFFFFF).hex().upper())
        self._contexts[name] = Context(cls, mode, list(items), now + LIFETIME)
        return name

    def take(self, name: str, cls: str, limit: int, now: float, short: bool = False) -> tuple[str, list, bool]:
        """Up to `limit` items of a context, its mode, and whether it is exhausted (and so forgotten).

        With `short`, a single item at a time, and the end only when there was nothing left to begin with.
        """
        context = self._contexts.get(name)
        if context is None or context.expires <= now or context.cls != cls:
            raise Fault("InvalidEnumerationContext", "The supplied enumeration context is invalid.")
        taken, context.items = context.items[: 1 if short else limit], context.items[1 if short else limit :]
        context.expires = now + LIFETIME
        exhausted = not context.items and not (short and taken)
        if exhausted:
            del self._contexts[name]
        return context.mode, taken, exhausted

    def release(self, name: str) -> None:
        if self._contexts.pop(name, None) is None:
            raise Fault("InvalidEnumerationContext", "The supplied enumeration context is invalid.")

    def forget(self) -> None:
        self._contexts.clear()
