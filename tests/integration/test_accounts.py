# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts from a playbook: check mode, create, again, modify, again, purge; and who was made logs in."""

from __future__ import annotations

import pytest

OPS = {"name": "ops", "password": "Op3rator!", "realms": ["general_info", "user_access_control"]}
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


def test_users(rungs):
    run, writes = rungs(
        task("check", OPS, GROUP, check_mode=True),
        task("create", OPS, GROUP),
        task("again", OPS, GROUP),
        task("modify", {**OPS, "access": "network"}, GROUP),
        task("modified", {**OPS, "access": "network"}, GROUP),
        task("read"),
    )
    assert run.code == 0, run.output
    assert run.changed() == {
        "check": True,
        "create": True,
        "again": False,
        "modify": True,
        "modified": False,
        "read": False,
    }
    assert writes == ["AddUserAclEntryEx"] * 2 + ["UpdateUserAclEntryEx"]
    assert run.result("check")["diff"] == run.result("create")["diff"]
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
