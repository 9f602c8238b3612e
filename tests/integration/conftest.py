# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller of its own for each test: real Ansible programs, a simulated fleet, and what each task returned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from simulator.clock import SystemClock
from simulator.pytest_plugin import fleet, simulator_state
from tests.runner.pace import patient

__all__ = ["fleet", "simulator_state"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = Path(sys.executable).parent
SECONDS = patient(600)
"""For a program that hangs. On an idle machine none needs a tenth of it."""


@dataclass
class Run:
    """One run of a program: what it printed, and the results that the recorder wrote."""

    code: int
    output: str
    records: list

    def of(self, task, host=None):
        """The one record of a task (and host)."""
        found = [each for each in self.records if each["task"] == task and host in (None, each["host"])]
        assert len(found) == 1, "{0} records of {1!r}\n{2}".format(len(found), task, self.output)
        return found[0]

    def result(self, task, host=None):
        return self.of(task, host)["result"]

    def changed(self):
        """Task -> whether it changed something, in order."""
        return {each["task"]: bool(each["result"].get("changed")) for each in self.records}


class Controller:
    """Runs Ansible in a folder of its own, with nothing of the user's environment but the path."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "ansible.cfg").write_text(
            "[defaults]\ncallbacks_enabled = recorder\nretry_files_enabled = false\nhost_key_checking = false\n"
        )

    def environment(self, extra):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder),
            "ANSIBLE_HOME": str(self.folder / ".ansible"),
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_NOCOLOR": "1",
            "RECORDER_FILE": str(self.folder / "records"),
            "AMT_CONNECT_TIMEOUT": "30",
            **extra,
        }

    def run(self, program, *arguments, env=None, seconds=SECONDS):
        records = self.folder / "records"
        records.write_text("")
        done = subprocess.run(
            [str(PROGRAMS / program), *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )
        output = done.stdout.decode()
        assert "Traceback" not in output, output
        return Run(done.returncode, output, [json.loads(line) for line in records.read_text().splitlines()])

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        return path

    def inventory(self, hosts, **group_variables):
        """An inventory file: name -> variables, all in the group amt."""
        return self.write("inventory.yml", {"amt": {"hosts": hosts, "vars": group_variables}})

    def play(self, tasks, inventory, *arguments, env=None, **keywords):
        play = {"hosts": "amt", "gather_facts": False, "tasks": tasks, **keywords}
        return self.run("ansible-playbook", "-i", inventory, self.write("play.yml", [play]), *arguments, env=env)

    @staticmethod
    def plainly(device, running, **variables):
        """Host variables that lead to a device without TLS."""
        return {
            "ansible_connection": "outofband.amt.wsman",
            "ansible_host": device.address,
            "amt_port": running.ports.plain,
            "amt_tls": False,
            "amt_password": device.password,
            **variables,
        }

    def securely(self, device, running, **variables):
        """Host variables that lead to a device with TLS, its certificate vouched for."""
        tls = {"amt_port": running.ports.tls, "amt_tls": True, "amt_ca_file": str(running.ca_file)}
        return {**self.plainly(device, running), **tls, **variables}

    def playbook(self, name, inventory, *arguments, env=None, seconds=SECONDS):
        """A playbook of the collection."""
        playbook = "outofband.amt." + name
        return self.run("ansible-playbook", "-i", inventory, playbook, *arguments, env=env, seconds=seconds)


@pytest.fixture
def controller(tmp_path):
    return Controller(tmp_path)


@pytest.fixture
def simulate(fleet):
    """A fleet on real time, since Ansible runs in processes of its own; power changes take tenths of seconds."""

    def start(devices, **defaults):
        quick = dict.fromkeys(("on", "off", "reset", "graceful", "sleep", "standby"), 0.2)
        defaults.setdefault("durations", {**quick, "system": 2.0})
        return fleet(devices, clock=SystemClock(), **defaults)

    return start
