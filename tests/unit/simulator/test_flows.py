# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about a flow, as people put them to the control interface."""

from __future__ import annotations

import pytest

from simulator.clock import ManualClock
from simulator.firmware import Firmware
from simulator.flows import ask
from simulator.frames import NoFlow

from .firmware.isolation.conftest import PASS, PEER, RX, Bench, hexed


@pytest.fixture
def isolated():
    """Only a server's https, and what comes back from it."""
    clock = ManualClock()
    bench = Bench(Firmware("16", clock, wireless=False), clock)
    server = {"HdrIPVersion": 4, "HdrProtocolID": 6}
    out = {"HdrDestAddress": hexed(PEER), "HdrDestPortStart": 443, "HdrDestPortEnd": 443, "Name": "to server"}
    back = {"HdrSrcAddress": hexed(PEER), "HdrSrcPortStart": 443, "HdrSrcPortEnd": 443, "Name": "from server"}
    bench.isolate(bench.ip(PASS, **server, **out), bench.ip(PASS, RX, **server, **back), name="isolated")
    return bench.firmware


def test_an_allowed_flow(isolated):
    assert ask(isolated, {"to": PEER, "protocol": "tcp", "port": 443}) == {
        "direction": "transmit",
        "action": "pass",
        "by": "to server",
        "policy": "isolated",
        "handle": 1,
    }


def test_what_comes_back(isolated):
    question = {"from": PEER, "protocol": "tcp", "source_port": 443, "port": 50000, "flags": ["syn", "ack"]}
    answer = ask(isolated, question)
    assert (answer["direction"], answer["by"]) == ("receive", "from server")


@pytest.mark.parametrize(
    "question",
    [
        {"to": PEER, "port": 80},
        {"to": "203.0.113.9", "port": 443},
        {"to": PEER, "protocol": "icmp"},
        {"to": PEER, "protocol": "arp"},
        {"from": "203.0.113.9", "protocol": "udp", "port": 53},
        {"to": "2001:db8::7", "host": "2001:db8::1", "port": 443},
    ],
)
def test_a_blocked_flow(isolated, question):
    answer = ask(isolated, question)
    assert (answer["action"], answer["by"]) == ("drop", "default")


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ({}, "say where"),
        ({"to": PEER, "from": PEER}, "say where"),
        ({"to": PEER, "colour": "red"}, "a flow has no 'colour'"),
        ({"to": PEER, "port": "443"}, "port: '443' cannot be used"),
        ({"to": PEER, "port": True}, "port: True cannot be used"),
        ({"to": PEER, "flags": [1]}, "flags: write a list of words"),
        ({"to": PEER, "interface": "token ring"}, "use wired, wireless"),
        ({"to": PEER, "interface": "wireless"}, "no wireless interface"),
        ({"to": "2001:db8::7"}, "different IP versions"),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(isolated, question, reason):
    with pytest.raises(NoFlow, match=reason):
        ask(isolated, question)
