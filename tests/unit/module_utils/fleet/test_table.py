# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet as lines and as cells."""

from __future__ import annotations

import csv
import io

from ansible_collections.outofband.amt.plugins.module_utils.fleet.report import fleet
from ansible_collections.outofband.amt.plugins.module_utils.fleet.table import (
    comma_separated,
    device_table,
    problem_table,
)


def devices(**system):
    answer = {"amt": {"system": system, "firmware": {"version": "16.1"}, "power": {"state": "on"}}}
    hosts = {"a": {"amt_answer": answer}, "gone": {"amt_answer": {"unreachable": True, "msg": "silent"}}}
    return fleet(list(hosts), hosts)["devices"]


def test_columns_stand_below_each_other():
    lines = device_table(devices(manufacturer="ACME", model="Desk"))
    assert lines[0].split() == ["name", "address", "AMT", "power", "mode", "model", "or", "problem"]
    assert lines[0].index("address") == lines[1].index("a", 1) == lines[2].index("gone", 4)
    assert lines[1].endswith("on           -     ACME Desk") and lines[2].endswith("unreachable  -     silent")


def test_a_device_cannot_forge_a_line_or_push_the_others_away():
    lines = device_table(devices(model="x\nforged", manufacturer="y" * 500))
    assert len(lines) == 3 and all(line.splitlines() == [line] for line in lines)
    assert len(lines[2]) < 120


def test_wide_letters_take_two_places():
    lines = problem_table({"\u65e5\u672c": "x", "abcd": "y"})
    assert lines == ["name  problem", "\u65e5\u672c  x", "abcd  y"]
    assert problem_table({}) == []


def test_cells_hold_what_was_said_and_no_formula():
    told = comma_separated(devices(model='=cmd|"x",\n'), ("name", "model", "attention", "memory_gib"))
    assert told.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(told)))
    assert rows == [
        ["name", "model", "attention", "memory_gib"],
        ["a", '\'=cmd|"x",\\n', "", "0.0"],
        ["gone", "", "no answer", "0.0"],
    ]
