# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts from a playbook: check mode, create, again, modify, again, purge; and who was made logs in."""

from __future__ import annotations

import pytest
import yaml

from simulator.digest import secret

OPS = {"name": "ops", "password": "Op3rator!", "realms": ["general_info", "user_access_control"]}
KEY = "of the object in AD"
GROUP = {"sid": "S-1-5-21-1004336348-1177238915-682003330-512", "realms": ["administration"]}


@pytest.fixture
def rungs(simulate, controller):
    """Run tasks, each a rung: what they did, and what the firmware was written in all."""
    running = simulate([{"name": "desk", "generation": 16, "tls": False, "version": "16.0.15"}])
    variables = controller.plainly(running.device("desk"), running)

    def climb(*tasks, **others):
        inventory = controller.inventory({"desk": {**variables, **others}})
        running.journal.clear()
        run = controller.play(list(tasks), inventory, "--diff")
        return run, [entry.method for entry in running.journal.writes()]

    return climb


def task(name, *members, **options):
    own = {key: options.pop(key) for key in ("check_mode", "ignore_errors") if key in options}
    return {"name": name, "outofband.amt.amt_users": {"users": list(members), **options}, **own}


def tickets(name, **own):
    given = {"enabled": True, "realm": "EXAMPLE.COM", "key_version": 2, "password": KEY, "salt": "EXAMPLE.COMhostpc"}
    return {"name": name, "outofband.amt.amt_kerberos": given, **own}


def test_users(rungs):
    run, writes = rungs(
        task("check", OPS, GROUP, check_mode=True),
        task("create", OPS, GROUP),
        task("again", OPS, GROUP),
        task("modify", {**OPS, "access": "network"}, GROUP),
        task("modified", {**OPS, "access": "network"}, GROUP),
        task("read"),
        tickets("tickets checked", check_mode=True),
        tickets("tickets"),
        tickets("tickets again"),
    )
    assert run.code == 0, run.output
    assert run.changed() == {
        "check": True,
        "create": True,
        "again": False,
        "modify": True,
        "modified": False,
        "read": False,
        "tickets checked": True,
        "tickets": True,
        "tickets again": False,
    }
    assert writes == ["AddUserAclEntryEx"] * 2 + ["UpdateUserAclEntryEx", ""]
    assert run.result("check")["diff"] == run.result("create")["diff"]
    assert KEY not in run.output and KEY not in str(run.records)
    assert "Op3rator" not in run.output and "Op3rator" not in str(run.records)
    told = run.result("read")["users"]
    as_ops = {"amt_user": "ops", "amt_password": "Op3rator!"}
    run, writes = rungs(
        task("told", *told, purge=True),
        task("own", {"name": "ops", "password": "N3w-Operator!"}, update_password="always"),
        task("refused", {"name": "ops", "state": "absent"}, ignore_errors=True),
        **as_ops,
    )
    assert run.result("told")["changed"] is False
    assert run.result("own")["changed"] is True and run.result("own")["login"] == "ops"
    assert writes == ["UpdateUserAclEntryEx"]
    assert run.result("refused")["unreachable"] is True, "the inventory has the password of before"
    run, writes = rungs(task("purge", purge=True), amt_user="ops", amt_password="N3w-Operator!")
    assert [user["name"] for user in run.result("purge")["users"]] == ["ops"]
    assert writes == ["RemoveUserAclEntry"]


def test_the_administrator(simulate, controller):
    """Rotated into a vault file that the inventory follows; given; as it was found by who has the one before."""
    controller.write("vault.pass", "opens the vault")
    escrow = {"vault_file": str(controller.folder / "passwords.yml")}
    running = simulate([{"name": "{n}", "count": 2, "generation": 16, "version": "16.0.15", "tls": False}])
    first = {device.name: controller.plainly(device, running) for device in running.devices}
    inventory = controller.inventory(first)
    vault = ("--vault-password-file", "vault.pass")
    extra = ("-e", '{{"amt_escrow": {{"vault_file": "{0}"}}}}'.format(escrow["vault_file"]), *vault)
    run = controller.playbook("rotate_passwords", inventory, *extra)
    assert run.code == 0, run.output
    passwords = kept(controller)
    assert set(passwords) == set(first) and len(set(passwords.values())) == 2
    for device in running.devices:
        assert logs_in(device, passwords[device.name])
        assert passwords[device.name] not in run.output and passwords[device.name] not in str(run.records)
    follow = {name: {**each, "amt_password": "{{ amt_passwords[inventory_hostname] }}"} for name, each in first.items()}
    inventory, running_out = controller.inventory(follow), ("-e", "@passwords.yml", *vault)
    admin = "outofband.amt.amt_admin"
    running.journal.clear()
    tasks = [
        {"name": "check", admin: {"rotate": True, "escrow": escrow}, "check_mode": True},
        {"name": "adopt", admin: {"escrow": escrow}},
        {"name": "given", admin: {"password": "Given-passw0rd"}},
        {"name": "again", admin: {"password": "Given-passw0rd"}},
    ]
    run = controller.play(tasks, inventory, "--diff", *running_out)
    assert run.code == 0, run.output
    name = running.devices[0].name
    assert [run.result(each, name)["changed"] for each in ("check", "adopt", "given", "again")] == [
        True,
        False,
        True,
        False,
    ]
    assert [entry.method for entry in running.journal.writes()] == ["SetAdminAclEntryEx"] * 2
    assert all(logs_in(device, "Given-passw0rd") for device in running.devices)
    assert "Given-passw0rd" not in run.output and "Given-passw0rd" not in str(run.records)


def kept(controller):
    done = controller.run("ansible-vault", "view", "passwords.yml", "--vault-password-file", "vault.pass")
    return yaml.safe_load(done.output)["amt_passwords"]


def logs_in(device, password):
    return device.call(lambda firmware: firmware.secret_of("admin") == secret("admin", firmware.digest_realm, password))
