# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The certificates by which somebody proves that he may set a device up, and his signature over both nonces.

Facts: rpc-go, MeshCentral and the vendor's guide. That firmware looks at no dates is assumed: before it is set up it
has no clock to trust.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Optional

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .hashes import MD5, SHA1, SHA256, SHA384, Hashes, TrustedHash

PROVISIONING = x509.ObjectIdentifier("2.16.840.1.113741.1.2.3")
SETUP_UNIT = "Intel(R) Client Setup Certificate"
LONGEST = 4
NOT_STARTED, IN_PROGRESS, COMPLETE = range(3)


class ChainRefused(Exception):
    """A certificate does not fit; the chain starts over."""


def load(der: bytes) -> x509.Certificate:
    """Raises ValueError for what is no certificate."""
    return x509.load_der_x509_certificate(der)


def digests(certificate: x509.Certificate) -> dict[int, bytes]:
    """By the numbers that firmware has for algorithms."""
    der = certificate.public_bytes(Encoding.DER)
    names = {MD5: "md5", SHA1: "sha1", SHA256: "sha256", SHA384: "sha384"}
    return {algorithm: hashlib.new(name, der, usedforsecurity=False).digest() for algorithm, name in names.items()}


def may_provision(leaf: x509.Certificate) -> bool:
    """By the usage for it, or by the name of the unit; and only a certificate for servers."""
    units = [str(found.value) for found in leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)]
    try:
        usages = list(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except (x509.ExtensionNotFound, ValueError):
        usages = []
    return ExtendedKeyUsageOID.SERVER_AUTH in usages and (PROVISIONING in usages or SETUP_UNIT in units)


def is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def suits(name: str, suffix: str) -> bool:
    """Whether a certificate of that name is for devices of that domain: its own, or one above it; `*.` may lead."""
    own, domain = name.lower(), suffix.lower().strip(".")
    own = own.removeprefix("*.")
    if not own or not domain:
        return False
    return own == domain or domain.endswith("." + own) or own.endswith("." + domain)


class Chain:
    """Certificates from the leaf to a root that is trusted, as they come in."""

    def __init__(self, trusted: Hashes) -> None:
        self.trusted = trusted
        self.certificates: list[x509.Certificate] = []
        self.root: Optional[TrustedHash] = None

    @property
    def status(self) -> int:
        if not self.certificates:
            return NOT_STARTED
        return COMPLETE if self.root else IN_PROGRESS

    @property
    def is_full(self) -> bool:
        return len(self.certificates) >= LONGEST

    def add(self, certificate: x509.Certificate, leaf: bool, root: bool) -> None:
        """The next certificate; a leaf starts a new chain. Raises ChainRefused."""
        if leaf:
            self.certificates, self.root = [], None
        if not self._fits(certificate, leaf):
            self._refuse()
        self.certificates.append(certificate)
        if root:
            self.root = self.trusted.trusted(digests(certificate)) if signed_by(certificate, certificate) else None
            if self.root is None:
                self._refuse()

    def _fits(self, certificate: x509.Certificate, leaf: bool) -> bool:
        if leaf:
            return may_provision(certificate)
        return is_authority(certificate) and signed_by(self.certificates[-1], certificate)

    def _refuse(self) -> None:
        self.certificates, self.root = [], None
        raise ChainRefused

    def is_signature(self, message: bytes, signature: bytes) -> bool:
        """Whether the leaf's key signed it: RSA with SHA-256, PKCS #1 v1.5."""
        key = self.certificates[0].public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        try:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def whole_chain(trusted: Hashes, presented: Sequence[bytes]) -> Optional[Chain]:
    """A chain that came at once, as in a TLS handshake; None when it does not lead to a trusted root."""
    chain = Chain(trusted)
    try:
        certificates = [load(der) for der in presented]
        for number, certificate in enumerate(certificates):
            if chain.is_full:
                return None
            chain.add(certificate, number == 0, number == len(certificates) - 1)
    except (ChainRefused, ValueError):
        return None
    return chain if chain.root else None
