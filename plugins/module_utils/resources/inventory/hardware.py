# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The parts of the machine, as its BIOS told the firmware at the last boot (AMT.md 7)."""

from __future__ import annotations

from typing import Callable

from ...cim import inventory as hardware
from ...cim.schema import CimClass, Properties
from ...resource import Values
from ...survey import Survey
from .shown import clean, made, pick
from .storage_packages import packages_of

MADE = ("Manufacturer", "Model", "SerialNumber", "Version", "PartNumber")


def bios(machine: Survey) -> Values:
    return pick(machine.find(hardware.BIOS), ("Manufacturer", "Version", "ReleaseDate"))


def board(machine: Survey) -> Values:
    return made(machine.find(hardware.CARD), MADE[:4])


def processors(machine: Survey) -> list[Values]:
    chips = _parts(machine, hardware.CHIP)
    wires = {"MaxClockSpeed": "max_mhz", "CurrentClockSpeed": "mhz", "ExternalBusClockSpeed": "bus_mhz"}
    found = []
    for row in machine.list(hardware.PROCESSOR):
        values = {"device": row.get("DeviceID"), **pick(row, ("Role", "Family", "Stepping"))}
        values.update({key: row.get(name) or None for name, key in wires.items()})
        found.append({**values, "status": row.get("CPUStatus"), "cores": row.get("NumberOfEnabledCores"), "name": None})
    named = [chip for chip in chips if chip["version"] and chip["tag"].lower().startswith("cpu")]
    for values, chip in zip(found, named):
        values["name"] = chip["version"]
    return found


def _parts(machine: Survey, cim: CimClass) -> list[Values]:
    return [{**pick(row, MADE), "tag": row.get("Tag") or ""} for row in machine.list(cim)]


def memory(machine: Survey) -> list[Values]:
    """Fitted modules only: an empty slot reads as capacity 0."""
    return [module(row) for row in machine.list(hardware.MEMORY) if row.get("Capacity", 0) != 0]


def module(row: Properties) -> Values:
    slot = clean(row.get("BankLabel"))
    in_mhz = row.get("IsSpeedInMhz")
    speed = row.get("Speed") or None
    return {
        "slot": slot or (None if row.lacks("BankLabel") else clean(row.get("Tag"))),
        "bytes": row.get("Capacity"),
        **made(row, ("Manufacturer", "PartNumber", "SerialNumber")),
        "type": row.get("MemoryType"),
        "form_factor": row.get("FormFactor"),
        "mhz": row.get("ConfiguredMemoryClockSpeed") or (speed if in_mhz else None),
        "max_mhz": row.get("MaxMemorySpeed") or (speed if in_mhz else None),
        "cycle_ns": None if in_mhz else speed,
    }


def storage(machine: Survey) -> list[Values]:
    """Drives with what their packages tell: model and serial number."""
    drives = machine.list(hardware.MEDIA)
    packages = packages_of(machine, drives)
    return [
        {
            "device": row.get("DeviceID"),
            "bytes": (row.get("MaxMediaSize") or 0) * 1000 or None,
            **made(packages.get(str(row.get("DeviceID"))), MADE[:3]),
        }
        for row in drives
    ]


def batteries(machine: Survey) -> list[Values]:
    return [
        {
            "device": row.get("DeviceID"),
            "design_mwh": row.get("DesignCapacity") or None,
            "design_mv": row.get("DesignVoltage") or None,
            "full_charge_mwh": row.get("FullChargeCapacity") or None,
            "charge_percent": row.get("EstimatedChargeRemaining") or None,
        }
        for row in machine.list(hardware.BATTERY)
    ]


def listed(cim: CimClass, names: tuple[str, ...]) -> Callable[[Survey], list[Values]]:
    return lambda machine: [{"device": row.get("DeviceID"), **pick(row, names)} for row in machine.list(cim)]
