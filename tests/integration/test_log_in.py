# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What newcomers and operators get wrong about where a firmware is and how to log in, as real Ansible tells it."""

from __future__ import annotations

import pytest

POWER = {"outofband.amt.amt_power": {"state": "on"}}
ASK = {"outofband.amt.amt_info": {"gather_subset": ["power"]}}
SYSTEM = {"outofband.amt.amt_info": {"gather_subset": ["system"]}}


def entries(running, device):
    return running.journal.entries(device=device.name)


def test_what_cannot_be_a_log_in_is_told_by_its_variable_and_sends_nothing(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    device = running.device("desk")
    right = controller.plainly(device, running)
    hosts = {
        "missing": {key: value for key, value in right.items() if key != "amt_password"},
        "terminated": {**right, "amt_password": device.password + "\n"},
        "with_port": {**right, "amt_host": "{0}:{1}".format(device.address, running.ports.plain)},
        "option": {**right, "amt_host": "-oProxyCommand=id"},
        "shared": {**right, "amt_uuid": "00000000-0000-0000-0000-000000000000"},
    }
    run = controller.play([{"name": "switch", **POWER}], controller.inventory(hosts))
    words = {
        "missing": "amt_password",
        "terminated": "amt_password: 'the password' cannot be used: it ends in a line feed",
        "with_port": "amt_port",
        "option": "amt_host",
        "shared": "amt_uuid",
    }
    for host, word in words.items():
        told = run.of("switch", host)
        assert told["kind"] == "failed" and word in told["result"]["msg"], told
        assert told["result"]["error"] == "InvalidOption"
    assert entries(running, device) == []
    assert device.password not in run.output


def test_a_password_that_is_not_utf8_is_told_and_not_sent(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    device = running.device("desk")
    variables = {key: value for key, value in controller.plainly(device, running).items() if key != "amt_password"}
    run = controller.play(
        [{"name": "ask", **ASK}], controller.inventory({"desk": variables}), env={"AMT_PASSWORD": "P\udce4ssw0rd-1"}
    )
    assert run.code != 0
    assert "UTF-8" in run.output or "utf-8" in run.output
    assert entries(running, device) == []


def test_the_likeliest_mistakes_of_newcomers_are_told_as_such(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    device = running.device("desk")
    wrong = {"host": device.address, "user": "admin", "password": "x", "state": "on"}
    tasks = [
        {"name": "options", "outofband.amt.amt_power": wrong, "ignore_errors": True},
        {"name": "wait", "ansible.builtin.wait_for_connection": {"timeout": 3600}, "ignore_errors": True},
    ]
    run = controller.play(tasks, controller.inventory({"desk": controller.plainly(device, running)}))
    assert "amt_host, amt_password, amt_user" in run.result("options")["msg"]
    assert "amt_info with until" in run.result("wait")["msg"]
    assert entries(running, device) == []


@pytest.mark.parametrize("native", [True, False], ids=["firmware", "system"])
def test_a_task_for_another_host_asks_that_one_though_its_address_is_a_template(simulate, controller, native):
    running = simulate([{"name": name, "generation": 15, "tls": False} for name in ("desk", "shelf")])
    addresses = {name: running.device(name).address for name in ("desk", "shelf")}
    variables = controller.plainly(running.device("desk"), running)
    del variables["ansible_host"]
    variables["amt_password"] = "{{ passwords[inventory_hostname] }}"
    variables["amt_host"] = "{{ addresses[inventory_hostname] }}"
    if not native:
        variables["ansible_connection"] = "local"
    inventory = controller.inventory(
        {"desk": variables, "shelf": variables},
        addresses=addresses,
        passwords={name: running.device(name).password for name in addresses},
    )
    tasks = [{"name": "ask", **ASK, "delegate_to": "shelf"}]
    run = controller.play(tasks, inventory, "--limit", "desk")
    assert run.of("ask", "desk")["kind"] == "ok", run.output
    assert entries(running, running.device("desk")) == []
    assert entries(running, running.device("shelf"))


def test_another_machine_than_the_expected_one_is_not_written_to(simulate, controller):
    running = simulate([{"name": name, "generation": 15, "tls": False} for name in ("desk", "shelf")])
    desk, shelf = running.device("desk"), running.device("shelf")
    hosts = {device.name: controller.plainly(device, running) for device in (desk, shelf)}
    run = controller.play([{"name": "ask", **SYSTEM}], controller.inventory(hosts))
    uuids = {name: run.result("ask", name)["amt"]["system"]["uuid"] for name in hosts}
    swapped = {
        "desk": {**hosts["desk"], "amt_uuid": uuids["shelf"]},
        "shelf": {**hosts["shelf"], "amt_uuid": uuids["shelf"]},
    }
    task = {"name": "boot", "outofband.amt.amt_boot": {"target": "pxe"}}
    run = controller.play([task], controller.inventory(swapped))
    assert run.result("boot", "desk")["error"] == "WrongMachine"
    assert uuids["desk"] in run.result("boot", "desk")["msg"] and "amt_uuid" in run.result("boot", "desk")["msg"]
    assert run.of("boot", "shelf")["kind"] == "ok"
    writes = {
        device.name: [each for each in entries(running, device) if each.access == "write"] for device in (desk, shelf)
    }
    assert not writes["desk"] and writes["shelf"]
