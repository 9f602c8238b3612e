# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""HTTP digest authentication (RFC 7616, RFC 2617) with MD5, the only hash that AMT knows. Pure: no input, no output."""

from __future__ import annotations

import re
import secrets
from hashlib import md5
from typing import NamedTuple

from ..errors import AuthenticationRefused, ProtocolError

TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - RFC 9110, 5.6.2
_GAP = re.compile(r"[ \t,]*")
_PARAMETER = re.compile(rf'({TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))[ \t]*(?=,|\Z)', re.DOTALL)
_SCHEME = re.compile(rf"({TOKEN})(?:[ \t]+[A-Za-z0-9._~+/\-]+=*[ \t]*(?=,|\Z)|(?=[ \t]|,|\Z))")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r'(["\\])')


class Challenge(NamedTuple):
    """One scheme that a server offers, lower case, and its parameters, their names lower case and values unquoted."""

    scheme: str
    parameters: dict[str, str]


class DigestChallenge(NamedTuple):
    """What a digest answer is computed from. `qop` is "auth", "auth-int" or, for a server of RFC 2069, empty."""

    realm: str
    nonce: str
    qop: str
    opaque: str | None
    algorithm: str
    stale: bool


def parse_challenges(header: str) -> list[Challenge]:
    """The value of WWW-Authenticate (several headers joined by commas) as a list, or ProtocolError."""
    challenges: list[Challenge] = []
    at = _end(_GAP, header, 0)
    while at < len(header):
        parameter = _PARAMETER.match(header, at) if challenges else None
        if parameter:
            name, quoted, plain = parameter.groups()
            value = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
            challenges[-1].parameters.setdefault(name.lower(), value)
        else:
            parameter = _SCHEME.match(header, at)
            if not parameter:
                raise ProtocolError("the device's WWW-Authenticate header cannot be understood")
            challenges.append(Challenge(parameter.group(1).lower(), {}))
        at = _end(_GAP, header, parameter.end())
    return challenges


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def choose_challenge(header: str) -> DigestChallenge:
    """The first challenge that we can answer; AuthenticationRefused names what is offered when there is none."""
    challenges = parse_challenges(header)
    for challenge in challenges:
        usable = _usable(challenge) if challenge.scheme == "digest" else None
        if usable:
            return usable
    offered = ", ".join(sorted({challenge.scheme for challenge in challenges})) or "nothing"
    raise AuthenticationRefused(
        "the device asks for a log-in and does not offer digest with MD5 (offered: {0})".format(offered),
        "for Negotiate set `auth` to kerberos; otherwise check that this address is a management engine",
    )


def _usable(challenge: Challenge) -> DigestChallenge | None:
    given = challenge.parameters
    algorithm = given.get("algorithm", "")
    if algorithm.lower() not in ("", "md5") or not given.get("nonce") or "realm" not in given:
        return None
    offers = [offer.strip().lower() for offer in given.get("qop", "").split(",")]
    qop = next((kind for kind in ("auth", "auth-int", "") if kind in offers), None)
    if qop is None:
        return None
    stale = given.get("stale", "").lower() == "true"
    return DigestChallenge(given["realm"], given["nonce"], qop, given.get("opaque"), algorithm, stale)


def identity(username: str, realm: str, password: str) -> str:
    """What a server needs to know of a password (HA1): 32 hex digits, good for this user and realm only."""
    return _hash("{0}:{1}:{2}".format(username, realm, password).encode())


class DigestSession:
    """Answers for one nonce: the count grows with every answer. Shows no secret in its representation.

    `password_hash`, when it is given, is the `identity` of user, realm and password, and stands for the password.
    """

    def __init__(self, username: str, password: str, challenge: DigestChallenge, password_hash: str = "") -> None:
        self.count = 0
        self._qop = challenge.qop
        self._nonce = challenge.nonce
        self._identity = password_hash or identity(username, challenge.realm, password)
        self._start = 'Digest username="{0}", realm="{1}", nonce="{2}"'.format(
            _escape(username), _escape(challenge.realm), _escape(challenge.nonce)
        )
        if challenge.algorithm:
            self._start += ", algorithm=" + challenge.algorithm
        if challenge.opaque is not None:
            self._start += ', opaque="{0}"'.format(_escape(challenge.opaque))

    def authorization(self, method: str, uri: str, body: bytes, cnonce: str = "") -> str:
        """The value of the Authorization header for one request. The client nonce is random unless given."""
        self.count += 1
        target = method + ":" + uri
        if self._qop == "auth-int":
            target += ":" + _hash(body)
        target = _hash(target.encode())
        start = '{0}, uri="{1}"'.format(self._start, uri)
        if not self._qop:
            answer = _hash("{0}:{1}:{2}".format(self._identity, self._nonce, target).encode())
            return '{0}, response="{1}"'.format(start, answer)
        cnonce = cnonce or secrets.token_hex(8)
        middle = "{0:08x}:{1}:{2}".format(self.count, cnonce, self._qop)
        answer = _hash("{0}:{1}:{2}:{3}".format(self._identity, self._nonce, middle, target).encode())
        return '{0}, response="{1}", qop={2}, nc={3:08x}, cnonce="{4}"'.format(
            start, answer, self._qop, self.count, cnonce
        )


def _hash(data: bytes) -> str:
    return md5(data, usedforsecurity=False).hexdigest()


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
