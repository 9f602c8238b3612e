# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""TCP connections over IPv4 and IPv6, within a time limit that covers name lookup too."""

from __future__ import annotations

import errno
import queue
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any, Union

from ..errors import Unreachable
from .bytestream import SocketStream

_HINTS = {
    errno.ECONNREFUSED: "the host is there and nothing listens: AMT may be disabled or not provisioned, or it listens"
    " on the other port only (16993 with TLS, 16992 without)",
    errno.EHOSTUNREACH: "the machine may be unplugged or elsewhere; check the address and the route",
    errno.ENETUNREACH: "this host has no route to that network",
    errno.ETIMEDOUT: "the machine may be unplugged, or a firewall drops the packets",
}
_REFUSED = (errno.ECONNREFUSED, errno.ECONNRESET)
_NAME_HINT = "check the spelling and the DNS, or give the IP address"

Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]
Lookup = Union[Sequence[Address], OSError]


def connect(host: str, port: int, seconds: float) -> SocketStream:
    """The first address of the host that accepts, all tried within so many seconds; else Unreachable."""
    end = time.monotonic() + seconds
    addresses = _resolve(host, port, seconds)
    failure: OSError = TimeoutError()
    for position, address in enumerate(addresses):
        share = (end - time.monotonic()) / (len(addresses) - position)
        if share <= 0:
            break
        try:
            return SocketStream(_connect_one(address, share))
        except OSError as error:
            failure = error
    raise _unreachable(host, port, failure, seconds)


def _connect_one(address: Address, seconds: float) -> socket.socket:
    family, kind, protocol, _canonical, place = address
    unconnected = socket.socket(family, kind, protocol)
    try:
        unconnected.settimeout(seconds)
        unconnected.connect(place)
        unconnected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        unconnected.close()
        raise
    return unconnected


def _resolve(host: str, port: int, seconds: float) -> Sequence[Address]:
    try:
        return _look_up(host, port, socket.AI_NUMERICHOST)
    except OSError:
        return _resolve_name(host, port, seconds)


def _resolve_name(host: str, port: int, seconds: float) -> Sequence[Address]:
    """The resolver knows no time limit, so it works in a thread that may be left behind."""
    answers: queue.SimpleQueue[Lookup] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_look_up(host, port))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="resolve " + host).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise Unreachable("{0}: no answer from the name service in {1:g} s".format(host, seconds), _NAME_HINT) from None
    if isinstance(answer, OSError):
        raise Unreachable("{0}: the name cannot be resolved ({1})".format(host, answer.strerror or answer), _NAME_HINT)
    return answer


def _look_up(host: str, port: int, flags: int = 0) -> Sequence[Address]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)


def _unreachable(host: str, port: int, failure: OSError, seconds: float) -> Unreachable:
    if isinstance(failure, (socket.timeout, TimeoutError)) and failure.errno is None:
        message = "{0} port {1}: no answer in {2:g} s".format(host, port, seconds)
        return Unreachable(message, _HINTS[errno.ETIMEDOUT])
    message = "{0} port {1}: {2}".format(host, port, (failure.strerror or str(failure)).lower())
    hint = _HINTS.get(failure.errno or 0, "check the address and the network")
    return Unreachable(message, hint, passing=failure.errno in _REFUSED)
