# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs brought into archives: one device with 10,000 records, and 1,000 devices with 20 new ones each.

Devices are in this process, with documents as on the wire and no network in between; their own work is in the figures.
"""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.audit_log import AuditLog

from tests.bench.figures import Figure
from tests.in_process import machine

RECORDS, FLEET, NEW = 10000, 1000, 20
AT_ONCE = 10
"""Records in an answer."""
MOST_MEMORY = 32
"""MiB for what 10,000 records are while they are read and written."""


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from one_device(Path(folder))
        yield from fleet(Path(folder))


def one_device(folder: Path) -> Iterator[Figure]:
    device = machine("16")
    device.client.transport.firmware.audit_log.capacity = 2 * RECORDS
    fail_log_ins(device, RECORDS)
    tracemalloc.start()
    archive(device, folder, "large")
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    kept = sum(len(each) for each in (*device.client.transport.sent, *device.client.transport.answered)) / 2**20
    name = "logs: {0:,} records of one device: ".format(RECORDS)
    yield Figure(name + "exchanges", len(device.client.transport.sent), "requests", RECORDS / AT_ONCE + 1)
    yield Figure(name + "memory beside the documents", peak - kept, "MiB", MOST_MEMORY)


def fleet(folder: Path) -> Iterator[Figure]:
    devices = [machine("16") for _each in range(FLEET)]
    for number, device in enumerate(devices):
        fail_log_ins(device, NEW)
        archive(device, folder, str(number))
        fail_log_ins(device, NEW)
    before = sum(len(device.client.transport.sent) for device in devices)
    started = time.process_time()
    for number, device in enumerate(devices):
        archive(device, folder, str(number))
    spent = time.process_time() - started
    requests = sum(len(device.client.transport.sent) for device in devices) - before
    name = "logs: {0:,} devices with {1} new records each: ".format(FLEET, NEW)
    yield Figure(name + "exchanges per device", requests / FLEET, "requests", 1 + NEW / AT_ONCE + 1)
    yield Figure(name + "CPU time per device", 1000 * spent / FLEET, "ms")


def fail_log_ins(device: Any, count: int) -> None:
    for _each in range(count):
        device.clock.advance(1)
        device.client.transport.firmware.login_failed("mallory", "192.0.2.66")


def archive(device: Any, folder: Path, name: str) -> None:
    wanted = {option.name: option.default for option in AuditLog.options}
    wanted.update(archive=str(folder / (name + ".jsonl")), limit=0)
    converge(AuditLog(host=name, clock=device.clock), device, wanted)
