# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs that write one inventory at the same time."""

from __future__ import annotations

import multiprocessing
from types import SimpleNamespace

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible_collections.outofband.amt.plugins.action import fleet_report
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.plugin_utils import shared_file

RUNS, TIMES = 4, 6


@pytest.fixture(autouse=True)
def names_of_the_connection(monkeypatch):
    monkeypatch.setattr(fleet_report, "connection_names", lambda: ["amt_host", "amt_fingerprint", "amt_user"])


def action(check_mode=False):
    made = fleet_report.ActionModule.__new__(fleet_report.ActionModule)
    made._task = SimpleNamespace(check_mode=check_mode)
    return made


def known(name):
    number = name.rpartition("-")[2]
    return {
        "amt_host": "192.0.2." + number,
        "amt_fingerprint": "ab" * 31 + "{0:02x}".format(int(number)),
        "amt_user": "user-" + name,
        "group_names": ["floor_" + name.partition("-")[0]],
    }


def write(place, names):
    """As a run whose devices these are, all of which answer."""
    told = {"devices": [{"name": name, "address": known(name)["amt_host"], "status": "ok"} for name in names]}
    return action().inventory_written(place, told, {name: known(name) for name in names})


def run(place, number):
    for time in range(1, TIMES + 1):
        write(place, ["run{0}-{1}".format(number, number * 20 + each) for each in range(time)])


@pytest.mark.parametrize("begun", [False, True])
def test_runs_at_once_into_one_inventory_lose_no_device_trust_or_log_in(tmp_path, begun):
    """Ansible reads the folder of it afterwards, lock and all."""
    place = tmp_path / "fleet.yml"
    if begun:
        write(place, ["before-99"])
    runs = [multiprocessing.Process(target=run, args=(place, number)) for number in range(RUNS)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert [each.exitcode for each in runs] == [0] * RUNS
    found = InventoryManager(loader=DataLoader(), sources=[str(tmp_path)])
    names = {"run{0}-{1}".format(number, number * 20 + each) for number in range(RUNS) for each in range(TIMES)}
    assert {host.name for host in found.get_hosts()} == names | ({"before-99"} if begun else set())
    for host in found.get_hosts():
        groups = [group.name for group in host.groups if group.name.startswith("floor_")]
        assert {
            **{key: host.vars[key] for key in known(host.name) if key in host.vars},
            "group_names": groups,
        } == known(host.name)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".fleet.yml.lock", "fleet.yml"]


def test_a_dry_run_needs_no_turn_and_leaves_nothing(tmp_path):
    told = {"devices": [{"name": "pc-1", "address": "192.0.2.1", "status": "ok"}]}
    result = action(check_mode=True).inventory_written(tmp_path / "fleet.yml", told, {"pc-1": known("pc-1")})
    assert result["changed"] and list(tmp_path.iterdir()) == []


def test_a_turn_that_never_comes_is_told_and_loses_nothing(tmp_path, monkeypatch):
    place = tmp_path / "fleet.yml"
    write(place, ["pc-1"])
    before = place.read_text()
    monkeypatch.setattr(shared_file.locked.__wrapped__, "__defaults__", (0.1,))
    with shared_file.locked(place, AmtError), pytest.raises(AmtError, match=r"path: .*\.fleet\.yml\.lock was held"):
        write(place, ["pc-2"])
    assert place.read_text() == before
