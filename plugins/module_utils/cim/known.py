# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""All tables together, for whoever has a class by its name alone."""

from __future__ import annotations

from . import host, inventory, isolation, network, power, security
from .schema import CimClass

TABLES = tuple(
    value
    for module in (host, inventory, isolation, network, power, security)
    for value in vars(module).values()
    if isinstance(value, CimClass)
)


def read_only(class_name: str) -> set[str]:
    """The properties of a class of which it is known that only the firmware writes them."""
    return {name for table in TABLES if table.name == class_name for name in table.read_only()}
