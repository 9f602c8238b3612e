# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ladder of every module: check mode, create, again, modify, again, counted on the wire."""

from __future__ import annotations

import pytest

SETTINGS = "AMT_GeneralSettings"


def tasks(target, state, idle):
    return [
        {
            "name": "info",
            "outofband.amt.amt_info": {"gather_subset": ["min", "boot"]},
        },
        {"name": "power", "outofband.amt.amt_power": {"state": state, "graceful": "never"}},
        {"name": "boot", "outofband.amt.amt_boot": {"target": target, "sol": True}},
        {"name": "get", "outofband.amt.amt_wsman": {"class_name": SETTINGS}},
        {
            "name": "enumerate",
            "outofband.amt.amt_wsman": {"action": "enumerate", "class_name": "CIM_SoftwareIdentity"},
        },
        {
            "name": "put",
            "outofband.amt.amt_wsman": {
                "action": "put",
                "class_name": SETTINGS,
                "properties": {"IdleWakeTimeout": idle},
            },
        },
    ]


@pytest.fixture
def ladder(simulate, controller):
    """Climb one rung: run the tasks and return what they did and the writes that the firmware saw."""
    running = simulate([{"name": "desk", "generation": 15, "tls": False, "power": "off"}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})

    def climb(target, state, idle, *arguments):
        running.journal.clear()
        run = controller.play(tasks(target, state, idle), inventory, "--diff", *arguments)
        assert run.code == 0, run.output
        return run, running.journal.writes()

    return climb


def test_check_create_again_modify_again(ladder):
    checked, writes = ladder("pxe", "on", 11, "--check")
    assert writes == []

    created, writes = ladder("pxe", "on", 11)
    assert (
        created.changed()
        == checked.changed()
        == {
            "info": False,
            "power": True,
            "boot": True,
            "get": False,
            "enumerate": False,
            "put": True,
        }
    )
    for task in ("power", "boot", "put"):
        assert created.result(task)["diff"] == checked.result(task)["diff"], task
    assert len([entry for entry in writes if entry.method == "RequestPowerStateChange"]) == 1

    again, writes = ladder("pxe", "on", 11)
    assert writes == []
    assert set(again.changed().values()) == {False}

    modified, writes = ladder("bios_setup", "off", 12)
    assert [task for task, changed in modified.changed().items() if changed] == ["power", "boot", "put"]
    assert modified.result("boot")["target"] == "bios_setup"
    assert modified.result("power")["state"] == "off"

    again, writes = ladder("bios_setup", "off", 12)
    assert writes == []
    assert set(again.changed().values()) == {False}


def test_what_is_invoked_created_or_deleted_is_not_sent_in_check_mode(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})
    acts = {
        "invoke": {
            "action": "invoke",
            "class_name": "CIM_PowerManagementService",
            "method": "RequestPowerStateChange",
            "arguments": {
                "PowerState": 10,
                "ManagedElement": {
                    "class": "CIM_ComputerSystem",
                    "selectors": {"CreationClassName": "CIM_ComputerSystem", "Name": "ManagedSystem"},
                },
            },
        },
        "tell": {
            "action": "invoke",
            "class_name": "AMT_TimeSynchronizationService",
            "method": "GetLowAccuracyTimeSynch",
            "changes": False,
        },
    }
    listed = [{"name": name, "outofband.amt.amt_wsman": arguments} for name, arguments in acts.items()]
    checked = controller.play(listed, inventory, "--check")
    assert checked.changed() == {"invoke": True, "tell": False}
    assert checked.result("tell")["result"]["ReturnValue"] == "0"
    assert running.journal.writes() == []

    done = controller.play(listed, inventory)
    assert done.changed() == {"invoke": True, "tell": False}
    assert done.result("invoke")["result"]["ReturnValue"] == "0"
    assert [entry.method for entry in running.journal.writes()] == ["RequestPowerStateChange"]


def test_power_with_nothing_to_do_costs_two_reads_beyond_the_challenge(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})
    run = controller.play([{"name": "power", "outofband.amt.amt_power": {"state": "on"}}], inventory)
    assert run.changed() == {"power": False}
    entries = [(entry.verb, entry.login, entry.status) for entry in running.journal.entries()]
    assert entries == [("get", "none", 401), ("get", "accepted", 200), ("get", "accepted", 200)]
