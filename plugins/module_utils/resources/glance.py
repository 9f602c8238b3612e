# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Looking before acting. What cannot be read cannot be compared; that costs the comparison and not the act."""

from __future__ import annotations

from typing import Any, Optional

from ..cim.schema import CimClass, Properties
from ..errors import Busy, Fault
from ..machine import Machine

#: What may be wrong with one class alone.
OF_ONE_CLASS = (Fault, Busy)


def glance(machine: Machine, cim: CimClass) -> dict[str, Any]:
    """The properties that can be read, empty where the class is not there or cannot be read."""
    return dict(glanced(machine, cim).items())


def glanced(machine: Machine, cim: CimClass) -> Properties:
    """The same, with those that cannot be read."""
    try:
        found = machine.find(cim)
    except OF_ONE_CLASS:
        found = None
    return found if isinstance(found, Properties) else Properties(cim.name, {})


def glance_all(machine: Machine, cim: CimClass) -> Optional[list[dict[str, Any]]]:
    """As `glance` for every instance; None where they cannot be listed."""
    try:
        return [dict(row.items()) for row in machine.enumerate(cim)]
    except OF_ONE_CLASS:
        return None
