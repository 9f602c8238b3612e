# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines with simulated firmware as they are from inside: AMTHI and LME of the driver's node, nothing else."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from ansible_collections.outofband.amt.plugins.module_utils.provisioning.local import open_local

from simulator.certificates import Authority
from simulator.device import Description, Device, Surroundings
from simulator.digest import secret
from simulator.firmware.model import Firmware
from tests.in_process import SharedClock

NOWHERE = Path("/nonexistent")


@cache
def authority():
    """Of the devices' own certificates, for as long as this process lives."""
    folder = tempfile.mkdtemp(prefix="device-certificates-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Authority(Path(folder))


def surroundings():
    return Surroundings(certificate=authority().certificate, files=authority().files)


class DriverNode:
    """Our idea of the driver's node, on the simulator's. `operations` counts; `before` may raise."""

    def __init__(self, host):
        self.host = host
        self.connection = None

    def connect(self, guid):
        self.host.operation("connect")
        self.connection = self.host.node.connect(guid)
        return self.connection.largest

    def write(self, message):
        self.host.operation("write")
        self.connection.write(message)
        self.host.operation("written")
        return len(message)

    def read(self, size, seconds):
        self.host.operation("read")
        return self.connection.read(seconds)

    def close(self):
        if self.connection is not None:
            self.connection.close()


class Host:
    """One machine. `before(kind)` is called before each operation of the driver, and may raise whatever it likes."""

    def __init__(self, generation="16", **settings):
        self.clock = SharedClock()
        settings = {"control_mode": "none", **settings}
        description = Description("pc", "127.1.0.1", generation, settings)
        self.device = Device(description, self.clock, Firmware, surroundings())
        self.node = self.device.mei(self.clock)
        self.before = lambda kind: None
        self.operations = 0
        self.nodes = []
        self.root = NOWHERE

    def operation(self, kind):
        self.operations += 1
        self.before(kind)

    def machine(self, seconds=600.0, nodes=None):
        """`nodes`: where the descriptors of its process are kept, with those of the run unless told otherwise."""
        held = self.nodes if nodes is None else nodes

        def open_node(path):
            self.operation("open")
            held.append(DriverNode(self))
            return held[-1]

        return open_local(seconds, self.clock, open_node, lms=lambda port: "", root=self.root)

    def knows(self, password):
        """Whether the firmware has this password of admin, as it says itself."""
        firmware = self.device.firmware
        return firmware.secret_of("admin") == secret("admin", firmware.digest_realm, password)

    def writes(self):
        """What the firmware was told, by either way, that changes something."""
        return len(self.device.surroundings.journal.writes())

    def mode(self):
        with self.machine(nodes=[]) as machine:
            return machine.engine.ask("control_mode")

    def died(self):
        """What the kernel does with the descriptors of a process that is gone."""
        for node in self.nodes:
            node.close()
        self.nodes.clear()
