# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether the firmware answers while the machine does not run, and when it switches it on (AMT.md 6.4, 6.5)."""

from __future__ import annotations

from ...cim.power import ALARM, ELEMENT_SETTINGS, POWER_SCHEME
from ...cim.schema import Properties
from ...resource import Values
from ...survey import Survey
from ..power.alarms import in_words
from ..power.packages import WORDS, described, is_current
from ..power.spoken_time import zone_of


def wake(machine: Survey) -> Values:
    """In the words of the resources that set it. Times are UTC."""
    offered = [*machine.each(machine.list(POWER_SCHEME), lambda row: described(row, Properties.get))]
    associated = machine.list(ELEMENT_SETTINGS) if offered else []
    settings = [*machine.each(associated, lambda row: is_current(row, offered, Properties.get))]
    package = next(filter(None, settings), dict.fromkeys(("package", *WORDS)))
    alarms = machine.each(machine.list(ALARM), lambda row: in_words(row, zone_of("UTC"), Properties.get))
    return {**{name: package[name] for name in ("package", *WORDS)}, "alarms": [*alarms]}
