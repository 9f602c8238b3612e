# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The account of what a reader could not read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Optional

from . import errors
from .cim.realms import hidden_without


class Unread:
    """What could not be read, as rows: part, class, property, realm, error, reason, hint, count.

    `count` tells how often it was met, in instances of one class; the reason is that of the first.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.first: Optional[errors.AmtError] = None
        self._part = ""

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What is noted in here belongs to this part of the answer."""
        outer, self._part = self._part, name
        try:
            yield
        finally:
            self._part = outer

    def note(self, error: errors.AmtError) -> None:
        self.first = self.first or error
        class_name = str(error.details.get("class") or "")
        property_name = str(error.details.get("property") or "")
        realm = error.details.get("realm") or hidden_without(class_name, property_name)
        row = {
            "part": self._part or None,
            "class": class_name or None,
            "property": property_name or None,
            "realm": realm or None,
            "error": type(error).__name__,
            "reason": str(error),
            "hint": error.hint,
            "count": 1,
        }
        same = next((other for other in self.rows if _is_same(other, row)), None)
        if same is None:
            self.rows.append(row)
        else:
            same["count"] += 1


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[name] == other[name] for name in ("part", "class", "property", "error"))
