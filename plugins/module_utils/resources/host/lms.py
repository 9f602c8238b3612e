# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Intel's LMS running, started at boot, and carrying AMT to the machine's own ports; or not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...clock import Deadline
from ...host import udev, units
from ...host.files import make_folder
from ...host.system import System
from ...lms import health, obstacles, owner, service
from ...option import Option
from ...resource import Resource, Values

STEP = 1.0


class Lms(Resource):
    """On a System instead of a Machine. Packages are others' work."""

    options = (
        Option("state", choices=("present", "absent"), default="present"),
        Option("log_level", choices=tuple(service.LEVELS)),
        Option("wait_timeout", "int", default=60),
    )
    aside = ("version", "banner", "lme")

    def __init__(self, banner: Callable[[], str | None] = health.banner) -> None:
        self._banner = banner

    def read(self, machine: Any, wanted: Values) -> Values:
        system: System = machine
        found = service.facts(system.root, system.commands, self._banner)
        if wanted["state"] == "present":
            units.require(system.root)
            obstacles.check(system.root, found)
        kept = ("running", "outdated", "enabled", "healthy", "log_level", "version", "banner")
        return {**{name: found[name] for name in kept}, "lme": owner.owner(system.root)}

    def plan(self, present: Values, wanted: Values) -> Values:
        on = wanted["state"] == "present"
        level = wanted["log_level"] if on and wanted["log_level"] else present["log_level"]
        return {**present, "running": on, "outdated": False, "enabled": on, "healthy": on, "log_level": level}

    def apply(self, machine: Any, present: Values, planned: Values, wanted: Values) -> Values:
        system: System = machine
        commands = system.commands
        if planned["enabled"] != present["enabled"]:
            commands.check("systemctl", "enable" if planned["enabled"] else "disable", service.UNIT)
        if planned["running"]:
            self._start(system, present, planned, wanted["wait_timeout"])
        elif present["running"]:
            commands.check("systemctl", "stop", service.UNIT, seconds=120.0)
        found = service.facts(system.root, commands, self._banner)
        return {"version": found["version"], "banner": found["banner"], "lme": owner.owner(system.root)}

    def _start(self, system: System, present: Values, planned: Values, seconds: int) -> None:
        """Restarts what runs and is outdated, not healthy, or has other settings now. Raises NotHealthy."""
        make_folder(system.root / service.SETTINGS)
        if planned["log_level"] != present["log_level"]:
            service.set_log_level(system.root, planned["log_level"])
        elif present["running"] and present["healthy"] and not present["outdated"]:
            return
        if not (system.root / "dev/mei").exists():
            udev.apply_rules(system.commands, "mei")
        system.commands.check("systemctl", "restart", service.UNIT, seconds=150.0)
        deadline = Deadline(system.clock, seconds)
        while self._banner() is None:
            if deadline.passed():
                raise obstacles.diagnosis(system.root, units.unit(system.commands, service.UNIT).get("ActiveState"))
            system.clock.sleep(STEP)
