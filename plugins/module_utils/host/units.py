# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What systemd knows of its units, asked through systemctl."""

from __future__ import annotations

from pathlib import Path

from ..errors import Unavailable
from .commands import Commands

QUESTIONS = ("LoadState", "ActiveState", "SubState", "UnitFileState", "MainPID")


class NoSystemd(Unavailable):
    """This system was not started by systemd."""


def runs(root: Path) -> bool:
    """As sd_booted(3) finds out."""
    return (root / "run/systemd/system").is_dir()


def require(root: Path) -> None:
    if not runs(root):
        raise NoSystemd("this system was not started by systemd", "leave it out, or set it up by hand")


def unit(commands: Commands, name: str) -> dict[str, str]:
    """Properties of a unit; one that does not exist has the LoadState not-found."""
    output = commands.check("systemctl", "--property=" + ",".join(QUESTIONS), "show", "--", name)
    pairs = (line.partition("=") for line in output.splitlines())
    return {key: value for key, equals, value in pairs if equals}
