# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""TLS for callers of the host itself, without sockets.

Once a set-up was started the client has to show a certificate, or there is no connection at all (rpc-go). The device
takes any here and judges it itself: it knows the root by its hash, and the leaf by that which was announced over MEI.
"""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from OpenSSL import SSL, crypto

from ..firmware.security.listener import Demand, Identity

PIECE = 65536


class TlsFailed(Exception):
    """The handshake or the encryption has failed; what is left to send is an alert."""


def context(certificate: Path, key: Path, asks_client: bool) -> SSL.Context:
    made = SSL.Context(SSL.TLS_SERVER_METHOD)
    made.set_min_proto_version(SSL.TLS1_2_VERSION)
    made.use_certificate_file(str(certificate))
    made.use_privatekey_file(str(key))
    if asks_client:
        made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_judged: True)
        made.set_session_id(b"local")
    return made


def show(made: SSL.Context, identity: Identity) -> None:
    """In the place of the device's own certificate."""
    leaf, *issuers = (x509.load_der_x509_certificate(octets) for octets in identity.chain)
    made.use_certificate(leaf)
    for issuer in issuers:
        made.add_extra_chain_cert(issuer)
    made.use_privatekey(load_pem_private_key(identity.key, None))


def demand_certificate(made: SSL.Context, demand: Demand) -> None:
    store = made.get_cert_store()
    for octets in demand.roots:
        store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, octets))
    store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
    made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *judged: bool(judged[4]))
    made.set_session_id(b"local")


class LocalTls:
    """One connection: what comes from the client goes into `receive`, what it is to get comes from `to_send`."""

    def __init__(self, made: SSL.Context) -> None:
        self._connection = SSL.Connection(made, None)
        self._connection.set_accept_state()
        self.established = False

    def receive(self, data: bytes) -> bytes:
        """What the client says in the clear. Raises TlsFailed."""
        self._connection.bio_write(data)
        plain = b""
        try:
            if not self.established:
                self._connection.do_handshake()
                self.established = True
            while True:
                plain += self._connection.recv(PIECE)
        except (SSL.WantReadError, SSL.ZeroReturnError):
            return plain
        except (SSL.Error, SSL.SysCallError) as error:
            raise TlsFailed(str(error)) from error

    def send(self, plain: bytes) -> None:
        if plain:
            self._connection.sendall(plain)

    def to_send(self) -> bytes:
        octets = b""
        while True:
            try:
                octets += self._connection.bio_read(PIECE)
            except SSL.WantReadError:
                return octets

    def presented(self) -> Optional[list[bytes]]:
        """The client's certificates in DER, its own first; None when it has shown none."""
        own = self._connection.get_peer_certificate(as_cryptography=True)
        if own is None:
            return None
        others = self._connection.get_peer_cert_chain(as_cryptography=True) or []
        found = [own, *(other for other in others if other != own)]
        return [certificate.public_bytes(Encoding.DER) for certificate in found]
