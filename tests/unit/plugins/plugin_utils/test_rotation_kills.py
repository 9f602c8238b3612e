# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of the administrator's password that is killed at each step: whatever is left, the next run finds it.

A step is a request, or a use of the place where passwords are kept; a real place is killed at each call of the system,
or at each run of a program.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, AuthenticationRefused
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import (
    EscrowChanged,
    EscrowFailed,
    LinesOfProgram,
    Record,
)
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.admin_rotation import Rotation
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client
from ansible_collections.outofband.amt.plugins.plugin_utils.vault_file import VaultFile

from simulator.device import Description, Device
from simulator.digest import secret
from simulator.firmware.model import Firmware
from tests.in_process import Direct, SharedClock

pytestmark = pytest.mark.once

FIRST, GIVEN = "F1rst-Password!", "Given-passw0rd"
ROTATE = {"rotate": True}
WAYS = [ROTATE, {"password": GIVEN}, {"password": GIVEN, "username": "boss"}, {"username": "boss"}]


class Killed(BaseException):
    """The process ends here, and cleans nothing up."""


class Shelf:
    """A place that lasts as long as the test."""

    can_be_asked = True
    keeps_mebx = True
    where = "on the shelf"

    def __init__(self, step):
        self.step = step
        self.kept = Record()

    def recall(self):
        self.step()
        return self.kept

    def store(self, record, over):
        self.step()
        if self.kept != over:
            raise EscrowChanged(self.where)
        self.kept = record
        self.step()


class Stepping(Direct):
    site = None

    def post(self, body, *_how):
        self.site.step()
        reply = super().post(body)
        self.site.step()
        return reply


class Site:
    """One device, and where its password is kept. Killed at step `kill_at`."""

    def __init__(self, shelf=None):
        self.clock = SharedClock()
        self.device = Device(Description("pc", "127.1.0.1", "16", {"password": FIRST}), self.clock, Firmware)
        self.steps, self.kill_at = 0, None
        self.shelf = shelf or Shelf(self.step)

    def step(self):
        self.steps += 1
        if self.steps == self.kill_at:
            raise Killed

    def run(self, log_in, dry=False, **wanted):
        transport = Stepping(self.device)
        transport.site = self
        transport.endpoint = transport.endpoint.moved(username=log_in[0], password=log_in[1])
        machine = Machine(Client(transport, self.clock), self.clock, Deadline(self.clock, 3600))
        options = {"username": None, "password": None, "rotate": False, **wanted}
        return Rotation(options, machine, self.shelf, dry).carry_out()

    def knows(self, password):
        firmware = self.device.firmware
        name = firmware.users.administrator
        return firmware.secret_of(name) == secret(name, firmware.digest_realm, password)

    @property
    def name(self):
        return self.device.firmware.users.administrator


def fixed(site):
    """An inventory whose password somebody wrote down."""
    return ("admin", FIRST)


def followed(site):
    """An inventory that has the password from where it is kept."""
    return ("admin", site.shelf.recall().password or FIRST)


def steps_of(way):
    site = Site()
    site.run(fixed(site), **way)
    return site.steps


@pytest.mark.parametrize("inventory", [fixed, followed])
@pytest.mark.parametrize("way", WAYS, ids=" and ".join)
def test_killed_anywhere_no_password_is_lost_and_the_next_run_ends_it(way, inventory):
    steps = steps_of(way)
    assert steps >= 12
    for number in range(1, steps + 1):
        site = Site()
        site.kill_at = number
        with pytest.raises(Killed):
            site.run(fixed(site), **way)
        site.kill_at = None
        left = site.shelf.kept
        assert site.knows(FIRST) or any(map(site.knows, left.candidates())), number
        if not site.knows(FIRST):
            assert left.password, number
        site.run(inventory(site), **way)
        kept = site.shelf.kept
        assert site.knows(kept.password) and not kept.earlier, number
        assert site.name == way.get("username", "admin"), number
        assert kept.password == way.get("password", kept.password), number
        if way is ROTATE and left.earlier:
            assert kept.password == left.password, "what was cut off is ended, not begun anew"


def test_killed_again_and_again():
    site = Site()
    for number in (5, 9, 14, 11, 17, 3):
        log_in = followed(site)
        site.steps, site.kill_at = 0, number
        with suppress(Killed):
            site.run(log_in, **ROTATE)
        site.kill_at = None
    site.run(followed(site), **ROTATE)
    assert site.knows(site.shelf.kept.password) and not site.shelf.kept.earlier


def vault_file(folder):
    return VaultFile(str(folder / "vault.yml"), VaultLib([("default", VaultSecret(b"opens the vault"))]), "pc-01")


def program(folder):
    """As `pass` does: the new content takes the place of the old one in one move."""
    place = str(folder / "kept")
    store = ["sh", "-c", 'cat > "$1.new" && mv "$1.new" "$1"', "sh", place]
    return LinesOfProgram(store, ["sh", "-c", 'test ! -e "$1" || cat "$1"', "sh", place], [])


REAL = {
    vault_file: ((fcntl, "flock"), (tempfile, "mkstemp"), (os, "fsync"), (Path, "replace")),
    program: ((subprocess, "run"),),
}


@pytest.mark.parametrize("kind", REAL)
def test_killed_anywhere_in_a_real_place(kind, tmp_path, monkeypatch):
    sites = []

    def counted(function):
        def call(*arguments, **options):
            sites[-1].step()
            result = function(*arguments, **options)
            sites[-1].step()
            return result

        return call

    for owner, name in REAL[kind]:
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))

    def made(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        sites.append(Site(kind(folder)))
        return sites[-1]

    whole = made(0)
    whole.run(fixed(whole), **ROTATE)
    assert whole.steps >= 20
    for number in range(1, whole.steps + 1):
        site = made(number)
        site.kill_at = number
        with pytest.raises(Killed):
            site.run(fixed(site), **ROTATE)
        site.kill_at = None
        assert site.knows(FIRST) or any(map(site.knows, site.shelf.recall().candidates())), number
        site.run(followed(site), **ROTATE)
        record = site.shelf.recall()
        assert site.knows(record.password) and not record.earlier, number


@pytest.mark.parametrize("keep", ["head -n 1", "tail -n 1", "tr -d '\\n'"])
@pytest.mark.parametrize("before", [FIRST, ""])
def test_a_store_with_room_for_one_line_still_has_what_the_device_has(tmp_path, keep, before):
    place = tmp_path / "kept"
    place.write_text(before)
    store = ["sh", "-c", keep + ' > "$1"', "sh", str(place)]
    site = Site(LinesOfProgram(store, ["cat", str(place)], []))
    with pytest.raises(EscrowFailed, match="does not give back what was written"):
        site.run(fixed(site), **ROTATE)
    assert site.knows(FIRST) and place.read_text().strip() == FIRST


@pytest.mark.parametrize("printed", ["a banner", "a banner\nof two lines"])
def test_a_recall_that_prints_something_else_costs_no_password(tmp_path, printed):
    place = tmp_path / "kept"
    place.write_text(FIRST)
    site = Site(LinesOfProgram(["sh", "-c", 'cat > "$1"', "sh", str(place)], ["printf", printed], []))
    with pytest.raises(EscrowFailed, match="does not give back what was written"):
        site.run(fixed(site), **ROTATE)
    assert site.knows(FIRST) and place.read_text().splitlines()[0] == FIRST


def test_every_rotation_makes_another_password_and_the_record_has_one():
    site, seen = Site(), [FIRST]
    for _time in range(3):
        outcome = site.run(("admin", seen[-1]), **ROTATE)
        assert outcome.changed
        seen.append(site.shelf.kept.password)
        assert site.shelf.kept == Record(password=seen[-1])
    assert len(set(seen)) == 4


def test_a_dry_run_records_and_tells_nothing():
    site = Site()
    assert site.run(fixed(site), dry=True, **ROTATE).changed
    assert site.shelf.kept == Record() and site.knows(FIRST)


def test_the_password_that_the_device_has_is_recorded():
    site = Site()
    assert not site.run(fixed(site)).changed
    assert site.shelf.kept == Record(password=FIRST)


def test_what_is_on_record_for_mebx_stays():
    site = Site()
    site.shelf.kept = Record(password=FIRST, mebx_password="Mebx-passw0rd", told=True)
    site.run(fixed(site), **ROTATE)
    assert site.shelf.kept == Record(password=site.shelf.kept.password, mebx_password="Mebx-passw0rd", told=True)


def test_no_more_than_three_log_ins_are_tried():
    site = Site()
    site.shelf.kept = Record(password="Wr0ng-one!", earlier=("Wr0ng-two!", "Wr0ng-three!", "Wr0ng-four!"))
    with pytest.raises(AuthenticationRefused):
        site.run(("admin", "Wr0ng-first!"), **ROTATE)
    assert site.device.firmware.users.administrator == "admin" and site.knows(FIRST)
    assert site.steps < 3 * 2 + 2


def test_the_escrow_of_two_runs_at_once_ends_with_a_password_that_logs_in():
    """The other run records between this one's look and its own record: then the other's password is used."""
    site = Site()
    other = Record(password="0ther-Run's", earlier=(FIRST,))

    class Between(Shelf):
        def store(self, record, over):
            if self.kept == Record():
                self.kept = other
            super().store(record, over)

    site.shelf = Between(site.step)
    site.run(fixed(site), **ROTATE)
    assert site.knows("0ther-Run's") and site.shelf.kept == Record(password="0ther-Run's")


def test_what_logs_in_is_on_record_although_another_run_wrote_over_it():
    site = Site()

    class Overwritten(Shelf):
        def store(self, record, over):
            if not record.earlier:
                self.kept = Record(password="0ther-Run's", earlier=(FIRST,))
            super().store(record, over)

    site.shelf = Overwritten(site.step)
    with pytest.raises(EscrowChanged):
        site.run(fixed(site), **ROTATE)
    kept = site.shelf.kept
    assert site.knows(kept.password) and kept.earlier == ("0ther-Run's", FIRST)


def test_an_escrow_that_refuses_keeps_the_device_as_it_was():
    site = Site()

    class Full(Shelf):
        def store(self, record, over):
            raise AmtError("no room")

    site.shelf = Full(site.step)
    with pytest.raises(AmtError, match="no room"):
        site.run(fixed(site), **ROTATE)
    assert site.knows(FIRST)
