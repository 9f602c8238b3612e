# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A fleet as lines for a terminal, and as rows for a spreadsheet; from what `report.fleet` returns."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from ..harmless import cell, one_line

HEADINGS = ("name", "address", "AMT", "power", "mode", "model or problem")
WIDEST = 40
"""Columns of a terminal that a device's own words may take, but in the last column."""


def device_table(devices: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each device below a heading."""
    return aligned([HEADINGS, *(_told(device) for device in devices)])


def problem_table(problems: Mapping[str, str]) -> list[str]:
    """A line for each host that something kept from being done on, and what."""
    return aligned([("name", "problem"), *problems.items()]) if problems else []


def _told(device: Mapping[str, Any]) -> tuple[str, ...]:
    ok = device["status"] == "ok"
    machine = " ".join(word for word in (device["manufacturer"], device["model"]) if word)
    state = device["power"] if ok else device["status"]
    told = machine if ok else device["problem"]
    return device["name"], device["address"], device["version"] or "-", state, device["control_mode"] or "-", told


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Columns of equal width as a terminal shows them; letters of East Asia take two places."""
    plain = [[one_line(text) for text in row] for row in rows]
    widths = [min(WIDEST, max(map(width, column))) for column in zip(*plain)]
    return ["  ".join(padded(text, size) for text, size in zip(row, (*widths[:-1], 0))).rstrip() for row in plain]


def width(text: str) -> int:
    places = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(each) else places.get(unicodedata.east_asian_width(each), 1) for each in text)


def padded(text: str, size: int) -> str:
    return text + " " * (size - width(text))


def comma_separated(devices: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> str:
    """CSV as RFC 4180 has it, a heading first; no cell is a formula to a spreadsheet."""
    names = list(columns)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(names)
    for device in devices:
        writer.writerow([cell(_joined(device[name])) for name in names])
    return stream.getvalue()


def _joined(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
