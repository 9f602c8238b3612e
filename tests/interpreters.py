# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python interpreters of this machine, gathered in one folder of links for nox and ansible-test to find on PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def candidates(version: str) -> list[str]:
    """Places to look: $PYTHONS (paths with `:` between), PATH, and beside the interpreter that runs this."""
    name = f"python{version}"
    named = [path for path in os.environ.get("PYTHONS", "").split(os.pathsep) if path]
    on_path = shutil.which(name)
    beside = Path(sys.base_prefix).resolve().parent.glob(f"*/bin/{name}")
    return [*named, *([on_path] if on_path else []), *sorted(str(path) for path in beside)]


def real_interpreter(path: str, version: str) -> str | None:
    """The program behind a path, which may be a version manager's shim, if it is that version and can make a venv."""
    question = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2], sys._base_executable)"
    try:
        answer = subprocess.run([path, "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return None
    if answer.returncode != 0:
        return None
    found, executable = answer.stdout.split(maxsplit=1)
    return executable.strip() if found == version else None


def gather(folder: Path) -> list[str]:
    """Link every interpreter found as `pythonX.Y` in `folder` and return their versions."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for version in VERSIONS:
        real = next(filter(None, (real_interpreter(path, version) for path in candidates(version))), None)
        if real is None:
            continue
        found.append(version)
        link = folder / f"python{version}"
        if not link.is_symlink() or str(link.readlink()) != real:
            new = folder / f".{version}.{os.getpid()}"
            new.symlink_to(real)
            new.replace(link)
    return found


def without_pretenders(path: str) -> str:
    """A search path less the folders whose `pythonX.Y` is none, as a version manager leaves for versions not chosen."""

    def honest(folder: str) -> bool:
        programs = {version: Path(folder) / f"python{version}" for version in VERSIONS}
        return all(real_interpreter(str(program), version) for version, program in programs.items() if program.exists())

    return os.pathsep.join(folder for folder in path.split(os.pathsep) if honest(folder))
