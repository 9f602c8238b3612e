# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What classes exist and what they are made of. `row.py` has the notation; the other files hold the facts."""

from __future__ import annotations

from functools import cache
from itertools import chain

from . import (
    amt,
    amt_defense,
    amt_security,
    amt_storage,
    cim_associations,
    cim_base,
    cim_hardware,
    cim_network,
    cim_security,
    ips,
)
from .row import EMBEDDED, ClassRow, Method, Property

__all__ = ["CLASSES", "EMBEDDED", "ClassRow", "Method", "Property", "lookup"]

TABLES = (
    amt,
    amt_defense,
    amt_security,
    amt_storage,
    cim_associations,
    cim_base,
    cim_hardware,
    cim_network,
    cim_security,
    ips,
)
CLASSES: dict[str, ClassRow] = {row.name: row for row in chain.from_iterable(table.ROWS for table in TABLES)}


@cache
def lookup(name: str) -> ClassRow:
    """The class with everything that it inherits; keys come nearest class first. KeyError for an unknown class."""
    own = CLASSES[name]
    if not own.base:
        return own
    base = lookup(own.base)
    return ClassRow(
        name,
        own.base,
        {**base.properties, **own.properties},
        own.keys + tuple(key for key in base.keys if key not in own.keys),
        own.required + tuple(required for required in base.required if required not in own.required),
        {**base.methods, **own.methods},
    )
