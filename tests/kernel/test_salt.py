# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real minion in the guest, its master here, the extension from the master's file_roots: the MEI family of Salt."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.host import EVERYTHING, SETUP

from simulator.digest import secret
from tests.kernel import image, salt_drive
from tests.kernel.conftest import ROOT, Machine
from tests.kernel.debian import run
from tests.kernel.guest import Guest, wait_for
from tests.kernel.salt_master import ANSWER_SECONDS, UNIT, Master

NONE = {"provisioning_state": "pre", "control_mode": "none"}
CLIENT = {"provisioning_state": "post", "control_mode": "client"}
ADMIN = {"provisioning_state": "post", "control_mode": "admin"}
RECORD = "/var/lib/password-of-amt"
ACTIVATED = """
amt:
  mei.activated:
    - escrow:
        command: [sh, -c, 'umask 077; cat > {0}']
        recall: [cat, {0}]
        nothing: [1]
""".format(RECORD)
WATCHED = """
amt:
  mei.watchdog_fed:
    - timeout: 180
"""


@pytest.fixture(scope="module")
def booted(guest_image: image.Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A guest with a drive that has Salt."""
    try:
        drive = salt_drive.prepare()
    except image.NotToBeHad as reason:
        pytest.skip(str(reason))
    folder = tmp_path_factory.mktemp("guest")
    with Guest(guest_image, folder / "firmware", folder, drive=drive) as started:
        yield started


@pytest.fixture(scope="module")
def running_master(booted: Guest) -> Iterator[Master]:
    assert booted.drive
    with Master(booted.drive) as master:
        run(sys.executable, ROOT / "extensions/salt/file_roots.py", master.states)
        (master.states / "activated.sls").write_text(ACTIVATED)
        (master.states / "watched.sls").write_text(WATCHED)
        yield master


@pytest.fixture
def master(running_master: Master, guest: Guest) -> Master:
    """With a minion, also after the guest was started anew."""
    if guest.run("systemctl is-active " + UNIT, check=False).strip() != "active":
        guest.run("mkdir -p /opt/salt && mount -o ro /dev/vdb /opt/salt")
        running_master.take_in(guest)
    return running_master


def test_activation_by_a_minion(master: Master, plug: Callable[..., Machine]) -> None:
    machine = plug(control_mode="none")
    changes = {"control_mode": {"old": "none", "new": "client"}}
    predicted = master.state("apply", "activated", "test=True")
    assert (predicted["result"], predicted["changes"]) == (None, changes), predicted
    assert not machine.running.journal.entries(access="write", cls="IPS_HostBasedSetupService")
    master.wait_until_seen("provisioning", NONE.__eq__)
    done = master.state("apply", "activated")
    assert (done["result"], done["changes"]) == (True, changes), done
    master.wait_until_seen("provisioning", CLIENT.__eq__)
    again = master.state("apply", "activated")
    assert (again["result"], again["changes"]) == (True, {})
    master.ask("saltutil.refresh_grains")
    wait_for(lambda: grains(master) == CLIENT, "the grains to be as the engine is", ANSWER_SECONDS)
    password = master_knows_nothing(master, machine)
    assert machine.device.call(
        lambda firmware: firmware.secret_of("admin") == secret("admin", firmware.digest_realm, password)
    )


def master_knows_nothing(master: Master, machine: Machine) -> str:
    """The password that was made: on record, and in nothing else that Salt leaves on either side."""
    password = machine.read(RECORD)
    assert len(password) >= 8
    assert not master.files_with(password)
    search = "read -r word; grep -rlsF -- $word /tmp /root /var /etc /run; journalctl -b | grep -F -- $word; true"
    assert machine.guest.run(search, text=password + "\n").split() == [RECORD]
    return password


def grains(master: Master) -> dict[str, Any]:
    mei = master.ask("grains.item", "mei")["mei"] or {}
    return {name: mei.get(name) for name in CLIENT}


def test_amt_is_unprovisioned_from_outside(master: Master, plug: Callable[..., Machine]) -> None:
    machine = plug()
    master.wait_until_seen("provisioning", ADMIN.__eq__)
    with machine.out_of_band() as outside:
        outside.invoke(SETUP, "Unprovision", {"ProvisioningMode": EVERYTHING})
    master.wait_until_seen("provisioning", NONE.__eq__)
    assert ADMIN in [event["old"] for event in master.seen("provisioning")]


def test_the_watchdog_by_the_minions_schedule(master: Master, plug: Callable[..., Machine]) -> None:
    plug()
    predicted = master.state("apply", "watched", "test=True")
    assert predicted["result"] is None and predicted["changes"], predicted
    job = ("function=state.apply", "job_args=['watched']", "seconds=10", "maxrunning=1", "persist=False")
    assert master.ask("schedule.add", "feed", *job)["result"] is True
    wait_for(lambda: len(master.scheduled("feed")) > 1, "the schedule to run twice", 3 * ANSWER_SECONDS)
    assert master.ask("schedule.delete", "feed", "persist=False")["result"] is True
    idle = "what the schedule began to end"
    wait_for(lambda: master.ask("saltutil.is_running", "state.*") == [], idle, ANSWER_SECONDS)
    done, again = master.scheduled("feed")[:2]
    assert (done["result"], done["changes"]) == (True, predicted["changes"]), done
    assert (again["result"], again["changes"]) == (True, {})
    master.wait_until_seen("watchdog", lambda new: new and (new["state"], new["timeout"]) == ("active", 180))
    assert master.ask("mei.info")["watchdog"]["timeout"] == 180
    assert master.state("single", "mei.watchdog_unfed", "name=it")["result"] is True
    master.wait_until_seen("watchdog", lambda new: not new or new["state"] == "inactive")


def test_what_is_missing_is_told_by_a_minion(master: Master, plug: Callable[..., Machine]) -> None:
    plug(amt="disabled")
    told = master.state("single", "mei.watchdog_fed", "name=it")
    assert told["result"] is False and told["comment"].startswith("Disabled: ")
    master.wait_until_seen("provisioning", lambda new: new.get("error") == "NoClient")
