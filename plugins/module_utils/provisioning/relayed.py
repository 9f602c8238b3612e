# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""WS-Man over TLS that ends here and not on the machine, whose runs of a module carry the bytes."""

from __future__ import annotations

import errno
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..clock import Deadline, SystemClock
from ..errors import CertificateRefused
from ..machine import Machine
from ..wsman import tls
from ..wsman.bytestream import ByteStream, left_until
from ..wsman.client import Client
from ..wsman.endpoint import Endpoint
from ..wsman.http import HttpTransport
from .relay import LONGEST

Exchange = Callable[[Mapping[str, Any]], Mapping[str, Any]]
ROUND = 20.0
"""Seconds that the machine waits for an answer of the firmware within one exchange."""
HANDSHAKE = 180.0
ALL = 600.0


class RelayStream(ByteStream):
    """What is sent waits until an answer is wanted: each exchange is a run of the module."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._outgoing = b""
        self._incoming = b""
        self._fresh = True
        self._closed = False
        self._end = 0.0

    def limit(self, seconds: float) -> None:
        """A run of the module that is under way is not cut short; none begins after the limit."""
        self._end = time.monotonic() + seconds

    def sendall(self, data: bytes) -> None:
        self._outgoing += data

    def recv(self, size: int) -> bytes:
        while not self._incoming and not self._closed:
            self._carry(min(ROUND, left_until(self._end)))
        left_until(self._end)
        piece, self._incoming = self._incoming[:size], self._incoming[size:]
        return piece

    def _carry(self, wait: float) -> None:
        asked = {"fresh": self._fresh, "data": self._outgoing.hex(), "wait": wait}
        self._fresh, self._outgoing = False, b""
        answer = self._exchange(asked)
        if len(answer["data"]) > LONGEST:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the relay on the machine brings more than it may")
        self._incoming += bytes.fromhex(answer["data"])
        self._closed = bool(answer["closed"])

    def alive(self) -> bool:
        return not self._closed and not self._incoming

    def close(self) -> None:
        """The next stream, or the end of the relay, closes it on the machine."""
        self._closed = True


@contextmanager
def relayed_machine(
    exchange: Exchange, expected: Mapping[str, str], client_file: str, clock: SystemClock | None = None
) -> Iterator[Machine]:
    """The firmware, which shows the `expected` certificate (algorithm, hash) and is shown that of `client_file`.

    Its administrator has no password yet.
    """
    clock = clock or SystemClock()
    endpoint = Endpoint(
        "localhost", client_certificate=client_file, client_key=client_file, connect_timeout=HANDSHAKE, read_timeout=ALL
    )
    context = tls.make_context(endpoint, verify=False)
    deadline = Deadline(clock, ALL)

    def opener(_deadline: Deadline) -> ByteStream:
        stream = tls.start_tls(RelayStream(exchange), context, endpoint, HANDSHAKE)
        judge(stream.certificate, expected)
        return stream

    machine = Machine(Client(HttpTransport(endpoint, clock, deadline, opener), clock, deadline), clock, deadline)
    with machine:
        yield machine


def judge(certificate: bytes, expected: Mapping[str, str]) -> None:
    """CertificateRefused unless this is the certificate that the engine has named."""
    algorithm = expected["algorithm"]
    if algorithm not in ("sha256", "sha384"):
        raise CertificateRefused("the engine names the certificate of AMT by {0}".format(algorithm))
    found = hashlib.new(algorithm, certificate).hexdigest()
    if not hmac.compare_digest(found, expected["hash"]):
        hint = "something between the controller and the firmware answers in its place"
        raise CertificateRefused("AMT does not show the certificate that the engine has named", hint, found)
