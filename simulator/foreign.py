# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A device that says something else: one text in the place of every text that any of its classes has.

Which properties are texts is looked up in the schema, so a class that is added later is reached too. Reading goes on
as before, since requests still name instances by what they are called in truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from .firmware.schema import CLASSES, lookup
from .values import Value


class Raw(str):
    """A text that goes out as it is, octets included that XML forbids: a BIOS leaves such in an asset tag."""


@dataclass(frozen=True)
class Foreign:
    """`text` stands for every text property; for those that are keys too, if `keys`."""

    text: str
    keys: bool = False

    def instead_of(self, cls: str, field: str, value: Value) -> Value:
        """The foreign text for a text, anything else as it is. Outputs of methods, in no schema, are texts."""
        if not self.text or not isinstance(value, str):
            return value
        row = lookup(cls) if cls in CLASSES else None
        known = row.properties.get(field) if row is not None else None
        if known is not None and (known.kind != "text" or (row is not None and field in row.keys and not self.keys)):
            return value
        return Raw(escape(self.text))


NOTHING = Foreign("")
