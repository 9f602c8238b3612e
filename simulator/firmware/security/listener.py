# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a TLS listener of the device shows, and whom it lets in (AMT.md 10.3; vendor's guide, TLS)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

USAGES = {"remote": "2.16.840.1.113741.1.2.1", "local": "2.16.840.1.113741.1.2.2"}
"""What a client's certificate is for, besides TLS clients: a console, or an agent on the host."""


@dataclass(frozen=True)
class Identity:
    """A certificate with its issuers, the leaf first, and its key in PEM."""

    key: bytes
    chain: tuple[bytes, ...]


@dataclass(frozen=True)
class Demand:
    """Mutual TLS. `names`: suffixes of the common name, any where there are none. `revoked`: serial numbers."""

    roots: tuple[bytes, ...]
    names: tuple[str, ...] = ()
    revoked: frozenset[int] = frozenset()
    side: str = "remote"

    def objection(self, presented: bytes, now: float) -> str:
        """Why a client, whose chain was verified already, is not let in; nothing if it is."""
        certificate = x509.load_der_x509_certificate(presented)
        if certificate.serial_number in self.revoked:
            return "revoked"
        if not self._is_named(certificate):
            return "not a trusted name"
        if not certificate.not_valid_before_utc.timestamp() <= now <= certificate.not_valid_after_utc.timestamp():
            return "not valid at this time"
        return "" if self._is_for_this(certificate) else "not for this"

    def _is_named(self, certificate: x509.Certificate) -> bool:
        found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        name = str(found[0].value).lower() if found else ""
        suffixes = [suffix.lower() for suffix in self.names]
        return not suffixes or any(name == suffix or name.endswith("." + suffix.lstrip(".")) for suffix in suffixes)

    def _is_for_this(self, certificate: x509.Certificate) -> bool:
        try:
            usages: Any = certificate.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
        except x509.ExtensionNotFound:
            return False
        return {x509.ObjectIdentifier(USAGES[self.side]), ExtendedKeyUsageOID.CLIENT_AUTH} <= set(usages)
