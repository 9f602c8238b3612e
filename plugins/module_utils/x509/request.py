# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A certificate request (PKCS#10, RFC 2986) without its signature, which the owner of the key puts in."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from . import der
from .certificate import ADDRESS, ALTERNATIVE_NAMES, DNS_NAME, RSA, SIGNATURES, USAGES, numbers

EXTENSIONS = "1.2.840.113549.1.9.14"
"""The attribute extensionRequest (RFC 2985, 5.4.2)."""
BY_HASH = {name: identifier for identifier, (name, _digest) in SIGNATURES.items()}


def unsigned(
    subject: bytes,
    public_key: bytes,
    hash_name: str,
    dns_names: Sequence[str] = (),
    addresses: Sequence[str] = (),
    usages: Sequence[str] = (),
) -> bytes:
    """In DER, with zeros for a signature. `public_key` is PKCS#1's; `usages` are object identifiers."""
    modulus, _exponent = numbers(public_key)
    key = der.element(der.SEQUENCE, _algorithm(RSA), der.element(der.BIT_STRING, b"\0", public_key))
    asked = [_extension(ALTERNATIVE_NAMES, _alternatives(dns_names, addresses))] if dns_names or addresses else []
    asked += [_extension(USAGES, *(der.identifier(usage) for usage in usages))] if usages else []
    info = der.element(der.SEQUENCE, der.integer(0), subject, key, der.element(0xA0, *_attributes(asked)))
    nothing = der.element(der.BIT_STRING, bytes(1 + (modulus.bit_length() + 7) // 8))
    return der.element(der.SEQUENCE, info, _algorithm(BY_HASH[hash_name]), nothing)


def _algorithm(identifier: str) -> bytes:
    return der.element(der.SEQUENCE, der.identifier(identifier), der.element(der.NULL))


def _alternatives(dns_names: Sequence[str], addresses: Sequence[str]) -> bytes:
    rows = [der.element(DNS_NAME, name.encode("ascii")) for name in dns_names]
    rows += [der.element(ADDRESS, ipaddress.ip_address(address).packed) for address in addresses]
    return b"".join(rows)


def _extension(identifier: str, *parts: bytes) -> bytes:
    value = der.element(der.OCTET_STRING, der.element(der.SEQUENCE, *parts))
    return der.element(der.SEQUENCE, der.identifier(identifier), value)


def _attributes(extensions: Sequence[bytes]) -> list[bytes]:
    if not extensions:
        return []
    values = der.element(der.SET, der.element(der.SEQUENCE, *extensions))
    return [der.element(der.SEQUENCE, der.identifier(EXTENSIONS), values)]
