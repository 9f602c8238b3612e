# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Watchdogs of the kernel as files tell of them. None is opened: that would start it, and some can never be stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..host.files import entries, linked, number, read
from ..host.processes import holders

IDENTITY = "iamt_wdt"
DRIVER = "mei_wdt"
LEGACY = "/dev/watchdog"
FIRST = LEGACY + "0"
"""Two names of the watchdog that is number 0."""


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


def own(root: Path) -> dict[str, Any] | None:
    """AMT's, whatever its number: that changes with the order in which drivers load."""
    return next((device for device in devices(root) if device["ours"]), None)


def others(root: Path) -> list[str]:
    return ["{0[node]} ({0[identity]})".format(device) for device in devices(root) if not device["ours"]]


def names(node: str | None) -> tuple[str, ...]:
    """Of a watchdog, None for one that is not there."""
    return (node, LEGACY) if node == FIRST else (node,) if node else ()


def fed_by(root: Path, device: dict[str, Any] | None) -> dict[str, Any] | None:
    """The process that has a watchdog open: one at most, by the kernel's own rule."""
    return next(iter(holders(root, "|".join(names(device["node"])))), None) if device else None
