# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for tests. Keys are made once in a process, and are short: nothing hangs on their strength."""

from __future__ import annotations

import atexit
import datetime
import ipaddress
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Optional

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from simulator.certificates import key_usage

BITS = 1024
DAY = datetime.timedelta(days=1)


@cache
def key(name: str, bits: int = BITS) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def key_pem(name: str, bits: int = BITS) -> str:
    return key(name, bits).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate(
    name: str,
    issuer: str = "",
    public: Any = None,
    authority: bool = False,
    days: int = 365,
    dns_names: Sequence[str] = (),
    usages: Sequence[str] = (),
    addresses: Sequence[str] = (),
    padding: int = 0,
    bits: int = BITS,
    begin: Optional[datetime.datetime] = None,
) -> x509.Certificate:
    """Of the key called `name`, by that of `issuer`. `padding`: so many bytes longer than it need be."""
    begin = begin or datetime.datetime.now(datetime.timezone.utc) - DAY
    public, signing = public or key(name, bits).public_key(), key(issuer or name, bits)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject(name))
        .issuer_name(subject(issuer or name))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + DAY * (days + 1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
    )
    if authority:
        made = made.add_extension(key_usage(certificates=True), critical=True)
    known = [*map(x509.DNSName, dns_names), *(x509.IPAddress(ipaddress.ip_address(each)) for each in addresses)]
    if known:
        made = made.add_extension(x509.SubjectAlternativeName(known), False)
    if usages:
        made = made.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in usages]), False)
    if padding:
        made = made.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(padding)), False)
    return made.sign(signing, hashes.SHA256())


def subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def pem(made: x509.Certificate) -> str:
    return made.public_bytes(Encoding.PEM).decode()


@cache
def root(name: str) -> str:
    """The same one each time."""
    return pem(certificate(name, authority=True))


@cache
def leaf(name: str, issuer: str) -> str:
    return pem(certificate(name, issuer))


@cache
def authority(name: str, bits: int = BITS, days: int = 365) -> list[str]:
    """A command that makes certificates of requests, by openssl and an authority in a folder of this process's own."""
    folder = Path(tempfile.mkdtemp(prefix="authority-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    program = shutil.which("openssl")
    assert program, "openssl is needed"
    (folder / "root.pem").write_text(pem(certificate(name, authority=True, bits=bits)))
    (folder / "root.key").write_text(key_pem(name, bits))
    files = ["-CA", str(folder / "root.pem"), "-CAkey", str(folder / "root.key"), "-CAcreateserial"]
    return [program, "x509", "-req", *files, "-days", str(days), "-copy_extensions", "copy"]
