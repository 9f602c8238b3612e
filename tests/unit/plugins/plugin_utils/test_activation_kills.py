# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed, at any operation, and the next one: the device and the record agree, and nothing is stuck.

An operation is a call of the driver, a run of the module, or a use of the escrow. `EVERY_OPERATION=1` kills at each.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.unit.plugins.plugin_utils.activations import Site

MEBX = "Mebx-passw0rd"
KILLS = 17
"""For each way, unless all are asked for."""
WAYS = {
    "client": ("15", [], ("client", {})),
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
