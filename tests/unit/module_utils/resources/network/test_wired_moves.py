# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of the very address by which the device is reached: followed there, or told."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import Indeterminate, Unreachable
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.network import addresses
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.wired import Wired
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

from tests.interop.own_requests import defaults

THERE = {"addressing": "static", "address": "127.77.0.9", "netmask": "255.0.0.0", "gateway": "127.0.0.1"}


class Hasty:
    """What the core sleeps passes at once; how long it would have been is told."""

    def __init__(self):
        self.passed = 0.0

    def now(self):
        return self.passed

    def sleep(self, seconds):
        self.passed += seconds


@pytest.fixture
def reach(fleet, monkeypatch):
    """Wishes of a device that is reached over TLS by its address, which may be one of this machine."""
    monkeypatch.setattr(addresses, "NOBODY_S", ("is_multicast",))
    running = fleet([{"name": "pc"}, {"name": "another"}], generation=16, sockets_each=False)
    device, another = running.device("pc"), running.device("another")
    another.fail("refuse")

    def wish(at=device.address, seconds=20.0, **given):
        log_in = {"password": device.password, "fingerprint": device.fingerprint, "connect_timeout": seconds}
        endpoint = Endpoint(at, running.ports.tls, **log_in)
        with open_machine(endpoint, Hasty()) as machine:
            return converge(Wired(), machine, defaults(Wired(), **given))

    wish.another = another.address
    return device, wish


def test_it_is_followed_to_its_new_address_and_answers_no_more_at_the_old_one(reach):
    device, wish = reach
    outcome = wish(**THERE)
    assert outcome.facts["reached_at"] == THERE["address"]
    assert outcome.changed
    with pytest.raises(Unreachable):
        wish(seconds=0.5)
    assert not wish(THERE["address"], **THERE).changed
    back = wish(THERE["address"], addressing="dhcp", reach_at=device.address)
    assert back.facts["reached_at"] == device.address
    assert wish().after["addressing"] == "dhcp"


def test_where_nobody_knows_the_address_that_is_told(reach):
    _device, wish = reach
    wish(**THERE)
    outcome = wish(THERE["address"], addressing="dhcp")
    assert "not verified; give reach_at" in outcome.note
    assert outcome.after["addressing"] == "dhcp"
    assert wish().after["addressing"] == "dhcp"


def test_who_is_not_there_is_not_known_to_have_moved(reach):
    _device, wish = reach
    with pytest.raises(Indeterminate, match="could not be found at " + wish.another):
        wish(**THERE, reach_at=wish.another)
    assert wish(THERE["address"]).after["address"] == THERE["address"]


def test_what_moves_nothing_needs_no_new_connection(reach):
    _device, wish = reach
    assert wish(link_policy=["s0_ac"]).facts.get("reached_at") is None
    assert wish(vlan=7).facts["reached_at"]
