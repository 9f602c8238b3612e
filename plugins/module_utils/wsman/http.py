# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""WS-Management requests over HTTP with digest authentication, one at a time on one kept-alive connection."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType

from ..clock import Deadline, SystemClock
from ..errors import AuthenticationRefused, Busy, InvalidOption, ProtocolError
from .bytestream import NothingSent
from .connection import HttpConnection, Opener
from .digest import DigestSession, choose_challenge
from .endpoint import Endpoint
from .reply import HttpReply
from .stream import Dialer

PATH = "/wsman"
_CONTENT = b"Content-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: "
_UNAUTHORIZED = 401
_UNAVAILABLE = 503


class HttpTransport:
    """Posts bodies, answers the digest challenge and keeps what it learned for the next request.

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
        if endpoint.auth != "digest":
            raise InvalidOption("auth", endpoint.auth, "only digest is spoken here; Kerberos runs on a controller")
        self.endpoint = endpoint
        self.deadline = deadline or Deadline(clock or SystemClock(), endpoint.deadline)
        self._connection = HttpConnection(endpoint, opener or Dialer(endpoint).open)
        self._digest: DigestSession | None = None
        self._refused = False
        self._start = _head("POST", PATH, endpoint) + _CONTENT

    def __enter__(self) -> HttpTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()
        self._digest = None

    def post(self, body: bytes) -> HttpReply:
        """The reply to one request: any status but 401 and 503.

        Unreachable when the device never had the request, AuthenticationRefused and Busy when it turned it down;
        after Interrupted, DeadlineExceeded (`sent`) and ProtocolError (`sent`) it may have been carried out.
        """
        if self._refused:
            raise self._refusal("were refused before and are not sent again")
        ready = self._connection.ready()
        session = self._digest if ready else None
        reply = self._exchange(body, session, ready)
        if reply.status == _UNAUTHORIZED:
            reply = self._log_in(reply, session, body)
        if reply.status == _UNAVAILABLE:
            pause = reply.headers.get("retry-after", "")
            raise Busy("{0} is busy (HTTP 503)".format(self.endpoint.host), pause and "it asks for a pause of " + pause)
        return reply

    def _log_in(self, reply: HttpReply, session: DigestSession | None, body: bytes) -> HttpReply:
        """Answer the challenge, and once more when the nonce was too old. A 401 proves that nothing was carried out."""
        renewed = False
        while reply.status == _UNAUTHORIZED:
            challenge = choose_challenge(reply.headers.get("www-authenticate", ""))
            if session is not None:
                if not challenge.stale:
                    self._refused = True
                    raise self._refusal("were refused")
                if renewed:
                    raise ProtocolError("{0} calls a fresh nonce stale".format(self.endpoint.host))
                renewed = True
            session = DigestSession(self.endpoint.username, self.endpoint.password, challenge)
            reply = self._exchange(body, session, self._connection.ready())
        self._digest = session
        return reply

    def _exchange(self, body: bytes, session: DigestSession | None, ready: bool) -> HttpReply:
        """On a new connection when the peer left the old one before it had a byte of this request."""
        if ready:
            try:
                return self._connection.exchange(self._request(body, session), self.deadline)
            except NothingSent:
                pass
        self._connection.open(self.deadline)
        return self._connection.exchange(self._request(body, session), self.deadline)

    def _request(self, body: bytes, session: DigestSession | None) -> bytes:
        if session is None:
            return b"%s%d\r\n\r\n%s" % (self._start, len(body), body)
        answer = session.authorization("POST", PATH, body).encode()
        return b"%s%d\r\nAuthorization: %s\r\n\r\n%s" % (self._start, len(body), answer, body)

    def _refusal(self, what: str) -> AuthenticationRefused:
        message = "{0}: the credentials of user {1!r} {2}".format(self.endpoint.host, self.endpoint.username, what)
        return AuthenticationRefused(
            message,
            "check user and password, and that the user may log in from the network; firmware slows down guessing",
        )


def probe_banner(endpoint: Endpoint, deadline: Deadline | None = None) -> str | None:
    """The Server header of an unauthenticated `GET /`, None when there is none.

    AMT names itself and its version: "Intel(R) Active Management Technology 16.1.25". No secret is sent, so any
    certificate will do.
    """
    anyone = replace(endpoint, legacy_tls=True, fingerprint="", client_certificate="", client_key="")
    deadline = deadline or Deadline(SystemClock(), endpoint.deadline)
    connection = HttpConnection(anyone, Dialer(anyone, verify=False).open)
    connection.open(deadline)
    try:
        reply = connection.exchange(_head("GET", "/", anyone) + b"\r\n", deadline)
    finally:
        connection.close()
    return reply.headers.get("server")


def _head(method: str, path: str, endpoint: Endpoint) -> bytes:
    host = endpoint.host.partition("%")[0]
    host = "[{0}]".format(host) if ":" in host else host
    name = host.encode("ascii" if host.isascii() else "idna")
    return b"%s %s HTTP/1.1\r\nHost: %s:%d\r\n" % (method.encode(), path.encode(), name, endpoint.port)
