# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Distinguished names: as people write them (RFC 4514, the most specific part first) and as certificates hold them."""

from __future__ import annotations

import re

from . import der

#: Short name -> object identifier (RFC 4519, RFC 2985).
ATTRIBUTES = {
    "CN": "2.5.4.3",
    "SERIALNUMBER": "2.5.4.5",
    "C": "2.5.4.6",
    "L": "2.5.4.7",
    "ST": "2.5.4.8",
    "STREET": "2.5.4.9",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "UID": "0.9.2342.19200300.100.1.1",
    "DC": "0.9.2342.19200300.100.1.25",
    "EMAIL": "1.2.840.113549.1.9.1",
}
WORDS = {identifier: word for word, identifier in ATTRIBUTES.items()}
LONGEST = 64
"""Letters of a common name, an organisation or a unit (RFC 5280, upper bounds)."""
_PART = re.compile(r"\s*([A-Za-z]+)\s*=((?:[^\\,]|\\.)*)(?:,|$)")
_ESCAPED = re.compile(r"\\(.)")


def encode(text: str) -> bytes:
    """`CN=pc-01.example.net,O=Example` in DER. ValueError says what is wrong with it."""
    pairs = _pairs(text)
    return der.element(der.SEQUENCE, *(_relative(word, value) for word, value in reversed(pairs)))


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs, at = [], 0
    while at < len(text):
        found = _PART.match(text, at)
        if not found:
            raise ValueError("write it as CN=pc-01.example.net,O=Example; a comma in a value is \\,")
        word, value = found[1].upper(), _ESCAPED.sub(r"\1", found[2].strip())
        if word not in ATTRIBUTES:
            raise ValueError("{0} is none of {1}".format(found[1], ", ".join(ATTRIBUTES)))
        if not value or len(value) > LONGEST or not value.isprintable():
            raise ValueError("{0} has 1 to {1} printable letters".format(word, LONGEST))
        if word == "C" and len(value) != 2:
            raise ValueError("C is a country of two letters")
        pairs.append((word, value))
        at = found.end()
    if not pairs:
        raise ValueError("it is empty")
    return pairs


def _relative(word: str, value: str) -> bytes:
    plain = word in ("C", "SERIALNUMBER")
    ascii_only = word in ("DC", "EMAIL")
    tag = der.PRINTABLE if plain else der.IA5 if ascii_only else der.UTF8
    try:
        octets = value.encode("ascii" if plain or ascii_only else "utf-8")
    except UnicodeEncodeError:
        raise ValueError("{0} has letters of ASCII only".format(word)) from None
    pair = der.element(der.SEQUENCE, der.identifier(ATTRIBUTES[word]), der.element(tag, octets))
    return der.element(der.SET, pair)


def decode(name: der.Node) -> list[tuple[str, str]]:
    """Pairs of short name, or dotted identifier, and value; the most specific first. der.Malformed."""
    pairs = []
    for relative in name.expect(der.SEQUENCE).children:
        for pair in relative.expect(der.SET).children:
            if len(pair.children) != 2:
                raise der.Malformed("no attribute")
            kind, value = pair.children
            identifier = der.dotted(kind)
            pairs.append((WORDS.get(identifier, identifier), der.text(value)))
    return pairs[::-1]


def written(pairs: list[tuple[str, str]]) -> str:
    return ",".join("{0}={1}".format(word, re.sub(r"([\\,+\"<>;])", r"\\\1", value)) for word, value in pairs)
