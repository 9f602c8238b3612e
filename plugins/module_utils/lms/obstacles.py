# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What keeps LMS from doing its work, found before it is started and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import AmtError, Unavailable
from ..host.files import read
from ..host.processes import described, listeners
from ..mei import sysfs
from ..mei.absence import no_device, not_shown
from ..mei.guids import LME
from .owner import PORTS, owner
from .service import UNIT


class NotInstalled(Unavailable):
    """There is no LMS on this machine."""


class Masked(Unavailable):
    """systemd was told never to start LMS."""


class LmeTaken(Unavailable):
    """Another process has the client LME."""


class PortTaken(Unavailable):
    """Another process listens on a port of AMT's."""


class NotHealthy(Unavailable):
    """LMS runs, and AMT does not answer through it."""


def check(root: Path, service: dict[str, Any]) -> None:
    """Raises what only a person, or another task, can put right."""
    if not service["installed"]:
        raise NotInstalled("there is no unit " + UNIT, "install Intel's LMS: the role lms does, from where you say")
    if service["masked"]:
        raise Masked(UNIT + " is masked", "run: systemctl unmask " + UNIT)
    if sysfs.device(root) is None:
        raise no_device(root)
    if sysfs.client(root, LME) is None:
        raise not_shown(root, "AMT is disabled in the firmware: the engine does not show LME, through which LMS talks")
    _check_owner(root)


def _check_owner(root: Path) -> None:
    for port in PORTS:
        for row in listeners(root, port):
            if row["unit"] != UNIT:
                raise PortTaken("{0} listens on port {1}".format(described(row), port), "stop it: LMS needs it", **row)
    found = owner(root)["process"]
    if found is not None and found["unit"] != UNIT:
        raise LmeTaken("{0} has the client LME".format(described(found)), "stop it: LME takes one at a time", **found)


def diagnosis(root: Path, state: str | None) -> AmtError:
    """Why an LMS that was started does not carry AMT."""
    holders, found = sysfs.holders(root), owner(root)
    rivals = ", ".join(described(row) for row in holders if row["unit"] != UNIT)
    hint = "see: journalctl -b -u " + UNIT
    if read(root / "proc/sys/net/ipv6/conf/lo/disable_ipv6") == "1" or not (root / "proc/sys/net/ipv6").is_dir():
        hint = "LMS does not listen when IPv6 is off; enable it on the loopback interface at least"
    elif found["connected"] and rivals:
        hint = "others have the engine's device open, and one of them may have LME: " + rivals
    elif not (root / "dev/mei").exists():
        hint = "there is no /dev/mei, which the unit waits for: udev names it by LMS's 70-persistent-mei.rules"
    sentence = "LMS ({0}) does not carry AMT to port {1} of this machine"
    return NotHealthy(sentence.format(state, PORTS[0]), hint, connected=found["connected"])
