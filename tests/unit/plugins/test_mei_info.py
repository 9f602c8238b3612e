# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module mei_info: its documentation against what it takes and returns, and a real run of it on this machine."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.outofband.amt.plugins.module_utils.argument_spec import argument_spec
from ansible_collections.outofband.amt.plugins.module_utils.mei.device import Client
from ansible_collections.outofband.amt.plugins.module_utils.resources.host.mei_facts import OPTIONS, MeiFacts

from tests.unit.module_utils.mei.engine import Clock, Engine
from tests.unit.module_utils.resources.host.test_mei_facts import HEALTHY, NoPrograms
from tests.unit.plugins.test_docs_match_options import assert_same, blocks

ROOT = Path(__file__).resolve().parents[3]
MODULE = ROOT / "plugins/modules/mei_info.py"
ROWS = (
    "fqdn",
    "features",
    "redirection",
    "remote_access",
    "reset_reason",
    "tcpip_parameters",
    "mac_addresses",
    "config_server",
    "setup_audit",
    "cira",
    "state",
)
PROGRAM = """
import runpy, sys
sys.path.insert(0, {0!r})
sys.argv = ["mei_info", {1!r}]
runpy.run_path({2!r}, None, "__main__")
"""


@pytest.fixture
def returned():
    return yaml.safe_load(blocks(MODULE)["RETURN"])["mei"]["contains"]


@pytest.fixture
def facts(tmp_path):
    (tmp_path / "sys/class/mei/mei0").mkdir(parents=True)
    open_client = functools.partial(Client, clock=Clock(), open_node=Engine(HEALTHY).open_node)
    return MeiFacts(tmp_path, open_client, commands=NoPrograms(), banner=lambda: None).read()


def test_documented_options_are_the_option_rows():
    options = yaml.safe_load(blocks(MODULE)["DOCUMENTATION"])["options"]
    assert_same(options, argument_spec(OPTIONS), ("mei_info",))


def test_every_fact_is_documented(returned, facts):
    assert set(returned) == set(facts)
    assert set(returned["amt"]["contains"]) == set(facts["amt"])


def test_the_names_of_a_row_are_documented(returned, facts):
    rows = {
        "device": facts["device"],
        "engine": facts["engine"],
        "missing": facts["missing"][0],
        "driver": facts["driver"],
        "lms": facts["lms"],
        "lme": facts["lme"],
    }
    inside = {name: facts["amt"][name] for name in ROWS}
    inside["ipv6"] = facts["amt"]["ipv6"]["wired"]
    inside["certificate_hashes"] = facts["amt"]["certificate_hashes"][0]
    said = {**{name: returned[name] for name in rows}, **{name: returned["amt"]["contains"][name] for name in inside}}
    for name, row in {**rows, **inside}.items():
        for key in row:
            assert "C({0})".format(key) in str(said[name]["description"]), (name, key)


def test_a_real_run_says_why_there_is_nothing(tmp_path):
    """On a machine with an engine it asks it; without one, or without rights, it tells so. It succeeds in any case."""
    arguments = tmp_path / "arguments.json"
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": {"answer_timeout": 2}}))
    source = PROGRAM.format(str(ROOT / "collections"), str(arguments), str(MODULE))
    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    result = json.loads(run.stdout)
    assert result["changed"] is False
    found = result["mei"]
    assert found["amt"]["enabled"] is not None or found["missing"]
    for row in found["missing"]:
        assert row["reason"] and set(row) == {"what", "error", "reason", "hint"}
