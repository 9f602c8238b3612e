# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Salt master on this machine, from the drive that gives Salt to a guest; the guest's minion comes to it by ssh."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.runner.pace import patient

from .debian import run
from .guest import Guest, Started, free_port, wait_for

MINION = "pc"
ANSWER_SECONDS = patient(180)
"""An emulated minion needs some of it for a job that loads all of its modules."""
UNIT = "salt-minion"


class Master(Started):
    """`states` is its tree for minions; what its event bus carried is kept."""

    def __init__(self, drive: Path) -> None:
        self.drive = drive
        # A minion is told the one port and goes to it, so both have the same number in the guest.
        self.ports = {"publish_port": free_port(), "ret_port": free_port()}
        # Sockets are in it, whose names must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="salt-"))
        self.states = self.folder / "states"
        self._running: list[subprocess.Popen[bytes]] = []

    def close(self) -> None:
        for process in reversed(self._running):
            process.terminate()
            process.wait(ANSWER_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        for place in ("salt", "states"):
            (self.folder / place).mkdir()
        run("debugfs", "-R", "rdump / {0}".format(self.folder / "salt"), self.drive)
        settings = {
            "interface": "127.0.0.1",
            **self.ports,
            "root_dir": str(self.folder),
            "file_roots": {"base": [str(self.states)]},
            "open_mode": True,
            "worker_threads": 2,
            "gather_job_timeout": 60,
            "log_level_logfile": "debug",
        }
        (self.folder / "master").write_text(yaml.safe_dump(settings))
        self._begin("salt-master", self.folder / "output")
        self._begin("salt-run", self.folder / "events", "state.event", "pretty=False")

    def _begin(self, program: str, output: Path, *words: str) -> None:
        with output.open("wb") as file:
            process = subprocess.Popen(
                self._command(program, *words), stdout=file, stderr=file, env=self._environment()
            )
        self._running.append(process)

    def _command(self, program: str, *words: str) -> list[str]:
        return [sys.executable, str(self.folder / "salt/bin" / program), "-c", str(self.folder), *words]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.folder / "salt"), "PYTHONUNBUFFERED": "1"}

    def ask(self, function: str, *words: str) -> Any:
        """What the minion returns."""
        options = ("--out=json", "--log-level=quiet", "--timeout={0:.0f}".format(ANSWER_SECONDS))
        command = self._command("salt", *options, MINION, function, *words)
        done = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, timeout=2 * ANSWER_SECONDS, check=False
        )
        assert done.stdout.startswith("{"), (done.stdout, done.stderr, list(self.events())[-5:])
        return json.loads(done.stdout)[MINION]

    def state(self, function: str, *words: str) -> dict[str, Any]:
        """What the one state does that a function of Salt's module `state` carries out, as soon as Salt is free."""
        answers: list[Any] = []

        def applied() -> bool:
            answers.append(self.ask("state." + function, *words))
            return not turned_away(answers[-1])

        wait_for(applied, "the minion to end other states", 180)
        return only(answers[-1])

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(tag, data) of everything so far, but what is being written in this moment."""
        whole, _newline, _rest = (self.folder / "events").read_text().rpartition("\n")
        for line in whole.splitlines():
            tag, tab, data = line.partition("\t")
            if tab:
                yield tag, json.loads(data)

    def seen(self, kind: str) -> list[dict[str, Any]]:
        """Events of the minion's beacon about `watchdog` or `provisioning`. One change may take several."""
        wanted = "salt/beacon/{0}/mei/{1}".format(MINION, kind)
        return [data for tag, data in self.events() if tag == wanted]

    def wait_until_seen(self, kind: str, true: Callable[[Any], bool]) -> None:
        """Until the beacon's last event is of a change to what is `true`."""
        wait_for(
            lambda: any(true(event["new"]) for event in self.seen(kind)[-1:]),
            "an event of the " + kind,
            180,
        )

    def scheduled(self, name: str) -> list[dict[str, Any]]:
        """What jobs of the minion's own schedule returned, each with one state; without those that had no turn."""
        returned = (
            data["return"]
            for tag, data in self.events()
            if tag.endswith("/ret/" + MINION) and data.get("schedule") == name
        )
        return [only(states) for states in returned if not turned_away(states)]

    def files_with(self, secret: str) -> list[Path]:
        """Of logs, events, job cache and everything else that the master has."""
        own = (path for path in self.folder.rglob("*") if path.is_file() and self.folder / "salt" not in path.parents)
        return [path for path in own if secret.encode() in path.read_bytes()]

    def take_in(self, guest: Guest) -> None:
        """A minion starts in the guest, where Salt is at /opt/salt, and is given what is in `states`."""
        for port in self.ports.values():
            words = ("-O", "forward", "-R", "{0}:127.0.0.1:{0}".format(port))
            subprocess.run([*guest.ssh(), *words], check=True, capture_output=True)
        settings = {
            "id": MINION,
            "master": "127.0.0.1",
            "master_port": self.ports["ret_port"],
            "auth_timeout": 120,
            "enable_gpu_grains": False,
            "enable_fqdns_grains": False,
            "log_level_logfile": "debug",
            "beacons": {"mei": [{"interval": 2}, {"emitatstartup": True}]},
        }
        guest.put("/etc/salt/minion", yaml.safe_dump(settings))
        began = self._starts()
        program = "python3 /opt/salt/bin/salt-minion"
        guest.run("systemd-run --quiet --unit={0} --setenv=PYTHONPATH=/opt/salt {1}".format(UNIT, program))
        wait_for(lambda: self._starts() > began, "the minion to start", 180)
        self.ask("saltutil.sync_all")

    def _starts(self) -> int:
        return sum(tag == "salt/minion/{0}/start".format(MINION) for tag, _data in self.events())


def turned_away(states: Any) -> bool:
    """Is this what Salt returns while states of another job are applied, or that job is not yet off its list?"""
    return isinstance(states, list) and bool(states) and all(" is running as PID " in line for line in states)


def only(states: dict[str, Any]) -> dict[str, Any]:
    """The one of a return of states."""
    assert isinstance(states, dict) and len(states) == 1, states
    return dict(next(iter(states.values())))
