# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a certificate says (RFC 5280), and whose signature is on it; keys as firmware and people keep them."""

from __future__ import annotations

import base64
import binascii
import calendar
import hashlib
import ipaddress
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Optional

from . import der, names

RSA = "1.2.840.113549.1.1.1"
#: RSA with a hash (RFC 8017, A.2.4): the signature's identifier -> the hash's name and identifier.
SIGNATURES = {
    "1.2.840.113549.1.1.5": ("sha1", "1.3.14.3.2.26"),
    "1.2.840.113549.1.1.11": ("sha256", "2.16.840.1.101.3.4.2.1"),
    "1.2.840.113549.1.1.12": ("sha384", "2.16.840.1.101.3.4.2.2"),
    "1.2.840.113549.1.1.13": ("sha512", "2.16.840.1.101.3.4.2.3"),
}
ALTERNATIVE_NAMES, CONSTRAINTS, USAGES = "2.5.29.17", "2.5.29.19", "2.5.29.37"
SERVER, CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"
DNS_NAME, ADDRESS = 0x82, 0x87
LARGEST = 65536
_PEM = "-----BEGIN {0}-----([A-Za-z0-9+/=\\s]*)-----END {0}-----"
_TIMES = {der.UTC_TIME: "%y%m%d%H%M%SZ", der.GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}


@dataclass(frozen=True)
class Certificate:
    """`public_key`: of RSA, as PKCS#1 has it, which is what firmware shows of its keys; empty for other kinds.

    Names are as RFC 4514 writes them, times seconds since 1970. `authority`: None where it does not say.
    """

    der: bytes = field(repr=False)
    serial: int
    subject: str
    issuer: str
    common_name: str
    not_before: float
    not_after: float
    public_key: bytes = field(repr=False)
    dns_names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    usages: tuple[str, ...] = ()
    authority: Optional[bool] = None

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def pem(self) -> str:
        return pem("CERTIFICATE", self.der)

    @property
    def is_self_issued(self) -> bool:
        return self.subject == self.issuer

    def signed_by(self, issuer: Certificate) -> Optional[bool]:
        """None where that cannot be told here: for signatures other than RSA's."""
        signed, algorithm, signature = der.only(self.der).children
        known = SIGNATURES.get(der.dotted(algorithm.children[0]))
        if known is None or not issuer.public_key:
            return None
        digest = der.element(
            der.SEQUENCE,
            der.element(der.SEQUENCE, der.identifier(known[1]), der.element(der.NULL)),
            der.element(der.OCTET_STRING, hashlib.new(known[0], signed.whole).digest()),
        )
        modulus, exponent = numbers(issuer.public_key)
        size = (modulus.bit_length() + 7) // 8
        opened = pow(int.from_bytes(der.bits(signature), "big"), exponent, modulus).to_bytes(size, "big")
        return opened == b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest


def pem(kind: str, octets: bytes) -> str:
    text = base64.b64encode(octets).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "-----BEGIN {0}-----\n{1}\n-----END {0}-----\n".format(kind, "\n".join(lines))


def unwrapped(kind: str, text: str) -> Iterator[bytes]:
    """The contents of every PEM block of a kind. der.Malformed."""
    for found in re.finditer(_PEM.format(kind), text):
        try:
            yield base64.b64decode("".join(found[1].split()), validate=True)
        except binascii.Error:
            raise der.Malformed("a PEM block is not in base64") from None


def certificates_in(text: str) -> list[Certificate]:
    """All of a PEM text, in its order. der.Malformed."""
    return [parse(octets) for octets in unwrapped("CERTIFICATE", text)]


def parse(octets: bytes) -> Certificate:
    """der.Malformed for what is no certificate."""
    try:
        return _parse(octets)
    except (ValueError, IndexError, RecursionError) as error:
        raise der.Malformed("no certificate: {0}".format(error)) from None


def _parse(octets: bytes) -> Certificate:
    if len(octets) > LARGEST:
        raise der.Malformed("too long")
    signed, _algorithm, _signature = der.only(octets).expect(der.SEQUENCE).children
    fields = signed.expect(der.SEQUENCE).children
    if fields[0].tag == 0xA0:  # the version, which the first one does not tell
        del fields[0]
    serial, _signing, issuer, validity, subject, key, *rest = fields
    begin, end = (_moment(node) for node in validity.children)
    pairs = names.decode(subject)
    extensions = dict(_extensions(rest))
    alternatives = der.only(extensions[ALTERNATIVE_NAMES]).children if ALTERNATIVE_NAMES in extensions else []
    return Certificate(
        der=octets,
        serial=der.number(serial),
        subject=names.written(pairs),
        issuer=names.written(names.decode(issuer)),
        common_name=next((value for word, value in pairs if word == "CN"), ""),
        not_before=begin,
        not_after=end,
        public_key=_public_key(key),
        dns_names=tuple(node.content.decode("ascii") for node in alternatives if node.tag == DNS_NAME),
        addresses=tuple(str(ipaddress.ip_address(node.content)) for node in alternatives if node.tag == ADDRESS),
        usages=_usages(extensions),
        authority=_authority(extensions),
    )


def _moment(node: der.Node) -> float:
    text = node.content.decode("ascii")
    moment = time.strptime(text, _TIMES[node.tag]) if node.tag in _TIMES else None
    if moment is None:
        raise der.Malformed("no time")
    century = node.tag == der.UTC_TIME and int(text[:2]) >= 50 and moment.tm_year >= 2050
    years = (moment.tm_year - 100 if century else moment.tm_year, *moment[1:6])
    return float(calendar.timegm((*years, 0, 0, 0)))


def _extensions(rest: list[der.Node]) -> Iterator[tuple[str, bytes]]:
    for part in rest:
        if part.tag == 0xA3:
            for extension in der.only(part.content).children:
                kind, *_critical, value = extension.children
                yield der.dotted(kind), value.expect(der.OCTET_STRING).content


def _usages(extensions: dict[str, bytes]) -> tuple[str, ...]:
    return tuple(der.dotted(node) for node in der.only(extensions[USAGES]).children) if USAGES in extensions else ()


def _authority(extensions: dict[str, bytes]) -> Optional[bool]:
    if CONSTRAINTS not in extensions:
        return None
    said = der.only(extensions[CONSTRAINTS]).children
    return bool(said) and said[0].tag == der.BOOLEAN and said[0].content != b"\0"


def _public_key(info: der.Node) -> bytes:
    algorithm, key = info.expect(der.SEQUENCE).children
    if der.dotted(algorithm.children[0]) != RSA:
        return b""
    octets = der.bits(key)
    numbers(octets)
    return octets


def numbers(public_key: bytes) -> tuple[int, int]:
    """Modulus and exponent of an RSA key as PKCS#1 has it. der.Malformed."""
    modulus, exponent = (der.number(node) for node in der.only(public_key).expect(der.SEQUENCE).children)
    if not 512 <= modulus.bit_length() <= 16384 or modulus < 0 or not 3 <= exponent < 1 << 64:
        raise der.Malformed("no key of RSA")
    return modulus, exponent


def private_key_in(text: str) -> tuple[bytes, bytes]:
    """An RSA key of a PEM text as PKCS#1 has it, and its public part. der.Malformed says what the text has instead."""
    if "ENCRYPTED" in text:
        raise der.Malformed("the key is encrypted: decrypt it first, and keep it in a vault")
    for octets in unwrapped("PRIVATE KEY", text):
        _version, algorithm, inner = der.only(octets).expect(der.SEQUENCE).children[:3]
        if der.dotted(algorithm.children[0]) != RSA:
            raise der.Malformed("firmware takes keys of RSA only")
        return _private_key(inner.expect(der.OCTET_STRING).content)
    for octets in unwrapped("RSA PRIVATE KEY", text):
        return _private_key(octets)
    raise der.Malformed("it has no private key of RSA in PEM")


def _private_key(octets: bytes) -> tuple[bytes, bytes]:
    fields = der.only(octets).expect(der.SEQUENCE).children
    if len(fields) < 9:
        raise der.Malformed("no private key of RSA")
    public = der.element(der.SEQUENCE, fields[1].whole, fields[2].whole)
    numbers(public)
    return octets, public
