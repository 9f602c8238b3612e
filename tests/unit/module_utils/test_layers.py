# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports of the core point downward only, stay inside it, and use the standard library only."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[3] / "plugins" / "module_utils"

#: From the top down. A file may import from its own layer and from those below.
LAYERS = (
    ("argument_spec", "report", "rpc_profile"),
    ("resources",),
    ("resource", "profile"),
    ("provisioning",),
    ("survey",),
    ("unread",),
    ("machine",),
    ("identity",),
    ("deviation",),
    ("option",),
    ("fleet",),
    ("scan",),
    ("defense",),
    ("alerts",),
    ("sids",),
    ("watchdog", "lms"),
    ("apf", "mei"),
    ("cim",),
    ("wsman",),
    ("host", "web_server", "x509"),
    ("file_lock",),
    ("clock",),
    ("errors", "harmless"),
)
#: Each costs a target as much as a tenth of the core, and each task pays anew.
HEAVY = ("email", "http", "urllib.request", "xml.dom", "xml.etree", "xml.sax")
FILES = sorted(CORE.rglob("*.py"))


def layer_of(path: Path) -> int:
    top = Path(path.relative_to(CORE).parts[0]).stem
    return next(number for number, names in enumerate(LAYERS) if top in names)


def imported(path: Path):
    """The files of the core that a file imports, and the outside modules."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1]
            target = base.joinpath(*(node.module or "").split(".")) if node.module else base
            for alias in node.names:
                inner = target / alias.name
                yield inner if inner.is_dir() or inner.with_suffix(".py").is_file() else target, None
        elif isinstance(node, ast.ImportFrom):
            yield None, node.module
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield None, alias.name


@pytest.mark.skipif(sys.version_info < (3, 10), reason="Python 3.9 has no list of its standard library")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORE)))
def test_imports_point_downward_and_stay_in_the_standard_library(path):
    for inside, outside in imported(path):
        if inside is not None:
            assert layer_of(inside) >= layer_of(path), "{0} imports {1} from above".format(path, inside)
        else:
            top = outside.partition(".")[0]
            assert not outside.startswith(HEAVY), "{0} imports {1}".format(path, outside)
            assert top == "__future__" or top in sys.stdlib_module_names, "{0} imports {1}".format(path, outside)


def test_the_core_is_there():
    assert len(FILES) > 15
