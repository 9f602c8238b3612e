# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of files, and programs that do to these files what modprobe, udevadm and systemctl do to a system."""

from __future__ import annotations

import re

from ansible_collections.outofband.amt.plugins.module_utils.errors import Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.host.commands import CommandFailed, Ran
from ansible_collections.outofband.amt.plugins.module_utils.mei.guids import AMTHI, MKHI, WATCHDOG

from tests.unit.module_utils.host.pretend import MachineOfFiles

RELEASE = "6.1.0-1-amd64"
DEPENDENCIES = """kernel/drivers/misc/mei/mei-me.ko.xz: kernel/drivers/misc/mei/mei.ko.xz
kernel/drivers/watchdog/mei_wdt.ko.xz: kernel/drivers/misc/mei/mei.ko.xz
"""
PROCESSES = {1: ("systemd", "init.scope"), 500: ("watchdog", "amt-watchdog.service"), 77: ("lms", "lms.service")}


class Machine(MachineOfFiles):
    """`required`: whether the firmware asks for heartbeats. `programs` is what is installed.

    Number `fails_at` of what is run fails without effect."""

    def __init__(self, root, required=True, state="NOT_REQUIRED", deaf=False):
        super().__init__(root, PROCESSES)
        self.required = required
        self.state = state
        self.deaf = deaf
        self.programs = {"modprobe", "udevadm", "systemctl", "watchdog"}
        self.fails_at = None
        self.tried = []
        self.write("sys/module/mei_me/refcnt", "0")
        self.write("proc/sys/kernel/osrelease", RELEASE)
        self.write("lib/modules/" + RELEASE + "/modules.dep", DEPENDENCIES)
        self.write("proc/cmdline", "quiet")
        for guid in (AMTHI, MKHI, WATCHDOG):
            self.write("sys/bus/mei/devices/{0}/uuid".format(guid), guid)

    def text(self, name):
        path = self.root / name
        return path.read_text() if path.is_file() else None

    def other_watchdog(self):
        self.write("sys/class/watchdog/watchdog0/identity", "iTCO_wdt")

    def load(self):
        """What mei_wdt does when it is loaded."""
        self.folder("sys/bus/mei/drivers/mei_wdt")
        (self.root / "sys/bus/mei/devices" / WATCHDOG / "driver").symlink_to("/sys/bus/mei/drivers/mei_wdt")
        if self.required:
            self.write("sys/class/watchdog/watchdog1/identity", "iamt_wdt")
            self.write("sys/class/watchdog/watchdog1/state", "inactive")
            self.write("sys/class/watchdog/watchdog1/timeout", "120")
        else:
            self.write("sys/kernel/debug/mei_wdt/state", "state: " + self.state)

    def held_by(self, number, timeout=None, node="/dev/watchdog1"):
        """Process `number`, or None, has the watchdog open."""
        for other in PROCESSES:
            (self.root / "proc" / str(other) / "fd/9").unlink(missing_ok=True)
        if number:
            (self.root / "proc" / str(number) / "fd/9").symlink_to(node)
        self.write("sys/class/watchdog/watchdog1/state", "active" if number else "inactive")
        self.write("sys/class/watchdog/watchdog1/timeout", str(timeout or 120))

    def try_heartbeat(self, node, timeout, clock):
        self.tried.append((node, timeout))
        if self.deaf:
            raise Unavailable("silent")

    def find(self, program):
        return "/usr/sbin/" + program if program in self.programs else None

    def run(self, program, *words, seconds=60.0):
        self.ran.append(" ".join((program, *words)))
        if len(self.ran) == self.fails_at:
            raise CommandFailed(self.ran[-1] + " failed with status 1")
        getattr(self, program)(*words)
        return Ran(0, "", "")

    def modprobe(self, option, module):
        self.load()

    def udevadm(self, *words):
        """Names are not simulated; systemd's and the daemon's effects are."""

    def systemctl(self, *words):
        if words == ("daemon-reload",):
            drop_in = self.text("etc/systemd/system.conf.d/50-amt-watchdog.conf")
            assert not drop_in or self.holder() == 1, "systemd would open /dev/watchdog0"
        if words == ("daemon-reexec",):
            self.reexec()
        if words[:1] == ("stop",) and self.holder() == 500:
            self.held_by(None)
        if words == ("restart", "lms.service") and "iamt_watchdog" not in self.text(
            "etc/udev/rules.d/70-mei-wdt.rules"
        ):
            self.held_by(None)
        if words == ("restart", "amt-watchdog.service"):
            if self.holder():
                raise CommandFailed("busy")
            seconds = re.search(r"watchdog-timeout = (\d+)", self.text("etc/amt-watchdog.conf"))
            self.held_by(500, seconds.group(1))

    def reexec(self):
        drop_in = self.text("etc/systemd/system.conf.d/50-amt-watchdog.conf")
        if drop_in:
            self.held_by(1, re.search(r"RuntimeWatchdogSec=(\d+)s", drop_in).group(1))
        elif self.holder() == 1:
            self.held_by(None)

    def holder(self):
        return next((number for number in PROCESSES if (self.root / "proc" / str(number) / "fd/9").is_symlink()), None)
