# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""From what came over the wire to typed values, as strictly as firmware checks it. Raises Fault.

Element order is not checked: whether AMT minds it is not known.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from ..values import Datetime, Epr, Fields, Interval, Nested
from . import refusals, schema
from .schema import Property

# Passwords that are written and never read: an empty one is ignored (Intel's MOF).
EMPTY_MEANS_UNCHANGED = frozenset(("RSEPassword", "RFBPassword"))
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def decode(properties: dict[str, Property], fields: Fields, empties_refused: bool) -> dict[str, Any]:
    """Typed values by name; an array is a list. Unknown, repeated, empty and ill-typed elements are schema violations.

    Firmware before 16 takes an empty reference for an absent one and an empty text as it stands; 16 refuses the
    reference [HW], and is taken to refuse the text: `empties_refused`.
    """
    found: dict[str, Any] = {}
    for name, raw in fields:
        row = properties.get(name)
        if row is None:
            raise refusals.schema_violation(name)
        if raw is None or raw == "":
            if name in EMPTY_MEANS_UNCHANGED:
                continue
            if empties_refused or row.kind not in ("ref", "text"):
                raise refusals.schema_violation(name)
            if row.kind == "ref":
                continue
        value = read(row, raw or "" if row.kind == "text" else raw, empties_refused)
        if row.many:
            found.setdefault(name, []).append(value)
        elif name in found:
            raise refusals.schema_violation(name)
        else:
            found[name] = value
    return found


def read(row: Property, raw: Any, empties_refused: bool) -> Any:
    if row.kind == schema.EMBEDDED:
        return read_embedded(row, raw, empties_refused)
    if row.kind == "ref":
        return accept(row, raw, Epr)
    if row.kind == "when":
        return accept(row, raw, (Datetime, Interval))
    if not isinstance(raw, str):
        raise refusals.schema_violation(row.name)
    try:
        return READERS[row.kind](raw)
    except (ValueError, binascii.Error):
        raise refusals.schema_violation(row.name) from None


def accept(row: Property, raw: Any, kinds: Any) -> Any:
    if not isinstance(raw, kinds):
        raise refusals.schema_violation(row.name)
    return raw


def read_embedded(row: Property, raw: Any, empties_refused: bool) -> dict[str, Any]:
    if not isinstance(raw, Nested) or raw.namespace_class not in (row.embeds, ""):
        raise refusals.schema_violation(row.name)
    embedded = schema.lookup(row.embeds)
    return decode(embedded.properties, raw.fields, empties_refused)


def integer(low: int, high: int) -> Callable[[str], int]:
    def read_integer(raw: str) -> int:
        text = raw.strip()
        if not text.lstrip("+-").isdecimal() or not text.isascii():
            raise ValueError(raw)
        number = int(text)
        if not low <= number <= high:
            raise ValueError(raw)
        return number

    return read_integer


def boolean(raw: str) -> bool:
    try:
        return BOOLEANS[raw.strip()]
    except KeyError:
        raise ValueError(raw) from None


READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "flag": boolean,
    "real": float,
    "octets": lambda raw: base64.b64decode(raw, validate=True),
    "hexadecimal": bytes.fromhex,
    **{"u" + width: integer(0, 2 ** int(width) - 1) for width in ("8", "16", "32", "64")},
    **{"s" + width: integer(-(2 ** (int(width) - 1)), 2 ** (int(width) - 1) - 1) for width in ("8", "16", "32", "64")},
}


def require(names: tuple[str, ...], found: dict[str, Any]) -> None:
    """Raise for the first property that must be there and is not."""
    for name in names:
        if name not in found:
            raise refusals.missing_value(name)
