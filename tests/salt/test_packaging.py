# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wheel and source distribution both carry the core, whole, and what is installed is what is in the checkout."""

from __future__ import annotations

import tarfile
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import saltext.amt

from tests.salt.build_extension import build, checkout

ROOT = Path(__file__).resolve().parents[2]
PLACES = {
    "saltext/amt/": "extensions/salt/amt",
    "saltext/amt/core/": "plugins/module_utils",
    "saltext/amt/provisioning/": "plugins/plugin_utils/provisioning",
}


def expected() -> dict[str, bytes]:
    return {
        prefix + path.relative_to(ROOT / source).as_posix(): path.read_bytes()
        for prefix, source in PLACES.items()
        for path in (ROOT / source).rglob("*.py")
    }


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_is_the_checkout(tmp_path: Path) -> None:
    wheel = build("wheel", checkout(tmp_path), tmp_path)
    assert contents(wheel) == expected()
    with zipfile.ZipFile(wheel) as archive:
        about = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert b"[salt.loader]\nsaltext.amt = saltext.amt" in archive.read(about)


def test_a_wheel_from_the_source_distribution_is_the_same(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", checkout(tmp_path), tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("saltext_amt-*/")
    assert contents(build("wheel", unpacked, tmp_path)) == expected()


def test_what_these_tests_use_is_what_is_in_the_checkout() -> None:
    installed = Path(saltext.amt.__file__).parent
    found = {
        "saltext/amt/" + path.relative_to(installed).as_posix(): path.read_bytes() for path in installed.rglob("*.py")
    }
    assert found == expected()
    assert [point.value for point in entry_points(group="salt.loader") if point.name == "saltext.amt"] == [
        "saltext.amt"
    ]
