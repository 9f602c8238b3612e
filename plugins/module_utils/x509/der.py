# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""DER (ITU-T X.690) as far as certificates, keys and requests need it: definite lengths, tags below 31."""

from __future__ import annotations

from typing import NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8, PRINTABLE, IA5, SEQUENCE, SET = 0x0C, 0x13, 0x16, 0x30, 0x31
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
TEXTS = {UTF8: "utf-8", PRINTABLE: "ascii", IA5: "ascii", 0x14: "latin-1", 0x1E: "utf-16-be"}


class Malformed(ValueError):
    """These octets are not what they should be."""


class Node(NamedTuple):
    """`whole` is the element with its tag and length."""

    tag: int
    content: bytes
    whole: bytes

    def expect(self, tag: int) -> Node:
        if self.tag != tag:
            raise Malformed("tag {0:#x} where {1:#x} belongs".format(self.tag, tag))
        return self

    @property
    def children(self) -> list[Node]:
        found, rest = [], self.content
        while rest:
            found.append(first(rest))
            rest = rest[len(found[-1].whole) :]
        return found


def first(octets: bytes) -> Node:
    """The element that the octets begin with. Malformed."""
    if len(octets) < 2 or octets[0] & 0x1F == 0x1F:
        raise Malformed("no element")
    size, start = octets[1], 2
    if size & 0x80:
        start += size & 0x7F
        if not 3 <= start <= 6 or len(octets) < start:
            raise Malformed("no length")
        size = int.from_bytes(octets[2:start], "big")
    if len(octets) < start + size:
        raise Malformed("cut off")
    return Node(octets[0], octets[start : start + size], octets[: start + size])


def only(octets: bytes) -> Node:
    """The one element that the octets are. Malformed."""
    node = first(octets)
    if len(node.whole) != len(octets):
        raise Malformed("something follows")
    return node


def element(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def integer(number: int) -> bytes:
    """Not negative."""
    return element(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def number(node: Node) -> int:
    return int.from_bytes(node.expect(INTEGER).content, "big", signed=True)


def identifier(dotted: str) -> bytes:
    """An object identifier."""
    one, two, *rest = (int(part) for part in dotted.split("."))
    octets = bytearray()
    for arc in (40 * one + two, *rest):
        places = range((max(arc.bit_length(), 1) + 6) // 7 - 1, -1, -1)
        octets += bytes(arc >> 7 * place & 0x7F | (0x80 if place else 0) for place in places)
    return element(OID, bytes(octets))


def dotted(node: Node) -> str:
    content = node.expect(OID).content
    if not content or content[-1] & 0x80 or len(content) > 64:
        raise Malformed("no object identifier")
    arcs, arc = [], 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    one = min(arcs[0] // 40, 2)
    return ".".join(str(part) for part in (one, arcs[0] - 40 * one, *arcs[1:]))


def bits(node: Node) -> bytes:
    """A bit string of whole octets."""
    content = node.expect(BIT_STRING).content
    if content[:1] != b"\0":
        raise Malformed("a bit string that does not end with an octet")
    return content[1:]


def text(node: Node) -> str:
    try:
        return node.content.decode(TEXTS[node.tag])
    except (KeyError, UnicodeDecodeError):
        raise Malformed("no text") from None
