# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that switch TLS at once, over real connections that close under both of them, in random orders.

Whoever wins, the device ends in what one of them wanted, and can be reached there; who is told success wanted that.
"""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import NotReached, Overtaken
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.certificates import Certificates
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.tls import Tls
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import Transport

from simulator.pytest_plugin import fleet
from tests.unit.module_utils.races.stage import Stage, by_chance
from tests.unit.module_utils.resources.security.conftest import Site, SkippedClock

__all__ = ["fleet"]


class Clock(SkippedClock):
    """Who sleeps on a stage lets the other one act."""

    stage = None

    def sleep(self, seconds):
        if self.stage is None or not self.stage.rest(seconds):
            super().sleep(seconds)


@pytest.fixture
def pc(fleet, tmp_path):
    running = fleet([{"name": "pc", "generation": 12, "tls": False}], clock=Clock())
    pc = Site(running, tmp_path)
    pc.run(Certificates(), pc.endpoint(tls=False), certificates=[pc.imported()])
    return pc


def both(**side):
    return {"remote": side, "local": side}


ENCRYPTED = both(enabled=True, plain_ports=False)
BESIDE = both(enabled=True, plain_ports=True)
BEGUN = 4
OFF = both(enabled=False)


def shows(pc, wish):
    """Whether the device is so now, whatever was reported."""
    held = pc.device.call(lambda firmware: [(side.enabled, side.plain_too) for side in firmware.tls.sides.values()])
    wanted = wish["remote"]
    return all(on == wanted["enabled"] and wanted.get("plain_ports", plain) == plain for on, plain in held)


def raced(pc, monkeypatch, seed, *wishes):
    chance = by_chance(seed, pc.running.clock)

    def order(alive):
        """Both have had an answer before anything is closed."""
        waiting = [run for run in alive if run.steps < BEGUN]
        return waiting[0] if waiting else chance(alive)

    stage = Stage(pc.running.clock, order)
    post = Transport.post

    def step(transport, *arguments, **named):
        stage.step()
        return post(transport, *arguments, **named)

    monkeypatch.setattr(Transport, "post", step)
    plain = pc.endpoint(tls=False)
    port = pc.running.ports.tls
    actions = [lambda wish=wish: pc.run(Tls(), plain, **wish, port=port)[0].after for wish in wishes]
    runs = stage.play(*actions)
    monkeypatch.setattr(Transport, "post", post)
    return runs


@pytest.mark.parametrize("pair", [(ENCRYPTED, ENCRYPTED), (ENCRYPTED, BESIDE), (BESIDE, OFF)])
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_two_runs_end_in_what_one_of_them_wanted(pc, monkeypatch, seed, pair):
    runs = raced(pc, monkeypatch, seed, *pair)
    errors = [run.error for run in runs if run.error is not None]
    winners = [wish for run, wish in zip(runs, pair) if run.error is None]
    assert any(shows(pc, wish) for wish in winners), errors
    assert not errors or pair[0] != pair[1], "who wanted the same as the winner has it"
    assert all(isinstance(error, (NotReached, Overtaken)) for error in errors), errors


def test_who_comes_by_a_port_that_another_run_closes_is_told_so(pc, monkeypatch):
    """And not that the device is unreachable."""
    trusted = pc.endpoint(tls=False, ca_file=str(pc.ca_file))
    post = Transport.post
    seen = []

    def overtaken(transport, *arguments, **named):
        seen.append(transport)
        if len(seen) == 2:
            monkeypatch.setattr(Transport, "post", post)
            pc.run(Tls(), trusted, **ENCRYPTED, port=pc.running.ports.tls)
        return post(transport, *arguments, **named)

    monkeypatch.setattr(Transport, "post", overtaken)
    with pytest.raises(Overtaken, match="answers on port {0}".format(pc.running.ports.tls)) as caught:
        pc.run(Tls(), trusted, **BESIDE, port=pc.running.ports.tls)
    assert "by the way that is open now" in caught.value.hint
    assert shows(pc, ENCRYPTED)
