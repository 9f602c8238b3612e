# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of every message, written by hand from the layouts of AMT.md 13."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.apf.messages import BY_NAME, Message, Parser, build
from ansible_collections.outofband.amt.plugins.module_utils.errors import ProtocolError

UUID = bytes(range(16))
OPENED = {"kind": "direct-tcpip", "sender": 7, "window": 4096, "target": "::1", "target_port": 16992}
DATAGRAM = {"address": "10.0.0.1", "port": 162, "origin": "10.0.0.2", "origin_port": 9, "data": b"\x00\xff"}

WIRE = {
    "disconnect": ({"reason": 11}, "01 0000000b 0000"),
    "service_request": ({"service": "pfwd"}, "05 00000004 70667764"),
    "service_accept": ({"service": "auth"}, "06 00000004 61757468"),
    "userauth_request": (
        {"user": "ab", "service": "pfwd", "method": "password", "password": "P@"},
        "32 00000002 6162 00000004 70667764 00000008 70617373776f7264 00 00000002 5040",
    ),
    "userauth_failure": ({"methods": "none", "partial": True}, "33 00000004 6e6f6e65 01"),
    "userauth_success": ({}, "34"),
    "global_request": (
        {"request": "tcpip-forward", "want_reply": True, "address": "::1", "port": 16993},
        "50 0000000d 74637069702d666f7277617264 01 00000003 3a3a31 00004261",
    ),
    "request_success": ({"port": 16993}, "51 00004261"),
    "request_failure": ({}, "52"),
    "channel_open": (
        {**OPENED, "source": "::1", "source_port": 40000},
        "5a 0000000c 6469726563742d7463706970 0000000700001000 ffffffff 000000033a3a31 00004260 000000033a3a3100009c40",
    ),
    "channel_open_confirmation": (
        {"recipient": 7, "sender": 9, "window": 256},
        "5b 00000007 00000009 00000100 ffffffff",
    ),
    "channel_open_failure": ({"recipient": 7, "reason": 2}, "5c 00000007 00000002 00000000 00000000"),
    "channel_window_adjust": ({"recipient": 9, "size": 3}, "5d 00000009 00000003"),
    "channel_data": ({"recipient": 9, "data": b"abc"}, "5e 00000009 00000003 616263"),
    "channel_close": ({"recipient": 9}, "61 00000009"),
    "protocol_version": (
        {"major": 1, "minor": 0, "trigger": 254, "uuid": UUID},
        "c0 00000001 00000000 000000fe 000102030405060708090a0b0c0d0e0f" + "00" * 64,
    ),
    "keepalive_request": ({"cookie": 5}, "d0 00000005"),
    "keepalive_reply": ({"cookie": 5}, "d1 00000005"),
    "keepalive_options_request": ({"interval": 30, "timeout": 10}, "d2 0000001e 0000000a"),
    "keepalive_options_reply": ({"interval": 30, "timeout": 10}, "d3 0000001e 0000000a"),
}
LENGTHS = {
    "disconnect": 7,
    "channel_open_confirmation": 17,
    "channel_open_failure": 17,
    "protocol_version": 93,
    "keepalive_options_reply": 9,
}


def test_every_message_is_here():
    assert set(WIRE) == set(BY_NAME)


@pytest.mark.parametrize("name", WIRE)
def test_bytes_and_values(name):
    values, wire = WIRE[name]
    octets = bytes.fromhex(wire)
    assert build(name, **values) == octets
    parser = Parser()
    parser.feed(octets)
    assert parser.next() == Message(name, values)
    assert parser.waiting == 0 and parser.next() is None
    assert len(octets) == LENGTHS.get(name, len(octets))


def test_a_datagram_has_fields_of_its_own():
    octets = build("global_request", request="udp-send-to@amt.intel.com", want_reply=False, **DATAGRAM)
    assert octets[30:] == bytes.fromhex("00 00000008") + b"10.0.0.1" + bytes.fromhex("000000a2 00000008") + (
        b"10.0.0.2" + bytes.fromhex("00000009 00000002 00ff")
    )


def test_the_success_of_a_cancelled_forward_has_no_port():
    parser = Parser(port_due=lambda: False)
    parser.feed(build("request_success") + build("keepalive_reply", cookie=1))
    assert parser.next() == Message("request_success")
    assert parser.next().name == "keepalive_reply"


def test_a_message_that_is_not_whole_is_waited_for():
    parser = Parser()
    for octet in bytes.fromhex(WIRE["channel_data"][1]):
        assert parser.next() is None
        parser.feed(bytes((octet,)))
    assert parser.next().values["data"] == b"abc"


@pytest.mark.parametrize(
    "wire",
    [
        "00",
        "ff",
        "5e 00000009 00010001",
        "05 00000401",
        "05 00000001 ff",
        "50 00000001 78 00",
        "32 00000000 00000000 00000009 7075626c69636b6579",
    ],
    ids=["type 0", "type 255", "long data", "long name", "no text", "unknown request", "unknown log-in"],
)
def test_what_is_wrong_is_said_at_once(wire):
    parser = Parser()
    parser.feed(bytes.fromhex(wire))
    with pytest.raises(ProtocolError):
        parser.next()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("channel_data", {"recipient": 1, "data": bytes(65537)}),
        ("protocol_version", {**WIRE["protocol_version"][0], "uuid": b"short"}),
    ],
)
def test_what_nobody_would_accept_is_not_built(name, values):
    with pytest.raises(ValueError, match="bytes"):
        build(name, **values)


def test_a_password_does_not_show():
    assert "P@" not in repr(Message("userauth_request", WIRE["userauth_request"][0]))
