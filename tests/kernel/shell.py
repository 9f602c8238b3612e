# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A root shell in a guest with a simulated engine: `python -m tests.kernel.shell generation=16 amt=disabled`.

Arguments are settings of the simulated device; what comes after `--` is run instead of a shell.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from simulator.clock import SystemClock
from simulator.pytest_plugin import started
from tests.kernel import image, saved
from tests.kernel.guest import UUID, Guest


def main(arguments: list[str]) -> int:
    end = arguments.index("--") if "--" in arguments else len(arguments)
    settings = {
        name: yaml.safe_load(value) for name, _equals, value in (word.partition("=") for word in arguments[:end])
    }
    entry = {"name": "pc", "generation": 16, "uuid": UUID, **settings}
    with tempfile.TemporaryDirectory(prefix="shell-") as name:
        folder = Path(name)
        with started([entry], folder, SystemClock(), mei=True) as running:
            device = running.device("pc")
            with Guest(saved.started(image.prepare()), device.mei_socket, folder) as guest:
                print("firmware: {0}, ports {1}, password {2}".format(device.address, running.ports, device.password))
                return subprocess.call([*guest.ssh(), "-t", *arguments[end + 1 :]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
