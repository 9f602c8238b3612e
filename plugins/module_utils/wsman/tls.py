# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""TLS over any byte stream: verified by the system's store, a CA file, or the SHA-256 of the leaf certificate."""

from __future__ import annotations

import errno
import hmac
import os
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import TypeVar

from ..errors import Unreachable, unusable
from ..web_server import admit_legacy
from .bytestream import ByteStream, NothingSent, left_until
from .endpoint import Endpoint

_CHUNK = 32768
_OVERHEAD = 256 * 1024  # bytes of TLS that one step may take without an end; OpenSSL takes 100 KiB of certificates
_UNASKED = 3  # pieces of _CHUNK that may lie there between two requests
_LOOK = 1.0  # seconds to take in what has arrived already
_LEGACY_HINT = "firmware of AMT 11 and older needs the legacy TLS profile: set `legacy_tls`"
T = TypeVar("T")
_PLAIN_HINT = "this port speaks plain HTTP: use the TLS port (16993), or switch TLS off with `tls`"


def make_context(endpoint: Endpoint, verify: bool = True) -> ssl.SSLContext:
    """What to demand of the device and what to show it. InvalidOption when a file cannot be used."""
    by_authority = verify and not endpoint.fingerprint
    try:
        if by_authority or endpoint.ca_file:
            context = ssl.create_default_context(cafile=endpoint.ca_file or None)
        else:  # the system's authorities have no say, and reading them costs more than a handshake
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except (OSError, ValueError) as error:
        raise unusable("ca_file", endpoint.ca_file, _file_trouble(error)) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not by_authority:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if endpoint.legacy_tls:
        admit_legacy(context)
    if endpoint.client_certificate:
        _show_certificate(context, endpoint)
    return context


def _show_certificate(context: ssl.SSLContext, endpoint: Endpoint) -> None:
    try:
        context.load_cert_chain(endpoint.client_certificate, endpoint.client_key or None, password="")
    except (OSError, ValueError) as error:
        trouble = _file_trouble(error) + "; give PEM files, the key without a passphrase"
        raise unusable("client_certificate", endpoint.client_certificate, trouble) from None


def _file_trouble(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "it does not hold what it should ({0})".format((error.reason or "unreadable").lower().replace("_", " "))
    return os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)


class TlsStream(ByteStream):
    """A TLS client over another stream, which it owns. `handshake` comes first; `fingerprint` is known after it."""

    def __init__(self, carrier: ByteStream, context: ssl.SSLContext, host: str) -> None:
        self._carrier = carrier
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        name = host.partition("%")[0] if context.check_hostname else None
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._end = 0.0
        self._spoken = False
        self._alert = ""
        self.first_bytes = b""
        self.ended = False

    @property
    def fingerprint(self) -> str:
        return sha256(self.certificate).hexdigest()

    @property
    def certificate(self) -> bytes:
        return self._tls.getpeercert(binary_form=True) or b""

    @property
    def peer(self) -> str:
        return self._carrier.peer

    def handshake(self) -> None:
        """Raises ssl.SSLError and other OSErrors, within the limit."""
        try:
            self._repeat(self._tls.do_handshake)
        except ssl.SSLError:
            self._tell_why()
            raise

    def _tell_why(self) -> None:
        with suppress(OSError):
            self._flush()

    def limit(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._carrier.limit(seconds)

    def sendall(self, data: bytes) -> None:
        rest = data
        while rest:
            try:
                written = self._repeat(partial(self._tls.write, rest))
            except NothingSent as error:
                if len(rest) == len(data):
                    raise
                raise ConnectionResetError(error.errno, error.strerror) from error
            rest = rest[written:]

    def recv(self, size: int) -> bytes:
        try:
            if not self._tls.pending() and not self._incoming.pending:
                self._fill()
            data = self._repeat(partial(self._tls.read, size))
        except ssl.SSLError as error:
            if self.ended or isinstance(error, ssl.SSLZeroReturnError):
                return b""
            if not self._spoken:
                self._alert = error.reason or ""
            raise
        self._spoken = True
        return data

    def _repeat(self, step: Callable[[], T]) -> T:
        """Until OpenSSL needs nothing more from the peer for this step. A step has a limit in bytes too: what is
        neither a handshake nor content, such as session tickets, could otherwise go on for ever."""
        taken = 0
        while True:
            left_until(self._end)
            try:
                result = step()
                self._flush()
                return result
            except ssl.SSLWantReadError:
                self._flush()
                taken += self._fill()
            if taken > _OVERHEAD:
                raise ConnectionAbortedError(errno.ECONNABORTED, "the device floods the TLS connection")

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data:
            self._carrier.sendall(data)

    def _fill(self) -> int:
        data = self._carrier.recv(_CHUNK)
        if not self.first_bytes:
            self.first_bytes = data[:5]
        if data:
            self._incoming.write(data)
        else:
            self.ended = True
            self._incoming.write_eof()
        return len(data)

    def alive(self) -> bool:
        """A few session tickets may lie unread; they are taken in, and whatever else is there means the end."""
        if self._carrier.alive() and not self._incoming.pending and not self._tls.pending():
            return True
        try:
            self.limit(_LOOK)
            for _chunk in range(_UNASKED):
                if self._carrier.alive():
                    break
                if not self._fill():
                    return False
            else:
                return False
            self._tls.read(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            return False
        return False

    def failure(self) -> str:
        if "ALERT" in self._alert:
            return "the device refused the TLS connection ({0})".format(self._alert.lower().replace("_", " "))
        return self._carrier.failure()

    def close(self) -> None:
        self._carrier.close()


def start_tls(carrier: ByteStream, context: ssl.SSLContext, endpoint: Endpoint, seconds: float) -> TlsStream:
    """The stream after its handshake; ssl.SSLCertVerificationError for an untrusted certificate, else Unreachable."""
    stream = TlsStream(carrier, context, endpoint.host)
    stream.limit(seconds)
    try:
        stream.handshake()
    except ssl.SSLCertVerificationError:
        raise
    except OSError as error:
        raise _handshake_failed(endpoint, stream, error, seconds) from error
    return stream


def pin_matches(endpoint: Endpoint, stream: TlsStream) -> bool:
    return not endpoint.fingerprint or hmac.compare_digest(endpoint.fingerprint, stream.fingerprint)


def _handshake_failed(endpoint: Endpoint, stream: TlsStream, error: OSError, seconds: float) -> Unreachable:
    place = "{0} port {1}: ".format(endpoint.host, endpoint.port)
    if stream.first_bytes[:5] == b"HTTP/":
        return Unreachable(place + "the TLS handshake was answered in plain HTTP", _PLAIN_HINT)
    failure = stream.failure()
    if failure:
        return Unreachable(place + failure, "run the proxy command by hand to see what it says")
    if isinstance(error, TimeoutError):
        message = "the TLS handshake was not finished in {0:.3g} s".format(seconds)
        return Unreachable(
            place + message, "the firmware may be busy or hung: try again later, or raise `connect_timeout`"
        )
    return Unreachable(
        place + "the TLS handshake failed ({0})".format(_reason(stream, error)), _handshake_hint(endpoint)
    )


def _reason(stream: TlsStream, error: OSError) -> str:
    if stream.ended or not isinstance(error, ssl.SSLError):
        return "the device closed the connection"
    return (error.reason or "unknown reason").lower().replace("_", " ")


def _handshake_hint(endpoint: Endpoint) -> str:
    hint = "check that this port speaks TLS and whether the device demands a client certificate"
    return hint if endpoint.legacy_tls else hint + "; " + _LEGACY_HINT
