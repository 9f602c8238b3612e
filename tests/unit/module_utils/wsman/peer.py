# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer on loopback that does what its script says: one function for each connection that it accepts."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass

PATIENCE = 60.0  # seconds after which a test is stuck
CHALLENGE = 'Digest realm="Digest:0A1B", nonce="{0}", stale="{1}", qop="auth"'


@contextlib.contextmanager
def port_without_listener():
    """Held by a socket that does not listen, so that nobody else comes to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def wait_until_closed(transport) -> None:
    """The peer closes in its own time: wait for that to arrive."""
    stream = transport.connection._stream
    end = time.monotonic() + PATIENCE
    while stream.alive() and time.monotonic() < end:
        time.sleep(0.01)


@dataclass
class Request:
    start: str
    headers: dict[str, str]
    body: bytes

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")


class Conversation:
    """The peer's side of one connection. Requests that are read are kept in the peer's list."""

    def __init__(self, connected, requests):
        self.socket = connected
        self.requests = requests
        self._received = b""

    def request(self) -> Request:
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _blank, self._received = self._received.partition(b"\r\n\r\n")
        start, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self._received) < length:
            self._receive()
        body, self._received = self._received[:length], self._received[length:]
        self.requests.append(Request(start, headers, body))
        return self.requests[-1]

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise AssertionError("the client closed in the middle of a request")
        self._received += data

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, body=b"<ok/>", status="200 OK", *fields: str) -> None:
        lines = ["HTTP/1.1 " + status, "Content-Length: {0}".format(len(body)), *fields]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def challenge(self, nonce="n1", stale="false", *fields: str) -> None:
        self.answer(b"", "401 Unauthorized", "WWW-Authenticate: " + CHALLENGE.format(nonce, stale), *fields)

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def wait_for_close(self) -> None:
        """Until the client has gone; fails when it says something more instead."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            return
        assert not data, "the client sent {0!r}".format(data)


class Peer:
    """Use as a context manager. What goes wrong in its thread fails the test at the end of the block."""

    def __init__(self, *script, family=socket.AF_INET, context: ssl.SSLContext | None = None):
        self.script = script
        self.requests: list[Request] = []
        self.accepted = 0
        self._context = context
        self._failure: BaseException | None = None
        self._listener = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family)
        self.port = self._listener.getsockname()[1]
        self._end, self._stop = socket.socketpair()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, error, trace):
        self._stop.close()
        self._thread.join(PATIENCE)
        self._listener.close()
        self._end.close()
        if kind is None and self._failure is not None:
            raise AssertionError("the scripted peer failed") from self._failure
        if kind is None:
            assert not self._thread.is_alive(), "the scripted peer did not end"

    def _run(self):
        try:
            for act in self.script:
                readable, _writable, _failed = select.select([self._listener, self._end], [], [], PATIENCE)
                if self._listener not in readable:
                    return
                self._converse(act)
        except BaseException as failure:  # noqa: BLE001 - raised again in the thread of the test
            self._failure = failure

    def _converse(self, act):
        connected = self._listener.accept()[0]
        self.accepted += 1
        connected.settimeout(PATIENCE)
        if self._context is not None:
            try:
                connected = self._context.wrap_socket(connected, server_side=True)
            except OSError:
                connected.close()
                return
        with connected:
            act(Conversation(connected, self.requests))
