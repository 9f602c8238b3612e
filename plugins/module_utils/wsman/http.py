# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Requests over HTTP, one at a time on one kept-alive connection, with digest authentication: those of WS-Management,
and those for the files that the same port serves."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from ..clock import Deadline, SystemClock
from ..errors import AuthenticationRefused, DeadlineExceeded, Interrupted, ProtocolError, Unreachable, unusable
from .bytestream import NothingSent
from .connection import UNAUTHORIZED, HttpConnection, Opener
from .digest import DigestSession, choose_challenge
from .endpoint import Endpoint
from .reply import HttpReply
from .stream import Dialer

PATH = "/wsman"
SOAP_TYPE = "application/soap+xml;charset=UTF-8"
_REFUSED_HINT = (
    "check `username` and `password`, and that the user may log in from the network; firmware slows down guessing"
)
_AGAIN_HINT = "the firmware closes connections while it restarts, or after each answer: try again, or leave `uuid` out"


T = TypeVar("T", bound="Transport")


class HttpRequest(NamedTuple):
    """`target` is path and query, in ASCII. Without a `content_type` none is sent."""

    method: str
    target: str
    body: bytes = b""
    content_type: str = ""


def soap(body: bytes) -> HttpRequest:
    """The request that carries a document of WS-Management."""
    return HttpRequest("POST", PATH, body, SOAP_TYPE)


class Transport:
    """Sends requests, one at a time, on a connection that is kept; a subclass knows how to log in.

    `opener` makes the byte stream, TCP or the proxy command of the endpoint unless given. `deadline` may be replaced
    between requests by an owner that lives longer than one task. A closed transport opens again when it is used.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        clock: SystemClock | None = None,
        deadline: Deadline | None = None,
        opener: Opener | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.deadline = deadline or Deadline(clock or SystemClock(), endpoint.deadline)
        self.connection = HttpConnection(endpoint, opener or Dialer(endpoint).open)
        self._opener = opener
        self._refused = False
        self._only_on = 0
        self._slow = False
        self._host = _host(endpoint)

    def __enter__(self: T) -> T:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def moved(self, changes: Mapping[str, Any]) -> Transport:
        """Another one, to where the device is or as whom to log in from now on: see `Endpoint.moved`."""
        endpoint = self.endpoint.moved(**changes)
        kind = type(self) if endpoint.auth == self.endpoint.auth else HttpTransport
        return kind(endpoint, deadline=self.deadline, opener=self._opener)

    def current(self) -> int:
        """The number of the connection that the next request would travel on; 0 when a new one had to be opened."""
        return self.connection.number if self.connection.ready() else 0

    def post(self, body: bytes, only_on: int = 0, slow: bool = False) -> HttpReply:
        """The reply to a document of WS-Management, as `send` gives it."""
        return self.send(soap(body), only_on, slow)

    def send(self, request: HttpRequest, only_on: int = 0, slow: bool = False) -> HttpReply:
        """The reply to one request: any status but 401. With `only_on` it is not sent on any other connection; what is
        `slow` is waited for as long from a device that has not let us in before.

        Unreachable when the device never had the request, AuthenticationRefused when it turned it down;
        after Interrupted, DeadlineExceeded and ProtocolError it may have been carried out where they say `sent`.
        """
        self._only_on = only_on
        self._slow = slow
        if self._refused:
            raise self.refusal("were refused before and are not sent again")
        reply = self.answer(request, self.connection.ready())
        if reply.status == UNAUTHORIZED:
            self._refused = True
            raise self.refusal("were refused")
        return reply

    def answer(self, request: HttpRequest, ready: bool) -> HttpReply:
        """The reply to a request that carries what the device wants to see, 401 only when that was refused.

        `ready`: the connection of the last request is still there.
        """
        raise NotImplementedError

    def exchange(self, request: HttpRequest, authorization: str, ready: bool) -> HttpReply:
        """One request and its reply. A request without credentials is never carried out: its failures say so."""
        try:
            return self._carry(self._octets(request, authorization), ready, self._slow and bool(authorization))
        except (Interrupted, DeadlineExceeded, ProtocolError) as error:
            if authorization:
                raise
            error.sent = error.details["sent"] = False
            raise

    def _octets(self, request: HttpRequest, authorization: str) -> bytes:
        lines = ["{0.method} {0.target} HTTP/1.1".format(request), "Host: " + self._host]
        if request.content_type:
            lines.append("Content-Type: " + request.content_type)
        lines.append("Content-Length: {0}".format(len(request.body)))
        if authorization:
            lines.append("Authorization: " + authorization)
        return "\r\n".join((*lines, "\r\n")).encode() + request.body

    def _carry(self, request: bytes, ready: bool, slow: bool) -> HttpReply:
        """On a new connection when the peer left the old one before it had a byte of the request."""
        if ready:
            try:
                if self._only_on in (0, self.connection.number):
                    return self.connection.exchange(request, self.deadline, slow)
            except NothingSent:
                pass
        if self._only_on:
            raise Unreachable("the connection on which the machine was identified is gone", _AGAIN_HINT, passing=True)
        self.connection.open(self.deadline)
        return self.connection.exchange(request, self.deadline, slow)

    def refusal(self, what: str) -> AuthenticationRefused:
        message = "{0}: the credentials of user {1!r} {2}".format(self.endpoint.host, self.endpoint.username, what)
        return AuthenticationRefused(message, _REFUSED_HINT)


class HttpTransport(Transport):
    """Logs in with digest: one challenge serves all requests of a connection."""

    def __init__(
        self,
        endpoint: Endpoint,
        clock: SystemClock | None = None,
        deadline: Deadline | None = None,
        opener: Opener | None = None,
    ) -> None:
        if endpoint.auth != "digest":
            raise unusable("auth", endpoint.auth, "only digest is spoken here; Kerberos runs on a controller")
        super().__init__(endpoint, clock, deadline, opener)
        self._session: DigestSession | None = None

    def answer(self, request: HttpRequest, ready: bool) -> HttpReply:
        """A stale nonce is replaced once. A 401 proves that nothing was carried out."""
        session = self._session if ready else None
        reply = self._try(request, session, ready)
        renewed = False
        while reply.status == UNAUTHORIZED:
            challenge = choose_challenge(reply.headers.get("www-authenticate", ""))
            if session is not None:
                if not challenge.stale:
                    return reply
                if renewed:
                    raise ProtocolError("{0} calls a fresh nonce stale".format(self.endpoint.host))
                renewed = True
            endpoint = self.endpoint
            session = DigestSession(endpoint.username, endpoint.password, challenge, endpoint.password_hash)
            reply = self._try(request, session, self.connection.ready())
        self._session = session
        return reply

    def _try(self, request: HttpRequest, session: DigestSession | None, ready: bool) -> HttpReply:
        proof = session.authorization(request.method, request.target, request.body) if session else ""
        return self.exchange(request, proof, ready)


def _host(endpoint: Endpoint) -> str:
    """The value of the Host header."""
    host = endpoint.host.partition("%")[0]
    host = "[{0}]".format(host) if ":" in host else host
    name = host.encode("ascii" if host.isascii() else "idna").decode("ascii")
    return "{0}:{1}".format(name, endpoint.port)
