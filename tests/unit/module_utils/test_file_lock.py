# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys

from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.file_lock import lock

HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_what_another_process_holds_is_waited_for_and_free_when_that_is_killed(tmp_path):
    path = str(tmp_path / "file")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], **pipes) as holder:
        assert holder.stdout.readline() == b"held\n"
        descriptor = os.open(path, os.O_RDWR)
        assert lock(descriptor, Deadline(SystemClock(), 0.05)) is False
        holder.kill()
        assert lock(descriptor, Deadline(SystemClock(), 60.0)) is True
        os.close(descriptor)
