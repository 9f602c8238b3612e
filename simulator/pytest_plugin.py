# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The pytest fixture `fleet`: simulated devices in a thread of the test process, gone when the test ends.

    def test_reading(fleet):
        running = fleet([{"name": "pc-01", "generation": 16, "power": "off"}])
        device = running.device("pc-01")
        device.fail("lost_answer", verb="invoke", times=1)
        ... talk to device.address at running.ports.plain, or running.ports.tls with running.ca_file ...
        running.clock.advance(10)
        assert len(running.journal.writes(device="pc-01")) == 1

Use it with `pytest_plugins = ["simulator.pytest_plugin"]` in a conftest.py.
"""

from __future__ import annotations

import contextlib
import random
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable, Union

import pytest

from .clock import ManualClock
from .fleet import read_fleet
from .listening import CannotListen
from .server import Ports
from .simulation import RunningSimulation, Simulation

Devices = Union[int, list[dict[str, Any]]]
FleetFactory = Callable[..., RunningSimulation]

ATTEMPTS = 20


@pytest.fixture(scope="session")
def simulator_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where certificates are kept, so that keys are made once per test run."""
    return tmp_path_factory.mktemp("simulator")


@pytest.fixture
def fleet(simulator_state: Path) -> Iterator[FleetFactory]:
    """Start fleets: `fleet(devices, clock=None, sockets_each=True, keytab=None, mei=False, **defaults)`.

    `devices` is a list as under `devices:` of a fleet file, or a number of devices; `defaults` are its `defaults:`.
    Addresses and ports are free ones. The clock stands still until the test moves it; `clock.sleep` moves it too, so
    it can be handed to a client as its own clock. With `mei` each device has a socket for a guest's MEI hardware.
    """
    with contextlib.ExitStack() as running:

        def start(devices: Devices = 1, **options: Any) -> RunningSimulation:
            return running.enter_context(started(devices, state=simulator_state, **options))

        yield start


@contextlib.contextmanager
def started(
    devices: Devices,
    state: Path,
    clock: Any = None,
    sockets_each: bool = True,
    keytab: Any = None,
    mei: bool = False,
    **defaults: Any,
) -> Iterator[RunningSimulation]:
    """A fleet at addresses and ports that nobody uses."""
    with contextlib.ExitStack() as held:
        sockets = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="mei-"))) if mei else None
        chosen = {"sockets_each": sockets_each, "keytab": keytab, "mei": sockets}
        yield held.enter_context(serving(devices, state, clock, defaults, chosen))


@contextlib.contextmanager
def serving(
    devices: Devices, state: Path, clock: Any, defaults: dict[str, Any], chosen: dict[str, Any]
) -> Iterator[RunningSimulation]:
    entries = [{"count": devices}] if isinstance(devices, int) else devices
    for attempt in range(ATTEMPTS):
        described = read_fleet({"defaults": defaults, "devices": placed(entries)})
        ports = free_ports(described[0].address)
        simulation = Simulation(described, clock or ManualClock(), ports, state=state, **chosen)
        try:
            running = RunningSimulation(simulation).start()
        except CannotListen:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            break
    try:
        yield running
    finally:
        running.stop()


def placed(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries, with a first address in a block that is picked at random."""
    block = "127.{0}.{1}.1".format(random.randrange(16, 240), random.randrange(256))
    return [{"address": block, **entries[0]}, *entries[1:]]


def free_ports(address: str) -> Ports:
    """Three ports that are free on the address now."""
    opened = [
        socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM)
    ]
    try:
        for each in opened:
            each.bind((address, 0))
        return Ports(*(each.getsockname()[1] for each in opened))
    finally:
        for each in opened:
            each.close()
