# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README tells of everything that there is, as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from simulator.cli import parser
from simulator.faults import TABLE
from simulator.fleet import FIRMWARE_KEYS, FLEET_KEYS, read_fleet
from simulator.mei.amthi import COMMANDS
from simulator.mei.faults import TABLE as MEI_TABLE

README = (Path(__file__).resolve().parents[3] / "simulator" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.name)
def test_a_fault_has_its_row(kind):
    settings = ", ".join("`{0}: {1}`".format(*pair) for pair in kind.parameters.items())
    executed = {True: "yes", False: "no", None: ""}[kind.executed]
    assert "| `{0}` | {1} | {2} | {3} |".format(kind.name, kind.description, settings, executed) in README


@pytest.mark.parametrize("key", sorted(FLEET_KEYS | FIRMWARE_KEYS))
def test_a_key_of_a_device_is_told(key):
    assert "`{0}`".format(key) in README


def test_every_option_is_told():
    serve = next(action for action in parser()._actions if action.dest == "command").choices["serve"]
    options = {name for action in serve._actions for name in action.option_strings if name.startswith("--")}
    assert {name for name in options if name not in README} == {"--help"}


def test_the_fleet_that_it_shows_can_be_served():
    shown = re.search(r"```yaml\n(.*?)```", README, re.DOTALL).group(1)
    assert len(read_fleet(yaml.safe_load(shown))) == 22


@pytest.mark.parametrize("kind", MEI_TABLE, ids=lambda kind: kind.name)
def test_a_fault_of_the_host_side_has_its_row(kind):
    settings = ", ".join("`{0}: {1}`".format(*pair) for pair in kind.parameters.items())
    executed = "yes" if kind.executed else "no"
    assert "| `{0}` | {1} | {2} | {3} |".format(kind.name, kind.description, settings, executed) in README


def amthi_commands():
    """By who was run against them."""
    rows = re.findall(r"\| AMTHI: ((?:`\w+` ?)+)\| (.*?) \|", README)
    return {who: set(re.findall(r"`(\w+)`", names)) for names, who in rows}


def test_of_every_command_of_amthi_it_is_told_who_has_sent_it():
    told = [name for names in amthi_commands().values() for name in names]
    assert sorted(told) == sorted(command.name for command in COMMANDS.values())
