# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests on the wire per operation, counted by the simulated device that answers them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import Resource, converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power import Power
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import PARTS, DeviceProfile
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

from simulator.fleet import read_fleet
from simulator.pytest_plugin import free_ports
from simulator.simulation import RunningSimulation, Simulation
from tests.bench.figures import SCRATCH, Figure
from tests.in_process import SharedClock

HARDWARE_WITH_GET, HARDWARE_ENUMERATED = 2, 10  # CIM_BIOSElement and CIM_Card; ten classes with several instances

#: Operation, resource, wanted, power before, most exchanges (reads, writes) beside the digest challenge.
OPERATIONS: tuple[tuple[str, type[Resource], dict[str, Any], str, int | None, int | None], ...] = (
    ("power, nothing to do", Power, {"state": "on"}, "on", 2, 0),
    ("power on, not waited for", Power, {"state": "on", "wait": False}, "off", 1, 1),
    ("power on, seen at the first poll", Power, {"state": "on"}, "off", 3, 1),
    ("boot override, nothing to do", Boot, {"target": "none"}, "on", None, 0),
    ("boot override, set", Boot, {"target": "pxe"}, "on", None, 4),
    (
        "hardware inventory",
        Inventory,
        {"gather_subset": ["hardware"]},
        "on",
        HARDWARE_WITH_GET + 2 * HARDWARE_ENUMERATED,
        0,
    ),
    ("everything that amt_info tells", Inventory, {"gather_subset": ["all"]}, "on", None, 0),
)


DOCUMENT = {"profile": {part.name: part.asked({}) for part in PARTS}}
"""Every part, with nothing that is wished for."""
COLUMNS = ("challenges", "reads", "writes")


def measure() -> Iterator[Figure | str]:
    found = {row[0]: counted(row[1](), *row[2:4]) for row in OPERATIONS}
    yield table(found)
    for operation, _resource, _given, _power, reads, writes in OPERATIONS:
        for column, most in zip(COLUMNS, (1, reads, writes)):
            name = "requests: {0}: {1}".format(operation, column)
            yield Figure(name, found[operation][column], "requests", most)
    yield from documented()


def documented() -> Iterator[Figure]:
    """A whole document beside its parts, each asked alone: a class that several need is read once."""
    whole = sum(counted(DeviceProfile(), DOCUMENT, "on", dry_run=True).values())
    alone = sum(sum(counted(part.resource, part.asked({}), "on", dry_run=True).values()) for part in PARTS)
    yield Figure("requests: each of {0} parts alone, looked at for drift".format(len(PARTS)), alone, "requests")
    yield Figure("requests: the same parts as one document, looked at for drift", whole, "requests", alone * 0.75)


def table(found: dict[str, dict[str, int]]) -> str:
    lines = [("requests on the wire", *COLUMNS)]
    lines += [(operation, *(str(counts[column]) for column in COLUMNS)) for operation, counts in found.items()]
    return "\n".join("  {0:<40}{1:>12}{2:>8}{3:>8}".format(*line) for line in lines)


def counted(resource: Resource, given: dict[str, Any], power: str, dry_run: bool = False) -> dict[str, int]:
    """A fresh device, one operation, its journal. The device is already on when the first poll comes."""
    description = {"address": "127.9.9.9", "generation": 16, "power": power, "durations": {"on": 0}, "wireless": True}
    described = read_fleet({"devices": [description]})
    clock, ports = SharedClock(), free_ports("127.9.9.9")
    running = RunningSimulation(Simulation(described, clock, ports, state=SCRATCH / "state")).start()
    try:
        (device,) = running.simulation.devices
        endpoint = Endpoint(device.address, ports.tls, password="P@ssw0rd", ca_file=str(running.ca_file))
        wanted = {**{option.name: option.default for option in resource.options}, **given}
        with open_machine(endpoint, clock) as machine:
            converge(resource, machine, wanted, dry_run)
        entries = running.journal.entries(device=device.name)
        return {
            "challenges": sum(entry.status == 401 for entry in entries),
            "reads": sum(entry.login == "accepted" and entry.access == "read" for entry in entries),
            "writes": sum(entry.login == "accepted" and entry.access == "write" for entry in entries),
        }
    finally:
        running.stop()
