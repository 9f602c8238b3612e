# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One question to a web server and the head of its answer, within limits that no peer can move.

`Asking` and `AskingSecurely` are sans-IO: bytes in, bytes to send out. `Talk` carries them over a connection.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import cast

HEAD_LIMIT = 16384
RECEIVED_LIMIT = 65536
"""Octets of a whole conversation, TLS included: six certificates of an on-die chain are a tenth of it."""
PIECE = 16384


class Asking:
    """`finished` when nothing more is wanted: the head has come, or the peer has left or said more than it may."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.head = b""
        self.received = 0
        self.finished = False

    def begin(self) -> bytes:
        return self.request

    def feed(self, data: bytes) -> bytes:
        self.received += len(data)
        self.read(data)
        self.finished = self.finished or self.received >= RECEIVED_LIMIT
        return b""

    def read(self, data: bytes) -> None:
        searched = max(0, len(self.head) - 3)
        self.head = (self.head + data)[:HEAD_LIMIT]
        end = self.head.find(b"\r\n\r\n", searched)
        if end >= 0:
            self.head = self.head[: end + 4]
        self.finished = end >= 0 or len(self.head) >= HEAD_LIMIT


class AskingSecurely(Asking):
    """`tls_version` and `certificate` (the leaf, in DER) are known once the handshake has ended, else empty."""

    def __init__(self, request: bytes, context: ssl.SSLContext) -> None:
        super().__init__(request)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.secured = context.wrap_bio(self.incoming, self.outgoing)
        self.tls_version = ""
        self.certificate = b""

    def begin(self) -> bytes:
        return self.advance()

    def feed(self, data: bytes) -> bytes:
        self.received += len(data)
        self.incoming.write(data)
        return self.advance()

    def advance(self) -> bytes:
        try:
            self.proceed()
        except ssl.SSLWantReadError:
            self.finished = self.received >= RECEIVED_LIMIT
        except ssl.SSLError:
            self.finished = True
        return self.outgoing.read()

    def proceed(self) -> None:
        if not self.tls_version:
            self.secured.do_handshake()
            self.tls_version = self.secured.version() or "TLS"
            self.certificate = self.secured.getpeercert(binary_form=True) or b""
            self.secured.write(self.request)
        while not self.finished:
            data = self.secured.read(PIECE)
            if not data:
                self.finished = True
            self.read(data)


class Talk(asyncio.BufferedProtocol):
    """`ended` is a future that is done when the conversation is over, whoever ended it. Nothing is read after that.

    `first` seconds for the first octet, `whole` seconds for all of them.
    """

    buffer = bytearray(PIECE)
    """Of all conversations: what is in it is taken before anybody else's turn."""

    def __init__(self, asking: Asking, first: float, whole: float) -> None:
        loop = asyncio.get_running_loop()
        self.asking = asking
        self.ended: asyncio.Future[None] = loop.create_future()
        self.timers = [loop.call_later(first, self.nothing_came), loop.call_later(whole, self.end)]
        self.spoken_to = False
        self.left = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self.asking.begin())

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.spoken_to = True
        answer = self.asking.feed(bytes(memoryview(self.buffer)[:nbytes]))
        if answer:
            self.transport.write(answer)
        if self.asking.finished:
            self.end()

    def eof_received(self) -> None:
        self.left = True
        self.end()

    def connection_lost(self, exc: Exception | None) -> None:
        self.left = True
        self.end()

    def nothing_came(self) -> None:
        if not self.spoken_to:
            self.end()

    def end(self) -> None:
        for timer in self.timers:
            timer.cancel()
        if not self.ended.done():
            self.ended.set_result(None)

    @property
    def mute(self) -> bool:
        """Whether the peer held the connection and never came to an end of what it had to say."""
        return not self.left and not self.asking.finished


async def talk(sock: socket.socket, asking: Asking, first: float, whole: float) -> Talk:
    """A whole conversation on a connection, which is closed. Raises OSError when it cannot begin."""
    loop = asyncio.get_running_loop()
    transport, talking = await loop.create_connection(lambda: Talk(asking, first, whole), sock=sock)
    try:
        await talking.ended
    finally:
        talking.end()
        transport.abort()
    return talking
