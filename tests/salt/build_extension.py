# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the Salt extension from the checkout: build_extension.py wheel|sdist DIRECTORY.

The build backend is in the folder that $BUILD_TOOLS names, for it needs other versions than Salt does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def checkout(place: Path) -> Path:
    """What git knows or would add, so that nothing of another build is in it and nothing of this one is left."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (place / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / "checkout" / name)
    return place / "checkout"


def build(what: str, source: Path, target: Path) -> Path:
    """By the build backend itself. Returns the wheel or the source distribution."""
    target.mkdir(parents=True, exist_ok=True)
    program = f"import setuptools.build_meta as backend; print(backend.build_{what}({str(target)!r}))"
    environment = {**os.environ, "PYTHONPATH": os.environ["BUILD_TOOLS"]}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=source, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return target / done.stdout.split()[-1]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(build(sys.argv[1], checkout(Path(folder)), Path(sys.argv[2])))
