# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What Linux tells of the management engine in files, without a question to it. `root` is / but in tests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..host.files import entries, layered, linked, number, read
from ..host.processes import holders as holders_of
from .guids import CLIENTS

VENDOR = "0x8086"
COMMUNICATION = "0x0780"
"""PCI class of the engine's interface, without its last byte."""
ADDRESS = re.compile(r"^[0-9a-f]{4}:[0-9a-f]{2}:16\.[0-9]$")
"""The engine's functions have the device number 0x16. Without it, the bound driver tells the engine."""
DRIVER = "mei_me"
READY = "ENABLED"
"""State of the driver when its engine answers."""
NEEDS = {DRIVER: ("mei",)}
"""What has to be loaded before a module. modprobe obeys install rules for that, and not blacklists."""
MODPROBE = ("etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d")


def pci_device(root: Path) -> dict[str, Any] | None:
    """The engine's interface on the PCI bus: `address`, `device` id and the `driver` bound to it, if any."""
    for path in entries(root / "sys/bus/pci/devices"):
        kind, driver = read(path / "class") or "", linked(path / "driver")
        ours = ADDRESS.match(path.name) is not None or driver == DRIVER
        if ours and read(path / "vendor") == VENDOR and kind.startswith(COMMUNICATION):
            return {"address": path.name, "device": read(path / "device"), "driver": driver}
    return None


def module_loaded(root: Path) -> bool:
    """As a module, or built into the kernel."""
    return (root / "sys/module" / DRIVER).is_dir() or (root / "sys/bus/pci/drivers" / DRIVER).is_dir()


def in_kernel(root: Path, module: str) -> bool:
    """Whether the running kernel has a module; when it keeps no list, that it may."""
    folder = root / "lib/modules" / (read(root / "proc/sys/kernel/osrelease") or "unknown")
    lists = [text for text in (read(folder / name) for name in ("modules.dep", "modules.builtin")) if text is not None]
    return not lists or any("/{0}.ko".format(module) in text.replace("-", "_") for text in lists)


def blacklists(root: Path, module: str = DRIVER) -> list[str]:
    """Files that keep a module from being loaded, as paths of the system."""
    needed = {module, *NEEDS.get(module, ())}
    found = [
        "/" + str(path.relative_to(root))
        for path in layered(root, MODPROBE)
        if any(_forbids(line, module, needed) for line in (read(path) or "").splitlines())
    ]
    for word in (read(root / "proc/cmdline") or "").split():
        name, _equals, value = word.partition("=")
        listed = set(value.replace("-", "_").split(","))
        if (name == "modprobe.blacklist" and module in listed) or (name == "module_blacklist" and needed & listed):
            found.append("/proc/cmdline")
    return found


def _forbids(line: str, module: str, needed: set[str]) -> bool:
    words = line.replace("-", "_").split()
    if len(words) > 1 and words[0] == "install":
        return words[1] in needed and words[-1].rpartition("/")[2] in ("true", "false")
    return words[:2] == ["blacklist", module]


def device(root: Path) -> dict[str, Any] | None:
    """The first engine of the class mei that is not the one of a graphics card."""
    path = _engine(root)
    if path is None:
        return None
    versions = (read(path / "fw_ver") or "").split()
    return {
        "node": "/dev/" + path.name,
        "state": read(path / "dev_state"),
        "hbm_version": read(path / "hbm_ver"),
        "firmware_versions": [version.partition(":")[2] for version in versions],
        "firmware_status": (read(path / "fw_status") or "").split(),
    }


def _engine(root: Path) -> Path | None:
    found = (path for path in entries(root / "sys/class/mei") if read(path / "kind") in (None, "mei"))
    return next(found, None)


def _is_on(engine: Path | None, client: Path, guid: str) -> bool:
    """Whether a client on the bus is one of an engine: graphics cards have engines of their own on the same bus.

    The kernel hangs a client below its engine's device, and begins its name with that device's.
    """
    home = linked(engine / "device") if engine is not None else None
    if home is None:
        return True
    if client.is_symlink():
        return bool({home, engine.name if engine else ""} & set(client.resolve().parts[:-1]))
    owner = client.name[: -len(guid) - 1] if client.name.lower().endswith("-" + guid) else home
    return owner == home


def clients(root: Path) -> list[dict[str, Any]]:
    """The engine's clients on the bus: `guid`, `name` (if known), `version`, `connections` and bound `driver`."""
    found, engine = [], _engine(root)
    for path in entries(root / "sys/bus/mei/devices"):
        guid = (read(path / "uuid") or "").lower()
        if guid and _is_on(engine, path, guid):
            found.append(
                {
                    "guid": guid,
                    "name": CLIENTS.get(guid),
                    "version": number(path / "version", 16),
                    "connections": number(path / "max_conn"),
                    "driver": linked(path / "driver"),
                }
            )
    return found


def client(root: Path, guid: str) -> dict[str, Any] | None:
    """The same of one client, None when the engine does not show it."""
    return next((row for row in clients(root) if row["guid"] == guid), None)


def holders(root: Path) -> list[dict[str, Any]]:
    """Processes that have the engine's device open, as far as this user may see: `pid`, `command`, `unit`."""
    engine = _engine(root)
    return holders_of(root, r"/dev/mei\d+" if engine is None else re.escape("/dev/" + engine.name))


def made(root: Path, node: str) -> bool:
    """Whether the driver has made a device, whatever there is of its node."""
    return (root / "sys/class/mei" / Path(node).name).exists()


def product_uuid(root: Path) -> str | None:
    found = read(root / "sys/class/dmi/id/product_uuid")
    return found.lower() if found else None
