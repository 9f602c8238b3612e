# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Signatures of RSA as PKCS#1 1.5 has them (RFC 8017, 9.2): what digest is in one."""

from __future__ import annotations

import hashlib
from typing import Optional

from . import der
from .certificate import SIGNATURES, numbers


def opened(public_key: bytes, signature: bytes) -> Optional[tuple[str, bytes]]:
    """The hash's name and the digest that the owner of the key has signed; None where it is not of this key.

    `public_key` as PKCS#1 has it. der.Malformed for what is no key.
    """
    modulus, exponent = numbers(public_key)
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= modulus:
        return None
    block = pow(number, exponent, modulus).to_bytes(size, "big")
    for name, identifier in SIGNATURES.values():
        length = hashlib.new(name).digest_size
        digest = block[size - length :]
        if block == _block(size, identifier, digest):
            return name, digest
    return None


def _block(size: int, identifier: str, digest: bytes) -> bytes:
    info = der.element(
        der.SEQUENCE,
        der.element(der.SEQUENCE, der.identifier(identifier), der.element(der.NULL)),
        der.element(der.OCTET_STRING, digest),
    )
    return b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info
