# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A whole simulated fleet: devices, clock, journal, sockets; for the command line, and in a thread for tests."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Callable, Optional

from .certificates import Authority, TlsContexts
from .clock import SystemClock
from .device import Description, Device, FirmwareFactory, Surroundings
from .faults import Script
from .firmware import Firmware
from .journal import Journal
from .mei import levers
from .mei.faults import MeiScript
from .mei.link import Links
from .mei.node import Node, Threaded
from .negotiate import NegotiateGuard
from .presence import PresenceResponder
from .server import AMT_PORTS, Ports, Server


class SimulatorFailed(RuntimeError):
    """A mistake in the simulator, not in its client; the cause is attached."""


class UnknownDevice(LookupError):
    """No device of the fleet has that name or address."""


class Simulation:
    """Builds everything; `start` and `stop` belong to the event loop that serves.

    `state` is the folder that keeps the certificates (a temporary one without it), `mei` the one for the sockets at
    which guests find the devices' management engines (none without it).
    """

    def __init__(
        self,
        fleet: Iterable[Description],
        clock: Any = None,
        ports: Ports = AMT_PORTS,
        journal: Optional[Journal] = None,
        state: Optional[Path] = None,
        sockets_each: bool = False,
        keytab: Optional[Path] = None,
        mei: Optional[Path] = None,
        build: FirmwareFactory = Firmware,
    ) -> None:
        self.clock = clock or SystemClock()
        self.journal = journal or Journal()
        self.ports = ports
        self._temporary = tempfile.TemporaryDirectory(prefix="simulator-") if state is None else None
        self.authority = Authority(Path(self._temporary.name) if self._temporary else state)
        self.surroundings = Surroundings(self.journal, self.authority.certificate, self.authority.files)
        self.devices = [Device(description, self.clock, build, self.surroundings) for description in fleet]
        self._named = {device.name: device for device in self.devices}
        self._named.update({device.address: device for device in self.devices})
        guard = NegotiateGuard(keytab) if keytab else None
        contexts = TlsContexts(self.authority)
        self.server = Server(self.devices, self.journal, contexts, ports, sockets_each, guard)
        self.links = Links(self.devices if mei else [], mei or Path())
        self.responder = PresenceResponder(self.server.devices, self.journal, ports.presence, sockets_each)

    @property
    def ca_file(self) -> Path:
        return self.authority.ca_file

    def device(self, name: str) -> Device:
        """By name or address."""
        if name not in self._named:
            raise UnknownDevice("there is no device {0!r}".format(name))
        return self._named[name]

    async def start(self) -> None:
        try:
            await self.server.start()
            await self.responder.start()
            await self.links.start()
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        await self.links.stop()
        for device in self.devices:
            device.hang_up_host()
        self.responder.stop()
        await self.server.stop()
        if self._temporary is not None:
            self._temporary.cleanup()

    def add_fault(self, name: str, fault: str, **settings: Any) -> Script:
        script = self.device(name).scripts.add(fault, **settings)
        self.server.refresh()
        return script

    @property
    def failures(self) -> list[BaseException]:
        """Mistakes of the simulator itself."""
        return [*self.server.failures, *self.links.failures, *self.surroundings.failures]

    def clear_faults(self, name: str) -> None:
        device = self.device(name)
        device.scripts.clear()
        if device.touched:
            device.engine.faults.clear()
        self.server.refresh()


class DeviceHandle:
    """A device as a test holds it: facts, and levers that are pulled in the server's thread."""

    def __init__(self, running: RunningSimulation, device: Device) -> None:
        self._running = running
        self._device = device
        self.name = device.name
        self.address = device.address

    @property
    def firmware(self) -> Any:
        """The firmware itself; look at it only while no request is under way, or use `call`."""
        return self._device.firmware

    @property
    def password(self) -> Optional[str]:
        """Of `admin`; None before the device is set up, and when it was only ever told the hash."""
        return self.firmware.password_of("admin")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the TLS certificate, in hexadecimal."""
        return self._running.call(lambda: self._running.simulation.authority.fingerprint(self._device.description))

    def call(self, function: Callable[[Any], Any]) -> Any:
        """Run `function(firmware)` in the server's thread and return its result."""
        return self._running.call(lambda: function(self._device.firmware))

    def fail(self, fault: str, **settings: Any) -> Script:
        """Script a fault (see `simulator.faults.TABLE`): `fail("busy", verb="get", times=2)`."""
        return self._running.call(lambda: self._running.simulation.add_fault(self.name, fault, **settings))

    @property
    def mei_socket(self) -> Path:
        """Where a guest's MEI hardware connects to (`fleet(..., mei=True)`)."""
        return self._running.simulation.links.links[self.name].path

    def mei(self) -> Node:
        """/dev/mei0 of the host, without a kernel: `connect(guid)`."""
        return Node(lambda: self._device.engine, Threaded(self._running.call))

    def engine(self, function: Callable[[Any], Any]) -> Any:
        """Run `function(engine)` in the server's thread: see `mei.engine.Engine` for what can be done to it."""
        return self._running.call(lambda: function(self._device.engine))

    def fail_mei(self, fault: str, **settings: Any) -> MeiScript:
        """Script a fault (see `mei.faults.TABLE`): `fail_mei("mei_late", client="AMTHI", command="GetUuid")`."""
        script: MeiScript = self.engine(lambda engine: engine.faults.add(fault, **settings))
        return script

    @property
    def watchdog(self) -> dict[str, Any]:
        """How the watchdog of the host's system stands now: see `mei.levers.watchdog_state`."""
        state: dict[str, Any] = self.engine(levers.watchdog_state)
        return state

    def restart_engine(self, seconds: float = 0.0) -> None:
        """The management engine restarts; over the network it is away for so many seconds of the clock."""
        self._running.call(lambda: self._device.restart_engine(seconds))

    def heal(self) -> None:
        """Forget all scripted faults."""
        self._running.call(lambda: self._running.simulation.clear_faults(self.name))


class RunningSimulation:
    """A simulation that serves from a thread of its own, until `stop`. Also a context manager."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.clock = simulation.clock
        self.journal = simulation.journal
        self.ports = simulation.ports
        self.ca_file = simulation.ca_file
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="simulator", daemon=True)

    def start(self) -> RunningSimulation:
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.simulation.start(), self.loop).result(60)
        except BaseException:
            self._end()
            raise
        return self

    def stop(self) -> None:
        """Raise SimulatorFailed when the simulator itself went wrong while it served."""
        asyncio.run_coroutine_threadsafe(self.simulation.stop(), self.loop).result(60)
        self._end()
        failures = self.simulation.failures
        if failures:
            raise SimulatorFailed("the simulator went wrong {0} times".format(len(failures))) from failures[0]

    def _end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(60)
        self.loop.close()

    def __enter__(self) -> RunningSimulation:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def call(self, function: Callable[[], Any]) -> Any:
        """Run a function in the server's thread."""

        async def run() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(60)

    @property
    def devices(self) -> list[DeviceHandle]:
        return [DeviceHandle(self, device) for device in self.simulation.devices]

    def device(self, name: str) -> DeviceHandle:
        """By name or address."""
        return DeviceHandle(self, self.simulation.device(name))

    def advance(self, seconds: float) -> None:
        self.call(lambda: self.clock.advance(seconds))
