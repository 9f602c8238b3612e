# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's side of HTTP digest authentication (RFC 7616 with MD5 only, as AMT offers it).

A challenge as AMT 8 to 16 sends it: the nonce is 24 octets in base64 (so it may hold `+` and `/`), there is no
algorithm, and `stale` is quoted. One device was recorded that offers `auth-int` before `auth` (16.1.25, in the clear).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
from dataclasses import dataclass
from typing import Callable, Optional
from urllib.request import parse_http_list

NONCE_LIFETIME = 300.0
"""Seconds. The lifetime that AMT gives a nonce is not published; clients must cope with any."""

NONCES_KEPT = 64

ANYTHING = "*"
"""The secret of somebody whom his certificate has proven already."""


@dataclass
class Nonce:
    born: float
    last_count: int = 0


@dataclass(frozen=True)
class Login:
    """How a request's credentials fared: `outcome` is none, accepted, refused or stale."""

    outcome: str
    username: str = ""


class DigestGuard:
    """One device's nonces, and whether a request's Authorization header is good."""

    def __init__(self, qop: tuple[str, ...] = ("auth",), lifetime: float = NONCE_LIFETIME) -> None:
        self.qop = qop
        self.lifetime = lifetime
        self._nonces: dict[str, Nonce] = {}
        self._issued = 0

    def challenge(self, realm: str, now: float, stale: bool = False) -> str:
        """The value of WWW-Authenticate, with a fresh nonce."""
        self._issued += 1
        octets = os.urandom(4) + struct.pack("<I", self._issued) + bytes(4) + os.urandom(12)
        nonce = base64.b64encode(octets).decode("ascii")
        self._nonces[nonce] = Nonce(born=now)
        while len(self._nonces) > NONCES_KEPT:
            del self._nonces[next(iter(self._nonces))]
        return 'Digest realm="{0}", nonce="{1}",stale="{2}",qop="{3}"'.format(
            realm, nonce, "true" if stale else "false", ", ".join(self.qop)
        )

    def forget(self) -> None:
        """Make every nonce stale, as a restart of the management engine does."""
        self._nonces.clear()

    def check(
        self, header: str, method: str, body: bytes, realm: str, secret_of: Callable[[str], Optional[str]], now: float
    ) -> Login:
        """Judge an Authorization header that starts with `Digest`; `secret_of` a user is what `secret` makes.

        Nobody has a secret of None, and anything is right for ANYTHING.
        """
        offered = parse_authorization(header)
        username = offered.get("username", "")
        if offered.get("qop") not in self.qop or offered.get("realm") != realm or not is_count(offered.get("nc", "")):
            return Login("refused", username)
        known = secret_of(username)
        if known is None:
            return Login("refused", username)
        wanted = response_of(offered, method, body, known)
        if known != ANYTHING and not hmac.compare_digest(wanted, offered.get("response", "").lower()):
            return Login("refused", username)
        return Login("accepted" if self._spend(offered, now) else "stale", username)

    def _spend(self, offered: dict[str, str], now: float) -> bool:
        """Count a use of the nonce. A nonce that is unknown, too old or replayed is stale (RFC 7616, 3.4)."""
        nonce = self._nonces.get(offered.get("nonce", ""))
        count = int(offered["nc"], 16)
        if nonce is None or now - nonce.born > self.lifetime or count <= nonce.last_count:
            return False
        nonce.last_count = count
        return True


def is_count(text: str) -> bool:
    """MeshCentral sends `nc` quoted and unpadded, and real firmware takes it."""
    return 0 < len(text) <= 8 and all(letter in "0123456789abcdefABCDEF" for letter in text)


def parse_authorization(header: str) -> dict[str, str]:
    """The directives of a Digest Authorization header, with blanks around `=` (RFC 9110, 11.2); none when malformed."""
    pairs = [item.partition("=") for item in parse_http_list(header.partition(" ")[2])]
    if not all(equals for _name, equals, _value in pairs):
        return {}
    return {name.strip(): unquoted(value.strip()) for name, _equals, value in pairs}


def unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def secret(username: str, realm: str, password: str) -> str:
    """What firmware keeps of a password, and is told of it when it is set up: H(A1) of RFC 7616, section 3.4.2."""
    return digest(username, realm, password)


def response(offered: dict[str, str], method: str, body: bytes, password: str) -> str:
    """The response that the holder of `password` would have sent."""
    return response_of(offered, method, body, secret(offered["username"], offered["realm"], password))


def response_of(offered: dict[str, str], method: str, body: bytes, known: str) -> str:
    """The response that the holder of a secret would have sent, RFC 7616 section 3.4.1."""
    parts = [method, offered.get("uri", "")]
    if offered["qop"] == "auth-int":
        parts.append(hashlib.md5(body).hexdigest())
    return digest(
        known,
        offered.get("nonce", ""),
        offered["nc"],
        offered.get("cnonce", ""),
        offered["qop"],
        digest(*parts),
    )


def digest(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode("utf-8")).hexdigest()
