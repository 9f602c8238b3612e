# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that amt_info reads, on every generation, through Ansible's own idea of what a result may hold."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import yaml

from simulator.firmware import GENERATIONS

SUBSETS = [
    "system",
    "firmware",
    "network",
    "power",
    "wake",
    "boot",
    "bios",
    "board",
    "processors",
    "memory",
    "storage",
    "batteries",
    "fans",
    "sensors",
    "power_supplies",
]


def test_everything_on_every_generation(simulate, controller):
    running = simulate([{"name": "g{0}".format(each), "generation": each, "tls": False} for each in GENERATIONS])
    hosts = {}
    for device in running.devices:
        plain = device.firmware.listens(16992)
        reach = controller.plainly if plain else controller.securely
        hosts[device.name] = reach(device, running, amt_fingerprint="" if plain else device.fingerprint)
    tasks = [
        {"name": "all", "outofband.amt.amt_info": {"gather_subset": ["all"]}},
        {"name": "least", "outofband.amt.amt_info": {"gather_subset": ["min", "!network"]}},
        {
            "name": "chosen",
            "outofband.amt.amt_info": {
                "gather_subset": ["memory", "processors"],
                "query": "{bytes: sum(memory[].bytes), names: processors[].name}",
            },
        },
    ]
    run = controller.play(tasks, controller.inventory(hosts))
    assert run.code == 0, run.output
    assert "WARNING" not in run.output, run.output
    for name in hosts:
        everything = run.result("all", name)["amt"]
        assert list(everything) == SUBSETS
        assert json.loads(json.dumps(everything)) == everything
        assert everything["system"]["uuid"] and everything["firmware"]["version"].startswith(name[1:])
        assert list(run.result("least", name)["amt"]) == ["system", "firmware", "power"]
        chosen = run.result("chosen", name)["result"]
        assert chosen["bytes"] == sum(module["bytes"] for module in everything["memory"]) > 0
        assert len(chosen["names"]) == len(everything["processors"]) > 0
        assert undocumented(everything) == set()
    assert running.journal.writes() == []


def undocumented(everything):
    """What is returned and not named in the documentation of the return values, one level down."""
    module = Path(__file__).resolve().parents[2] / "plugins/modules/amt_info.py"
    assigned = [node for node in ast.parse(module.read_text()).body if isinstance(node, ast.Assign)]
    (text,) = (ast.literal_eval(node.value) for node in assigned if node.targets[0].id == "RETURN")
    documented = yaml.safe_load(text)["amt"]["contains"]
    assert list(documented) == SUBSETS
    missing = set()
    for subset, found in everything.items():
        words = str(documented[subset]["description"])
        for member in found if isinstance(found, list) else [found]:
            missing |= {(subset, key) for key in member if "C({0})".format(key) not in words}
    return missing
