# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One HTTP connection: a request out, its reply in, and every way in which that can end as a typed error."""

from __future__ import annotations

import time
from typing import Callable, Optional

from ..clock import Deadline
from ..errors import DeadlineExceeded, Interrupted, ProtocolError, Unreachable
from .bytestream import ByteStream
from .endpoint import Endpoint
from .reply import HttpReply, ReplyParser

_CHUNK = 32768
_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")  # an alert or a handshake record (RFC 8446, 5.1)
Opener = Callable[[Deadline], ByteStream]


class HttpConnection:
    """Opened when needed, kept alive while both sides want it. One request at a time."""

    def __init__(self, endpoint: Endpoint, opener: Opener) -> None:
        self._endpoint = endpoint
        self._opener = opener
        self._stream: Optional[ByteStream] = None
        self._answered = False

    def ready(self) -> bool:
        """Whether the connection of the last request is still there to be used."""
        if self._stream is not None and not self._stream.alive():
            self.close()
        return self._stream is not None

    def open(self, deadline: Deadline) -> None:
        self._stream = self._opener(deadline)
        self._answered = False

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def exchange(self, request: bytes, deadline: Deadline) -> HttpReply:
        """NothingSent when the peer was gone already; Unreachable, Interrupted, DeadlineExceeded or ProtocolError.

        Whatever is raised, the connection is closed.
        """
        stream = self._stream
        if stream is None:
            raise Unreachable("the connection to {0} is closed".format(self._endpoint.host))
        kept = False
        try:
            parser = self._converse(stream, request, deadline)
            kept = parser.keep_alive and not parser.excess
            self._answered = True
        finally:
            if not kept:
                self.close()
        assert parser.reply is not None
        return parser.reply

    def _converse(self, stream: ByteStream, request: bytes, deadline: Deadline) -> ReplyParser:
        allowed = min(self._endpoint.read_timeout, deadline.left())
        if allowed <= 0:
            raise self._too_late(deadline, sent=False)
        end = time.monotonic() + allowed
        parser = ReplyParser()
        stream.settimeout(allowed)
        try:
            stream.sendall(request)
            self._receive(stream, parser, end)
        except TimeoutError as error:
            raise self._timed_out(deadline, parser) from error
        except ConnectionError as error:
            raise self._broken(stream, parser) from error
        except ProtocolError as error:
            raise ProtocolError(str(error), error.hint, sent=True) from error
        return parser

    def _receive(self, stream: ByteStream, parser: ReplyParser, end: float) -> None:
        data = stream.recv(_CHUNK)
        if not self._answered and data[:2] in _TLS_RECORDS:
            raise self._speaks_tls()
        while not parser.feed(data):
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            stream.settimeout(left)
            data = stream.recv(_CHUNK)
            if not data:
                ...
