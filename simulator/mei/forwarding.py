# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's side of port forwarding, without input and output: what the host says goes in, events come out.

The firmware speaks first: its version, the service that it wants, the ports for which the host is to listen. Then the
host opens channels to those ports. Each side sends no more than the window of the other has room for.

The firmware has few channels, which rpc-go has seen run out: their numbers, from 0 on, are given in turn, and again
when both sides have said close. MeshCentral says it twice, which would be fatal if the lowest were given.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Union

from .apf import ApfMessage, Malformed, build, channel_refused, forward_request, parse

TRIGGER_LME = 254
SERVICE = b"pfwd@amt.intel.com"
HOST_ADDRESS = b"127.0.0.1"
FORWARDED = b"forwarded-tcpip"
WINDOW = 4096
NO_LIMIT = 0xFFFFFFFF
CHANNELS = 8
PROTOCOL_ERROR, SERVICE_NOT_AVAILABLE, VERSION_UNSUPPORTED = 2, 7, 8
PROHIBITED, CONNECT_FAILED, UNKNOWN_TYPE, SHORTAGE = 1, 2, 3, 4
DATA_HEAD = 9
FORGOTTEN = 0
"""The host's channel of which the firmware speaks when it has forgotten which one it was."""


@dataclass(frozen=True)
class Opening:
    """The host wants a channel to a port: `accept` or `refuse` it."""

    channel: int
    port: int


@dataclass(frozen=True)
class Arrived:
    channel: int
    data: bytes


@dataclass(frozen=True)
class Room:
    """The host's window has grown."""

    channel: int


@dataclass(frozen=True)
class Closed:
    """The host has closed a channel."""

    channel: int


@dataclass(frozen=True)
class Disconnected:
    """The session is over: `reason` is the protocol's, `ours` who said so."""

    reason: int
    ours: bool


Event = Union[Opening, Arrived, Room, Closed, Disconnected]


@dataclass
class Channel:
    """`room` is how much the host takes, `owed` how much we still take. `closing`: we have said close."""

    peer: int
    room: int
    largest: int
    owed: int = WINDOW
    opened: bool = False
    closing: bool = False


class Breach(Exception):
    """The host does what the protocol does not allow."""

    def __init__(self, reason: int = PROTOCOL_ERROR) -> None:
        super().__init__("reason {0}".format(reason))
        self.reason = reason


@dataclass
class Forwarding:
    """`ports` are offered one after the other, in `refused` those that the host would not have. `largest` message.

    `left_open`: the session before ended with open channels. It is said late that one of them is closed.
    """

    uuid: bytes
    ports: Sequence[int]
    largest: int
    left_open: bool = False
    state: str = "version"
    offered: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    channels: dict[int, Channel] = field(default_factory=dict)
    _next: int = 0
    _used: int = 0
    _asked: deque[int] = field(default_factory=deque)
    _sent: list[bytes] = field(default_factory=list)

    def start(self) -> None:
        space = {"uuid": self.uuid, "space": bytes(64)}
        self._say("protocol_version", major=1, minor=0, trigger=TRIGGER_LME, **space)

    def to_send(self) -> list[bytes]:
        """What the host is to get, each in a message of its own."""
        sent, self._sent = self._sent, []
        return sent

    def _say(self, name: str, **values: object) -> None:
        self._sent.append(build(name, **values))

    def receive(self, octets: bytes) -> list[Event]:
        """A message of the host; after a breach of the protocol the session is over."""
        if self.state == "over":
            return []
        try:
            message = parse(octets)
            return getattr(self, "_on_" + message.name, self._unexpected)(message) or []
        except Malformed:
            return self._end(PROTOCOL_ERROR)
        except Breach as breach:
            return self._end(breach.reason)

    def _end(self, reason: int) -> list[Event]:
        self._say("disconnect", reason=reason, reserved=bytes(2))
        self.state = "over"
        self.channels.clear()
        return [Disconnected(reason, True)]

    def _unexpected(self, _message: ApfMessage) -> None:
        raise Breach

    def _needs(self, *states: str) -> None:
        if self.state not in states:
            raise Breach

    def _on_protocol_version(self, message: ApfMessage) -> None:
        """Some hosts greet before they are greeted, and then answer too: the first time counts."""
        if message["major"] != 1:
            raise Breach(VERSION_UNSUPPORTED)
        if self.state == "version":
            self.state = "service"
            self._say("service_request", service=SERVICE)

    def _on_service_accept(self, message: ApfMessage) -> None:
        self._needs("service")
        if message["service"] != SERVICE:
            raise Breach(SERVICE_NOT_AVAILABLE)
        self.state = "open"
        self._asked.extend(self.ports)
        self._offer()

    def _offer(self) -> None:
        if self._asked:
            self._sent.append(forward_request(HOST_ADDRESS, self._asked[0]))

    def _on_request_success(self, message: ApfMessage) -> None:
        self._needs("open")
        if not self._asked or message["data"] != struct.pack(">I", self._asked[0]):
            raise Breach
        self.offered.append(self._asked.popleft())
        self._offer()

    def _on_request_failure(self, _message: ApfMessage) -> None:
        self._needs("open")
        if not self._asked:
            raise Breach
        self.refused.append(self._asked.popleft())
        self._offer()

    def _on_global_request(self, message: ApfMessage) -> None:
        """Nothing that a host may ask for is there."""
        self._needs("open")
        if message["reply"]:
            self._say("request_failure")

    def _on_disconnect(self, message: ApfMessage) -> list[Event]:
        self.state = "over"
        self.channels.clear()
        return [Disconnected(message["reason"], False)]

    def _on_keepalive_request(self, message: ApfMessage) -> None:
        self._say("keepalive_reply", cookie=message["cookie"])

    def _on_keepalive_options_request(self, message: ApfMessage) -> None:
        self._say("keepalive_options_reply", **message.values)

    def _on_keepalive_reply(self, _message: ApfMessage) -> None:
        """Nobody waits for it."""

    _on_keepalive_options_reply = _on_keepalive_reply

    def _on_channel_open(self, message: ApfMessage) -> list[Event]:
        self._needs("open")
        if message["kind"] != FORWARDED:
            return self._refusal(message["sender"], UNKNOWN_TYPE)
        if message["port"] not in self.ports:
            return self._refusal(message["sender"], PROHIBITED)
        if len(self.channels) >= CHANNELS:
            return self._refusal(message["sender"], SHORTAGE)
        turns = (number % CHANNELS for number in range(self._next, self._next + CHANNELS))
        number = next(turn for turn in turns if turn not in self.channels)
        self._next = number + 1
        self._used = max(self._used, number + 1)
        largest = min(message["largest"] or NO_LIMIT, self.largest - DATA_HEAD)
        self.channels[number] = Channel(message["sender"], message["window"], largest)
        return [Opening(number, message["port"])]

    def _refusal(self, peer: int, reason: int) -> list[Event]:
        self._sent.append(channel_refused(peer, reason))
        return []

    def accept(self, number: int) -> None:
        channel = self.channels.get(number)
        if channel is not None:
            channel.opened = True
            self._remember()
            self._say("channel_opened", channel=channel.peer, sender=number, window=WINDOW, largest=NO_LIMIT)

    def _remember(self) -> None:
        """A close that belongs to the session before comes once the first channel of this one is asked for.

        rpc-go has seen it before the channel was confirmed, and takes one that comes later for the new channel's.
        """
        if self.left_open:
            self.left_open = False
            self._say("channel_close", channel=FORGOTTEN)

    def refuse(self, number: int, reason: int = CONNECT_FAILED) -> None:
        channel = self.channels.pop(number, None)
        if channel is not None:
            self._refusal(channel.peer, reason)

    def _known(self, message: ApfMessage) -> Channel | None:
        """The channel that is meant; None for one that is gone. Whatever was never opened is a breach."""
        number = message["channel"]
        channel = self.channels.get(number)
        if number >= self._used or (channel is not None and not channel.opened):
            raise Breach
        return channel

    def _on_channel_data(self, message: ApfMessage) -> list[Event]:
        channel = self._known(message)
        if channel is None or channel.closing:
            return []
        if len(message["data"]) > channel.owed:
            raise Breach
        channel.owed -= len(message["data"])
        return [Arrived(message["channel"], message["data"])]

    def consumed(self, number: int, octets: int) -> None:
        """What arrived was taken: there is room again."""
        channel = self.channels.get(number)
        if channel is not None and not channel.closing and octets:
            channel.owed += octets
            self._say("window_adjust", channel=channel.peer, octets=octets)

    def _on_window_adjust(self, message: ApfMessage) -> list[Event]:
        channel = self._known(message)
        if channel is None:
            return []
        channel.room = min(channel.room + message["octets"], NO_LIMIT)
        return [Room(message["channel"])]

    def send(self, number: int, data: bytes) -> int:
        """As much of `data` as the host takes now; how much that was."""
        channel = self.channels.get(number)
        if channel is None or channel.closing:
            return 0
        sent = 0
        while sent < len(data) and channel.room:
            piece = data[sent : sent + min(channel.room, channel.largest)]
            self._say("channel_data", channel=channel.peer, data=piece)
            channel.room -= len(piece)
            sent += len(piece)
        return sent

    def close(self, number: int) -> None:
        """We have nothing more to say; the channel is gone when the host has said so too."""
        channel = self.channels.get(number)
        if channel is not None and not channel.closing:
            channel.closing = True
            self._say("channel_close", channel=channel.peer)

    def _on_channel_close(self, message: ApfMessage) -> list[Event]:
        channel = self._known(message)
        if channel is None:
            return []
        if not channel.closing:
            self._say("channel_close", channel=channel.peer)
        del self.channels[message["channel"]]
        return [Closed(message["channel"])]
