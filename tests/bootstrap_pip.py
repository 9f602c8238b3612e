# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands where ansible-test expects a downloaded get-pip: the interpreter's own pip, then the version asked for.

ansible-test makes an environment for nearly each of its tests. What the first one of an interpreter got is kept beside
this file, compiled, and copied to the others.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

options = [argument for argument in sys.argv[1:] if not argument.startswith("--no-")]
packages = sorted(option for option in options if not option.startswith("-"))
kept = Path(__file__).resolve().parent / "-".join(["bootstrap", sys.implementation.cache_tag, *packages])
site = Path(sysconfig.get_path("purelib"))

if not kept.is_dir():
    subprocess.run([sys.executable, "-m", "ensurepip"], check=True)
    subprocess.run([sys.executable, "-m", "pip", "install", *options], check=True)
    made = kept.with_name("{0}.{1}".format(kept.name, os.getpid()))
    shutil.copytree(site, made, symlinks=True)
    made.rename(kept)
else:
    shutil.copytree(kept, site, symlinks=True, dirs_exist_ok=True)
