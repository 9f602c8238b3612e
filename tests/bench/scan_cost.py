# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time and memory of the inventory scan as the fleet grows: whole `ansible-inventory` processes."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.ansible_cost import ENVIRONMENT
from tests.bench.figures import BIN, PLAIN, PRESENCE, SCRATCH, TLS, Figure, Run, run, simulated

SIZES = (100, 1_000, 10_000)


def measure() -> Iterator[Figure]:
    runs = {size: scan(size) for size in SIZES}
    for size, found in runs.items():
        yield Figure("scan of {0:,} devices: wall".format(size), found.wall, "s")
        yield Figure("scan of {0:,} devices: peak memory".format(size), found.peak, "MiB")
    for small, large in zip(SIZES, SIZES[1:]):
        name = "scan, {0:,} devices beside {1:,}: ".format(large, small)
        yield Figure(name + "wall", runs[large].wall / runs[small].wall, "x", large / small)
        yield Figure(name + "peak memory", runs[large].peak / runs[small].peak, "x", large / small)


def scan(size: int) -> Run:
    """Every address answers the presence ping; the banner tells the version."""
    last = "127.1.{0}.{1}".format(*divmod(size, 256))
    source = SCRATCH / "bench.amt_scan.yml"
    lines = [
        "plugin: outofband.amt.amt_scan",
        "ranges: [127.1.0.1-{0}]".format(last),
        "rmcp_port: {0}".format(PRESENCE),
    ]
    lines += ["port: {0}".format(PLAIN), "tls_port: {0}".format(TLS), "limit: {0}".format(size)]
    source.write_text("\n".join(lines) + "\n")
    with simulated(size, generation=15):
        done = run([str(BIN / "ansible-inventory"), "-i", str(source), "--list"], ENVIRONMENT)
    assert (SCRATCH / "run.log").read_text().count('"amt_host":') == size
    return done
