# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of files with a systemd that knows of one service, and what that service does to the files."""

from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.host.commands import CommandFailed, Ran
from ansible_collections.outofband.amt.plugins.module_utils.mei.guids import LME

from tests.unit.module_utils.host.pretend import MachineOfFiles

BANNER = "Intel(R) Active Management Technology 16.1.25.1424"
PROCESSES = {77: ("lms", "lms.service"), 88: ("rpc", "session-1.scope")}
TABLE = "  sl  local_address rem_address   st tx rx tr when retr uid timeout inode\n"
ROW = "   0: 0100007F:{0:04X} 00000000:0000 0A 0:0 0:0 0 0 0 {1} 1 x"
CLIENTS = (
    "  |id|fix|         UUID                       |con|msg len|sb|refc|vt|\n 0| 7|  0|{0}|  1|   4096| 1|   2| 0|"
)
ACTIVE = "  |me|host|state|rd|wr|wrq\n"


class Machine(MachineOfFiles):
    """`works`: whether LMS carries AMT once it runs."""

    def __init__(self, root, load="loaded", works=True):
        super().__init__(root, PROCESSES)
        self.load = load
        self.works = works
        self.running = self.enabled = False
        self.folder("proc/sys/net/ipv6")
        self.write("sys/bus/mei/devices/lme/uuid", LME)
        self.write("dev/mei", "")
        self.connection(False)

    def connection(self, there):
        self.write("sys/kernel/debug/mei0/meclients", CLIENTS.format(LME))
        self.write(
            "sys/kernel/debug/mei0/active", ACTIVE + (" 0| 7|   3|    3| 0| 0|" if there else " 0| 4|   2|    3| 0| 0|")
        )

    def holds(self, number, there=True):
        link = self.root / "proc/{0}/fd/5".format(number)
        link.unlink(missing_ok=True)
        if there:
            link.symlink_to("/dev/mei0")

    def listens(self, number, port=16992, there=True):
        link = self.root / "proc/{0}/fd/6".format(number)
        link.unlink(missing_ok=True)
        self.write("proc/net/tcp", TABLE + (ROW.format(port, 4711 + number) if there else ""))
        if there:
            link.symlink_to("socket:[{0}]".format(4711 + number))

    def banner(self):
        return BANNER if self.running and self.works else None

    def start(self, running):
        self.running = running
        self.program("/usr/bin/lms")
        carries = running and self.works
        self.holds(77, running)
        self.listens(77, there=carries)
        self.connection(carries)

    def program(self, name):
        """What process 77 runs, by /proc."""
        link = self.root / "proc/77/exe"
        link.unlink(missing_ok=True)
        link.symlink_to(name)

    def find(self, program):
        return "/usr/bin/" + program

    def run(self, program, *words, seconds=60.0):
        self.ran.append(" ".join((program, *words)))
        answer = {"systemctl": self.systemctl, "busctl": self.busctl, "dpkg-query": self.package}
        if program == "rpm":
            raise CommandFailed("no rpm")
        return Ran(0, answer.get(program, lambda *words: "")(*words), "")

    def busctl(self, *words):
        if not self.running:
            raise CommandFailed("not on the bus")
        return 's "2506.0.0.0"'

    def package(self, *words):
        return "2506.0.0"

    def systemctl(self, *words):
        if "show" in words:
            values = {
                "LoadState": self.load,
                "ActiveState": "active" if self.running else "inactive",
                "SubState": "running" if self.running else "dead",
                "UnitFileState": "enabled" if self.enabled else "disabled",
                "MainPID": "77" if self.running else "0",
            }
            return "\n".join("=".join(row) for row in values.items())
        if words[0] in ("restart", "stop"):
            self.start(words[0] == "restart")
        if words[0] in ("enable", "disable"):
            self.enabled = words[0] == "enable"
        return ""

    def writes(self):
        return [line for line in self.ran if " show " not in line and not line.startswith(("busctl", "dpkg", "rpm"))]
