# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Intel's LMS as a service: unit, version, settings. Names are those of github.com/intel/lms."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Callable

from ..errors import AmtError
from ..host import units
from ..host.commands import Commands
from ..host.files import write_whole
from ..host.processes import replaced
from . import health

UNIT = "lms.service"
ENABLED = ("enabled", "enabled-runtime", "static", "alias")
SETTINGS = "etc/lms"
SEVERITY = "etc/lms/IntelAMTUNS_/LMSLoggingSeverity"
LEVELS = {"trace": 1, "debug": 2, "warning": 3, "error": 4, "critical": 5}
"""Word of lms_enable_logging_severity.sh and the number in the file."""
TYPE = b"4"
ASK = ("com.intel.amt.lms", "/com/intel/amt/lms", "com.intel.amt.lms.PTHI", "GetLMSVersion")
PACKAGES = (
    ("dpkg-query", "--show", "--showformat=${Version}", "lms"),
    ("rpm", "-q", "--queryformat=%{VERSION}", "lms"),
)


def facts(root: Path, commands: Commands, banner: Callable[[], str | None] = health.banner) -> dict[str, Any]:
    """`installed`, `running`, `outdated` (an update replaced what runs), `enabled`, `version`, `banner` of AMT,
    `healthy`, and `log_level` by name."""
    unit = _unit(root, commands)
    running = unit.get("ActiveState") == "active"
    said = banner() if running else None
    installed = unit.get("LoadState", "not-found") not in ("not-found", "")
    return {
        "installed": installed,
        "running": running,
        "outdated": running and replaced(root, unit.get("MainPID", "0")),
        "enabled": unit.get("UnitFileState") in ENABLED,
        "masked": unit.get("LoadState") == "masked",
        "state": "/".join(unit[name] for name in ("ActiveState", "SubState") if name in unit) or None,
        "version": _version(commands, running) if installed else None,
        "banner": said,
        "healthy": said is not None,
        "log_level": log_level(root),
    }


def _unit(root: Path, commands: Commands) -> dict[str, str]:
    return units.unit(commands, UNIT) if units.runs(root) else {}


def _version(commands: Commands, running: bool) -> str | None:
    """As LMS says, else as its package does. LMS is not started to be asked."""
    if running:
        said = _said(commands, "busctl", "--auto-start=no", "--timeout=5", "call", *ASK)
        found = re.search(r'"([^"]+)"', said or "")
        if found:
            return found.group(1)
    return next((version for version in (_said(commands, *words) for words in PACKAGES) if version), None)


def _said(commands: Commands, program: str, *words: str) -> str | None:
    try:
        return commands.check(program, *words, seconds=10.0)
    except AmtError:
        return None


def log_level(root: Path) -> str | None:
    """None when LMS decides."""
    try:
        octets = (root / SEVERITY).read_bytes()
    except OSError:
        return None
    number = int.from_bytes(octets[len(TYPE) :], "little")
    return next((word for word, value in LEVELS.items() if value == number), None)


def set_log_level(root: Path, word: str) -> None:
    """A decimal type and 8 octets of number: UNSRegistry.cpp."""
    write_whole(root / SEVERITY, TYPE + LEVELS[word].to_bytes(8, "little"))
