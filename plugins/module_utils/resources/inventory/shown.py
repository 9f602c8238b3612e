# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An instance in the words of an inventory: keys as people write them, texts unpadded, filler told from values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...cim.filler import is_filler, is_filler_serial, is_filler_uuid
from ...wsman.characters import ILLEGIBLE
from ...wsman.values import Datetime

PADDING = " \t\r\n\0" + ILLEGIBLE


def clean(value: Any) -> Any:
    """Text without padding; None for empty text and for what vendors leave where nobody filled in a value."""
    stripped = unpadded(value)
    return None if isinstance(stripped, str) and is_filler(stripped) else stripped


def unpadded(value: Any) -> Any:
    if isinstance(value, Datetime):
        return value.text
    return value.strip(PADDING) if isinstance(value, str) else value


def snake(name: str) -> str:
    """SerialNumber -> serial_number."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


def pick(instance: Mapping[str, Any] | None, names: Iterable[str]) -> dict[str, Any]:
    return {snake(name): clean((instance or {}).get(name)) for name in names}


def made(instance: Mapping[str, Any] | None, names: Iterable[str]) -> dict[str, Any]:
    """As `pick`; and `filler`, name -> text, of what somebody may have taken for a value, a serial number above all."""
    found: dict[str, Any] = {}
    filler: dict[str, str] = {}
    for name in names:
        text = unpadded((instance or {}).get(name))
        tells = not isinstance(text, str) or not (is_filler_serial(text) if name == "SerialNumber" else is_filler(text))
        found[snake(name)] = text if tells else None
        if not tells and text:
            filler[snake(name)] = text
    return {**found, "filler": filler}


def identity(uuid: str | None) -> dict[str, Any]:
    """`uuid`, None where it is one that other machines may have too; that one is in `filler`."""
    if uuid is None or not is_filler_uuid(uuid):
        return {"uuid": uuid, "filler": {}}
    return {"uuid": None, "filler": {"uuid": uuid}}
