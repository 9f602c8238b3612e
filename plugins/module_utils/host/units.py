# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What systemd knows of its units and of itself, asked through systemctl."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import Unavailable
from .commands import Commands

QUESTIONS = ("LoadState", "ActiveState", "SubState", "UnitFileState", "MainPID", "Result", "FragmentPath")


class NoSystemd(Unavailable):
    """This system was not started by systemd."""


def runs(root: Path) -> bool:
    """As sd_booted(3) finds out."""
    return (root / "run/systemd/system").is_dir()


def require(root: Path) -> None:
    if not runs(root):
        raise NoSystemd("this system was not started by systemd", "leave it out, or set it up by hand")


def unit(commands: Commands, name: str, questions: Iterable[str] = QUESTIONS) -> dict[str, str]:
    """Properties of a unit; one that does not exist has the LoadState not-found."""
    words = ["--property=" + ",".join(questions), "show", "--", name]
    return _pairs(commands.check("systemctl", *words))


def manager(commands: Commands, *questions: str) -> dict[str, str]:
    """Properties of systemd itself; those that this version does not have are left out."""
    return _pairs(commands.check("systemctl", "--property=" + ",".join(questions), "show"))


def _pairs(output: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in output.splitlines())
    return {name: value for name, equals, value in pairs if equals}
