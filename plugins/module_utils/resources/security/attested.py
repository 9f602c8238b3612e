# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a firmware signs to prove who it is: AMT_GeneralSettings.AMTAuthenticate (Intel's MOF).

What is signed is a hash over, one after the other: the hash of the certificate that TLS shows, both nonces, name, UUID,
version, security version, digest realm and mechanism. How texts end in it and how numbers are written is not published:
every way that the MOF leaves open is tried, and which one fits is told. A signature fits none by chance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from ...x509 import der, ecdsa
from ...x509.certificate import Certificate

ENDS = {"each text ends with a zero": (b"\0", b"\0"), "the name does": (b"\0", b""), "no text does": (b"", b"")}
"""Whether the name ends so, and whether the other texts do. The MOF says it of the name."""
ORDERS: dict[str, Literal["little", "big"]] = {"little-endian": "little", "big-endian": "big"}
MECHANISM_SIZES = (4, 2)
SIZE_OF_SVN = 4
WITHOUT = ((b"", "without TLS", b""), (b"", "without TLS, zeros", hashlib.sha384(b"").digest_size * b"\0"))


@dataclass(frozen=True)
class Signed:
    """What goes into the signature, but for the certificate of TLS."""

    challenge: bytes
    nonce: bytes
    fqdn: str
    uuid: bytes
    version: str
    svn: int
    realm: str
    mechanism: int

    def form(self, shown: Sequence[bytes], key: ecdsa.Key, signature: bytes) -> tuple[bytes, str] | None:
        """The certificate that is in what is signed, or nothing, and the form in words; None where it fits in none.
        `shown`: certificates, in DER, that TLS of this device may show."""
        ours = _in_der(signature, key)
        for certificate, words, octets in self._forms(shown):
            if key.signed(hashlib.sha384(octets).digest(), ours):
                return certificate, words
        return None

    def _forms(self, shown: Sequence[bytes]) -> Iterator[tuple[bytes, str, bytes]]:
        starts = [*((each, "", hashlib.sha384(each).digest()) for each in shown), *WITHOUT]
        for (certificate, start, octets), ending, order, size in product(starts, ENDS, ORDERS, MECHANISM_SIZES):
            words = (start, ending, order, "mechanism in {0} bytes".format(size))
            yield certificate, ", ".join(filter(None, words)), octets + self._rest(ending, order, size)

    def _rest(self, ending: str, order: str, size: int) -> bytes:
        after_name, after_text = ENDS[ending]
        numbers = ORDERS[order]
        return b"".join(
            (
                self.challenge,
                self.nonce,
                self.fqdn.encode() + after_name,
                self.uuid,
                self.version.encode() + after_text,
                self.svn.to_bytes(SIZE_OF_SVN, numbers),
                self.realm.encode() + after_text,
                self.mechanism.to_bytes(size, numbers),
            )
        )


def _in_der(signature: bytes, key: ecdsa.Key) -> bytes:
    """Two numbers of the curve's size one after the other are a signature too."""
    size = (key.curve.n.bit_length() + 7) // 8
    if len(signature) != 2 * size:
        return signature
    parts = (int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))
    return der.element(der.SEQUENCE, *(der.integer(part) for part in parts))


def key_of(certificate: Certificate) -> ecdsa.Key | None:
    """None for one that is none of the known curves."""
    try:
        return ecdsa.key_of(der.only(certificate.key)) if certificate.key else None
    except (ValueError, IndexError):
        return None
