# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""udev, which names devices and acts when they appear."""

from __future__ import annotations

from .commands import Commands


def apply_rules(commands: Commands, subsystem: str) -> None:
    """Have the rules that are there now act on the devices of a subsystem as if these had just appeared."""
    if commands.find("udevadm") is None:
        return
    commands.check("udevadm", "control", "--reload")
    commands.check("udevadm", "trigger", "--action=add", "--subsystem-match=" + subsystem)
    commands.check("udevadm", "settle", "--timeout=30", seconds=40.0)
