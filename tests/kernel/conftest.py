# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One guest for all tests. Each test plugs its own simulated device into it; a guest that died is started again."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import machine as amt
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

from simulator.clock import SystemClock
from simulator.pytest_plugin import fleet, simulator_state
from simulator.simulation import DeviceHandle, RunningSimulation
from tests.integration.conftest import Controller, Run
from tests.kernel import image, saved
from tests.kernel.guest import UUID, Guest, wait_for
from tests.runner.pace import patient

__all__ = ["fleet", "simulator_state"]

ROOT = Path(__file__).resolve().parents[2]
CORE = "/usr/local/share/core"
"""Where the guest has the collection's core, importable as on a controller."""
PACKAGE = "ansible_collections/outofband/amt/plugins/module_utils"
PRELUDE = """
import json, os, select, sys, time
sys.path.insert(0, {core!r})
from ansible_collections.outofband.amt.plugins.module_utils.mei import amthi, device, guids, mkhi, node
arguments = json.loads(sys.argv[1])
def tell(value):
    print(json.dumps(value), flush=True)
def told_to_stop():
    return bool(select.select([sys.stdin], [], [], 0)[0])
"""


@dataclass
class Machine:
    """One machine from both sides: its system (`guest`), and its firmware (`device`), which outlives the system."""

    guest: Guest
    device: DeviceHandle
    running: RunningSimulation

    def python(self, code: str, user: str = "root", **arguments: Any) -> Any:
        """What a program `tell`s, as the core's `amthi`, `device`, `guids`, `mkhi` and `node` see the engine."""
        return last_told(self.guest.python(PRELUDE.format(core=CORE) + code, json.dumps(arguments), user=user))

    def start_python(self, code: str, **arguments: Any) -> subprocess.Popen[str]:
        """The same, without waiting for its end; `told_by` does, and ends its input, by which it is `told_to_stop`."""
        program = shlex.join(("python3", "-c", PRELUDE.format(core=CORE) + code, json.dumps(arguments)))
        return self.guest.start_command(program)

    def told_by(self, started: subprocess.Popen[str], seconds: float = 300) -> Any:
        output, _nothing = started.communicate(timeout=patient(seconds))
        assert started.returncode == 0, output
        return last_told(output)

    def read(self, path: str) -> str:
        return self.guest.run("cat " + path).strip()

    def state(self) -> str:
        """Of the driver."""
        return self.guest.run("cat /sys/class/mei/mei0/dev_state", check=False).strip()

    def wait_until_enabled(self) -> None:
        self.guest.wait("grep -qs ENABLED /sys/class/mei/mei0/dev_state")

    def out_of_band(self) -> amt.Machine:
        """The same machine as a controller on the network sees it."""
        endpoint = Endpoint(
            self.device.address,
            port=self.running.ports.tls,
            password=self.device.password,
            ca_file=str(self.running.ca_file),
        )
        return amt.open_machine(endpoint)

    def clients(self) -> set[str]:
        """GUIDs on the bus, when it has settled."""
        self.guest.run("udevadm settle")
        return set(self.guest.run("for file in /sys/bus/mei/devices/*/uuid; do cat $file; echo; done").split())

    def commands(self, client: str = "AMTHI") -> list[str]:
        """What the firmware was asked, in order."""
        return [entry.method for entry in self.running.journal.entries(verb="mei", cls=client)]

    def on_the_bus(self) -> bool:
        """Whether the guest's driver has started the bus with this firmware."""
        return bool(self.device.engine(lambda engine: any(host.version != (0, 0) for host in engine.hosts)))


def last_told(output: str) -> Any:
    return json.loads(output.splitlines()[-1])


@pytest.fixture(scope="session")
def guest_image() -> image.Image:
    """Made on the first run. Skips with the reason where a guest cannot be had."""
    try:
        return saved.started(image.prepare())
    except image.NotToBeHad as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def booted(guest_image: image.Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    folder = tmp_path_factory.mktemp("guest")
    with Guest(guest_image, folder / "firmware", folder) as started:
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that failed shows the guest's console, and the next one gets a guest that was started anew."""
    report = yield
    booted = item.funcargs.get("booted") if isinstance(item, pytest.Function) else None
    if report.failed and booted is not None:
        report.sections.append(("console of the guest", booted.console_end()))
        booted.kill()
    return report


@pytest.fixture
def guest(booted: Guest) -> Iterator[Guest]:
    """Running, with the core in it. One that crashed in the test is not left behind."""
    if not booted.alive:
        booted.restart()
    core = "{0}/{1}".format(CORE, PACKAGE)
    if not booted.run("ls " + core, check=False):
        booted.put_tree(ROOT / "plugins/module_utils", core, "--exclude=__pycache__", ".")
    yield booted
    if booted.crashed:
        booted.kill()


@pytest.fixture
def plug(guest: Guest, fleet: Callable[..., RunningSimulation]) -> Callable[..., Machine]:
    """`plug(**settings)`: a simulated device is the guest's firmware from now on. Time is real."""

    def start(**settings: Any) -> Machine:
        entry = {"name": "pc", "generation": 16, "uuid": UUID, **settings}
        running = fleet([entry], clock=SystemClock(), mei=True)
        device = running.device("pc")
        link = Path(guest.firmware)
        link.unlink(missing_ok=True)
        link.symlink_to(device.mei_socket)
        guest.run("systemctl start mei-relay")
        machine = Machine(guest, device, running)
        wait_for(machine.on_the_bus, "the guest's driver to start the bus")
        machine.wait_until_enabled()
        return machine

    return start


class GuestController(Controller):
    """Ansible on this machine, with the guest as target by ssh."""

    def on(
        self, machine: Machine, tasks: list[dict[str, Any]], *arguments: str, user: str = "root", **keywords: Any
    ) -> Run:
        inventory = self.write("inventory.yml", machine.guest.inventory(user=user))
        play = {"hosts": "all", "gather_facts": False, "tasks": tasks, **keywords}
        environment = {"ANSIBLE_PIPELINING": "1"}
        return self.run(
            "ansible-playbook", "-i", inventory, self.write("play.yml", [play]), *arguments, env=environment
        )


@pytest.fixture
def controller(tmp_path: Path) -> GuestController:
    return GuestController(tmp_path)
