# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The byte stream to one firmware: TCP or a proxy command, and TLS over either."""

from __future__ import annotations

import ssl
import time

from ..clock import Deadline
from ..errors import AmtError, CertificateRefused, DeadlineExceeded, Unreachable
from . import tls
from .bytestream import ByteStream
from .endpoint import Endpoint
from .proxy import ProxyStream
from .tcp import connect

_PIN_HINT = "if that is the device's certificate, set `fingerprint` to this value; or name the authority in `ca_file`"
_WEAK_HINT = (
    "its key or its signature is weaker than this system's OpenSSL accepts, as with certificates of old firmware "
    "(RSA of 1024 bits, SHA-1): set `legacy_tls`, or `fingerprint` to this value if that is the device's certificate"
)
_NAME_HINT = (
    "it is for other names: set `host` to one that is in it, or have one issued that has `host` in it (an address "
    "counts only as such); or set `fingerprint` to this value if that is the device's certificate"
)
_MISNAMED = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of the same file as the next
_WEAK = range(66, 69)  # X509_V_ERR_EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL and CA_MD_TOO_WEAK of OpenSSL's x509_vfy.h


def open_stream(endpoint: Endpoint, deadline: Deadline) -> ByteStream:
    """A stream that is ready for HTTP. Unreachable, CertificateRefused, InvalidOption or DeadlineExceeded."""
    return Dialer(endpoint).open(deadline)


class Dialer:
    """Opens streams to one endpoint, again and again. `verify=False` is for looking, never for logging in."""

    def __init__(self, endpoint: Endpoint, verify: bool = True) -> None:
        self._endpoint = endpoint
        self._verify = verify
        self._context: ssl.SSLContext | None = None

    def open(self, deadline: Deadline) -> ByteStream:
        if deadline.passed():
            raise _too_late(deadline)
        try:
            return self._open(min(self._endpoint.connect_timeout, deadline.left()), deadline)
        except Unreachable as error:
            if deadline.passed():
                raise _too_late(deadline) from error
            raise

    def _open(self, seconds: float, deadline: Deadline) -> ByteStream:
        endpoint = self._endpoint
        if endpoint.tls and self._context is None:
            self._context = tls.make_context(endpoint, self._verify)
        end = time.monotonic() + seconds
        carrier = self._dial(seconds)
        if self._context is None:
            return carrier
        try:
            return self._secure(carrier, self._context, end - time.monotonic())
        except ssl.SSLCertVerificationError as error:
            carrier.close()
            reason = error.verify_message.rstrip(".")
            misnamed = error.verify_code in _MISNAMED
            hint = _NAME_HINT if misnamed else _WEAK_HINT if error.verify_code in _WEAK else _PIN_HINT
            raise _refused(endpoint, reason, self._presented(deadline), hint, misnamed) from error
        except AmtError:
            carrier.close()
            raise

    def _dial(self, seconds: float) -> ByteStream:
        if self._endpoint.proxy_command:
            return ProxyStream(self._endpoint.proxy_command)
        return connect(self._endpoint.host, self._endpoint.port, seconds)

    def _secure(self, carrier: ByteStream, context: ssl.SSLContext, seconds: float) -> tls.TlsStream:
        stream = tls.start_tls(carrier, context, self._endpoint, seconds)
        if self._verify and not tls.pin_matches(self._endpoint, stream):
            raise _refused(self._endpoint, "it is not the pinned one", stream.fingerprint)
        return stream

    def _presented(self, deadline: Deadline) -> str:
        """OpenSSL does not hand out a certificate that it refused, so it is asked for again; empty when that fails."""
        looking = Dialer(self._endpoint, verify=False)
        try:
            stream = looking.open(deadline)
        except AmtError:
            return ""
        stream.close()
        return stream.fingerprint if isinstance(stream, tls.TlsStream) else ""


def _too_late(deadline: Deadline) -> DeadlineExceeded:
    return DeadlineExceeded(
        "the {0:g} s for the whole task passed before the device could be asked".format(deadline.seconds),
        "allow more time with `deadline`",
    )


def _refused(
    endpoint: Endpoint, reason: str, fingerprint: str, hint: str = _PIN_HINT, misnamed: bool = False
) -> CertificateRefused:
    message = "{0} port {1}: the certificate is refused: {2}".format(endpoint.host, endpoint.port, reason)
    if fingerprint:
        message += "; the SHA-256 of what was presented is " + fingerprint
    return CertificateRefused(message, hint, fingerprint, misnamed)
