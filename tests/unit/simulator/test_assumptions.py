# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every assumption of the simulator stands in one table, with what speaks for it and how to have it otherwise."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.faults import FAULTS
from simulator.fleet import FIRMWARE_KEYS, FLEET_KEYS
from simulator.mei.faults import TABLE as MEI_FAULTS

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "simulator-assumptions.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| `")]
SPEAKERS = ("recording", "guide", "schema", "program", "report", "nothing")


def files_of(row):
    return re.findall(r"`([\w/]+\.py)`", row[0])


def test_there_is_a_table():
    assert len(ROWS) > 40
    assert {len(row) for row in ROWS} == {4}


def test_a_row_is_about_code_that_is_there():
    for row in ROWS:
        assert files_of(row), row
        for name in files_of(row):
            assert (ROOT / "simulator" / name).is_file(), name


def test_of_each_assumption_it_is_told_what_speaks_for_it():
    assert [row for row in ROWS if not row[2].startswith(SPEAKERS)] == []


def test_what_makes_it_otherwise_is_there():
    faults = {*FAULTS, *(kind.name for kind in MEI_FAULTS)}
    for row in ROWS:
        for fault, name in re.findall(r"(fault )?`(\w+)`", row[3]):
            assert name in (faults if fault else FLEET_KEYS | FIRMWARE_KEYS), row


def test_code_that_speaks_of_an_assumption_has_a_row():
    told = {name for row in ROWS for name in files_of(row)}
    folder = ROOT / "simulator"
    saying = {str(path.relative_to(folder)) for path in folder.rglob("*.py") if "assum" in path.read_text().lower()}
    assert saying - told == set()


def test_the_readme_leaves_it_to_the_table():
    readme = (ROOT / "simulator" / "README.md").read_text(encoding="utf-8")
    assert "docs/simulator-assumptions.md" in readme
    assert "Assumed" not in readme
