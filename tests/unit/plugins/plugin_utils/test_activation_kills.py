# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed, at any operation, and the next one: the device and the record agree, and nothing is stuck.

An operation is a call of the driver, a run of the module, or a use of the escrow. `EVERY_OPERATION=1` kills at each.
Places that are real are killed at each call of the system, or at each run of a program.
"""

from __future__ import annotations

import fcntl
import os
import random
import subprocess
import tempfile
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import Program
from ansible_collections.outofband.amt.plugins.plugin_utils.vault_file import VaultFile

from tests.unit.plugins.plugin_utils.activations import GIVEN, Killed, Site

pytestmark = pytest.mark.once

MEBX = "Mebx-passw0rd"
KILLS = 17
"""For each way, unless all are asked for."""
WAYS = {
    "client": ("15", [], ("client", {})),
    "client with a commit": ("19", [], ("client", {})),
    "admin": ("15", [], ("admin", {"mebx_password": MEBX})),
    "upgrade": ("16", [("client", {})], ("admin", {})),
    "over TLS": ("19", [], ("admin", {"mebx_password": MEBX})),
    "client to none": ("15", [("client", {})], ("absent", {})),
    "admin to none": ("15", [("admin", {})], ("absent", {})),
}


def prepared(folder, way):
    generation, before, last = WAYS[way]
    site = Site(folder, generation)
    for state, given in before:
        site.run(state, **given)
    return site, last


def operations(folder, way):
    site, (state, given) = prepared(folder, way)
    site.host.operations = 0
    site.run(state, **given)
    return site.host.operations


def moments(count, way):
    if os.environ.get("EVERY_OPERATION"):
        return range(1, count + 1)
    return sorted(random.Random(way).sample(range(1, count + 1), KILLS))


@pytest.mark.parametrize("way", WAYS)
def test_killed_anywhere_no_password_is_lost_and_nothing_is_stuck(tmp_path, way):
    count = operations(tmp_path, way)
    assert count > KILLS
    for number in moments(count, way):
        site, (state, given) = prepared(tmp_path, way)
        assert site.killed_at(number, state, **given), number
        record = site.shelf.kept
        if site.host.mode() != "none":
            assert any(site.host.knows(password) for password in record.candidates()), number
        if number % 2:
            site.host.clock.advance(30)
        result = site.run(state, **given)
        assert site.host.mode() == {"absent": "none"}.get(state, state), number
        if state != "absent":
            assert result["password_proven"] is True
            assert site.host.knows(site.shelf.kept.password), number
            assert len(set(site.shelf.history)) == 1, number
        assert site.run(state, **given)["changed"] is False


@pytest.mark.parametrize("way", ["client", "admin", "over TLS"])
def test_killed_again_and_again(tmp_path, way):
    site, (state, given) = prepared(tmp_path, way)
    source = random.Random(way)
    for _kill in range(6):
        if not site.killed_at(source.randrange(1, 150), state, **given):
            break
    site.run(state, **given)
    assert site.host.mode() == state
    assert site.host.knows(site.shelf.kept.password)


def vault_file(folder):
    return VaultFile(str(folder / "vault.yml"), VaultLib([("default", VaultSecret(b"opens the vault"))]), "pc-01")


def program(folder):
    """As `pass` does: the new content takes the place of the old one in one move."""
    place = str(folder / "kept")
    store = ["sh", "-c", 'cat > "$1.new" && mv "$1.new" "$1"', "sh", place]
    return Program(store, ["sh", "-c", 'test ! -e "$1" || cat "$1"', "sh", place], [])


REAL = {
    vault_file: ((fcntl, "flock"), (tempfile, "mkstemp"), (os, "fsync"), (Path, "replace")),
    program: ((subprocess, "run"),),
}


@pytest.fixture
def real_place(monkeypatch, tmp_path):
    """A site whose place for passwords is real. `moments` are counted, before and after each call of it."""
    strikes = []

    def counted(function):
        def call(*arguments, **options):
            strikes[-1]()
            result = function(*arguments, **options)
            strikes[-1]()
            return result

        return call

    def make(kind, number, kill_at):
        folder = tmp_path / str(number)
        folder.mkdir()
        site = Site(folder)
        site.shelf, site.moments, site.kill_at = kind(folder), 0, kill_at

        def strike():
            site.moments += 1
            if site.moments == site.kill_at:
                raise Killed

        strikes.append(strike)
        return site

    def instrument(kind):
        for owner, name in REAL[kind]:
            monkeypatch.setattr(owner, name, counted(getattr(owner, name)))

    return instrument, make


@pytest.mark.parametrize("kind", REAL)
@pytest.mark.parametrize("given", [{}, {"password": GIVEN}])
def test_killed_anywhere_in_a_real_place(real_place, kind, given):
    instrument, make = real_place
    instrument(kind)
    whole = make(kind, 0, None)
    whole.run("client", **given)
    assert whole.moments >= 8
    for number in range(1, whole.moments + 1):
        site = make(kind, number, number)
        with pytest.raises(Killed):
            site.run("client", **given)
        site.host.died()
        recorded = kind(site.file.parent).recall().candidates()
        assert site.host.mode() == "none" or any(site.host.knows(each) for each in recorded), number
        site.shelf = kind(site.file.parent)
        result = site.run("client", **given)
        assert (site.host.mode(), result["password_proven"]) == ("client", True), number
        assert site.host.knows(site.shelf.recall().password), number
        assert site.run("client", **given)["changed"] is False
