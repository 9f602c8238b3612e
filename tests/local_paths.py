# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing in the tree may name a path of one developer's machine. Prints the places and fails if there are any."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

# Written in two halves so that this file does not find itself.
LOCAL = re.compile(
    "|".join(("/ho" + "me/[a-z]", "/ro" + "ot/", "/wo" + "rk/", "[.]py" + "env", "/Us" + "ers/[A-Za-z]"))
)
ROOT = Path(__file__).resolve().parent.parent


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def local_paths(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for number, line in enumerate(lines, 1)
        if LOCAL.search(line)
    ]


if __name__ == "__main__":
    found = [place for file in tracked_files() for place in local_paths(file)]
    print(*found, sep="\n")
    sys.exit(1 if found else 0)
