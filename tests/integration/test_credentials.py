# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where credentials come from, and that they go to the firmware alone."""

from __future__ import annotations

import base64
import re
import sys

PASSWORD = "P@ssw0rd-of-the-fleet"
WRONG = "Wr0ng-one-of-the-fleet"
ASK = {"name": "ask", "outofband.amt.amt_info": {"gather_subset": ["power"]}}


def without_password(variables):
    return {name: value for name, value in variables.items() if name != "amt_password"}


def test_password_from_environment_keyword_and_group(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False, "password": PASSWORD}])
    desk = without_password(controller.plainly(running.device("desk"), running))
    sources = {
        "environment": ({}, (), {"AMT_PASSWORD": PASSWORD}),
        "extra": ({}, ("-u", "admin", "-e", "ansible_password=" + PASSWORD), {}),
        "group": ({"amt_password": "{{ 'drowssap-eht'[::-1] and '" + PASSWORD + "' }}", "amt_user": "admin"}, (), {}),
    }
    for name, (group, arguments, env) in sources.items():
        run = controller.play([ASK], controller.inventory({"desk": desk}, **group), *arguments, env=env)
        assert run.code == 0, (name, run.output)


def test_a_host_can_be_system_and_firmware(simulate, controller):
    """The system's own user, password and port are never tried on the firmware."""
    running = simulate([{"name": "{n}", "count": 2, "generation": 15, "tls": False, "password": PASSWORD}])
    first, second = running.devices
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "ansible_user": "root",
        "ansible_password": WRONG,
        "ansible_port": 22,
        "amt_port": running.ports.plain,
        "amt_tls": "{{ not amt_plain }}",
        "amt_plain": True,
        "amt_password": PASSWORD,
    }
    hosts = {"one": {**variables, "amt_host": first.address}, "two": {**variables, "ansible_host": second.address}}
    tasks = [
        {"name": "system", "ansible.builtin.command": "true", "changed_when": False},
        ASK,
        {**ASK, "name": "delegated to the controller", "delegate_to": "localhost"},
        {**ASK, "name": "delegated to the first", "delegate_to": "one"},
        {**ASK, "name": "as root", "become": True},
    ]
    run = controller.play(tasks, controller.inventory(hosts))
    assert run.code == 0, run.output
    assert running.journal.count(login="refused") == 0
    asked = [running.journal.reads(device=device.name, verb="get") for device in (first, second)]
    per_task = len(asked[1]) / 3
    assert len(asked[0]) == per_task * 5


def test_module_defaults_reach_the_group(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False, "power": "off"}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})
    power = {"name": "power", "outofband.amt.amt_power": {}}
    run = controller.play([power], inventory, "--check", module_defaults={"group/outofband.amt.amt": {"state": "on"}})
    assert run.result("power")["changed"] is True, run.output


def test_no_secret_leaves_at_any_verbosity(simulate, controller):
    """The password, what proves it, and everything that is derived from either."""
    running = simulate([{"name": "{n}", "count": 2, "generation": 16, "tls": True, "password": PASSWORD}])
    right, wrong = running.devices
    hosts = {
        "right": controller.securely(right, running, amt_fingerprint=right.fingerprint),
        "wrong": controller.securely(wrong, running, amt_fingerprint=wrong.fingerprint, amt_password=WRONG),
        "open_quote": controller.securely(wrong, running, amt_proxy_command="ssh '" + PASSWORD),
    }
    tasks = [
        ASK,
        {"name": "boot", "outofband.amt.amt_boot": {"target": "pxe"}},
        {
            "name": "fails",
            "outofband.amt.amt_wsman": {"class_name": "AMT_NoSuchClass", "selectors": {"Name": PASSWORD}},
            "ignore_errors": True,
        },
    ]
    run = controller.play(tasks, controller.inventory(hosts), "-vvvv", "--diff")
    records = (controller.folder / "records").read_text()
    assert run.of("ask", "right")["kind"] == "ok" and run.of("ask", "wrong")["kind"] == "unreachable"
    assert "AMT Get CIM_AssociatedPowerManagementService: ok" in run.output
    assert "AMT ChangeBootOrder CIM_BootConfigSetting: ok" in run.output
    for text in (run.output, records):
        for secret in (PASSWORD, WRONG):
            assert secret not in text
            assert base64.b64encode(secret.encode()).decode().rstrip("=") not in text
        assert not re.search(r"(?i)authorization|response=|cnonce", text)
