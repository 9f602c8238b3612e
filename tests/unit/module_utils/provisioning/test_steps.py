# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single steps: on a device that refuses, is lost, or does not tell; and what the firmware has heard of them."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    Indeterminate,
    Interrupted,
    NotReached,
    Refused,
    Unsupported,
)
from ansible_collections.outofband.amt.plugins.module_utils.mei.device import EngineAway
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.steps import (
    add_chain,
    changing,
    setup,
    unprovision,
)

from simulator.digest import secret
from tests.unit.module_utils.provisioning.machines import Host


class Admin:
    """A firmware that has something in the way of being taken back."""

    def __init__(self, blocking):
        self.blocking = blocking

    def invoke(self, cim, method, arguments):
        raise Refused("AMT_SetupAndConfigurationService.Unprovision", "PT_STATUS", 0x804, "BLOCKING_COMPONENT")

    def ask(self, cim, method):
        if isinstance(self.blocking, Exception):
            raise self.blocking
        return self.blocking


class Engine:
    def __init__(self, answers):
        self.answers = answers

    def ask(self, name):
        if isinstance(self.answers, Exception):
            raise self.answers
        return self.answers[name]

    def close(self):
        """Nothing is open."""


class Device:
    """Stays as it is, however long one waits."""

    def __init__(self, answers, admin=None):
        self.engine = Engine(answers)
        self.admin = admin

    def as_admin(self, password_hash):
        return nullcontext(self.admin)

    def wait(self, reached, seconds, sentence, every):
        if not reached():
            raise NotReached(sentence)

    def forget(self):
        """Nothing is open."""


IN_ADMIN_MODE = {"control_mode": "admin", "provisioning_state": "post"}
WANTED = {"password_hash": "00", "wait_timeout": 1}


@pytest.mark.parametrize(
    ("blocking", "words"),
    [({"Component": 7}, "Component 7"), ({}, "does not tell"), (Unsupported("no such method"), "does not tell")],
)
def test_what_is_in_the_way_of_an_unprovisioning_is_told_where_the_firmware_tells_it(blocking, words):
    with pytest.raises(Refused, match="BLOCKING_COMPONENT") as caught:
        unprovision(Device(IN_ADMIN_MODE, Admin(blocking)), WANTED)
    assert words in caught.value.hint


class Settling:
    """A firmware that is on its way into another mode."""

    def invoke(self, cim, method, arguments):
        raise Refused("IPS_HostBasedSetupService.AddNextCertInChain", "IPS", 3, "INVALID_STATE")


def test_a_chain_that_is_refused_while_an_earlier_run_takes_effect_is_no_failure():
    wanted = {"chain": ["leaf", "root"], "log_in_hash": "00"}
    add_chain(Device(IN_ADMIN_MODE, Settling()), wanted)
    with pytest.raises(Refused, match="INVALID_STATE"):
        add_chain(Device({"control_mode": "none", "provisioning_state": "pre"}, Settling()), wanted)


def lose():
    raise Interrupted("the engine was reset")


@pytest.mark.parametrize("answers", [IN_ADMIN_MODE, EngineAway("it does not come back")])
def test_a_command_whose_answer_was_lost_is_indeterminate_whatever_the_engine_says_then(answers):
    with pytest.raises(Indeterminate, match="the engine was reset") as caught:
        changing(Device(answers), WANTED, "none", "pre", lose)
    assert caught.value.found in (
        "control mode admin, provisioning state post",
        "it cannot be asked: it does not come back",
    )


def test_a_command_that_was_accepted_and_has_no_effect_is_not_taken_for_done():
    with pytest.raises(NotReached, match="accepted the command, and is not in control mode none"):
        changing(Device(IN_ADMIN_MODE), WANTED, "none", "pre", lambda: None)


@pytest.mark.parametrize(("generation", "commits"), [("12", 0), ("16", 0), ("19", 1)])
def test_a_setup_is_committed_only_where_firmware_waits_for_that(generation, commits):
    """While the mode changes the administrator is locked out: no log-in is refused."""
    host = Host(generation)
    hashed = secret("admin", host.device.firmware.digest_realm, "Secret1!")
    with host.machine() as machine:
        setup(machine, {"password_hash": hashed, "wait_timeout": 120})
    assert host.mode() == "client"
    entries = host.device.surroundings.journal.entries()
    assert [entry.method for entry in entries if entry.login == "refused"] == []
    assert [entry.method for entry in entries].count("CommitChanges") == 2 * commits
    host.node.close()
