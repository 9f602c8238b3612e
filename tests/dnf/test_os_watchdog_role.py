# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role os_watchdog before its daemon is installed. All else of it, on a machine with a watchdog: tests/kernel."""

from __future__ import annotations

from pathlib import Path

from .conftest import Target


def test_a_dry_run_goes_no_further_than_a_daemon_that_is_not_there_yet(target: Target, package: Path) -> None:
    wanted = {"os_watchdog_feeder": "watchdog", "os_watchdog_package": str(package)}
    changed = target.changes("os_watchdog", "main", "--check", **wanted)
    assert [task.rpartition(" : ")[2] for task in changed] == ["Install the daemon that is to feed it"]
