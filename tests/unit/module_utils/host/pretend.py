# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of files with a management engine and some processes. Whoever extends it says what its programs do."""

from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.host.system import System

from tests.unit.module_utils.mei.engine import Clock


class MachineOfFiles:
    """`processes`: number -> command and unit. `ran` is what was run."""

    def __init__(self, root, processes):
        self.root = root
        self.ran = []
        self.folder("run/systemd/system")
        self.write("sys/bus/pci/devices/0000:00:16.0/vendor", "0x8086")
        self.write("sys/bus/pci/devices/0000:00:16.0/class", "0x078000")
        self.write("sys/class/mei/mei0/dev_state", "ENABLED")
        for number, (command, unit) in processes.items():
            self.write("proc/{0}/comm".format(number), command)
            self.write("proc/{0}/cgroup".format(number), "0::/system.slice/" + unit)
            self.folder("proc/{0}/fd".format(number))

    def system(self):
        return System(self.root, self, Clock())

    def folder(self, name):
        (self.root / name).mkdir(parents=True, exist_ok=True)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")

    def run(self, program, *words, seconds=60.0):
        raise NotImplementedError

    def check(self, program, *words, seconds=60.0):
        return self.run(program, *words).output
