# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of the engine among those that Ansible gathers by itself, from the stock driver."""

from __future__ import annotations

PUT = {"name": "put", "outofband.amt.mei_fact_script": {}}
GATHER = {"name": "gather", "ansible.builtin.setup": {"gather_subset": ["!all", "!min", "local"]}}
TAKE = {"name": "take", "outofband.amt.mei_fact_script": {"state": "absent"}}


def test_custom_facts(plug, controller):
    machine = plug(control_mode="admin")
    machine.guest.run("rm -rf /etc/ansible; systemctl start sys-kernel-debug.mount")
    again = {**PUT, "name": "again"}
    run = controller.on(machine, [PUT, again, GATHER, TAKE])
    assert run.code == 0, run.output
    assert run.changed() == {"put": True, "again": False, "gather": False, "take": True}
    facts = run.result("gather")["ansible_facts"]["ansible_local"]["amt"]
    assert facts["amt"]["control_mode"] == "admin" and facts["amt"]["uuid_is_products"] is True
    assert facts["amt"]["version"] == machine.device.firmware.settings.version
    assert facts["watchdog"]["identity"] == "iamt_wdt" and facts["lme"]["how"] == "nobody"


def test_they_are_for_root(plug, controller):
    machine = plug()
    controller.on(machine, [PUT])
    run = controller.on(machine, [GATHER], user="somebody")
    facts = run.result("gather")["ansible_facts"]["ansible_local"]["amt"]
    assert {row["error"] for row in facts["missing"]} >= {"NoPermission"}
    controller.on(machine, [TAKE])
