# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Watchdogs of the kernel as files tell of them. None is opened: that would start it, and some can never be stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..host.files import entries, linked, read
from ..host.processes import holders

IDENTITY = "iamt_wdt"
DRIVER = "mei_wdt"
LEGACY = "/dev/watchdog"
"""A second name of the watchdog that is number 0."""


def devices(root: Path) -> list[dict[str, Any]]:
    """`node`, `identity`, `state` (active while it is open), `timeout` in seconds; `ours` for the one of AMT.

    A kernel without CONFIG_WATCHDOG_SYSFS has no such files: there the bound driver tells which one is AMT's.
    """
    return [_device(path) for path in entries(root / "sys/class/watchdog")]


def _device(path: Path) -> dict[str, Any]:
    identity, driver = read(path / "identity"), linked(path / "device" / "driver")
    return {
        "node": "/dev/" + path.name,
        "identity": identity or driver,
        "state": read(path / "state"),
        "timeout": number(path / "timeout"),
        "ours": identity == IDENTITY or (identity is None and driver == DRIVER),
    }


def number(path: Path) -> int | None:
    try:
        return int(read(path) or "")
    except ValueError:
        return None


def own(root: Path) -> dict[str, Any] | None:
    """AMT's, whatever its number: that changes with the order in which drivers load."""
    return next((device for device in devices(root) if device["ours"]), None)


def others(root: Path) -> list[str]:
    return ["{0[node]} ({0[identity]})".format(device) for device in devices(root) if not device["ours"]]


def feeders(root: Path, node: str) -> list[dict[str, Any]]:
    """Processes that have a watchdog open: one at most, by the kernel's own rule."""
    names = [node, LEGACY] if node == LEGACY + "0" else [node]
    return holders(root, "|".join(names))
