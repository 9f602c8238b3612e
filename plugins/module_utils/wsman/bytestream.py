# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What carries bytes both ways, whatever is underneath, and the simplest of them: a connected socket."""

from __future__ import annotations

import select
import socket
import time


class NothingSent(OSError):
    """The peer is gone, and not one byte of what was to be sent has left."""


class ByteStream:
    """Raises TimeoutError and other OSErrors, as sockets do. `recv` gives b"" when the peer has closed."""

    @property
    def certificate(self) -> bytes:
        """What the peer has shown, as DER; empty without TLS and before its handshake."""
        return b""

    @property
    def peer(self) -> str:
        """The IP address at the other end; empty where a program or the host itself is in between."""
        return ""

    def limit(self, seconds: float) -> None:
        """How long all calls of sendall and recv from now on may take together, until the next limit.

        Bytes that arrive do not move it: a peer that goes on talking ends in TimeoutError as a silent one does.
        """
        raise NotImplementedError

    def sendall(self, data: bytes) -> None:
        raise NotImplementedError

    def recv(self, size: int) -> bytes:
        raise NotImplementedError

    def alive(self) -> bool:
        """Called while no answer is due: false when the peer has closed, or says something unasked. Never waits."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def failure(self) -> str:
        """Why this stream never reached its other end, when it knows after the fact; empty when it does not."""
        return ""


def left_until(end: float) -> float:
    """The seconds until a moment of time.monotonic(). TimeoutError when it has passed."""
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the time for this has passed")
    return seconds


def _peer_of(connected: socket.socket) -> str:
    """Its IP address; nothing of a socket that has none, or whose peer has left already."""
    try:
        place = connected.getpeername()
    except OSError:
        return ""
    return str(place[0]) if isinstance(place, tuple) else ""


class SocketStream(ByteStream):
    """A connected stream socket, which it owns."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._readable = select.poll()
        self._readable.register(connected, select.POLLIN)
        self._end = 0.0
        self._peer = _peer_of(connected)

    @property
    def peer(self) -> str:
        return self._peer

    def limit(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def recv(self, size: int) -> bytes:
        while True:
            if not self._readable.poll(left_until(self._end) * 1000):
                raise TimeoutError("nothing was received in time")
            try:
                return self._socket.recv(size)
            except BlockingIOError:
                continue

    def sendall(self, data: bytes) -> None:
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise NothingSent(error.errno, error.strerror) from error
        if sent < len(data):
            self._send_rest(memoryview(data)[sent:])

    def _send_rest(self, rest: memoryview) -> None:
        writable = select.poll()
        writable.register(self._socket, select.POLLOUT)
        while rest:
            if not writable.poll(left_until(self._end) * 1000):
                raise TimeoutError("the peer does not take what is sent")
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                continue

    def alive(self) -> bool:
        return not self._readable.poll(0)

    def close(self) -> None:
        self._socket.close()
