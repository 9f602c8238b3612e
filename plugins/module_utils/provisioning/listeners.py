# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where Intel's LMS listens on this machine, by the kernel's own tables.

A port above 1023 can be taken by any user, and what is sent there can set the password of AMT. So only a listener
that belongs to root counts.
"""

from __future__ import annotations

from pathlib import Path

LISTENS = "0A"
"""TCP_LISTEN in the column `st` of /proc/net/tcp."""
LOOPBACKS = {
    "tcp": {"0100007F": "127.0.0.1", "00000000": "127.0.0.1"},
    "tcp6": {"0" * 24 + "01000000": "::1", "0" * 32: "::1"},
}
"""Local addresses as the tables print them on little-endian machines, and where to reach them."""


def address_of(port: int, root: Path = Path("/")) -> str:
    """Where a listener of root can be reached on this port; empty when there is none."""
    for name, addresses in LOOPBACKS.items():
        for local, state, owner in _rows(root / "proc/net" / name):
            address, _colon, number = local.partition(":")
            if state == LISTENS and owner == "0" and int(number, 16) == port and address in addresses:
                return addresses[address]
    return ""


def _rows(table: Path) -> list[tuple[str, str, str]]:
    """Local address, state and user of every socket; none where this user may not look."""
    try:
        lines = table.read_text(encoding="ascii", errors="replace").splitlines()[1:]
    except OSError:
        return []
    fields = [line.split() for line in lines]
    return [(row[1], row[3], row[7]) for row in fields if len(row) > 7]
