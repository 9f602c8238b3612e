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

from . import der, ecdsa, names

RSA = "1.2.840.113549.1.1.1"
#: RSA with a hash (RFC 8017, A.2.4): the signature's identifier -> the hash's name and identifier.
SIGNATURES = {
    "1.2.840.113549.1.1.5": ("sha1", "1.3.14.3.2.26"),
    "1.2.840.113549.1.1.11": ("sha256", "2.16.840.1.101.3.4.2.1"),
    "1.2.840.113549.1.1.12": ("sha384", "2.16.840.1.101.3.4.2.2"),
    "1.2.840.113549.1.1.13": ("sha512", "2.16.840.1.101.3.4.2.3"),
}
ALTERNATIVE_NAMES, CONSTRAINTS, USAGES = "2.5.29.17", "2.5.29.19", "2.5.29.37"
KEY_USAGE, LISTS = "2.5.29.15", "2.5.29.31"
UNDERSTOOD = frozenset((ALTERNATIVE_NAMES, CONSTRAINTS, USAGES, KEY_USAGE, LISTS, "2.5.29.14", "2.5.29.35"))
"""Extensions that are read here, and the two that only name keys."""
SIGNS_CERTIFICATES, SIGNS_LISTS = 5, 6
"""Bits of the key usage."""
SERVER, CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"
DNS_NAME, ADDRESS = 0x82, 0x87
LARGEST = 65536
_PEM = "-----BEGIN {0}-----([A-Za-z0-9+/=\\s]*)-----END {0}-----"
_TIMES = {der.UTC_TIME: "%y%m%d%H%M%SZ", der.GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}


@dataclass(frozen=True)
class Certificate:
    """`public_key`: of RSA, as PKCS#1 has it, which is what firmware shows of its keys; empty for other kinds.

    Names are as RFC 4514 writes them, times seconds since 1970. `authority`: None where it does not say; `longest`: how
    many authorities may follow it on the way to a leaf. `key_usages`: bits that are set, None without any.
    `list_issuers`: who else than its issuer lists it when it is revoked. `odd`: critical extensions that are not
    understood here. `key`: the whole of what it says of its key.
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
    longest: Optional[int] = None
    key: bytes = field(default=b"", repr=False)
    key_usages: Optional[frozenset[int]] = None
    list_issuers: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()

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
        """None where that cannot be told here: for signatures other than those of RSA and of two curves."""
        return is_signed(self.der, issuer)


def is_signed(whole: bytes, issuer: Certificate) -> Optional[bool]:
    """Whether a certificate or a list of revocations has the signature of an issuer; None where that cannot be told."""
    try:
        return _is_signed(whole, issuer)
    except (ValueError, IndexError):
        return False


def _is_signed(whole: bytes, issuer: Certificate) -> Optional[bool]:
    signed, algorithm, signature = der.only(whole).expect(der.SEQUENCE).children
    kind, octets = der.dotted(algorithm.children[0]), der.bits(signature)
    if kind in ecdsa.SIGNATURES:
        key = ecdsa.key_of(der.only(issuer.key)) if issuer.key else None
        return key.signed(hashlib.new(ecdsa.SIGNATURES[kind], signed.whole).digest(), octets) if key else None
    if kind in SIGNATURES and issuer.public_key:
        return _signed_by_rsa(signed.whole, octets, issuer.public_key, *SIGNATURES[kind])
    return None


def _signed_by_rsa(signed: bytes, signature: bytes, public_key: bytes, hash_name: str, identifier: str) -> bool:
    digest = der.element(
        der.SEQUENCE,
        der.element(der.SEQUENCE, der.identifier(identifier), der.element(der.NULL)),
        der.element(der.OCTET_STRING, hashlib.new(hash_name, signed).digest()),
    )
    modulus, exponent = numbers(public_key)
    size = (modulus.bit_length() + 7) // 8
    opened = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
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
    begin, end = (moment(node) for node in validity.children)
    pairs = names.decode(subject)
    found = list(extensions_in(rest))
    extensions = {kind: value for kind, _critical, value in found}
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
        longest=_longest(extensions),
        key=key.whole,
        key_usages=_key_usages(extensions),
        list_issuers=tuple(_list_issuers(extensions)),
        odd=tuple(kind for kind, critical, _value in found if critical and kind not in UNDERSTOOD),
    )


def moment(node: der.Node) -> float:
    """Seconds since 1970. der.Malformed."""
    text = node.content.decode("ascii")
    found = time.strptime(text, _TIMES[node.tag]) if node.tag in _TIMES else None
    if found is None:
        raise der.Malformed("no time")
    century = node.tag == der.UTC_TIME and int(text[:2]) >= 50 and found.tm_year >= 2050
    years = (found.tm_year - 100 if century else found.tm_year, *found[1:6])
    return float(calendar.timegm((*years, 0, 0, 0)))


def extensions_in(rest: list[der.Node], tag: int = 0xA3) -> Iterator[tuple[str, bool, bytes]]:
    """Identifier, whether it is critical, and value. `tag`: by which the part that has them is known."""
    for part in rest:
        if part.tag == tag:
            for extension in der.only(part.content).children:
                kind, *critical, value = extension.children
                yield der.dotted(kind), _is_true(critical), value.expect(der.OCTET_STRING).content


def _is_true(nodes: list[der.Node]) -> bool:
    return bool(nodes) and nodes[0].tag == der.BOOLEAN and nodes[0].content != b"\0"


def directory_names(names_of: der.Node) -> Iterator[str]:
    """Those of GeneralNames that are names as certificates have them."""
    for each in names_of.children:
        if each.tag == 0xA4:
            yield names.written(names.decode(der.only(each.content)))


def _usages(extensions: dict[str, bytes]) -> tuple[str, ...]:
    return tuple(der.dotted(node) for node in der.only(extensions[USAGES]).children) if USAGES in extensions else ()


def _authority(extensions: dict[str, bytes]) -> Optional[bool]:
    if CONSTRAINTS not in extensions:
        return None
    return _is_true(der.only(extensions[CONSTRAINTS]).children)


def _longest(extensions: dict[str, bytes]) -> Optional[int]:
    said = der.only(extensions[CONSTRAINTS]).children if CONSTRAINTS in extensions else []
    return next((der.number(node) for node in said if node.tag == der.INTEGER), None)


def _key_usages(extensions: dict[str, bytes]) -> Optional[frozenset[int]]:
    if KEY_USAGE not in extensions:
        return None
    octets = der.only(extensions[KEY_USAGE]).expect(der.BIT_STRING).content[1:]
    return frozenset(bit for bit in range(8 * len(octets)) if octets[bit // 8] & 0x80 >> bit % 8)


def _list_issuers(extensions: dict[str, bytes]) -> Iterator[str]:
    """DistributionPoint.cRLIssuer."""
    for point in der.only(extensions[LISTS]).children if LISTS in extensions else ():
        for part in point.children:
            if part.tag == 0xA2:
                yield from directory_names(part)


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
