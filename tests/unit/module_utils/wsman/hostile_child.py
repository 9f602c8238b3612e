# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that asks a peer two things, and tells how it ended, in how many seconds and in how much memory.

Run as a program: port, TLS or not, seconds of the deadline.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Reference

PATIENT = 600.0


def peak() -> float:
    """The most memory that this process has had resident, in MiB."""
    (kilobytes,) = re.findall(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) / 1024


def main(port: str, fingerprint: str, seconds: str) -> None:
    endpoint = Endpoint(
        "127.0.0.1",
        int(port),
        password="P@ssw0rd",
        tls=bool(fingerprint),
        fingerprint=fingerprint,
        connect_timeout=PATIENT,
        read_timeout=PATIENT,
        deadline=float(seconds),
    )
    idle, started, ended = peak(), time.monotonic(), ["ok"]
    try:
        with open_machine(endpoint) as machine:
            machine.client.get(Reference("AMT_GeneralSettings"))
            machine.client.enumerate(Reference("CIM_Chip"))
    except AmtError as error:
        ended = [type(error).__name__, str(error)[:2000], error.hint]
    print(json.dumps({"ended": ended, "seconds": time.monotonic() - started, "memory": peak() - idle}))


if __name__ == "__main__":
    main(*sys.argv[1:])
