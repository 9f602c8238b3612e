# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of tests/suites.toml: what there is to run, what it needs, what it costs."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import tomllib

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "logs"
BIN = Path(sys.executable).parent
SYSTEM_PROGRAMS = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Need:
    """A program of the system that a suite uses, and the Debian packages that bring it."""

    program: str
    packages: tuple[str, ...]

    @property
    def missing(self) -> bool:
        if "/" in self.program:
            return not Path(self.program).exists()
        return shutil.which(self.program, path=SYSTEM_PROGRAMS) is None


@dataclass(frozen=True)
class Suite:
    """`minutes` is what it takes beside others on two cores that do nothing else, and `cores` how many of them it keeps
    busy meanwhile; `only` is what no other suite shows. `check`: part of what a contributor runs before a commit."""

    name: str
    about: str
    run: tuple[str, ...]
    only: str = ""
    minutes: float = 1
    cores: float = 1
    needs: tuple[str, ...] = ()
    check: bool = False

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"

    @property
    def progress(self) -> Path:
        return LOGS / f"{self.name}.progress"

    @property
    def command(self) -> list[str]:
        return [word.format(python=sys.executable, bin=BIN) for word in self.run]


def load(path: Path = ROOT / "tests" / "suites.toml") -> tuple[list[Suite], dict[str, Need]]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    suites = [
        Suite(**{**row, "run": tuple(row["run"]), "needs": tuple(row.get("needs", ()))}) for row in table["suite"]
    ]
    needs = {name: Need(row["program"], tuple(row["packages"])) for name, row in table["need"].items()}
    return suites, needs


def select(suites: list[Suite], names: list[str]) -> list[Suite]:
    known = {suite.name: suite for suite in suites}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"no such suite: {', '.join(unknown)}; there are: {', '.join(known)}")
    return [known[name] for name in names] or suites


def markdown(suites: list[Suite]) -> str:
    """The table of docs/tests.md."""
    head = ["| suite | minutes | cores | what it is | what only it shows |", "| --- | --- | --- | --- | --- |"]
    rows = [f"| `{each.name}` | {each.minutes:g} | {each.cores:g} | {each.about} | {each.only} |" for each in suites]
    minutes = sum(suite.minutes for suite in suites)
    busy = sum(suite.minutes * suite.cores for suite in suites)
    return "\n".join([*head, *rows, f"| all | {minutes:g} | | {busy:g} minutes of one core | |"])
