# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Signatures of elliptic curves, verified (FIPS 186-5, 6.4.2; curves of SP 800-186, 3.2.1). Nothing here is secret, so
nothing has to take the same time whatever the numbers are."""

from __future__ import annotations

from typing import NamedTuple, Optional

from . import der

EC = "1.2.840.10045.2.1"
#: ecdsa-with-SHA2 (RFC 5758): the signature's identifier -> the hash's name.
SIGNATURES = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}

Point = Optional[tuple[int, int, int]]
"""x / z², y / z³; None is the point at infinity."""


class Curve(NamedTuple):
    """y² = x³ - 3x + b modulo p; the base point has the order n."""

    p: int
    b: int
    x: int
    y: int
    n: int


CURVES = {
    "1.2.840.10045.3.1.7": Curve(
        p=2**256 - 2**224 + 2**192 + 2**96 - 1,
        b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        x=0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        y=0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    "1.3.132.0.34": Curve(
        p=2**384 - 2**128 - 2**96 + 2**32 - 1,
        b=0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        x=0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        y=0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
        n=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
}
"""P-256 and P-384, by the identifier that a key names."""


class Key(NamedTuple):
    curve: Curve
    x: int
    y: int

    def signed(self, digest: bytes, signature: bytes) -> bool:
        """Whether this key made the signature, a sequence of two numbers in DER. False for what is none."""
        n = self.curve.n
        try:
            r, s = (der.number(node) for node in der.only(signature).expect(der.SEQUENCE).children)
        except ValueError:
            return False
        if not (0 < r < n and 0 < s < n):
            return False
        number = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
        inverse = pow(s, -1, n)
        found = _sum(self.curve, number * inverse % n, (self.x, self.y), r * inverse % n)
        return found is not None and found % n == r


def key_of(info: der.Node) -> Optional[Key]:
    """Of a SubjectPublicKeyInfo; None for a kind of key or a curve that is not known. der.Malformed for no point."""
    algorithm, value = info.expect(der.SEQUENCE).children
    kind, *named = algorithm.children
    curve = CURVES.get(der.dotted(named[0])) if named and named[0].tag == der.OID else None
    if der.dotted(kind) != EC or curve is None:
        return None
    octets, size = der.bits(value), (curve.p.bit_length() + 7) // 8
    if len(octets) != 2 * size + 1 or octets[0] != 4:
        raise der.Malformed("a point that is not written out")
    x, y = int.from_bytes(octets[1 : size + 1], "big"), int.from_bytes(octets[size + 1 :], "big")
    if x >= curve.p or y >= curve.p or (y * y - (x * x - 3) * x - curve.b) % curve.p:
        raise der.Malformed("a point that is not on its curve")
    return Key(curve, x, y)


def _sum(curve: Curve, base: int, point: tuple[int, int], times: int) -> Optional[int]:
    """The x of base · G + times · point; None at infinity."""
    generator, other = (curve.x, curve.y, 1), (*point, 1)
    both = _add(curve.p, generator, other)
    steps: tuple[Point, ...] = (None, generator, other, both)
    found: Point = None
    for bit in range(max(base.bit_length(), times.bit_length()) - 1, -1, -1):
        found = _double(curve.p, found)
        found = _add(curve.p, found, steps[(base >> bit & 1) | (times >> bit & 1) << 1])
    if found is None:
        return None
    x, _y, z = found
    return x * pow(z, -2, curve.p) % curve.p


def _double(p: int, point: Point) -> Point:
    if point is None or not point[1]:
        return None
    x, y, z = point
    square = y * y % p
    four = 4 * x * square % p
    slope = 3 * (x - z * z) * (x + z * z) % p
    third = (slope * slope - 2 * four) % p
    return third, (slope * (four - third) - 8 * square * square) % p, 2 * y * z % p


def _add(p: int, one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    square, other_square = one[2] * one[2] % p, other[2] * other[2] % p
    x, other_x = one[0] * other_square % p, other[0] * square % p
    y, other_y = one[1] * other[2] * other_square % p, other[1] * one[2] * square % p
    if x == other_x:
        return _double(p, one) if y == other_y else None
    run, rise = (other_x - x) % p, (other_y - y) % p
    run_square = run * run % p
    cube, middle = run_square * run % p, x * run_square % p
    third = (rise * rise - cube - 2 * middle) % p
    return third, (rise * (middle - third) - y * cube) % p, one[2] * other[2] * run % p
