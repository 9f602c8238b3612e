# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The OS-health watchdog of AMT on the machine itself: its driver, its name, and the one that feeds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...clock import Deadline, SystemClock
from ...errors import AmtError, InvalidOption, NotReached
from ...host import udev, units
from ...host.commands import ProgramMissing
from ...host.files import OwnFiles
from ...host.processes import hidden
from ...host.system import System
from ...option import Option
from ...resource import Resource, Values
from ...watchdog import absence, conflicts, files, systemd, trial
from ...watchdog.devices import DRIVER, fed_by, others, own

LEAST, MOST = 120, 65535
"""Seconds of timeout that the driver takes (mei_wdt.c)."""
OF_SYSTEMD = ("systemd", "watchdog")
DRIVER_WAIT = 15.0
FEEDER_WAIT = 30.0
COMES_BACK = 3.0
STEP = 0.5
NOBODY_SEEN = "who has the watchdog open cannot be seen without root: what is told of feeder and holder may be wrong"


class OsWatchdog(Resource):
    """On a System instead of a Machine. `trial` sends one heartbeat before somebody else does."""

    options = (
        Option("state", choices=("present", "absent"), default="present"),
        Option("feeder", choices=("systemd", "watchdog", "none"), default="systemd"),
        Option("timeout", "int", default=LEAST),
        Option("interval", "int"),
        Option("lift_blacklist", "bool", default=False),
        Option("displace_lms", "bool", default=False),
    )
    aside = ("watchdog", "other_watchdogs", "holder", "systemd_settings", "unseen")

    def __init__(self, try_heartbeat: Callable[[str, int, SystemClock], None] = trial.heartbeat) -> None:
        self._try_heartbeat = try_heartbeat

    def check(self, wanted: Values) -> None:
        timeout, interval = wanted["timeout"], wanted["interval"]
        if not LEAST <= timeout <= MOST:
            raise InvalidOption("timeout", timeout, "the driver takes {0} to {1} seconds".format(LEAST, MOST))
        if interval is not None and wanted["feeder"] != "watchdog":
            raise InvalidOption("interval", interval, "only with feeder: watchdog; systemd takes half the timeout")
        if interval is not None and not 1 <= interval <= timeout // 2:
            raise InvalidOption("interval", interval, "1 to {0} seconds, half the timeout".format(timeout // 2))

    def read(self, machine: Any, wanted: Values) -> Values:
        system: System = machine
        device = self._appearing(system) if wanted["state"] == "present" else own(system.root)
        holder = fed_by(system.root, device)
        if wanted["state"] == "present":
            self._refuse(system, wanted, device, holder)
        found = conflicts.kind(holder)
        return {
            "driver": "loaded" if absence.loaded(system.root) else "absent",
            "feeder": found,
            "timeout": device["timeout"] if device and found != "none" else None,
            "files": OwnFiles(system.root, files.PATHS).read(),
            "watchdog": device,
            "other_watchdogs": others(system.root),
            "holder": holder,
            "systemd_settings": {key: list(row) for key, row in systemd.settings(system.root, files.DROP_IN).items()},
            "unseen": [NOBODY_SEEN] if hidden(system.root) and device is not None and holder is None else [],
        }

    def _appearing(self, system: System) -> Values | None:
        """AMT's watchdog; one whose driver is there may be just about to come back after a reset of the engine."""
        deadline = Deadline(system.clock, COMES_BACK)
        while own(system.root) is None and absence.loaded(system.root) and not deadline.passed():
            system.clock.sleep(STEP)
        return own(system.root)

    def _refuse(self, system: System, wanted: Values, device: Values | None, holder: Values | None) -> None:
        """Raises what stands in the way, before anything is written."""
        if device is None:
            missing = absence.reason(system.root, wanted["lift_blacklist"])
            if missing is not None:
                raise missing
        feeder = wanted["feeder"]
        if feeder in OF_SYSTEMD:
            units.require(system.root)
            conflicts.check_holder(holder, feeder, wanted["displace_lms"])
            conflicts.check_settings(system.root, feeder, device["node"] if device else None)
        if feeder == "watchdog" and system.commands.find("watchdog") is None:
            raise ProgramMissing("the watchdog daemon is not on this machine", "install the package watchdog")

    def plan(self, present: Values, wanted: Values) -> Values:
        if wanted["state"] == "absent":
            gone = {"feeder": "none", "timeout": None} if _fed_by_ours(present) else {}
            return {**present, **gone, "files": files.nothing()}
        feeder, timeout = wanted["feeder"], wanted["timeout"]
        interval = wanted["interval"] or max(1, timeout // 4)
        planned = {
            **present,
            "driver": "loaded",
            "files": files.wanted(feeder, timeout, interval, wanted["lift_blacklist"]),
        }
        if feeder in OF_SYSTEMD:
            planned.update(feeder=feeder, timeout=timeout)
        elif _fed_by_ours(present):
            planned.update(feeder="none", timeout=None)
        return planned

    def apply(self, machine: Any, present: Values, planned: Values, wanted: Values) -> Values:
        system: System = machine
        feeds = planned["feeder"] in OF_SYSTEMD and wanted["state"] == "present"
        if planned["driver"] == "loaded" and present["driver"] != "loaded":
            device = self._load(system)
            if feeds:
                conflicts.check_settings(system.root, planned["feeder"], device["node"])
        if present["feeder"] == "watchdog":
            system.commands.check("systemctl", "stop", conflicts.OWN_UNIT)
        last = files.LAST[planned["feeder"]] if feeds else ()
        OwnFiles(system.root, files.PATHS).write(present["files"], planned["files"], *last)
        if present["files"][files.RULES] != planned["files"][files.RULES]:
            udev.apply_rules(system.commands, "watchdog")
        self._release(system, present, planned)
        if feeds:
            self._feed(system, present, planned)
        return {"watchdog": own(system.root)}

    def _load(self, system: System) -> Values:
        """The watchdog that appeared. Raises CommandFailed, and why none did."""
        system.commands.check("modprobe", "--ignore-install", DRIVER)
        deadline = Deadline(system.clock, DRIVER_WAIT)
        device = own(system.root)
        while device is None:
            if deadline.passed():
                raise absence.after_loading(system.root)
            system.clock.sleep(STEP)
            device = own(system.root)
        return device

    def _release(self, system: System, present: Values, planned: Values) -> None:
        """Take the watchdog from whoever has it and is not to keep it, and have systemd read its files.

        A daemon-reexec reads them too. Before systemd is to feed there is no daemon-reload: files.LAST."""
        if not units.runs(system.root):
            return
        commands, was, will = system.commands, present["feeder"], planned["feeder"]
        if was == "lms" and will in OF_SYSTEMD:
            commands.check("systemctl", "restart", conflicts.LMS, seconds=120.0)
        if will == "systemd":
            return
        changed = {path for path in files.PATHS if present["files"][path] != planned["files"][path]}
        if was == "systemd":
            commands.check("systemctl", "daemon-reexec")
        elif changed & {files.UNIT, files.REOPEN}:
            commands.check("systemctl", "daemon-reload")

    def _feed(self, system: System, present: Values, planned: Values) -> None:
        device = own(system.root)
        if device is None:
            raise absence.after_loading(system.root)
        feeder, timeout = planned["feeder"], planned["timeout"]
        if fed_by(system.root, device) is None:
            self._try_heartbeat(device["node"], timeout, system.clock)
        OwnFiles(system.root, files.LAST[feeder]).write(present["files"], planned["files"])
        if feeder == "systemd":
            system.commands.check("systemctl", "daemon-reexec")
        else:
            system.commands.check("systemctl", "daemon-reload")
            system.commands.check("systemctl", "restart", conflicts.OWN_UNIT)
        deadline = Deadline(system.clock, FEEDER_WAIT)
        while self._fed(system) != (feeder, timeout):
            if deadline.passed():
                raise self._not_fed(system, feeder, timeout)
            system.clock.sleep(STEP)

    def _fed(self, system: System) -> tuple[str, int | None]:
        device = own(system.root)
        holder = fed_by(system.root, device)
        return conflicts.kind(holder), device["timeout"] if device else None

    def _not_fed(self, system: System, feeder: str, timeout: int) -> AmtError:
        found, seconds = self._fed(system)
        sentence = "{0} was to feed the watchdog every {1} s at the latest; fed by {2}, timeout {3}"
        log = "see: journalctl -b " + ("_PID=1" if feeder == "systemd" else "-u " + conflicts.OWN_UNIT)
        return NotReached(sentence.format(feeder, timeout, found, seconds), log, feeder=found, timeout=seconds)


def _fed_by_ours(present: Values) -> bool:
    """Whether the one that feeds does so by a file of ours, even by one that is gone and not yet forgotten."""
    if present["feeder"] == "systemd":
        return present["files"][files.DROP_IN] is not None or not present["systemd_settings"]
    return bool(present["feeder"] == "watchdog")
