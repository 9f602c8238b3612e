# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A certificate request that the caller has written and the device signs, in place of whatever signature is there."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SEQUENCE, BIT_STRING = 0x30, 0x03
SHA1, SHA256, SHA384 = hashes.SHA1(), hashes.SHA256(), hashes.SHA384()
WITH_RSA = "300d06092a864886f70d0101{0}0500"
ALGORITHMS: dict[int, tuple[hashes.HashAlgorithm, bytes]] = {
    0: (SHA1, bytes.fromhex(WITH_RSA.format("05"))),
    1: (SHA256, bytes.fromhex(WITH_RSA.format("0b"))),
    2: (SHA384, bytes.fromhex(WITH_RSA.format("0c"))),
}
"""By SigningAlgorithm: the hash, and RSA with it as an AlgorithmIdentifier (RFC 4055)."""


class Mismatch(ValueError):
    """The request is for another key."""


def signed_again(request: bytes, key: rsa.RSAPrivateKey, algorithm: int) -> bytes:
    """Raises Mismatch, and ValueError for what is no request, or for an algorithm that there is not."""
    if algorithm not in ALGORITHMS:
        raise ValueError("no signing algorithm {0}".format(algorithm))
    try:
        parsed = x509.load_der_x509_csr(request)
        public = parsed.public_key()
    except UnsupportedAlgorithm as error:
        raise Mismatch(str(error)) from error
    if not isinstance(public, rsa.RSAPublicKey) or public.public_numbers() != key.public_key().public_numbers():
        raise Mismatch("the request has another public key")
    digest, identifier = ALGORITHMS[algorithm]
    info = parsed.tbs_certrequest_bytes
    signature = key.sign(info, padding.PKCS1v15(), digest)
    return element(SEQUENCE, info + identifier + element(BIT_STRING, b"\0" + signature))


def element(tag: int, content: bytes) -> bytes:
    """Tag, length and content in DER."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content
