# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A certificate authority for the fleet, and a leaf certificate per device, made when first needed.

All leaves share one RSA key: making a key takes a tenth of a second, signing a certificate a thousandth, and a fleet
may hold ten thousand devices. Their certificates, and so their fingerprints, differ.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
import tempfile
import warnings
from collections import OrderedDict
from pathlib import Path
from typing import Optional

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .device import Description
from .firmware.security.listener import Demand, Identity
from .firmware.security.on_die import root_pem

KINDS = ("trusted", "self_signed", "expired", "other_name")
"""What a device's certificate may be: sound; its own issuer; out of date; made out to another machine."""

REMOTE_CONSOLE = x509.ObjectIdentifier("2.16.840.1.113741.1.2.1")
"""The usage that AMT expects of a console's certificate."""

CONTEXTS_KEPT = 256

PARTIAL_CHAIN = ssl.VerifyFlags(0x80000)
"""X509_V_FLAG_PARTIAL_CHAIN (openssl/x509_vfy.h), which the module ssl names from Python 3.10 on."""

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


class Authority:
    """Keeps its key and certificates in `folder`, and finds them there again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        self._key_file = folder / "ca.key"
        self._leaf_key_file = folder / "device.key"
        self._leaves: dict[str, x509.Certificate] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._key = load_key(self._key_file)
        self._leaf_key = load_key(self._leaf_key_file)
        self._certificate = self._load_or_make_ca()
        self.on_die_root_file = folder / "on-die-root.pem"
        self.on_die_root_file.write_text(root_pem())

    def _load_or_make_ca(self) -> x509.Certificate:
        if self.ca_file.exists():
            return x509.load_pem_x509_certificate(self.ca_file.read_bytes())
        name = common_name("Simulated firmware CA")
        made = (
            certificate_builder(name, name, self._key.public_key(), days=3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .add_extension(key_usage(certificates=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.ca_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return made

    def leaf(self, device: Description) -> x509.Certificate:
        if device.address not in self._leaves:
            stored = self._leaf_file(device)
            if stored.exists():
                self._leaves[device.address] = x509.load_pem_x509_certificate(stored.read_bytes())
            else:
                made = self._make_leaf(device)
                stored.write_bytes(made.public_bytes(serialization.Encoding.PEM))
                self._leaves[device.address] = made
        return self._leaves[device.address]

    def _leaf_file(self, device: Description) -> Path:
        return self.folder / "{0}-{1}.pem".format(device.address, device.certificate)

    def _make_leaf(self, device: Description) -> x509.Certificate:
        other = device.certificate == "other_name"
        subject = common_name("elsewhere" if other else device.name)
        names: list[x509.GeneralName] = [x509.DNSName("elsewhere" if other else device.name)]
        if not other:
            names.append(x509.IPAddress(ipaddress.ip_address(device.address)))
        own = device.certificate == "self_signed"
        issuer, key = (subject, self._leaf_key) if own else (self._certificate.subject, self._key)
        days = -1 if device.certificate == "expired" else 3650
        return (
            certificate_builder(subject, issuer, self._leaf_key.public_key(), days)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )

    def client_certificate(self, name: str) -> tuple[Path, Path]:
        """A certificate and key, as files, with which a management console may log in to devices with `client_ca`."""
        certificate_file, key_file = self.folder / "client-{0}.pem".format(name), self.folder / "client.key"
        key = load_key(key_file)
        made = (
            certificate_builder(common_name(name), self._certificate.subject, key.public_key(), days=3650)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, REMOTE_CONSOLE]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return certificate_file, key_file

    def fingerprint(self, device: Description) -> str:
        """SHA-256 of the leaf, in hexadecimal."""
        return self.leaf(device).fingerprint(hashes.SHA256()).hex()

    def certificate(self, device: Description) -> bytes:
        """The leaf in DER."""
        return self.leaf(device).public_bytes(serialization.Encoding.DER)

    def files(self, device: Description) -> tuple[Path, Path]:
        """The device's certificate and key, as files."""
        self.leaf(device)
        return self._leaf_file(device), self._leaf_key_file


OLD_VERSIONS = ("1.0", "1.1")
OLD_CIPHERS = "AES128-SHA:AES256-SHA:@SECLEVEL=0"
CIPHERS = "ECDHE+AES:RSA+AES"
"""RSA key exchange too: MeshCentral's client offers nothing else below TLS 1.3, and it is used with all of these."""


class TlsContexts:
    """A server context per device and what it shows and demands; the least recently used are made anew when they are
    wanted again."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self._contexts: OrderedDict[tuple, ssl.SSLContext] = OrderedDict()

    def get(
        self,
        device: Description,
        versions: tuple[str, ...],
        identity: Optional[Identity] = None,
        demand: Optional[Demand] = None,
    ) -> ssl.SSLContext:
        wanted = (device.address, versions, identity, demand)
        context = self._contexts.pop(wanted, None) or self._make(device, versions, identity, demand)
        self._contexts[wanted] = context
        if len(self._contexts) > CONTEXTS_KEPT:
            self._contexts.popitem(last=False)
        return context

    def _make(
        self, device: Description, versions: tuple[str, ...], identity: Optional[Identity], demand: Optional[Demand]
    ) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers(ciphers_for(versions))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = VERSIONS[versions[0]]
            context.maximum_version = VERSIONS[versions[-1]]
        if identity is None:
            context.load_cert_chain(*self.authority.files(device))
        else:
            show(context, identity)
        if device.client_ca:
            context.load_verify_locations(device.client_ca)
        if demand is not None and demand.roots:
            context.load_verify_locations(cadata=b"".join(demand.roots))
        if device.client_ca or demand is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.verify_flags |= PARTIAL_CHAIN
        return context


def show(context: ssl.SSLContext, identity: Identity) -> None:
    """The module ssl takes keys from files only: this one is there no longer than that takes."""
    with tempfile.NamedTemporaryFile(prefix="listener-") as file:
        file.write(identity.key)
        for octets in identity.chain:
            file.write(x509.load_der_x509_certificate(octets).public_bytes(serialization.Encoding.PEM))
        file.flush()
        context.load_cert_chain(file.name)


def ciphers_for(versions: tuple[str, ...]) -> str:
    """OpenSSL gives up TLS 1.0 and 1.1 above its lowest level of security."""
    if versions[-1] in OLD_VERSIONS:
        return OLD_CIPHERS
    return CIPHERS + ":@SECLEVEL=0" if versions[0] in OLD_VERSIONS else CIPHERS


def load_key(path: Path) -> rsa.RSAPrivateKey:
    """The key in a file that only its owner may read; it is made when the file is missing."""
    if path.exists():
        return serialization.load_pem_private_key(path.read_bytes(), password=None)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    octets = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(octets)
    return key


def common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def certificate_builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, days: int):
    """A certificate that ends `days` from now and began a month before that or now, whichever is earlier."""
    now = datetime.datetime.now(datetime.timezone.utc)
    end = now + datetime.timedelta(days=days)
    begin: Optional[datetime.datetime] = min(now, end) - datetime.timedelta(days=30)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def key_usage(certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
