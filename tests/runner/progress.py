# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pytest tells of its tests while it runs: a line of JSON when one starts, and one when it has ended.

A plugin for pytest on one side, a reader of the growing file on the other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "TEST_PROGRESS"
"""The file to write to; several runs of pytest, one after the other, may write to the same."""
SECTION = "\n--- "
"""Stands before what was captured beside a reason."""


class Teller:
    """The plugin. A test that fails in two phases (itself and its clearing up) is told twice."""

    def __init__(self, path):
        self.path = path

    def tell(self, **values):
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")

    def pytest_runtest_logstart(self, nodeid):
        self.tell(started=nodeid)

    def pytest_runtest_logreport(self, report):
        spent = {"spent": report.nodeid, "seconds": report.duration}
        if report.failed:
            spent["failed"] = "".join(
                [str(report.longrepr), *(f"{SECTION}{name}:\n{text}" for name, text in report.sections)]
            )
        self.tell(**spent)

    def pytest_runtest_logfinish(self, nodeid):
        self.tell(ended=nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.tell(spent=report.nodeid, seconds=0.0, failed=str(report.longrepr))


def teller():
    """The plugin where somebody listens, None elsewhere."""
    path = os.environ.get(VARIABLE)
    return Teller(Path(path)) if path else None


@dataclass
class Progress:
    """What a suite has told so far: test -> seconds, the tests that run, test -> why it failed."""

    path: Path
    seconds: dict[str, float] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    _read: int = 0

    def news(self) -> Iterator[tuple[str, str]]:
        """Failures that were told since the last call: test and reason."""
        for told in self._lines():
            if "started" in told:
                self.running.append(told["started"])
            elif "ended" in told:
                self.running = [test for test in self.running if test != told["ended"]]
            else:
                test = told["spent"]
                self.seconds[test] = self.seconds.get(test, 0.0) + told["seconds"]
                if "failed" in told:
                    self.failures[test] = told["failed"]
                    yield test, told["failed"]

    def _lines(self) -> Iterator[dict]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                yield json.loads(line)
