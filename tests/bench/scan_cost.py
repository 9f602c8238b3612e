# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time and memory of the inventory scan as the fleet grows: whole `ansible-inventory` processes."""

from __future__ import annotations

import contextlib
import socket
import statistics
from collections.abc import Iterator

from tests.bench.ansible_cost import ENVIRONMENT
from tests.bench.figures import BIN, PLAIN, PRESENCE, SCRATCH, TLS, Figure, Run, run, simulated

SIZES = (100, 1_000, 10_000)
TARPITS = 1_000


def measure() -> Iterator[Figure]:
    runs = {size: scan(size) for size in SIZES}
    for size, found in runs.items():
        yield Figure("scan of {0:,} devices: wall".format(size), found.wall, "s")
        yield Figure("scan of {0:,} devices: peak memory".format(size), found.peak, "MiB")
    for small, large in zip(SIZES, SIZES[1:]):
        name = "scan, {0:,} devices beside {1:,}: ".format(large, small)
        yield Figure(name + "wall", runs[large].wall / runs[small].wall, "x", large / small)
        yield Figure(name + "peak memory", runs[large].peak / runs[small].peak, "x", large / small)
    yield from among_tarpits()


def among_tarpits() -> Iterator[Figure]:
    """Each pair in turn: the same devices alone, and behind as many hosts that take connections and say nothing."""
    ratios, peaks = [], []
    with simulated(1_000, sockets_each=True, generation="[9, 12, 16]"), tarpits(TARPITS):
        for _pair in range(3):
            alone = listed(1_000, DEVICES.format(*divmod(1_000, 256)))
            among = listed(1_000, PITS.format(*divmod(TARPITS, 256)), DEVICES.format(*divmod(1_000, 256)))
            ratios.append(among.wall / alone.wall)
            peaks.append(among.peak)
    name = "scan of 1,000 devices behind {0:,} tarpits: ".format(TARPITS)
    yield Figure(name + "wall, beside the devices alone", statistics.median(ratios), "x", 2)
    yield Figure(name + "peak memory", max(peaks), "MiB")


DEVICES, PITS = "127.1.0.1-127.1.{0}.{1}", "127.2.0.1-127.2.{0}.{1}"


def scan(size: int) -> Run:
    """Every address answers the presence ping; the banner tells the version."""
    with simulated(size, generation=15):
        return listed(size, DEVICES.format(*divmod(size, 256)))


def listed(devices: int, *ranges: str) -> Run:
    source = SCRATCH / "bench.amt_scan.yml"
    lines = [
        "plugin: outofband.amt.amt_scan",
        "ranges: [{0}]".format(", ".join(ranges)),
        "rmcp_port: {0}".format(PRESENCE),
    ]
    lines += ["port: {0}".format(PLAIN), "tls_port: {0}".format(TLS)]
    source.write_text("\n".join(lines) + "\n")
    done = run([str(BIN / "ansible-inventory"), "-i", str(source), "--list"], ENVIRONMENT)
    assert (SCRATCH / "run.log").read_text().count('"amt_host":') == devices
    return done


@contextlib.contextmanager
def tarpits(count: int) -> Iterator[None]:
    """The kernel takes the connections to these sockets, and nobody ever says a word on one."""
    with contextlib.ExitStack() as open_things:
        for number in range(1, count + 1):
            for port in (PLAIN, TLS):
                pit = open_things.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
                pit.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                pit.bind(("127.2.{0}.{1}".format(*divmod(number, 256)), port))
                pit.listen(16)
        yield
