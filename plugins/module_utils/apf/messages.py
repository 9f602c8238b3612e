# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Messages of Intel's APF, the port forwarding protocol of LME and CIRA (AMT.md 13), as tables. No input, no output.

All numbers are big-endian, strings are a 32-bit length and bytes. No message tells its length: its fields do.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Union

from ..errors import ProtocolError

LONGEST_TEXT = 1024
LONGEST_DATA = 65536
"""Bytes that one string may have. More is an error as soon as its length is read."""


class TooShort(Exception):
    """The message goes on after the bytes that are there."""


def _demand(buffer: bytes | bytearray, at: int, size: int) -> None:
    if len(buffer) - at < size:
        raise TooShort


@dataclass(frozen=True)
class Number:
    name: str
    code: str = ">I"

    def read(self, buffer: bytes | bytearray, at: int) -> tuple[int, int]:
        size = struct.calcsize(self.code)
        _demand(buffer, at, size)
        return struct.unpack_from(self.code, buffer, at)[0], at + size

    def build(self, value: int) -> bytes:
        return struct.pack(self.code, value)


@dataclass(frozen=True)
class Flag:
    name: str

    def read(self, buffer: bytes | bytearray, at: int) -> tuple[bool, int]:
        _demand(buffer, at, 1)
        return buffer[at] != 0, at + 1

    def build(self, value: bool) -> bytes:
        return b"\x01" if value else b"\x00"


@dataclass(frozen=True)
class Octets:
    """A string of the protocol, kept as bytes."""

    name: str
    limit: int = LONGEST_DATA

    def read(self, buffer: bytes | bytearray, at: int) -> tuple[Any, int]:
        _demand(buffer, at, 4)
        size = struct.unpack_from(">I", buffer, at)[0]
        if size > self.limit:
            raise ProtocolError("APF {0} of {1} bytes, more than the {2} accepted".format(self.name, size, self.limit))
        _demand(buffer, at + 4, size)
        return bytes(buffer[at + 4 : at + 4 + size]), at + 4 + size

    def build(self, value: Any) -> bytes:
        if len(value) > self.limit:
            raise ValueError("{0} may have {1} bytes at most".format(self.name, self.limit))
        return struct.pack(">I", len(value)) + bytes(value)


@dataclass(frozen=True)
class Text(Octets):
    limit: int = LONGEST_TEXT

    def read(self, buffer: bytes | bytearray, at: int) -> tuple[str, int]:
        octets, end = super().read(buffer, at)
        try:
            return octets.decode(), end
        except UnicodeDecodeError as error:
            raise ProtocolError("APF {0} is not text".format(self.name)) from error

    def build(self, value: str) -> bytes:
        return super().build(value.encode())


@dataclass(frozen=True)
class Fixed:
    name: str
    size: int

    def read(self, buffer: bytes | bytearray, at: int) -> tuple[bytes, int]:
        _demand(buffer, at, self.size)
        return bytes(buffer[at : at + self.size]), at + self.size

    def build(self, value: bytes) -> bytes:
        if len(value) != self.size:
            raise ValueError("{0} has {1} bytes".format(self.name, self.size))
        return value


@dataclass(frozen=True)
class Reserved:
    """Bytes without a meaning: not looked at when read, `fill` when built."""

    fill: bytes
    name: str = ""

    def read(self, buffer: bytes | bytearray, at: int) -> tuple[None, int]:
        _demand(buffer, at, len(self.fill))
        return None, at + len(self.fill)

    def build(self, value: None) -> bytes:
        return self.fill


Field = Union[Number, Flag, Octets, Fixed, Reserved]


@dataclass(frozen=True)
class Layout:
    """The fields after the type byte. What follows the field `switch` depends on its value, by `variants`."""

    number: int
    name: str
    fields: tuple[Field, ...] = ()
    switch: str = ""
    variants: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)

    def chosen(self, values: Mapping[str, Any]) -> tuple[Field, ...]:
        if not self.switch:
            return ()
        choice = values[self.switch]
        if choice not in self.variants:
            raise ProtocolError("APF {0} with the unknown {1} {2!r}".format(self.name, self.switch, choice))
        return self.variants[choice]


NO_LIMIT = b"\xff\xff\xff\xff"
ZERO = bytes(4)
FORWARD = (Text("address"), Number("port"))
DATAGRAM = (Text("address"), Number("port"), Text("origin"), Number("origin_port"), Octets("data"))
INTERVALS = (Number("interval"), Number("timeout"))
CHANNEL_OPEN = (
    Text("kind"),
    Number("sender"),
    Number("window"),
    Reserved(NO_LIMIT),
    Text("target"),
    Number("target_port"),
    Text("source"),
    Number("source_port"),
)
GLOBAL_REQUESTS = {
    "tcpip-forward": FORWARD,
    "cancel-tcpip-forward": FORWARD,
    "udp-send-to@amt.intel.com": DATAGRAM,
}
LOG_INS = {"none": (), "password": (Reserved(b"\x00"), Text("password"))}
VERSION = (Number("major"), Number("minor"), Number("trigger"), Fixed("uuid", 16), Reserved(bytes(64)))

LAYOUTS = (
    Layout(1, "disconnect", (Number("reason"), Reserved(bytes(2)))),
    Layout(5, "service_request", (Text("service"),)),
    Layout(6, "service_accept", (Text("service"),)),
    Layout(50, "userauth_request", (Text("user"), Text("service"), Text("method")), "method", LOG_INS),
    Layout(51, "userauth_failure", (Text("methods"), Flag("partial"))),
    Layout(52, "userauth_success"),
    Layout(80, "global_request", (Text("request"), Flag("want_reply")), "request", GLOBAL_REQUESTS),
    Layout(81, "request_success"),
    Layout(82, "request_failure"),
    Layout(90, "channel_open", CHANNEL_OPEN),
    Layout(
        91, "channel_open_confirmation", (Number("recipient"), Number("sender"), Number("window"), Reserved(NO_LIMIT))
    ),
    Layout(92, "channel_open_failure", (Number("recipient"), Number("reason"), Reserved(ZERO * 2))),
    Layout(93, "channel_window_adjust", (Number("recipient"), Number("size"))),
    Layout(94, "channel_data", (Number("recipient"), Octets("data"))),
    Layout(97, "channel_close", (Number("recipient"),)),
    Layout(192, "protocol_version", VERSION),
    Layout(208, "keepalive_request", (Number("cookie"),)),
    Layout(209, "keepalive_reply", (Number("cookie"),)),
    Layout(210, "keepalive_options_request", INTERVALS),
    Layout(211, "keepalive_options_reply", INTERVALS),
)
PORT_FORWARDED = Layout(81, "request_success", (Number("port"),))
"""The answer to tcpip-forward. That to cancel-tcpip-forward has the same number and no port."""

BY_NUMBER = {layout.number: layout for layout in LAYOUTS}
BY_NAME = {layout.name: layout for layout in LAYOUTS}

DISCONNECT_REASONS = {
    1: "host not allowed",
    2: "protocol error",
    3: "key exchange failed",
    4: "reserved",
    5: "message authentication failed",
    6: "compression error",
    7: "service not available",
    8: "protocol version not supported",
    9: "host key not verifiable",
    10: "connection lost",
    11: "by application",
    12: "too many connections",
    13: "authentication cancelled",
    14: "no more authentication methods",
    15: "illegal user name",
}
OPEN_FAILURES = {1: "prohibited", 2: "connect failed", 3: "unknown channel type", 4: "resource shortage"}


@dataclass(frozen=True)
class Message:
    """A message by its name in LAYOUTS; `values` by the names of the fields there."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        shown = {name: "..." if name in ("password", "data") else value for name, value in self.values.items()}
        return "Message({0!r}, {1!r})".format(self.name, shown)


def build(name: str, **values: Any) -> bytes:
    """A message as bytes. ValueError, KeyError and struct.error are mistakes of the caller."""
    layout = PORT_FORWARDED if name == "request_success" and "port" in values else BY_NAME[name]
    values[""] = None
    built = [row.build(values[row.name]) for row in (*layout.fields, *layout.chosen(values))]
    return bytes((layout.number,)) + b"".join(built)


def _read_fields(fields: tuple[Field, ...], buffer: bytearray, at: int, values: dict[str, Any]) -> int:
    for row in fields:
        value, at = row.read(buffer, at)
        if row.name:
            values[row.name] = value
    return at


class Parser:
    """Bytes in, messages out, however the bytes were cut. Of a message that is not whole only its own bytes are kept.

    `port_due` tells whether the next request_success answers a tcpip-forward, and so has a port.
    """

    def __init__(self, port_due: Callable[[], bool] = lambda: True) -> None:
        self._buffer = bytearray()
        self._port_due = port_due

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> Message | None:
        """The next whole message, None when more bytes are needed. Raises ProtocolError."""
        if not self._buffer:
            return None
        layout = BY_NUMBER.get(self._buffer[0])
        if layout is None:
            raise ProtocolError("APF message of the unknown type {0}".format(self._buffer[0]))
        if layout.name == "request_success" and self._port_due():
            layout = PORT_FORWARDED
        values: dict[str, Any] = {}
        try:
            at = _read_fields(layout.fields, self._buffer, 1, values)
            at = _read_fields(layout.chosen(values), self._buffer, at, values)
        except TooShort:
            return None
        del self._buffer[:at]
        return Message(layout.name, values)

    @property
    def waiting(self) -> int:
        """Bytes of a message that is not whole yet."""
        return len(self._buffer)
