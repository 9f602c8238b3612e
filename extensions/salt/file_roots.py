# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Lay the extension out for `file_roots`, where it cannot be installed with pip: file_roots.py DIRECTORY.

Salt carries `_modules`, `_states` and the like to its minions (saltutil.sync_all), and has what is under `_utils` on
the import path, which is where the package saltext.amt goes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent / "amt"
PLUGINS = PACKAGE.parents[2] / "plugins"
LOADED = ("beacons", "executors", "grains", "modules", "proxy", "resources", "runners", "states")
"""Folders of the package that Salt takes from file_roots, under the same names with an underscore before them."""


def lay_out(target: Path) -> None:
    """What is there of an earlier layout is replaced; anything else under `target` stays."""
    library = target / "_utils" / "saltext" / "amt"
    shutil.rmtree(library, ignore_errors=True)
    copy(PACKAGE, library)
    copy(PLUGINS / "module_utils", library / "core")
    copy(PLUGINS / "plugin_utils" / "provisioning", library / "provisioning")
    for kind in LOADED:
        copy(PACKAGE / kind, target / f"_{kind}")
        (target / f"_{kind}" / "__init__.py").unlink()


def copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("file_roots.py DIRECTORY")
    lay_out(Path(sys.argv[1]))
