# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates by which a device may be set up, and some that are wrong in one respect."""

from __future__ import annotations

import base64
import datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PROVISIONING = x509.ObjectIdentifier("2.16.840.1.113741.1.2.3")
START = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
END = START + datetime.timedelta(days=9000)


@cache
def key(name):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def name(common, unit=None):
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if unit:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name(attributes)


def issued(subject, own, issuer, signer, *extensions):
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key(own).public_key())
    made = made.serial_number(1000 + len(own)).not_valid_before(START).not_valid_after(END)
    for extension in extensions:
        made = made.add_extension(extension, critical=False)
    return made.sign(key(signer), hashes.SHA256())


AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)


@cache
def authority(own="root", issuer="root", ca=True):
    constraints = AUTHORITY if ca else x509.BasicConstraints(ca=False, path_length=None)
    return issued(name(own), own, name(issuer), issuer, constraints)


@cache
def leaf(common="amt.example.test", usage=True, unit=None, issuer="middle", server=True):
    usages = [ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH]
    usages += [PROVISIONING] if usage else []
    return issued(name(common, unit), "leaf", name(issuer), issuer, x509.ExtendedKeyUsage(usages))


def chain(**options):
    """Leaf, one between, root."""
    return [leaf(**options), authority("middle", "root"), authority()]


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def trusted():
    """What a device has to trust."""
    return {"test root": authority().fingerprint(hashes.SHA256()).hex()}


def signature(octets, own="leaf"):
    return key(own).sign(octets, padding.PKCS1v15(), hashes.SHA256())


def text(octets):
    return base64.b64encode(octets).decode()


def pem(certificates):
    return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates)


def key_pem(own="leaf"):
    return key(own).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
