# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Messages of the port forwarding protocol: layouts, reading, writing. Everything is big-endian.

Facts: the layouts in MeshCentral's and rpc-go's clients and in Intel's LMS. One MEI message is one message of the
protocol.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

NUMBER, OCTET, TEXT, REST = "number", "octet", "text", "rest"

LAYOUTS: dict[int, tuple[str, tuple[tuple[str, Any], ...]]] = {
    1: ("disconnect", (("reason", NUMBER), ("reserved", REST))),
    5: ("service_request", (("service", TEXT),)),
    6: ("service_accept", (("service", TEXT),)),
    80: ("global_request", (("request", TEXT), ("reply", OCTET), ("data", REST))),
    81: ("request_success", (("data", REST),)),
    82: ("request_failure", ()),
    90: (
        "channel_open",
        (
            ("kind", TEXT),
            ("sender", NUMBER),
            ("window", NUMBER),
            ("largest", NUMBER),
            ("address", TEXT),
            ("port", NUMBER),
            ("source", TEXT),
            ("source_port", NUMBER),
        ),
    ),
    91: ("channel_opened", (("channel", NUMBER), ("sender", NUMBER), ("window", NUMBER), ("largest", NUMBER))),
    92: ("channel_refused", (("channel", NUMBER), ("reason", NUMBER), ("unused", NUMBER), ("unused_too", NUMBER))),
    93: ("window_adjust", (("channel", NUMBER), ("octets", NUMBER))),
    94: ("channel_data", (("channel", NUMBER), ("data", TEXT))),
    97: ("channel_close", (("channel", NUMBER),)),
    192: ("protocol_version", (("major", NUMBER), ("minor", NUMBER), ("trigger", NUMBER), ("uuid", 16), ("space", 64))),
    208: ("keepalive_request", (("cookie", NUMBER),)),
    209: ("keepalive_reply", (("cookie", NUMBER),)),
    210: ("keepalive_options_request", (("interval", NUMBER), ("timeout", NUMBER))),
    211: ("keepalive_options_reply", (("interval", NUMBER), ("timeout", NUMBER))),
}
CODES = {name: code for code, (name, _fields) in LAYOUTS.items()}


class Malformed(ValueError):
    """No message of the protocol, or more than one."""


@dataclass(frozen=True)
class ApfMessage:
    """Texts and whatever rests are octets."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


class Cursor:
    """Takes fields off the front of a message."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.place = 1

    def take(self, size: int) -> bytes:
        if self.place + size > len(self.octets):
            raise Malformed("the message ends in the middle")
        self.place += size
        return self.octets[self.place - size : self.place]

    def field(self, kind: Any) -> Any:
        if kind == NUMBER:
            return struct.unpack(">I", self.take(4))[0]
        if kind == OCTET:
            return self.take(1)[0]
        if kind == TEXT:
            return self.take(self.field(NUMBER))
        return self.take(len(self.octets) - self.place if kind == REST else kind)


def parse(octets: bytes) -> ApfMessage:
    """One message, which is all there is. Raises Malformed."""
    name, fields = LAYOUTS.get(octets[0], ("", ())) if octets else ("", ())
    if not name:
        raise Malformed("no message {0}".format(octets[:1].hex() or "at all"))
    cursor = Cursor(octets)
    message = ApfMessage(name, {field: cursor.field(kind) for field, kind in fields})
    if cursor.place != len(octets):
        raise Malformed("{0} octets too many".format(len(octets) - cursor.place))
    return message


def packed(kind: Any, value: Any) -> bytes:
    if kind == NUMBER:
        return struct.pack(">I", value)
    if kind == OCTET:
        return bytes((value,))
    return struct.pack(">I", len(value)) + value if kind == TEXT else bytes(value)


def build(name: str, **values: Any) -> bytes:
    code = CODES[name]
    return bytes((code,)) + b"".join(packed(kind, values[field]) for field, kind in LAYOUTS[code][1])


def channel_refused(peer: int, reason: int) -> bytes:
    return build("channel_refused", channel=peer, reason=reason, unused=0, unused_too=0)


def forward_request(address: bytes, port: int) -> bytes:
    """Ask the host to listen for us."""
    data = packed(TEXT, address) + packed(NUMBER, port)
    return build("global_request", request=b"tcpip-forward", reply=1, data=data)
