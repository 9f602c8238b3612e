# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Salt extension carries every folder of the core: setuptools takes those that are named, and no others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python has tomllib from 3.11 on")
def test_every_folder_with_python_in_it_is_named():
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = set()
    for package, source in settings["package-dir"].items():
        for file in (ROOT / source).rglob("*.py"):
            folders.add(".".join([package, *file.parent.relative_to(ROOT / source).parts]))
    assert sorted(folders) == settings["packages"]
