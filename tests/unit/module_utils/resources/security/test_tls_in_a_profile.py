# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A document that brings a certificate, shows it, closes the plain port and goes on: whole, killed, and found again."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import Unreachable
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import DeviceProfile

from tests.interop.own_requests import defaults

WHOLE = DeviceProfile()
MEMBER = {"name": "desk", "password": "P@ssw0rd!", "realms": ["hardware_asset"], "access": "network"}


def document(pc):
    leaf = pc.imported()
    tls = {"remote": {"enabled": True, "plain_ports": False}, "certificate": leaf["certificate"]}
    return {
        "name": {"ping": False},
        "certificates": {"certificates": [leaf]},
        "tls": {**tls, "port": pc.running.ports.tls},
        "users": {"users": [MEMBER]},
    }


def run(pc, given, dry_run=False, watch=None):
    with open_machine(pc.endpoint(tls=False), pc.running.clock, observe=watch) as machine:
        return converge(WHOLE, machine, defaults(WHOLE, profile=given), dry_run)


def state(pc):
    return pc.device.call(lambda firmware: (firmware.listens(16992), firmware.listens(16993)))


def test_a_certificate_and_tls_that_shows_it_are_one_document(site):
    pc = site(12, tls=False)
    given = document(pc)
    predicted = run(pc, given, dry_run=True)
    assert pc.running.journal.writes() == []
    outcome = run(pc, given)
    assert outcome.facts["applied"] == ["name", "certificates", "tls", "users"]
    assert (predicted.before, predicted.after) == (outcome.before, outcome.after)
    assert state(pc) == (False, True)
    pc.running.journal.clear()
    again = run(pc, given)
    assert not again.changed, "by the way of before, which leads nowhere any more"
    assert again.facts["reached"] == "tls"
    assert pc.running.journal.writes() == []


LISTENERS_RESTART = 60
MOST_WRITES, ASKS = 30, ("Get", "Enumerate")


class Killed(BaseException):
    """As the process is: nothing catches it."""


@pytest.mark.once
def test_killed_after_any_write_the_next_run_finishes(site):
    """One device, killed after the first write of each run; where that is the same again, after the next."""
    pc = site(12, tls=False)
    given = document(pc)
    kills = []

    def killed_after(writes):
        done = []

        def watch(exchange):
            if exchange.writes and exchange.outcome == "ok" and not exchange.action.startswith(ASKS):
                done.append(str(exchange))
            if len(done) == writes:
                raise Killed(done[-1])

        run(pc, given, watch=watch)

    writes = 1
    while len(kills) < MOST_WRITES:
        try:
            killed_after(writes)
            break
        except Killed as killed:
            writes = writes + 1 if str(killed) in kills else 1
            kills.append(str(killed))
            pc.running.clock.sleep(LISTENERS_RESTART)
    assert 6 <= len(kills) < MOST_WRITES, kills
    assert state(pc) == (False, True)
    assert pc.device.call(lambda firmware: firmware.general.values["PingResponseEnabled"]) is False
    assert not run(pc, given).changed


def test_what_is_away_altogether_is_unreachable_and_says_so_of_the_first_way(site):
    pc = site(12, tls=False)
    pc.device.fail("refuse")
    with pytest.raises(Unreachable):
        run(pc, document(pc))
