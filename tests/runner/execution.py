# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One suite as a group of processes: started, watched, timed, ended together."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .pace import patient
from .progress import VARIABLE, Progress
from .suites import ROOT, Suite

SUMMARY = re.compile(r"^(?:=+ )?((?:\d+ [a-z]+(?:, )?)*\d+ (?:passed|failed|errors?|skipped)\b.*?)(?: in [\d.]+s.*)?$")
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped)")
LOOK = 0.25
"""Seconds between two looks at what a suite told."""
BASE, TIMES = 10, 6
"""A suite is taken for hung after BASE minutes and TIMES what it takes on an idle machine, at the pace of this one."""


@dataclass
class Result:
    """`cpu`: seconds of processor time of the suite's processes, as far as they were waited for."""

    suite: Suite
    verdict: str
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    cpu: float = 0
    reason: str = ""
    tests: dict[str, float] = field(default_factory=dict)


class Execution:
    """A running suite. `failed(test, reason)` is called as soon as a test has failed."""

    def __init__(self, suite: Suite, failed: Callable[[str, str], None]) -> None:
        self.suite = suite
        self.failed = failed
        self.progress = Progress(suite.progress)
        self.cpu = 0.0
        self.deadline = float("inf")
        self.process: subprocess.Popen[bytes] | None = None
        self._asking = threading.Lock()

    def run(self) -> Result:
        started = time.monotonic()
        limit = patient(60 * (BASE + TIMES * self.suite.minutes))
        with self.suite.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.suite.command,
                cwd=ROOT,
                env={**os.environ, VARIABLE: str(self.suite.progress), "PYTHONFAULTHANDLER": "1"},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                self.deadline = started + limit
                code = self._watch()
                if code is None:
                    log.write(f"\ncut{self._place()}\n".encode())
            finally:
                self.end()
        return self._result(code, time.monotonic() - started)

    def end(self) -> None:
        """The whole group, whether or not its first process has ended, and the daemons that left it."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
            if self.process.returncode is None:
                self._wait(time.monotonic() + 10)
            os.killpg(self.process.pid, signal.SIGKILL)
            if self.process.returncode is None:
                self._wait(float("inf"))
        for pid in heirs(f"{VARIABLE}={self.suite.progress}"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _watch(self) -> int | None:
        """Exit code, None at the deadline."""
        while not self._ended():
            self._hear()
            if time.monotonic() > self.deadline:
                return None
            time.sleep(LOOK)
        self._hear()
        return self.process.returncode

    def _hear(self) -> None:
        for test, reason in self.progress.news():
            self.failed(test, reason)

    def _wait(self, deadline: float) -> None:
        while not self._ended() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _ended(self) -> bool:
        """Popen's own wait does not tell the processor time."""
        with self._asking:
            if self.process.returncode is None:
                pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
                if pid:
                    self.process.returncode = os.waitstatus_to_exitcode(status)
                    self.cpu = usage.ru_utime + usage.ru_stime
            return self.process.returncode is not None

    def _place(self) -> str:
        return "".join(f"; it was in {test}" for test in self.progress.running)

    def _result(self, code: int | None, seconds: float) -> Result:
        counts = read_counts(self.suite.log.read_text(errors="replace"))
        reason = "" if code is not None else f"cut after {seconds / 60:.0f} minutes{self._place()}"
        if code != 0:
            counts["failed"] = max(counts["failed"], len(self.progress.failures), 1)
        elif not counts:
            counts["passed"] = 1
        verdict = "passed" if code == 0 else "failed"
        return Result(self.suite, verdict, counts, seconds, self.cpu, reason, self.progress.seconds)


def heirs(variable: str) -> list[int]:
    """Processes that were started with `NAME=value` in their environment, where the system tells."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if variable.encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def read_counts(text: str) -> Counter[str]:
    """Every closing line in a log, added up: a session may run pytest more than once."""
    counts: Counter[str] = Counter()
    for line in text.splitlines():
        if found := SUMMARY.match(line.strip(" =")):
            for number, word in COUNT.findall(found[1]):
                counts["failed" if word.startswith(("fail", "error")) else word] += int(number)
    return counts
