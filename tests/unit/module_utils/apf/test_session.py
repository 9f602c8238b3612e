# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both sides of the port forwarding protocol, met in memory, and each against bytes written by hand."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.apf import events
from ansible_collections.outofband.amt.plugins.module_utils.apf.messages import build
from ansible_collections.outofband.amt.plugins.module_utils.apf.session import (
    AUTH,
    PORT_FORWARDING,
    FirmwareSession,
    HostSession,
)
from ansible_collections.outofband.amt.plugins.module_utils.errors import ProtocolError, Unavailable

UUID = bytes(range(16))
VERSION = bytes.fromhex("c0 00000001 00000000 000000fe") + UUID + bytes(64)


def meet(host, firmware):
    """Carry bytes until both are silent: what the host learnt, and what the firmware learnt."""
    learnt: tuple[list, list] = ([], [])
    while True:
        to_host, to_firmware = firmware.data_to_send(), host.data_to_send()
        if not to_host and not to_firmware:
            return learnt
        learnt[0].extend(host.receive(to_host))
        learnt[1].extend(firmware.receive(to_firmware))


@pytest.fixture
def pair():
    host, firmware = HostSession(ports=(16992, 16993)), FirmwareSession()
    firmware.start(UUID)
    meet(host, firmware)
    return host, firmware


@pytest.fixture
def channel(pair):
    """Open from the host to the firmware's port; the numbers of both sides differ."""
    host, firmware = pair
    firmware.open_channel("::1", 9, "::1", 9, kind="session")
    mine = host.open_channel("127.0.0.1", 16992, "127.0.0.1", 40000)
    refused, wanted = sorted(meet(host, firmware)[1], key=lambda event: event.channel)
    assert refused.reason == 3
    firmware.accept(wanted.channel)
    assert meet(host, firmware) == ([events.ChannelOpened(mine)], [])
    assert wanted == events.ChannelWanted(wanted.channel, "forwarded-tcpip", "127.0.0.1", 16992, "127.0.0.1", 40000)
    return host, firmware, mine, wanted.channel


def test_the_start_as_lme_does_it():
    host = HostSession(ports=(16992,))
    assert host.receive(VERSION) == [events.VersionSeen(1, 0, 254, UUID)]
    assert host.data_to_send() == VERSION
    assert host.receive(b"\x05\x00\x00\x00\x12pfwd@amt.intel.com") == [events.ServiceAgreed(PORT_FORWARDING)]
    assert host.data_to_send() == b"\x06\x00\x00\x00\x12pfwd@amt.intel.com"
    forward = b"\x50\x00\x00\x00\x0dtcpip-forward\x01\x00\x00\x00\x09127.0.0.1\x00\x00\x42"
    assert host.receive(forward + b"\x60") == [events.ForwardAnswered("127.0.0.1", 16992, True)]
    assert host.data_to_send() == bytes.fromhex("51 00004260")
    assert host.receive(forward + b"\x61") == [events.ForwardAnswered("127.0.0.1", 16993, False)]
    assert host.data_to_send() == b"\x52"


def test_services_and_ports_as_both_sides_see_them(pair):
    host, firmware = pair
    firmware.ask_service()
    firmware.forward("127.0.0.1", 16992)
    firmware.forward("127.0.0.1", 5900)
    firmware.forward("127.0.0.1", 16992, cancel=True)
    firmware.forward("127.0.0.1", 16993)
    expected = [
        events.ServiceAgreed(PORT_FORWARDING),
        events.ForwardAnswered("127.0.0.1", 16992, True),
        events.ForwardAnswered("127.0.0.1", 5900, False),
        events.ForwardAnswered("127.0.0.1", 16992, True, cancelled=True),
        events.ForwardAnswered("127.0.0.1", 16993, True),
    ]
    assert meet(host, firmware) == (expected, expected)
    assert host.forwarded == {16993}


def test_data_both_ways_and_a_close(channel):
    host, firmware, mine, theirs = channel
    assert mine != theirs
    host.send(mine, b"question")
    assert meet(host, firmware) == ([], [events.DataReceived(theirs, b"question")])
    firmware.send(theirs, b"answer")
    firmware.close(theirs)
    assert meet(host, firmware) == (
        [events.DataReceived(mine, b"answer"), events.ChannelClosed(mine)],
        [events.ChannelClosed(theirs)],
    )
    with pytest.raises(Unavailable):
        host.send(mine, b"late")
    host.close(mine)
    assert host.data_to_send() == b""


def test_no_more_is_sent_than_the_window_allows(channel):
    host, firmware, mine, theirs = channel
    whole = bytes(range(256)) * 40
    host.send(mine, whole)
    host.close(mine)
    got = b""
    while True:
        found = meet(host, firmware)[1]
        data = b"".join(event.data for event in found if isinstance(event, events.DataReceived))
        assert len(data) <= 4096
        got += data
        if events.ChannelClosed(theirs) in found:
            break
        assert host.waiting(mine) == len(whole) - len(got)
        firmware.consumed(theirs, len(data))
    assert got == whole


def test_a_message_is_no_longer_than_lme_takes():
    host, firmware = HostSession(largest_packet=100), FirmwareSession()
    firmware.start(UUID)
    meet(host, firmware)
    mine = host.open_channel("::1", 16992, "::1", 1)
    firmware.accept(meet(host, firmware)[1][0].channel)
    meet(host, firmware)
    host.send(mine, bytes(250))
    assert [len(message) for message in host.messages_to_send()] == [109, 109, 59]


def test_more_than_the_window_ends_the_session(channel):
    host, _firmware, mine, _theirs = channel
    with pytest.raises(ProtocolError, match="window"):
        host.receive(build("channel_data", recipient=mine, data=bytes(4097)))
    assert host.over
    assert host.data_to_send() == bytes.fromhex("01 00000002 0000")
    assert host.receive(VERSION) == []


def test_what_comes_after_our_close_is_dropped_and_does_not_block_the_peer(channel):
    host, firmware, mine, theirs = channel
    firmware.send(theirs, bytes(6000))
    host.close(mine)
    at_host, _at_firmware = meet(host, firmware)
    assert at_host == [events.ChannelClosed(mine)]


def test_a_channel_may_be_refused(pair):
    host, firmware = pair
    mine = host.open_channel("::1", 5900, "::1", 1)
    firmware.refuse(meet(host, firmware)[1][0].channel, 1)
    assert meet(host, firmware)[0] == [events.ChannelRefused(mine, 1)]
    with pytest.raises(Unavailable):
        host.send(mine, b"x")


def test_what_is_given_before_the_channel_opens_is_sent_then(pair):
    host, firmware = pair
    mine = host.open_channel("::1", 16992, "::1", 1)
    host.send(mine, b"early")
    host.close(mine)
    theirs = meet(host, firmware)[1][0].channel
    firmware.accept(theirs)
    assert meet(host, firmware)[1] == [events.DataReceived(theirs, b"early"), events.ChannelClosed(theirs)]


def test_unknown_kinds_and_too_many_channels_are_refused(pair):
    host, firmware = pair
    firmware.open_channel("::1", 1, "::1", 1, kind="session")
    assert [event.reason for event in meet(host, firmware)[1]] == [3]
    for _time in range(65):
        firmware.open_channel("::1", 1, "::1", 1)
    at_host, at_firmware = meet(host, firmware)
    assert len(at_host) == 64
    assert [event.reason for event in at_firmware] == [4]


def test_keep_alives(pair):
    host, firmware = pair
    host.offer_keep_alive(30, 10)
    assert meet(host, firmware) == ([events.KeepAliveAgreed(30, 10)], [events.KeepAliveAgreed(30, 10)])
    assert firmware.tick(0) == [] and firmware.tick(29) == []
    assert firmware.data_to_send() == b""
    firmware.tick(30)
    assert meet(host, firmware) == ([], [events.KeepAliveAnswered(1)])
    firmware.tick(31)
    firmware.tick(61)
    assert firmware.data_to_send() == bytes.fromhex("d0 00000002")
    assert firmware.tick(70) == []
    assert firmware.tick(71) == [events.PeerSilent()]
    assert firmware.over and firmware.tick(99) == []


def test_an_answer_to_no_keep_alive_is_an_error(pair):
    with pytest.raises(ProtocolError):
        pair[0].receive(build("keepalive_reply", cookie=1))


def test_a_log_in_comes_before_everything_else():
    host, firmware = HostSession(log_in=True), FirmwareSession()
    firmware.start(UUID, 1)
    firmware.ask_service(AUTH)
    firmware.log_in("pc", "wrong")
    at_host, _ = meet(host, firmware)
    assert at_host[-1] == events.LogInWanted("pc", "password", "wrong") and "wrong" not in repr(at_host)
    host.refuse_log_in()
    assert meet(host, firmware)[1] == [events.LogInAnswered(False)]
    firmware.log_in("pc")
    assert meet(host, firmware)[0] == [events.LogInWanted("pc", "none")]
    host.accept_log_in()
    firmware.forward("::1", 16993)
    meet(host, firmware)
    assert host.forwarded == {16993}
    with pytest.raises(Unavailable):
        host.accept_log_in()


def test_no_forward_without_the_log_in():
    host, firmware = HostSession(log_in=True), FirmwareSession()
    firmware.start(UUID, 1)
    firmware.forward("::1", 16993)
    with pytest.raises(ProtocolError, match="log-in"):
        host.receive(firmware.data_to_send())
    assert host.forwarded == set()


def test_datagrams(pair):
    values = {"address": "10.0.0.1", "port": 162, "origin": "10.0.0.2", "origin_port": 9, "data": b"trap"}
    octets = build("global_request", request="udp-send-to@amt.intel.com", want_reply=False, **values)
    assert pair[0].receive(octets) == [events.DatagramReceived("10.0.0.1", 162, "10.0.0.2", 9, b"trap")]


def test_disconnects(channel):
    host, firmware, _mine, theirs = channel
    host.disconnect()
    assert meet(host, firmware)[1] == [events.Disconnected(11)]
    with pytest.raises(Unavailable):
        firmware.send(theirs, b"x")
    with pytest.raises(Unavailable):
        firmware.forward("::1", 1)
    firmware.disconnect()
    assert firmware.data_to_send() == b""


def test_another_major_version_is_refused():
    host = HostSession()
    with pytest.raises(ProtocolError, match="version"):
        host.receive(VERSION.replace(b"\xc0\x00\x00\x00\x01", b"\xc0\x00\x00\x00\x02"))
    assert host.data_to_send() == bytes.fromhex("01 00000008 0000")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("channel_data", {"recipient": 9, "data": b""}),
        ("channel_open_confirmation", {"recipient": 9, "sender": 1, "window": 1}),
        ("channel_open_failure", {"recipient": 9, "reason": 1}),
        ("request_success", {"port": 1}),
        ("service_request", {"service": "ssh-connection"}),
        ("service_accept", {"service": AUTH}),
    ],
)
def test_what_does_not_fit_ends_the_session(pair, name, values):
    host = pair[0]
    with pytest.raises(ProtocolError):
        host.receive(build(name, **values))
    assert host.over


@pytest.mark.parametrize("number", [0, 9])
def test_a_close_of_a_channel_that_never_was_closes_none(channel, number):
    """AMT says so when it remembers a session before this one."""
    host, firmware, mine, theirs = channel
    assert host.receive(build("channel_close", recipient=number)) == []
    host.send(mine, b"still there")
    assert firmware.receive(host.data_to_send()) == [events.DataReceived(theirs, b"still there")]


def test_a_close_before_the_channel_is_open_ends_the_session(pair):
    number = pair[0].open_channel("::1", 1, "::1", 1)
    with pytest.raises(ProtocolError):
        pair[0].receive(build("channel_close", recipient=number))


def test_nothing_comes_before_the_version():
    with pytest.raises(ProtocolError, match="before"):
        HostSession().receive(build("keepalive_request", cookie=1))


def test_a_window_of_more_than_32_bits_is_refused(channel):
    host, _firmware, mine, _theirs = channel
    with pytest.raises(ProtocolError, match="32 bits"):
        host.receive(build("channel_window_adjust", recipient=mine, size=0xFFFFFFFF))


@pytest.mark.parametrize("answer", ["request_success", "request_failure"])
def test_the_firmware_takes_no_answer_that_it_did_not_ask_for(pair, answer):
    with pytest.raises(ProtocolError):
        pair[1].receive(build(answer, **({"port": 1} if answer == "request_success" else {})))
