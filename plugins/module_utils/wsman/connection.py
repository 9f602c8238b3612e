# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One HTTP connection: a request out, its reply in, and every way in which that can end as a typed error."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ..clock import Deadline
from ..errors import AmtError, DeadlineExceeded, Interrupted, ProtocolError, Unreachable
from .bytestream import ByteStream, NothingSent
from .endpoint import TLS_PORT, Endpoint
from .reply import HttpReply, ReplyParser

UNAUTHORIZED = 401
_CHUNK = 32768
_LAST_WORDS = 0.2  # seconds for what a peer has said before it left
_TLS_RECORDS = (b"\x15\x03", b"\x16\x03")  # an alert or a handshake record (RFC 8446, 5.1)
_DEADLINE_HINT = "allow more time with `deadline`"
_INTERRUPTED_HINT = "the firmware drops connections while it restarts or changes its network link: try again"
_CROWDED_HINT = "the firmware serves only a few connections at once: close other sessions, or try again in a minute"
_CARRIER_HINT = (
    "run the proxy command by hand to see what it says; a device that refuses TLS may want a client certificate"
)

Opener = Callable[[Deadline], ByteStream]


class HttpConnection:
    """Opened when needed, kept alive while both sides want it. One request at a time."""

    def __init__(self, endpoint: Endpoint, opener: Opener) -> None:
        self._endpoint = endpoint
        self._opener = opener
        self._at = "{0} port {1}: ".format(endpoint.host, endpoint.port)
        self._stream: ByteStream | None = None
        self._answered = False
        self.certificate = b""
        self.peer = ""
        self._let_in = False
        self._opened = 0

    @property
    def number(self) -> int:
        """Which of the connections that were opened this is, counted from 1."""
        return self._opened

    def ready(self) -> bool:
        """Whether the connection of the last request is still there to be used."""
        if self._stream is not None and not self._stream.alive():
            self.close()
        return self._stream is not None

    def open(self, deadline: Deadline) -> None:
        self._stream = self._opener(deadline)
        self.certificate, self.peer = self._stream.certificate, self._stream.peer
        self._opened += 1
        self._answered = False

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def exchange(self, request: bytes, deadline: Deadline, slow: bool = False) -> HttpReply:
        """Unreachable, Interrupted, DeadlineExceeded or ProtocolError; whatever is raised, the connection is closed.

        `slow`: what is asked for may take long, so that the first answer has the time of a later one.
        NothingSent when a connection that served before turns out to be gone: a new one may serve the same request.
        """
        stream = self._stream
        if stream is None:
            raise Unreachable("the connection to {0} is closed".format(self._endpoint.host))
        reply: HttpReply | None = None
        try:
            patience = self._patience(slow)
            parser = self._converse(stream, request, deadline, patience)
            self._answered = True
            self._let_in = self._let_in or parser.result().status != UNAUTHORIZED
            if parser.keep_alive and not parser.excess:
                reply = parser.reply
        finally:
            if reply is None:
                self.close()
        return parser.result()

    def _converse(self, stream: ByteStream, request: bytes, deadline: Deadline, patience: str) -> ReplyParser:
        seconds = min(getattr(self._endpoint, patience), deadline.left())
        if seconds <= 0:
            raise DeadlineExceeded(_too_late(deadline), _DEADLINE_HINT)
        parser = ReplyParser()
        try:
            stream.limit(seconds)
            stream.sendall(request)
            self._receive(stream, parser)
        except NothingSent as error:
            if self._answered:
                raise
            raise self._never_there(stream) from error
        except TimeoutError as error:
            raise self._timed_out(deadline, parser, seconds, patience) from error
        except OSError as error:
            raise self._broken(stream, parser, (error.strerror or "connection lost").lower()) from error
        except ProtocolError as error:
            raise ProtocolError(str(error), error.hint, sent=True) from error
        return parser

    def _patience(self, slow: bool) -> str:
        """Which option says how long. Who has let us in before may take its time; a first answer comes soon or never.

        A demand to log in is no answer: firmware whose services hang still makes it.
        """
        endpoint = self._endpoint
        if slow or self._let_in or endpoint.read_timeout < endpoint.connect_timeout:
            return "read_timeout"
        return "connect_timeout"

    def _receive(self, stream: ByteStream, parser: ReplyParser) -> None:
        data = stream.recv(_CHUNK)
        if data[:2] in _TLS_RECORDS and not self._answered:
            raise Unreachable(
                self._at + "the request was answered in TLS", "this port speaks TLS: switch TLS on with `tls`"
            )
        while data:
            if parser.feed(data):
                return
            data = stream.recv(_CHUNK)
        if not parser.end():
            raise self._broken(stream, parser, "the device closed the connection")

    def _timed_out(self, deadline: Deadline, parser: ReplyParser, seconds: float, patience: str) -> AmtError:
        if deadline.passed():
            return DeadlineExceeded(_too_late(deadline), _DEADLINE_HINT, sent=True)
        amount = "part of an answer" if parser.started else "no answer"
        message = "{0}{1} in {2:g} s".format(self._at, amount, seconds)
        hint = "the firmware may be busy or hung: try again later, or raise `{0}`".format(patience)
        return Interrupted(message, hint, passing=False)

    def _broken(self, stream: ByteStream, parser: ReplyParser, reason: str) -> AmtError:
        if parser.started:
            return Interrupted("{0}{1} in the middle of the answer".format(self._at, reason), _INTERRUPTED_HINT)
        never_there = "" if self._answered else stream.failure()
        if never_there:
            return Unreachable(self._at + never_there, _CARRIER_HINT)
        return Interrupted("{0}{1} before it answered".format(self._at, reason), self._silence_hint())

    def _never_there(self, stream: ByteStream) -> Unreachable:
        """What the peer said before it left, such as a TLS alert, may still lie there to be read."""
        with suppress(OSError):
            stream.limit(_LAST_WORDS)
            stream.recv(1)
        failure = stream.failure()
        if failure:
            return Unreachable(self._at + failure, _CARRIER_HINT)
        message = self._at + "the device accepts connections and closes them at once"
        return Unreachable(message, _CROWDED_HINT, passing=True)

    def _silence_hint(self) -> str:
        if self._answered or self._endpoint.tls or self._endpoint.port != TLS_PORT:
            return _INTERRUPTED_HINT
        return "port {0} usually speaks TLS: switch TLS on with `tls`".format(TLS_PORT)


def _too_late(deadline: Deadline) -> str:
    return "the {0:g} s for the whole task have passed".format(deadline.seconds)
