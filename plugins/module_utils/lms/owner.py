# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which process has the client LME, which gives one connection only.

The kernel does not say which process a connection is of. debugfs tells whether one is there (mei/debugfs.c).
Who has the engine's device open and listens on AMT's port has it for certain: both at once is what LME is for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..host.files import entries, read
from ..host.processes import listeners
from ..mei import sysfs
from ..mei.guids import LME

PORTS = (16992, 16993)
CONNECTED = 3
"""enum file_state of the driver: MEI_FILE_CONNECTED."""


def owner(root: Path) -> dict[str, Any]:
    """`connected`, null when debugfs cannot be read; `process`, null for nobody or unknown; `how` it is known:
    listens, only_holder, one_of_holders, nobody or unknown."""
    connection, holders = connected(root), sysfs.holders(root)
    listening = {row["pid"] for port in PORTS for row in listeners(root, port)}
    found = [row for row in holders if row["pid"] in listening]
    if found:
        return {"connected": connection, "process": found[0], "how": "listens"}
    if connection is False or not holders:
        return {"connected": connection, "process": None, "how": "unknown" if connection else "nobody"}
    if connection is None:
        return {"connected": None, "process": None, "how": "unknown"}
    only = holders[0] if len(holders) == 1 else None
    return {"connected": True, "process": only, "how": "only_holder" if only else "one_of_holders"}


def connected(root: Path) -> bool | None:
    """Whether anybody is connected to LME. None when this user, or this kernel, cannot tell."""
    for folder in entries(root / "sys/kernel/debug"):
        clients, active = (read(folder / name) for name in ("meclients", "active"))
        if clients is None or active is None:
            continue
        address = next((row[1] for row in _rows(clients) if len(row) > 3 and row[3].lower() == LME), None)
        if address is not None:
            return any(row[1] == address and row[3] == str(CONNECTED) for row in _rows(active) if len(row) > 3)
    return None


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.splitlines()[1:]]
