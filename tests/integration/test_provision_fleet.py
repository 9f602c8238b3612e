# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of provision_fleet for machines that cannot be provisioned; those that can are in tests/kernel."""

from __future__ import annotations

import sys

import pytest

from tests.unit.module_utils.wsman.peer import port_without_listener


@pytest.fixture
def inventory(controller):
    here = {"ansible_connection": "local", "ansible_become": False, "ansible_python_interpreter": sys.executable}
    with port_without_listener() as port:
        gone = {"ansible_host": "127.0.0.1", "ansible_port": port, "ansible_ssh_args": "-F none -o BatchMode=yes"}
        yield controller.inventory({"without-amt": here, "gone": gone})


def provision(controller, inventory, *arguments):
    escrow = '{{"activate_escrow": {{"vault_file": "{0}"}}}}'.format(controller.folder / "passwords.yml")
    return controller.playbook("provision_fleet", inventory, "-e", escrow, "-e", "amt_hosts=amt", *arguments)


def test_each_machine_has_a_line_that_says_why(controller, inventory):
    run = provision(controller, inventory)
    assert run.code != 0
    assert "without-amt: failed, unknown -> unknown: AMT cannot be asked on this machine: " in run.output
    assert "gone: failed, unknown -> unknown: the machine was not reached: " in run.output
    assert "Connection refused" in run.output
    assert "Not managed yet: " in run.output
    assert not (controller.folder / "passwords.yml").exists()


def test_a_machine_that_is_away_does_not_keep_the_others_from_their_turn(controller, inventory):
    run = provision(controller, inventory, "-e", "amt_serial=1")
    reverse = provision(controller, inventory, "-e", "amt_serial=1", "-e", "amt_hosts=gone:without-amt")
    for one, turns in ((run, ["without-amt", "gone"]), (reverse, ["gone", "without-amt"])):
        assert [each["host"] for each in one.records if each["task"] == "Look for AMT"] == turns
        assert "without-amt: failed, " in one.output and "gone: failed, " in one.output


def test_machines_without_amt_can_be_left_out(controller, inventory):
    run = provision(controller, inventory, "-e", "amt_skip=true", "--limit", "without-amt,localhost")
    assert "without-amt: left out, unknown -> unknown: left out, because it has no AMT that can be asked" in run.output


def test_machines_may_be_chosen_by_a_file(controller, inventory):
    chosen = controller.write("chosen.txt", "without-amt\n")
    run = provision(controller, inventory, "--limit", "@{0},localhost".format(chosen))
    assert run.code != 0
    assert "without-amt: failed, " in run.output and "gone: " not in run.output
