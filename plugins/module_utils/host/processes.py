# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which process has what open, as far as this user may see. Facts are proc(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .files import entries, read

LISTENING = "0A"
"""State of a socket in /proc/net/tcp: TCP_LISTEN."""


def links(root: Path) -> Iterator[tuple[int, str]]:
    """Every open descriptor as process and what it leads to."""
    for number in sorted(int(path.name) for path in entries(root / "proc") if path.name.isdigit()):
        for link in entries(root / "proc" / str(number) / "fd"):
            try:
                yield number, str(link.readlink())
            except OSError:
                continue


def hidden(root: Path) -> bool:
    """Whether this user may not see what other processes have open."""
    try:
        next((root / "proc/1/fd").iterdir(), None)
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def holders(root: Path, pattern: str) -> list[dict[str, Any]]:
    """Processes that have something open whose whole path matches: `pid`, `command`, systemd's `unit`."""
    expression = re.compile(pattern)
    numbers = dict.fromkeys(number for number, target in links(root) if expression.fullmatch(target))
    return [process(root, number) for number in numbers]


def process(root: Path, number: int) -> dict[str, Any]:
    folder = root / "proc" / str(number)
    return {"pid": number, "command": read(folder / "comm"), "unit": _unit(read(folder / "cgroup") or "")}


def replaced(root: Path, number: str) -> bool:
    """Whether the program that a process runs is no longer the one in its place: an update put another there."""
    try:
        return str((root / "proc" / number / "exe").readlink()).endswith(" (deleted)")
    except OSError:
        return False


def described(process: dict[str, Any]) -> str:
    """A process for people: its command, number and unit."""
    unit = ", " + process["unit"] if process["unit"] else ""
    return "{0} (process {1}{2})".format(process["command"], process["pid"], unit)


def _unit(groups: str) -> str | None:
    """The unit of a control group: of the last part of its path that is one."""
    parts = [part for line in groups.splitlines() for part in line.split(":", 2)[-1].split("/")]
    units = [part for part in parts if part.endswith((".service", ".scope"))]
    return units[-1] if units else None


def listeners(root: Path, port: int) -> list[dict[str, Any]]:
    """Processes that listen on a TCP port, of whatever address."""
    inodes = {inode for name in ("tcp", "tcp6") for inode in _inodes(read(root / "proc/net" / name) or "", port)}
    sockets = "|".join(sorted(inodes))
    return holders(root, r"socket:\[(?:{0})\]".format(sockets)) if inodes else []


def _inodes(table: str, port: int) -> list[str]:
    rows = [line.split() for line in table.splitlines()[1:]]
    return [
        row[9] for row in rows if len(row) > 9 and row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port
    ]
