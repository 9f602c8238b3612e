# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A figure, and the ways in which all of them are measured: whole processes, CPU time, medians."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / "build" / "bench"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Figure:
    """`target` is the most that `value` may be, or with `least` the least; None where nothing was promised."""

    name: str
    value: float
    unit: str
    target: float | None = None
    least: bool = False

    @property
    def short(self) -> bool:
        if self.target is None:
            return False
        return self.value < self.target if self.least else self.value > self.target

    def __str__(self) -> str:
        if self.target is None:
            target, verdict = "-", "-"
        else:
            target = "{0} {1:g}".format(">=" if self.least else "<=", self.target)
            verdict = "short" if self.short else "ok"
        return "{0:<88} {1:>9.2f} {2:<9} {3:<9} {4}".format(self.name, self.value, self.unit, target, verdict)


@dataclass(frozen=True)
class Run:
    """One finished process: wall and CPU seconds, and the peak memory of its largest process in MiB."""

    wall: float
    cpu: float
    peak: float


def run(command: list[str], environment: Mapping[str, str]) -> Run:
    """Run to the end; CalledProcessError, with the output kept beside, when that is not a good one."""
    log = SCRATCH / "run.log"
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **environment}, cwd=ROOT)
        _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(log.read_text(errors="replace")[-2000:], file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


PLAIN, TLS, PRESENCE = 36992, 36993, 36623


@contextlib.contextmanager
def simulated(count: int, sockets_each: bool = False, **keys: object) -> Iterator[Path]:
    """A simulator process with devices 127.1.0.1 and on; on the ports PLAIN, TLS, PRESENCE; yields its journal.

    With `sockets_each` other addresses of these ports are free for others.
    """
    ready, journal, fleet = SCRATCH / "ready", SCRATCH / "journal.jsonl", SCRATCH / "fleet.yml"
    for left in (ready, journal):
        left.unlink(missing_ok=True)
    entry = ", ".join("{0}: {1}".format(name, value) for name, value in {"count": count, **keys}.items())
    fleet.write_text("devices:\n  - {{{0}}}\n".format(entry))
    options = ["--port", str(PLAIN), "--tls-port", str(TLS), "--rmcp-port", str(PRESENCE)]
    options += ["--ready-file", str(ready), "--journal", str(journal), "--state", str(SCRATCH / "state")]
    options += ["--ca-out", str(SCRATCH / "ca.pem"), *(["--sockets-each"] if sockets_each else [])]
    command = [sys.executable, "-m", "simulator", str(fleet), *options]
    log = (SCRATCH / "simulator.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        limit = time.monotonic() + 120
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("the simulator did not start: {0}; see {1}".format(" ".join(command), log.name))
            time.sleep(0.1)
        yield journal
    finally:
        process.terminate()
        process.wait(30)
        log.close()
