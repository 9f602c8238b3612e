# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs on one device, request by request, the order by a seed: no success without the state, and no mixture."""

from __future__ import annotations

import random
import threading

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client

from tests.in_process import machine

from .test_boot import firmware, run

pytestmark = pytest.mark.once

WISHES = [("pxe", "disk"), ("pxe", "bios_setup"), ("bios_setup", "ider_cd"), ("pxe", "none"), ("disk", "disk")]
LIMIT = 120.0
"""Seconds for a run that hangs; none comes near."""


class Baton:
    """Who has it may send one request; then a seed decides who is next among those that still run."""

    def __init__(self, seed, runners):
        self.chance = random.Random(seed)
        self.running = list(range(runners))
        self.changed = threading.Condition()
        self.holder = self.chance.choice(self.running)

    def turn(self, who, act):
        with self.changed:
            assert self.changed.wait_for(lambda: self.holder == who, LIMIT)
            try:
                return act()
            finally:
                self.pass_on()

    def leave(self, who):
        with self.changed:
            assert self.changed.wait_for(lambda: self.holder == who, LIMIT)
            self.running.remove(who)
            self.pass_on()

    def pass_on(self):
        self.holder = self.chance.choice(self.running) if self.running else None
        self.changed.notify_all()


class TakingTurns:
    def __init__(self, transport, baton, who):
        self.transport = transport
        self.baton = baton
        self.who = who

    def post(self, body, only_on=0, slow=False):
        return self.baton.turn(self.who, lambda: self.transport.post(body))

    def close(self):
        self.transport.close()


def race(device, seed, wishes):
    """What each run said in the end: None for a success, or its error."""
    baton, said = Baton(seed, len(wishes)), {}

    def one(who):
        transport = TakingTurns(device.client.transport, baton, who)
        own = Machine(Client(transport, device.clock), device.clock, Deadline(device.clock, 3600))
        try:
            said[who] = run(own, target=wishes[who]) and None
        except AmtError as error:
            said[who] = error
        finally:
            baton.leave(who)

    threads = [threading.Thread(target=one, args=(who,), daemon=True) for who in range(len(wishes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert len(said) == len(wishes)
    return said


@pytest.mark.parametrize("wishes", WISHES, ids=" against ".join)
def test_the_device_ends_in_one_of_the_wishes(wishes):
    for seed in range(25):
        device = machine("16", power="on")
        run(device, target="cd")
        said = race(device, seed, wishes)
        reached = run(device, target=wishes[0]).before["target"]
        succeeded = {wishes[who] for who, error in said.items() if error is None}
        assert reached in succeeded, (seed, said)
        if len(set(wishes)) == 1:
            assert list(said.values()) == [None, None], (seed, said)
        assert firmware(device).power.requests == []
