# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The presence ping: frames written out by hand, and a responder of the test's own on loopback."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.scan import presence as module
from ansible_collections.outofband.amt.plugins.module_utils.scan.pace import Pace
from ansible_collections.outofband.amt.plugins.module_utils.scan.presence import (
    Answers,
    Hearing,
    Pong,
    parse_pong,
    ping,
    place_of,
    presence,
)
from hypothesis import given
from hypothesis import strategies as st

PONG = bytes.fromhex("06 00 00 06 00 00 11be 40 2a 00 10 00000157 4260 95 06 81 20 000000000000")


def changed(offset, value):
    return PONG[:offset] + bytes((value,)) + PONG[offset + 1 :]


def test_ping_is_the_twelve_bytes_of_the_standard():
    assert ping(0x2A) == bytes.fromhex("06 00 00 06 00 00 11be 80 2a 00 00")


def test_pong_of_a_provisioned_device():
    assert parse_pong(PONG, 0x2A) == Pong(port=16992, version="9.5", provisioning="post", both_ports=True)


def test_newer_firmware_tells_no_version():
    assert parse_pong(changed(18, 0), 0x2A).version == ""


@pytest.mark.parametrize(("state", "word"), [(0, "pre"), (1, "in"), (2, "post"), (3, "")])
def test_provisioning_state(state, word):
    assert parse_pong(changed(19, state), 0x2A).provisioning == word


@pytest.mark.parametrize("offset", [0, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15])
def test_every_byte_that_identifies_is_checked(offset):
    assert parse_pong(changed(offset, PONG[offset] ^ 0x10), 0x2A) is None


def test_a_management_controller_of_another_kind_is_not_taken_for_one():
    assert parse_pong(changed(21, 0), 0x2A) is None


@given(st.binary(max_size=64))
def test_no_datagram_breaks_the_parser(datagram):
    parse_pong(datagram, 0x2A)


@given(st.integers(min_value=0, max_value=len(PONG) - 1))
def test_a_short_pong_is_none_or_whole(length):
    assert parse_pong(PONG[:length], 0x2A) in (None, parse_pong(PONG, 0x2A))


class Responder(threading.Thread):
    """Answers pings on one port of several loopback addresses, in the way that `answer(address, ping)` decides."""

    def __init__(self, addresses, answer):
        super().__init__(daemon=True)
        self.answer = answer
        self.seen = []
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _address in addresses]
        self.sockets[0].bind((addresses[0], 0))
        self.port = self.sockets[0].getsockname()[1]
        for sock, address in zip(self.sockets[1:], addresses[1:]):
            sock.bind((address, self.port))
        self.threads = [threading.Thread(target=self.serve, args=(sock,), daemon=True) for sock in self.sockets]
        for thread in self.threads:
            thread.start()

    def serve(self, sock):
        address = sock.getsockname()[0]
        while True:
            try:
                datagram, peer = sock.recvfrom(64)
            except OSError:
                return
            if not datagram:
                return
            self.seen.append((address, datagram))
            for reply in self.answer(address, datagram):
                sock.sendto(reply, peer)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            for sock in self.sockets:
                waker.sendto(b"", sock.getsockname())
        for thread in self.threads:
            thread.join(60)
        for sock in self.sockets:
            sock.close()


@pytest.fixture
def responder():
    started = []

    def start(addresses, answer):
        started.append(Responder(addresses, answer))
        return started[-1]

    yield start
    for each in started:
        each.close()


def pong_for(datagram):
    return PONG[:9] + datagram[9:10] + PONG[10:]


def pongs_of(addresses, port, rate, timeout, unheard=None):
    """Address -> pong of those that answer; the silent ones are added to `unheard`."""
    found, silent = {}, [] if unheard is None else unheard
    asyncio.run(presence(addresses, port, Pace(rate), timeout, Hearing(found.__setitem__, silent.append)))
    return found


def test_devices_that_answer_are_found_and_pinged_once(responder):
    addresses = ["127.0.9.1", "127.0.9.2"]
    there = responder(addresses, lambda _address, datagram: [pong_for(datagram)])
    pongs = pongs_of(addresses, there.port, rate=1000, timeout=60)
    assert {address: pong.port for address, pong in pongs.items()} == dict.fromkeys(addresses, 16992)
    assert sorted(address for address, _datagram in there.seen) == addresses


def test_a_lost_answer_costs_a_second_ping(responder):
    there = responder(["127.0.9.3"], lambda _address, datagram: [pong_for(datagram)] if len(there.seen) > 1 else [])
    silent = []
    assert pongs_of(["127.0.9.3"], there.port, rate=1000, timeout=4, unheard=silent)
    assert silent == ["127.0.9.3"]
    assert len(there.seen) == 2


def test_the_silent_and_the_lying_are_not_found(responder):
    lies = {
        "127.0.9.4": lambda datagram: [],
        "127.0.9.5": lambda datagram: [PONG[:9] + bytes((datagram[9] ^ 1,)) + PONG[10:]],
        "127.0.9.6": lambda datagram: [datagram, b"", b"\xff" * 28],
    }
    there = responder(list(lies), lambda address, datagram: lies[address](datagram))
    assert pongs_of(list(lies), there.port, rate=1000, timeout=0.4) == {}


def test_a_machine_without_ipv6_finds_those_with_ipv4(responder, monkeypatch):
    there = responder(["127.0.9.9"], lambda _address, datagram: [pong_for(datagram)])

    def without_ipv6(family):
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return opened(family)

    opened = module.open_socket
    monkeypatch.setattr(module, "open_socket", without_ipv6)
    silent = []
    found = pongs_of(["127.0.9.9", "2001:db8::1"], there.port, rate=1000, timeout=60, unheard=silent)
    assert list(found) == ["127.0.9.9"] and silent == ["2001:db8::1"]


def test_an_answer_from_an_address_that_was_not_asked_is_dropped():
    heard = []
    answers = Answers(["127.0.9.7"], lambda address, _pong: heard.append(address))
    answers.datagram_received(pong_for(ping(answers.tags["127.0.9.7"])), ("127.0.9.8", 623))
    assert heard == []
    for _time in range(2):
        answers.datagram_received(pong_for(ping(answers.tags["127.0.9.7"])), ("127.0.9.7", 623))
    assert heard == ["127.0.9.7"]


def test_the_answer_of_an_address_with_a_zone_is_told_from_that_of_the_same_address_elsewhere():
    number = socket.if_nametoindex("lo")
    assert place_of("fe80::1%lo") == place_of("fe80::1%{0}".format(number)) == ("fe80::1", number)
    heard = []
    answers = Answers(["fe80::1%lo"], lambda address, _pong: heard.append(address))
    pong = pong_for(ping(answers.tags["fe80::1%lo"]))
    answers.datagram_received(pong, ("fe80::1", 623, 0, number + 1))
    assert heard == []
    answers.datagram_received(pong, ("fe80::1%lo", 623, 0, number))
    assert heard == ["fe80::1%lo"]


def test_pace_keeps_to_the_rate_in_bursts(monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async def take(turns, rate):
        pace = Pace(rate)
        with monkeypatch.context() as patched:
            patched.setattr(asyncio, "sleep", sleep)
            patched.setattr(asyncio.get_running_loop(), "time", lambda: sum(slept))
            for _turn in range(turns):
                await pace.turn()

    asyncio.run(take(100, 500))
    assert sum(slept) == pytest.approx(0.2, abs=0.02)
    assert len(slept) < 25
