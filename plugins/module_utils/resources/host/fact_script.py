# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The facts of the management engine as a custom fact: a program in facts.d, which every gathering of facts runs."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from ...errors import InvalidOption
from ...host.files import ForeignFile, read_octets, remove, write_whole
from ...host.program import name_of, program
from ...host.system import System
from ...mei import device
from ...option import Option
from ...resource import Resource, Values
from . import mei_facts

MODE = 0o755
MARK = b"amt_core/mei/device.py"
MAIN = """# Managed by outofband.amt; changes are lost.
import functools
import json

from amt_core.mei.device import Client
from amt_core.resources.host.mei_facts import MeiFacts

client = functools.partial(Client, tries={tries})
print(json.dumps(MeiFacts(open_client=client, seconds={seconds}).read()))
"""
SECONDS, TRIES = 3.0, 2


class FactScript(Resource):
    """On a System instead of a Machine. Its state is the digest of the program."""

    options = (
        Option("state", choices=("present", "absent"), default="present"),
        Option("path", "path", default="/etc/ansible/facts.d/amt.fact"),
        Option("answer_timeout", "float", default=SECONDS),
    )

    def check(self, wanted: Values) -> None:
        if not wanted["path"].endswith(".fact"):
            raise InvalidOption("path", wanted["path"], "Ansible runs what is named *.fact")

    def read(self, machine: Any, wanted: Values) -> Values:
        path = self._place(machine, wanted)
        octets = read_octets(path)
        if octets is None and not path.is_symlink():
            return {"path": wanted["path"], "sha256": None, "executable": False}
        if octets is None or MARK not in octets:
            raise ForeignFile(
                "{0} is there and was not written by us".format(path), "move it away, or name another path"
            )
        return {"path": wanted["path"], "sha256": digest(octets), "executable": path.stat().st_mode & 0o777 == MODE}

    def plan(self, present: Values, wanted: Values) -> Values:
        if wanted["state"] == "absent":
            return {**present, "sha256": None, "executable": False}
        return {**present, "sha256": digest(made(wanted["answer_timeout"])), "executable": True}

    def apply(self, machine: Any, present: Values, planned: Values, wanted: Values) -> None:
        path = self._place(machine, wanted)
        if planned["sha256"] is None:
            remove(path)
        else:
            write_whole(path, made(wanted["answer_timeout"]), MODE)

    def _place(self, machine: Any, wanted: Values) -> Path:
        system: System = machine
        return system.root / str(wanted["path"]).lstrip("/")


def made(seconds: float) -> bytes:
    """The program. It runs with the Python that runs us, and is made of what Ansible carries: what we import."""
    main = MAIN.format(seconds=seconds, tries=TRIES)
    return program(sys.executable, main, name_of(mei_facts), name_of(device))


def digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
