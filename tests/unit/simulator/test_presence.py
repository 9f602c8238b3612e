# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Presence pings, byte by byte as DMTF DSP0136 and AMT have them."""

from __future__ import annotations

import socket

import pytest

PING = bytes.fromhex("06000006 000011be 80 2a 0000".replace(" ", ""))


def pinged(running, name: str, packet: bytes = PING) -> bytes | None:
    """What comes back to a connected socket, and so from the address that was pinged; None for silence."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((running.device(name).address, running.ports.presence))
        client.settimeout(0.3)
        client.send(packet)
        try:
            return client.recv(2048)
        except TimeoutError:
            return None


@pytest.fixture(params=[True, False], ids=["sockets each", "one socket"])
def running(request, fleet):
    devices = [
        {"name": "old", "generation": 9, "tls": False},
        {"name": "both", "generation": 12, "tls": True},
        {"name": "new", "generation": 19},
    ]
    return fleet(devices, sockets_each=request.param)


@pytest.mark.parametrize(
    ("name", "port", "version", "flags"), [("old", 16992, 0x91, 2), ("both", 16992, 0xC0, 6), ("new", 16993, 0, 2)]
)
def test_a_pong_tells_port_version_and_state(running, name, port, version, flags):
    pong = pinged(running, name)
    assert len(pong) == 28
    assert pong[:12] == bytes.fromhex("0600ff06000011be402a0010")
    assert pong[12:16] == bytes.fromhex("00000157")
    assert int.from_bytes(pong[16:18], "big") == port
    assert (pong[18], pong[19]) == (version, flags)
    assert pong[21] & 0x20


@pytest.mark.parametrize("packet", [b"", PING[:11], b"\x05" + PING[1:], PING[:8] + b"\x40" + PING[9:], bytes(12)])
def test_what_is_no_ping_is_left_alone(running, packet):
    assert pinged(running, "old", packet) is None


def test_an_unplugged_device_does_not_answer(running):
    running.device("old").fail("unplugged")
    assert pinged(running, "old") is None
    running.device("old").heal()
    assert pinged(running, "old") is not None


def test_pings_are_in_the_journal(running):
    pinged(running, "old")
    assert [entry.device for entry in running.journal.entries(verb="presence")] == ["old"]
