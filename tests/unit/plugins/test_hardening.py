# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The baseline of the role hardening: each line has a switch, a reason and a row, and asks for what there is."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import PARTS

ROLE = Path(__file__).resolve().parents[3] / "roles" / "hardening"
LINES = yaml.safe_load((ROLE / "vars/main.yml").read_text())["hardening_lines"]
DEFAULTS = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
SPEC = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
OPTIONS = {part.name: {option.name for option in part.resource.options} for part in PARTS}


def test_each_line_has_a_switch_a_reason_and_a_row():
    rows = [line for line in (ROLE / "README.md").read_text().splitlines() if line.startswith("| `hardening_")]
    told = {row.split("`")[1]: row.split("|")[2].strip() for row in rows}
    switches = {line["name"]: "on" if DEFAULTS[line["name"]] else "off" for line in LINES}
    assert told == switches
    for line in LINES:
        assert line["chosen"] == "{{ %s | bool }}" % line["name"]
        assert len(line["why"]) > 40


def test_defaults_are_those_of_the_specification():
    assert set(DEFAULTS) == set(SPEC)
    assert {name: row["default"] for name, row in SPEC.items()} == DEFAULTS


def test_lines_ask_for_options_that_there_are():
    asked = [(part, option) for line in LINES for part, options in line["profile"].items() for option in options]
    assert len(asked) >= len(LINES)
    assert [(part, option) for part, option in asked if option not in OPTIONS[part]] == []
