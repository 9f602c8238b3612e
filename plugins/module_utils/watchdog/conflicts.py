# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Who else feeds, or would feed after the next start. A watchdog that two feed tells nothing of either."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import Unavailable
from ..host.files import read
from ..host.processes import described
from . import systemd
from .devices import FIRST, names
from .files import DEVICE, DROP_IN

LMS = "lms.service"
OWN_UNIT = "amt-watchdog.service"
PACKAGES_CONFIG = "/etc/watchdog.conf"
"""Of the daemon as its package starts it; ours has a unit and a configuration of its own."""
SETTING = re.compile(r"^\s*watchdog-device\s*=\s*(\S+)", re.MULTILINE)


class FedByAnother(Unavailable):
    """Somebody else has the watchdog open."""


class SystemdFeedsAnother(Unavailable):
    """systemd can feed one watchdog, and is set up for another one."""


class DaemonFeedsIt(Unavailable):
    """The watchdog daemon's own configuration names this watchdog."""


def kind(holder: dict[str, Any] | None) -> str:
    """Whom a process is of: none, systemd, watchdog (our unit), lms or another."""
    if holder is None:
        return "none"
    if holder["pid"] == 1:
        return "systemd"
    return {OWN_UNIT: "watchdog", LMS: "lms"}.get(holder["unit"] or "", "another")


def check_holder(holder: dict[str, Any] | None, feeder: str, displace_lms: bool) -> None:
    """Raises FedByAnother unless the watchdog is free, ours, or LMS's to take away."""
    found = kind(holder)
    if holder is None or found in ("systemd", "watchdog") or (found == "lms" and displace_lms):
        return
    hint = "stop it, or leave the watchdog to it with feeder: none"
    if found == "lms":
        hint = "take it from LMS with displace_lms: true, or leave it there with feeder: none"
    sentence = "{0} feeds the watchdog already, and feeder is {1}"
    raise FedByAnother(sentence.format(described(holder), feeder), hint, **holder)


def check_settings(root: Path, feeder: str, node: str | None) -> None:
    """Raises SystemdFeedsAnother, FedByAnother or DaemonFeedsIt."""
    _check_systemd(systemd.settings(root, DROP_IN), feeder, node)
    found = SETTING.search(read(root / PACKAGES_CONFIG.lstrip("/")) or "")
    if found and found.group(1) in (DEVICE, *names(node)):
        sentence = "{0} names {1}, the watchdog of AMT".format(PACKAGES_CONFIG, found.group(1))
        raise DaemonFeedsIt(sentence, "take watchdog-device out of it; it may keep its tests")


def _check_systemd(theirs: systemd.Settings, feeder: str, node: str | None) -> None:
    """What others set: with feeder: systemd it may name no other device, with the daemon it may not feed this one."""
    if not theirs:
        return
    said = ", ".join("{0}={1} in {2}".format(key, value, path) for key, (value, path) in sorted(theirs.items()))
    device = theirs.get("WatchdogDevice", ("", ""))[0]
    ours = (DEVICE, *names(node), *([""] if node == FIRST else []))
    if feeder == "systemd" and device not in ours:
        hint = "leave that alone with feeder: watchdog, which has the daemon feed AMT's"
        raise SystemdFeedsAnother("systemd is set up for another watchdog: " + said, hint)
    if feeder == "systemd" and device not in (DEVICE, node):
        raise FedByAnother("systemd is set up to feed the watchdog of AMT otherwise: " + said, "take that out")
    if feeder == "watchdog" and "RuntimeWatchdogSec" in theirs and device in ours:
        raise FedByAnother(
            "systemd is set up to feed the watchdog of AMT: " + said, "take that out, or feeder: systemd"
        )
