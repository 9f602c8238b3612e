# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which boot sources the boot configuration holds, and in which order (AMT.md 6.2)."""

from __future__ import annotations

from ...cim.power import BOOT_CONFIGURATION, BOOT_ORDER, BOOT_SERVICE, BOOT_SOURCE, ROLES, SOURCES
from ...machine import Machine
from ...wsman.values import Reference
from ..glance import glance_all


def order_of(machine: Machine) -> list[str] | None:
    """The chosen sources in order, by words of SOURCES or the firmware's own names. None where it does not tell."""
    rows = glance_all(machine, BOOT_ORDER)
    if rows is None:
        return None
    words = {instance_id: word for word, instance_id in SOURCES.items()}
    chosen = []
    for row in rows:
        part = row.get("PartComponent")
        if row.get("AssignedSequence") and isinstance(part, Reference) and part.class_name == BOOT_SOURCE.name:
            name = str(part.selectors.get("InstanceID"))
            chosen.append((row["AssignedSequence"], words.get(name, name)))
    return [name for _sequence, name in sorted(chosen)]


def change_order(machine: Machine, *sources: str) -> None:
    """Choose sources by their words or names; none clears the order, for which no consent is needed."""
    references = [BOOT_SOURCE.at(InstanceID=SOURCES.get(source, source)) for source in sources]
    machine.invoke(BOOT_CONFIGURATION, "ChangeBootOrder", {"Source": references} if references else None)


def set_role(machine: Machine, role: str) -> None:
    arguments = {"BootConfigSetting": BOOT_CONFIGURATION.at(), "Role": ROLES[role]}
    machine.invoke(BOOT_SERVICE, "SetBootConfigRole", arguments)
