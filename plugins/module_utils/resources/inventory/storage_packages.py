# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which package (model, serial number) a drive is in.

The schema has CIM_Realizes for that, and no recorded firmware has instances of it. Without them the numbers at the end
of the two names tell, and where those do not match, the order of the two lists, as other consoles take it. Lists of
different lengths cannot be joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from ...cim import inventory as hardware
from ...machine import Machine
from ...wsman.values import Reference

Row = Mapping[str, Any]
DIGITS = "0123456789"
LONGEST = 9
"""Digits of a number that firmware gives its drives; a name that ends in more of them tells nothing."""


def packages_of(machine: Machine, drives: Sequence[Row]) -> dict[str, Row]:
    """Packages by the DeviceID of their drive."""
    found = machine.list(hardware.PACKAGE) if drives else []
    packages = [row for row in found if row.get("CreationClassName") == hardware.PACKAGE.name]
    if not packages:
        return {}
    return _realised(machine, packages) or _by_number(drives, packages) or _by_order(drives, packages)


def _realised(machine: Machine, packages: Sequence[Row]) -> dict[str, Row]:
    by_tag = {row.get("Tag"): row for row in packages}
    joined = {}
    for row in machine.list(hardware.REALIZES):
        part, device = row.get("Antecedent"), row.get("Dependent")
        if isinstance(part, Reference) and isinstance(device, Reference):
            package = by_tag.get(part.selectors.get("Tag"))
            if package is not None:
                joined[str(device.selectors.get("DeviceID"))] = package
    return joined


def _by_number(drives: Sequence[Row], packages: Sequence[Row]) -> dict[str, Row]:
    """Nothing unless both lists have the same numbers, each once."""
    devices = {_number(row.get("DeviceID")): str(row.get("DeviceID")) for row in drives}
    tagged = {_number(row.get("Tag")): row for row in packages}
    unclear = (
        None in devices or set(devices) != set(tagged) or (len(devices), len(tagged)) != (len(drives), len(packages))
    )
    return {} if unclear else {device: tagged[number] for number, device in devices.items()}


def _number(name: Optional[str]) -> Optional[int]:
    text = (name or "").rstrip()
    digits = text[len(text.rstrip(DIGITS)) :]
    return int(digits) if 0 < len(digits) <= LONGEST else None


def _by_order(drives: Sequence[Row], packages: Sequence[Row]) -> dict[str, Row]:
    unnamed = any(not row.get("DeviceID") for row in drives) or any(not row.get("Tag") for row in packages)
    if unnamed or len(drives) != len(packages):
        return {}
    return {str(drive.get("DeviceID")): package for drive, package in zip(drives, packages)}
