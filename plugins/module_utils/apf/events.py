# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a session of the port forwarding protocol tells its owner. Channels are named by this side's number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union


@dataclass(frozen=True)
class VersionSeen:
    """`trigger`: 1 user, 2 alert, 3 provisioning, 4 periodic, 254 LME. `uuid`: 16 bytes as they came."""

    major: int
    minor: int
    trigger: int
    uuid: bytes


@dataclass(frozen=True)
class ServiceAgreed:
    """Asked for by the firmware and accepted by the host."""

    service: str


@dataclass(frozen=True)
class LogInWanted:
    """To be answered with `accept_log_in` or `refuse_log_in`. `password` is None with the method `none`."""

    user: str
    method: str
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LogInAnswered:
    accepted: bool


@dataclass(frozen=True)
class ForwardAnswered:
    """A port that the firmware wants to be reached at, or no longer (`cancelled`)."""

    address: str
    port: int
    accepted: bool
    cancelled: bool = False


@dataclass(frozen=True)
class DatagramReceived:
    address: str
    port: int
    origin: str
    origin_port: int
    data: bytes


@dataclass(frozen=True)
class ChannelWanted:
    """To be answered with `accept` or `refuse`."""

    channel: int
    kind: str
    target: str
    target_port: int
    source: str
    source_port: int


@dataclass(frozen=True)
class ChannelOpened:
    channel: int


@dataclass(frozen=True)
class ChannelRefused:
    channel: int
    reason: int


@dataclass(frozen=True)
class DataReceived:
    """The owner gives the room back with `consumed` when it has dealt with the data."""

    channel: int
    data: bytes


@dataclass(frozen=True)
class ChannelClosed:
    """Closed from both sides; nothing comes any more."""

    channel: int


@dataclass(frozen=True)
class KeepAliveAnswered:
    cookie: int


@dataclass(frozen=True)
class KeepAliveAgreed:
    """Seconds."""

    interval: int
    timeout: int


@dataclass(frozen=True)
class PeerSilent:
    """A keep-alive was not answered in time."""


@dataclass(frozen=True)
class Disconnected:
    """By the peer. `reason`: see DISCONNECT_REASONS."""

    reason: int


Event = Union[
    VersionSeen,
    ServiceAgreed,
    LogInWanted,
    LogInAnswered,
    ForwardAnswered,
    DatagramReceived,
    ChannelWanted,
    ChannelOpened,
    ChannelRefused,
    DataReceived,
    ChannelClosed,
    KeepAliveAnswered,
    KeepAliveAgreed,
    PeerSilent,
    Disconnected,
]
