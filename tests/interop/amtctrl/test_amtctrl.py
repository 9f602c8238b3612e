# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""amtctrl, a command of PyPI's package `amt`, reads, powers and boots a simulated device on AMT's own port."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.clock import ManualClock
from simulator.fleet import read_fleet
from simulator.listening import CannotListen
from simulator.server import Ports
from simulator.simulation import RunningSimulation, Simulation

PORTS = Ports(16992, 16993, 0)
TRIES = 30
"""Seconds to wait for another simulator on this machine to leave AMT's port."""


@pytest.fixture(params=["9", "11", "12", "15"])
def running(request: pytest.FixtureRequest, simulator_state: Path) -> Iterator[RunningSimulation]:
    """One device; amtctrl speaks plain HTTP only, which AMT 16.1 and later refuse."""
    address = "127.{0}.{1}.1".format(random.randrange(16, 240), random.randrange(256))
    device = {"name": "pc", "address": address, "generation": request.param, "tls": False}
    for left in reversed(range(TRIES)):
        fleet = read_fleet({"devices": [device]})
        started = RunningSimulation(Simulation(fleet, ManualClock(), PORTS, state=simulator_state, sockets_each=True))
        try:
            started.start()
            break
        except CannotListen:
            if not left:
                raise
            time.sleep(1)
    yield started
    started.stop()


def amtctrl(running: RunningSimulation, command: str, password: str = "") -> str:
    device = running.device("pc")
    program = Path(sys.executable).parent / "amtctrl"
    outcome = subprocess.run(
        [str(program), "-p", device.address, command],
        input=password or device.password,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout.strip()


def test_it_reads_and_switches(running):
    assert amtctrl(running, "status") == "on"
    for command, state in (("off", "off"), ("on", "on")):
        assert amtctrl(running, command) == ""
        running.advance(60)
        assert amtctrl(running, "status") == state
    assert len(running.journal.writes()) == 2


def test_it_boots_from_the_network(running):
    assert amtctrl(running, "pxeboot") == ""
    writes = [(entry.cls, entry.method) for entry in running.journal.writes()]
    assert writes == [
        ("CIM_BootConfigSetting", "ChangeBootOrder"),
        ("CIM_BootService", "SetBootConfigRole"),
        ("CIM_PowerManagementService", "RequestPowerStateChange"),
    ]
    assert all(entry.took_effect for entry in running.journal.writes())


def test_it_is_told_of_a_wrong_password(running):
    assert "401" in amtctrl(running, "status", password="Wr0ng!pass")
    assert not running.journal.reads()
