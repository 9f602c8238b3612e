# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Lists of revoked certificates (RFC 5280, 5), those included that somebody else than the issuer publishes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Optional

from . import der, names
from .certificate import SIGNS_LISTS, Certificate, directory_names, extensions_in, is_signed, moment

POINT, ISSUER_OF_ENTRY = "2.5.29.28", "2.5.29.29"
UNDERSTOOD = frozenset((POINT, "2.5.29.20", "2.5.29.35"))
ONLY_SOME = (0x81, 0x82, 0x83, 0x85)
"""IssuingDistributionPoint: for users only, for authorities only, for some reasons only, for attributes only."""
LARGEST = 4 << 20


@dataclass(frozen=True)
class RevocationList:
    """`entries`: issuer and serial number. `indirect`: of other issuers too. Times are seconds since 1970; without
    `following` nobody knows until when it holds. `partial`: it is not about everything that its issuer issues."""

    der: bytes = field(repr=False)
    issuer: str
    begins: float
    following: Optional[float]
    entries: frozenset[tuple[str, int]] = field(repr=False)
    indirect: bool = False
    partial: bool = False

    def covers(self, certificate: Certificate) -> bool:
        """Whether a certificate that is not listed is not revoked, as far as this list goes."""
        if self.partial:
            return False
        listed_here = self.indirect and self.issuer in certificate.list_issuers
        return listed_here or (certificate.issuer == self.issuer and not certificate.list_issuers)

    def lists(self, certificate: Certificate) -> bool:
        return (certificate.issuer, certificate.serial) in self.entries

    def why_not(self, authorities: Iterable[Certificate], now: float) -> str:
        """Why it is not to be believed; empty where it is."""
        if now < self.begins or self.following is None or now > self.following:
            return "it is out of date"
        signers = [each for each in authorities if each.subject == self.issuer]
        if not signers:
            return "the certificate of its issuer is not there"
        entitled = [each for each in signers if each.key_usages is None or SIGNS_LISTS in each.key_usages]
        return "" if any(is_signed(self.der, each) for each in entitled) else "its signature is not its issuer's"


def parse(octets: bytes) -> RevocationList:
    """der.Malformed for what is no list, or one with something critical that is not understood."""
    try:
        return _parse(octets)
    except (ValueError, IndexError, RecursionError) as error:
        raise der.Malformed("no list of revocations: {0}".format(error)) from None


def _parse(octets: bytes) -> RevocationList:
    if len(octets) > LARGEST:
        raise der.Malformed("too long")
    signed, _algorithm, _signature = der.only(octets).expect(der.SEQUENCE).children
    fields = signed.expect(der.SEQUENCE).children
    if fields[0].tag == der.INTEGER:
        del fields[0]
    _signing, issuer, begins, *rest = fields
    following = rest.pop(0) if rest and rest[0].tag in (der.UTC_TIME, der.GENERALIZED_TIME) else None
    rows = rest.pop(0).children if rest and rest[0].tag == der.SEQUENCE else []
    extensions = list(extensions_in(rest, 0xA0))
    _refuse_odd(extensions, UNDERSTOOD)
    point = next((der.only(value).children for kind, _critical, value in extensions if kind == POINT), [])
    name = names.written(names.decode(issuer))
    return RevocationList(
        der=octets,
        issuer=name,
        begins=moment(begins),
        following=moment(following) if following else None,
        entries=frozenset(_entries(rows, name)),
        indirect=any(node.tag == 0x84 and node.content != b"\0" for node in point),
        partial=any(node.tag in ONLY_SOME and node.content != b"\0" for node in point),
    )


def _entries(rows: Sequence[der.Node], issuer: str) -> Iterable[tuple[str, int]]:
    """An entry of an indirect list names its issuer where that is another one than in the entry before it."""
    for row in rows:
        serial, _revoked, *rest = row.children
        for extensions in rest:
            held = list(_of_entry(extensions))
            _refuse_odd(held, {ISSUER_OF_ENTRY})
            for kind, _critical, value in held:
                if kind == ISSUER_OF_ENTRY:
                    issuer = next(iter(directory_names(der.only(value))), issuer)
        yield issuer, der.number(serial)


def _of_entry(extensions: der.Node) -> Iterable[tuple[str, bool, bytes]]:
    return extensions_in([der.Node(0xA0, extensions.whole, extensions.whole)], 0xA0)


def _refuse_odd(extensions: Iterable[tuple[str, bool, bytes]], known: Iterable[str]) -> None:
    odd = [kind for kind, critical, _value in extensions if critical and kind not in known]
    if odd:
        raise der.Malformed("it has {0}, which is critical and not understood".format(", ".join(odd)))
