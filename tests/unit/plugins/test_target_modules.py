# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that run on a target: documentation against option rows, and real runs of them on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.outofband.amt.plugins.module_utils.argument_spec import argument_spec
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.fact_script import FactScript
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.lms import Lms
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.os_watchdog import OsWatchdog

from tests.unit.plugins.test_docs_match_options import assert_same, blocks

ROOT = Path(__file__).resolve().parents[3]
RESOURCES = {"mei_fact_script": FactScript, "mei_lms": Lms, "mei_watchdog": OsWatchdog}
WRONG = {"mei_fact_script": {"path": "/etc/amt"}}
"""Options that make a failure where none is to be had otherwise."""
PROGRAM = """
import runpy, sys
sys.path.insert(0, {0!r})
sys.argv = [{1!r}, {2!r}]
runpy.run_path({3!r}, None, "__main__")
"""


def run(module, folder, **arguments):
    """The result of a real run, always in check mode."""
    file = folder / "arguments.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {"_ansible_check_mode": True, **arguments}}))
    path = ROOT / "plugins/modules" / (module + ".py")
    source = PROGRAM.format(str(ROOT / "collections"), module, str(file), str(path))
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout)


@pytest.fixture(params=RESOURCES)
def module(request):
    return request.param


def documented(module, name):
    return yaml.safe_load(blocks(ROOT / "plugins/modules" / (module + ".py"))[name])


def test_documented_options_are_the_option_rows(module):
    assert_same(documented(module, "DOCUMENTATION")["options"], argument_spec(RESOURCES[module].options), (module,))


def test_what_is_returned_is_documented(module, tmp_path):
    result = run(module, tmp_path, state="absent")
    assert "failed" not in result, result
    result.pop("invocation", None)
    assert set(result) - {"changed", "diff"} <= set(documented(module, "RETURN"))
    assert result["changed"] is False


def test_a_failure_says_why_and_what_to_do(module, tmp_path):
    result = run(module, tmp_path, **WRONG.get(module, {}))
    if not result.get("failed"):
        pytest.skip("this machine has what the module wants")
    assert {"error", "hint", "details", "msg"} <= set(result)
    assert "V({0})".format(result["error"]) in str(documented(module, "RETURN")["error"])
