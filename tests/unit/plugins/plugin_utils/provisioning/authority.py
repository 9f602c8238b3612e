# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provisioning certificates of authorities that exist for one test run."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SETUP = x509.ObjectIdentifier("2.16.840.1.113741.1.2.3")
SERVER = ExtendedKeyUsageOID.SERVER_AUTH
UNIT = "Intel(R) Client Setup Certificate"
NOW = datetime.datetime.now(datetime.timezone.utc)
YEAR = datetime.timedelta(days=365)


@cache
def key(number=0, bits=2048):
    """The same key for the same number: making one takes time."""
    return rsa.generate_private_key(65537, bits)


@cache
def curve_key():
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Issued:
    certificate: x509.Certificate
    key: object

    @property
    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self, passphrase=None):
        encryption = (
            serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
        )
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def name(common_name, unit=None):
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name(parts)


def issue(
    common_name, own_key, issuer=None, usages=None, unit=None, authority=True, start=NOW - YEAR, end=NOW + YEAR,
    signed_with=None, algorithm=None,
):  # fmt: skip
    """A certificate; without `issuer` it is self-signed. `signed_with`: another key than the issuer's."""
    subject = name(common_name, unit)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), True)
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), False)
    signer = signed_with or (issuer.key if issuer else own_key)
    return Issued(builder.sign(signer, algorithm or hashes.SHA256()), own_key)


@cache
def root():
    return issue("Test Root", key(0))


@cache
def intermediate():
    return issue("Test Intermediate", key(1), root())


def leaf(common_name="provisioning.example.com", issuer=None, own_key=None, usages=(SETUP, SERVER), **kind):
    return issue(common_name, own_key or key(2), issuer or intermediate(), usages=list(usages), authority=False, **kind)


def bundle(first, others, passphrase=None):
    """PKCS#12"""
    encryption = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    return pkcs12.serialize_key_and_certificates(
        b"provisioning", first.key, first.certificate, [each.certificate for each in others], encryption
    )


def pem(*issued, own_key=True):
    octets = b"".join(each.pem for each in issued)
    return octets + (issued[0].key_pem() if own_key else b"")


def trusted(issued, algorithm="sha256", active=True):
    """A row of the device's table of roots."""
    digest = issued.certificate.fingerprint(getattr(hashes, algorithm.upper())())
    return {"hash": digest.hex(), "algorithm": algorithm, "active": active, "name": "test", "default": False}
