# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The certificate authority on the chip, and what the firmware signs with it: AMTAuthenticate.

The chain is of the kind that real machines show: root, intermediate, ROM of the chip, kernel, AMT, leaf; names and
lengths are theirs. Keys follow from names, so that all simulated devices have one root in every run, and a device has
the same chip after every restart. In which form texts and numbers go into the signature is an assumption.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
import struct
import uuid
from functools import cache
from typing import Any, Optional

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ...values import Instance
from ..domain import Domain, method

COMPLETED, INVALID_PARAMETER = 0, 0x24
NONCE_SIZES = range(16, 65)
OWN_NONCE = 20
CURVE = ec.SECP384R1()
ROOT, INTERMEDIATE = "OnDie CA Root Cert Signing", "ODCA CA2 CSME Intermediate CA"
CHIP, KERNEL, AMT = "ODCA 2 CSME SIM ROM CA", "ODCA 2 CSME SIM Kernel CA", "ODCA 2 CSME SIM SVN 01 AMT CA"
LEAF = "AMT RCFG"
BEGIN, END = datetime.datetime(2019, 4, 3), datetime.datetime(2049, 12, 31, 23, 59, 59)
LISTS_AT = "https://lists.example.test/{0}.crl"


def key_of(name: str) -> ec.EllipticCurvePrivateKey:
    seed = hashlib.sha512(name.encode()).digest()
    return ec.derive_private_key(int.from_bytes(seed[:40], "big") + 1, CURVE)


def vendor(unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Simulated"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, "amt.example.test"),
        ]
    )


def common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def issued(
    subject: x509.Name,
    issuer: x509.Name,
    name: str,
    signer: str,
    authority: bool,
    listed_by: Optional[x509.Name] = None,
    longest: Optional[int] = None,
) -> x509.Certificate:
    """A certificate of the key called `name`, by that called `signer`; `listed_by`: who publishes its revocation."""
    public = key_of(name).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big") | 1)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=longest), critical=True)
        .add_extension(usage(authority), critical=True)
    )
    if listed_by is not None:
        places = [x509.UniformResourceIdentifier(LISTS_AT.format("indirect"))]
        point = x509.DistributionPoint(places, None, None, [x509.DirectoryName(listed_by)])
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder.sign(key_of(signer), hashes.SHA384())


def usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@cache
def root() -> x509.Certificate:
    return issued(vendor(ROOT), vendor(ROOT), ROOT, ROOT, True)


def root_pem() -> str:
    """What a console has to trust."""
    return root().public_bytes(Encoding.PEM).decode()


@cache
def intermediate() -> x509.Certificate:
    return issued(vendor(INTERMEDIATE), vendor(ROOT), INTERMEDIATE, ROOT, True)


@cache
def chain_of(chip: str) -> tuple[x509.Certificate, ...]:
    """From the leaf to the root."""
    lists = vendor(INTERMEDIATE)
    keys = {part: "{0} of {1}".format(part, chip) for part in (CHIP, KERNEL, AMT, LEAF)}
    return (
        issued(common_name(LEAF), common_name(AMT), keys[LEAF], keys[AMT], False, lists),
        issued(common_name(AMT), common_name(KERNEL), keys[AMT], keys[KERNEL], True, lists),
        issued(common_name(KERNEL), common_name(CHIP), keys[KERNEL], keys[CHIP], True, lists),
        issued(common_name(CHIP), vendor(INTERMEDIATE), keys[CHIP], INTERMEDIATE, True),
        intermediate(),
        root(),
    )


def revocation_lists(now: float, revoked: tuple[x509.Certificate, ...] = ()) -> list[str]:
    """Those that the root and the intermediate authority publish, the second one also for what the chip issues."""
    moment = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).replace(tzinfo=None)
    kinds = ((ROOT, False), (INTERMEDIATE, False), (INTERMEDIATE, True))
    return [_list_of(name, moment, revoked, indirect) for name, indirect in kinds]


def _list_of(name: str, moment: datetime.datetime, revoked: tuple[x509.Certificate, ...], indirect: bool) -> str:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(vendor(name))
        .last_update(moment - datetime.timedelta(days=1))
        .next_update(moment + datetime.timedelta(days=30))
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    if indirect:
        point = x509.IssuingDistributionPoint(None, None, False, False, None, True, False)
        builder = builder.add_extension(point, critical=True)
    for each in revoked:
        own = each.issuer == vendor(name)
        if own or indirect:
            entry = (
                x509.RevokedCertificateBuilder()
                .serial_number(each.serial_number)
                .revocation_date(moment - datetime.timedelta(days=2))
            )
            if not own:
                entry = entry.add_extension(x509.CertificateIssuer([x509.DirectoryName(each.issuer)]), critical=True)
            builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key_of(name), hashes.SHA384()).public_bytes(Encoding.PEM).decode()


class OnDie(Domain):
    """`svn`: the security version of the firmware."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.svn = 1

    @property
    def chip(self) -> str:
        return str(self.firmware.settings.uuid)

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return chain_of(self.chip)

    @method("AMT_GeneralSettings", "AMTAuthenticate", since=15)
    def authenticate(self, _present: Instance, MC_Nonce: bytes) -> Any:
        if len(MC_Nonce) not in NONCE_SIZES:
            return INVALID_PARAMETER
        own = secrets.token_bytes(OWN_NONCE)
        told: dict[str, Any] = {
            "Nonce": own,
            "UUID": self.uuid.hex().upper(),
            "FQDN": self.fqdn,
            "FWVersion": self.firmware.settings.version,
            "AMTSVN": self.svn,
            "SignatureMechanism": 0,
        }
        signature = key_of("{0} of {1}".format(LEAF, self.chip)).sign(
            self.signed(MC_Nonce, own), ec.ECDSA(hashes.SHA384())
        )
        octets = [each.public_bytes(Encoding.DER) for each in self.chain]
        lengths = [len(each) for each in octets]
        certificates = {"LengthOfCertificates": lengths, "Certificates": b"".join(octets)}
        return {**told, "Signature": signature, **certificates, "ReturnValue": COMPLETED}

    @property
    def uuid(self) -> bytes:
        """As SMBIOS has it."""
        return uuid.UUID(self.chip).bytes_le

    @property
    def fqdn(self) -> str:
        values = self.firmware.general.values
        return "{0}.{1}".format(values["HostName"], values["DomainName"])

    @property
    def shown(self) -> bytes:
        """What TLS shows on the network."""
        if not self.firmware.tls.listens:
            return b""
        identity = self.firmware.tls_identity
        return bytes(identity.chain[0]) if identity is not None else self.firmware.certificate()

    def signed(self, challenge: bytes, own: bytes) -> bytes:
        """What the hash of the signature goes over."""
        return b"".join(
            (
                hashlib.sha384(self.shown).digest() if self.shown else b"",
                challenge,
                own,
                self.fqdn.encode() + b"\0",
                self.uuid,
                self.firmware.settings.version.encode() + b"\0",
                struct.pack("<I", self.svn),
                self.firmware.digest_realm.encode() + b"\0",
                struct.pack("<I", 0),
            )
        )
