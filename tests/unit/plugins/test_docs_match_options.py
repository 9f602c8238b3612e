# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the modules against the option rows, since sanity does not compare them for action plugins."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest
import yaml
from ansible_collections.outofband.amt.plugins.module_utils.argument_spec import argument_spec

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("amt_*.py"))
ACTIONS = sorted(path.stem for path in (ROOT / "plugins/action").glob("amt_*.py"))
ON_THE_CONTROLLER = ["audit_proof", "compliance_report", "fleet_report", "log_report", "record", "state_before"]
SAID_OF_AN_OPTION = ("type", "required", "default", "choices", "elements")


def blocks(path):
    """The documentation blocks of a plugin file, without importing it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    }


def documented(module):
    return yaml.safe_load(blocks(ROOT / "plugins/modules" / (module + ".py"))["DOCUMENTATION"])


def action_class(module):
    return importlib.import_module("ansible_collections.outofband.amt.plugins.action." + module).ActionModule


def spec_of(module):
    action = action_class(module)
    if module in ON_THE_CONTROLLER:
        return argument_spec(action.options)
    return argument_spec((*action.resource.options, *action.own_options))


def comparable(option):
    said = {key: option[key] for key in SAID_OF_AN_OPTION if key in option and option[key] is not False}
    said.setdefault("type", "str")
    if option.get("default") is False:
        said["default"] = False
    return said


def assert_same(options, spec, path):
    assert set(options) == set(spec), path
    for name, row in spec.items():
        assert comparable(options[name]) == comparable(row), path + (name,)
        assert options[name].get("description"), path + (name,)
        if path == ("amt_profile", "profile"):
            assert "M(outofband.amt.amt_{0})".format(name) in str(options[name]["description"])
            assert "amt_" + name in MODULES
            continue
        assert_same(options[name].get("suboptions", {}), row.get("options", {}), path + (name,))


@pytest.mark.parametrize("module", MODULES + ON_THE_CONTROLLER)
def test_documented_options_are_the_option_rows(module):
    assert_same(documented(module)["options"], spec_of(module), (module,))


def test_every_other_action_works_on_the_controller():
    others = {path.stem for path in (ROOT / "plugins/action").glob("*.py")} - set(ACTIONS)
    assert others - {"mei_activation"} == set(ON_THE_CONTROLLER)


@pytest.mark.parametrize("module", MODULES + ON_THE_CONTROLLER)
def test_documentation_is_whole(module):
    texts = blocks(ROOT / "plugins/modules" / (module + ".py"))
    assert set(texts) == {"DOCUMENTATION", "EXAMPLES", "RETURN"}
    assert documented(module)["module"] == module
    fragments = documented(module)["extends_documentation_fragment"]
    if module in ON_THE_CONTROLLER:
        assert fragments == ["outofband.amt.attributes.controller"]
    else:
        assert fragments[0] == "outofband.amt.attributes" and len(fragments) == 2
    assert {"error", "hint", "details"} <= set(yaml.safe_load(texts["RETURN"]))


@pytest.mark.parametrize("module", MODULES)
def test_an_option_that_is_secret_is_declared_so(module):
    for name, entry in spec_of(module).items():
        if (
            entry["type"] == "str"
            and "choices" not in entry
            and {"password", "passphrase", "secret"} & set(name.split("_"))
        ):
            assert entry.get("no_log") is True, name


def test_every_module_has_an_action_and_every_action_a_module():
    assert MODULES == ACTIONS
    assert MODULES


def test_the_action_group_lists_every_module():
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"]["amt"] == MODULES
