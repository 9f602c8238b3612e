# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is raced on a machine itself: files and programs are the steps, and the machine of files is the judge."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ansible_collections.outofband.amt.plugins.module_utils.host.system import System
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.activation import Activation
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.fact_script import FactScript
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.lms import Lms
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.os_watchdog import OsWatchdog
from ansible_collections.outofband.amt.plugins.module_utils.wsman.digest import identity

from tests.unit.module_utils.defense.bench import wanted
from tests.unit.module_utils.lms import pretend as lms
from tests.unit.module_utils.provisioning.machines import Host
from tests.unit.module_utils.races.stage import Clock
from tests.unit.module_utils.watchdog import pretend as watchdog


class Stepping:
    """Programs of a machine of files, each of which is a step."""

    def __init__(self, machine, stage):
        self.machine, self.stage = machine, stage

    def find(self, program):
        return self.machine.find(program)

    def run(self, program, *words, seconds=60.0):
        self.stage.step()
        return self.machine.run(program, *words)

    def check(self, program, *words, seconds=60.0):
        self.stage.step()
        return self.machine.check(program, *words)


class OnSystem:
    """A machine of files in a folder of its own, for several runs. Writing and removing a file is a step too."""

    def __init__(self, case):
        self.case = case
        self.clock = Clock()
        self.root = Path(tempfile.mkdtemp(prefix="races-"))
        (self.root / "run").mkdir()
        self.pretended = case.machine(self.root) if case.machine else None
        for wish in case.before:
            self.run(NoStage, wish)

    def run(self, stage, wish):
        commands = Stepping(self.pretended, stage)
        resource = self.case.resource(self.pretended)
        system = System(self.root, commands, self.clock)
        return converge(resource, system, wanted(resource, **self.case.wishes[wish]))

    def look(self):
        return {
            str(path.relative_to(self.root)): path.read_bytes() if path.is_file() else str(path.readlink())
            for path in sorted(self.root.rglob("*"))
            if (path.is_symlink() or path.is_file()) and not path.is_fifo()
        }

    def close(self):
        shutil.rmtree(self.root)


class NoStage:
    """For a run that is alone."""

    @staticmethod
    def step():
        """There is nobody else."""


class OnHost:
    """A machine with its management engine, for several runs of an activation's own part."""

    def __init__(self, case):
        self.case = case
        self.host = Host("15")
        self.host.clock = self.clock = Clock()
        self.host.device.clock._clock = self.clock
        self.host.node = self.host.device.mei(self.clock)
        self.host.root = Path(tempfile.mkdtemp(prefix="races-"))
        (self.host.root / "run").mkdir()
        for wish in case.before:
            self.run(NoStage, wish)

    def run(self, stage, wish):
        self.host.before = lambda kind: stage.step()
        given = {"password_hash": self.hash(), **self.case.wishes[wish]}
        with self.host.machine(nodes=[]) as machine:
            return converge(Activation(), machine, {**wanted(Activation()), **given})

    def hash(self):
        return identity("admin", self.host.device.firmware.digest_realm, "Given-passw0rd")

    def look(self):
        self.host.before = lambda kind: None
        self.clock.advance(600)
        return self.host.mode(), self.host.mode() == "none" or self.host.knows("Given-passw0rd")

    def close(self):
        shutil.rmtree(self.host.root)


class Case:
    def __init__(self, kind, wishes, site=OnSystem, machine=None, resource=None, before=()):
        self.kind, self.wishes, self.site, self.machine = kind, wishes, site, machine
        self.resource = resource or (lambda pretended: kind())
        self.before = before


FEEDERS = {"systemd": {}, "daemon": {"feeder": "watchdog"}, "absent": {"state": "absent"}}
PRESENT = {"present": {}, "absent": {"state": "absent"}}

CASES = {
    "fact script": Case(FactScript, PRESENT),
    "LMS": Case(Lms, PRESENT, machine=lms.Machine, resource=lambda pretended: Lms(pretended.banner)),
    "watchdog": Case(
        OsWatchdog, FEEDERS, machine=watchdog.Machine, resource=lambda pretended: OsWatchdog(pretended.try_heartbeat)
    ),
    "watchdog that is fed": Case(
        OsWatchdog,
        FEEDERS,
        machine=watchdog.Machine,
        resource=lambda pretended: OsWatchdog(pretended.try_heartbeat),
        before=["systemd"],
    ),
    "activation": Case(Activation, {"client": {"state": "client"}, "absent": {"state": "absent"}}, site=OnHost),
    "activation that is there": Case(
        Activation, {"client": {"state": "client"}, "absent": {"state": "absent"}}, site=OnHost, before=["client"]
    ),
}
