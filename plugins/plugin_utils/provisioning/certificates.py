# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Provisioning certificates as files: what they hold, as plain rows, and what only the owner of the key can do.

Runs where the key is. Needs `cryptography` 42 and nothing of this collection, so that other front ends can map it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import ExtensionOID, NameOID
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = hasattr(x509.Certificate, "not_valid_after_utc")

ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")
PEM = b"-----BEGIN "


class FileRefused(Exception):
    """A file that cannot be used: the option that names it, and why."""

    def __init__(self, option: str, value: str, way_out: str) -> None:
        super().__init__(f"{option}: {value} cannot be used: {way_out}")
        self.option = option
        self.value = value
        self.way_out = way_out


@dataclass(frozen=True)
class Material:
    """`rows` are keyword arguments of a certificate for the rules of a chain. The key is in no representation."""

    rows: list[dict[str, Any]]
    key: rsa.RSAPrivateKey = field(repr=False)

    @property
    def key_hash(self) -> str:
        return _public_hash(self.key.public_key())

    def sign(self, data: bytes) -> bytes:
        """RSA, PKCS#1 v1.5, SHA-256."""
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    @contextmanager
    def for_tls(self, chain: list[bytes]) -> Iterator[str]:
        """A path that `ssl` can load key and chain from, as long as the context lasts. It is in memory where the
        system can do that, otherwise a file that only this user may read."""
        octets = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        for der in chain:
            octets += x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
        if hasattr(os, "memfd_create"):
            descriptor = os.memfd_create("provisioning")
            with os.fdopen(descriptor, "wb") as memory:
                memory.write(octets)
                memory.flush()
                yield f"/proc/self/fd/{descriptor}"
            return
        with tempfile.NamedTemporaryFile() as file:
            file.write(octets)
            file.flush()
            yield file.name


def load(path: str, passphrase: str | None = None, key_path: str | None = None) -> Material:
    """Certificates and key of a PKCS#12 file, or of PEM files. FileRefused."""
    if not HAS_CRYPTOGRAPHY:
        raise FileRefused("certificate.file", path, "the Python library cryptography 42 or later is not installed here")
    octets = _read("certificate.file", path)
    if PEM in octets:
        certificates = _pem_certificates(path, octets)
        source = ("certificate.key_file", key_path) if key_path else ("certificate.file", path)
        key = _pem_key(*source, _read(*source) if key_path else octets, passphrase)
    else:
        certificates, key = _bundle(path, octets, passphrase)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise FileRefused("certificate", path, "AMT takes signatures of RSA keys only, and this key is none")
    try:
        return Material([_row(certificate, certificates) for certificate in certificates], key)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise FileRefused("certificate.file", path, f"a certificate in it cannot be read ({error})") from None


def _read(option: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise FileRefused(option, path, (error.strerror or "it cannot be read").lower()) from None


def _pem_certificates(path: str, octets: bytes) -> list[x509.Certificate]:
    try:
        return _once(x509.load_pem_x509_certificates(octets))
    except ValueError:
        raise FileRefused("certificate.file", path, "it has no certificate that can be read") from None


def _once(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    return list(dict.fromkeys(certificates))


def _pem_key(option: str, path: str, octets: bytes, passphrase: str | None) -> Any:
    secret = passphrase.encode() if passphrase else None
    at = max(octets.find(PEM + kind) for kind in (b"PRIVATE", b"RSA PRIVATE", b"ENCRYPTED PRIVATE", b"EC PRIVATE"))
    if at < 0:
        raise FileRefused(option, path, "it has no private key; name the file that has it in key_file")
    try:
        return serialization.load_pem_private_key(octets[at:], secret)
    except TypeError:
        way_out = "its key is not encrypted: leave the passphrase out" if secret else "its key wants a passphrase"
        raise FileRefused(option, path, way_out) from None
    except (ValueError, UnsupportedAlgorithm):
        raise FileRefused(option, path, "the passphrase is wrong, or the key cannot be read") from None


def _bundle(path: str, octets: bytes, passphrase: str | None) -> tuple[list[x509.Certificate], Any]:
    try:
        bundle = pkcs12.load_pkcs12(octets, passphrase.encode() if passphrase else None)
    except (ValueError, UnsupportedAlgorithm):
        way_out = "it is neither PEM nor a PKCS#12 file that this passphrase opens"
        raise FileRefused("certificate.file", path, way_out) from None
    if bundle.key is None:
        raise FileRefused("certificate.file", path, "it has no private key")
    held = [*([bundle.cert] if bundle.cert else []), *bundle.additional_certs]
    return _once([each.certificate for each in held]), bundle.key


def _row(certificate: x509.Certificate, others: list[x509.Certificate]) -> dict[str, Any]:
    der = certificate.public_bytes(serialization.Encoding.DER)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    key = certificate.public_key()
    return {
        "der": der,
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "common_name": str(names[0].value) if names else certificate.subject.rfc4514_string(),
        "units": tuple(str(unit.value) for unit in units),
        "usages": _usages(certificate),
        "authority": _authority(certificate),
        "not_before": certificate.not_valid_before_utc.timestamp(),
        "not_after": certificate.not_valid_after_utc.timestamp(),
        "key_type": "rsa" if isinstance(key, rsa.RSAPublicKey) else type(key).__name__.lstrip("_").lower(),
        "key_size": getattr(key, "key_size", 0),
        "public_key": _public_hash(key),
        "signed_by": tuple(_public_hash(other.public_key()) for other in others if _signed(certificate, other)),
        "hashes": {name: hashlib.new(name, der, usedforsecurity=False).hexdigest() for name in ALGORITHMS},
        "signature_hash": _signature_hash(certificate),
    }


def _usages(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(usage.dotted_string for usage in found) if isinstance(found, x509.ExtendedKeyUsage) else ()


def _authority(certificate: x509.Certificate) -> bool:
    """Certificates of version 1, as some old roots are, cannot say it."""
    if certificate.version is x509.Version.v1:
        return True
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return algorithm.name if algorithm else ""


def _signed(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _public_hash(key: Any) -> str:
    octets = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(octets).hexdigest()
