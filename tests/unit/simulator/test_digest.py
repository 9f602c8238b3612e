# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log-in check against the example of RFC 2617, section 3.5, and against hand-made misuse."""

from __future__ import annotations

import re

import pytest

from simulator.digest import DigestGuard, parse_authorization, response, secret

RFC_HEADER = (
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", '
    'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
REALM = "Digest:A4070000000000000000000000000000"


def test_the_rfc_example_comes_out():
    offered = parse_authorization(RFC_HEADER)
    assert response(offered, "GET", b"", "Circle Of Life") == offered["response"]


def header(guard: DigestGuard, count: int = 1, password: str = "secret", body: bytes = b"", **changes: str) -> str:
    challenge = guard.challenge(REALM, now=0.0)
    nonce = re.search(r'nonce="([^"]+)"', challenge).group(1)
    offered = {"username": "admin", "realm": REALM, "nonce": nonce, "uri": "/wsman", "cnonce": "c", "qop": "auth"}
    offered.update(changes, nc="{0:08x}".format(count))
    offered["response"] = response(offered, "POST", body, password)
    return "Digest " + ", ".join('{0}="{1}"'.format(*pair) for pair in offered.items())


def outcome(guard: DigestGuard, authorization: str, now: float = 0.0, body: bytes = b"") -> str:
    known = {"admin": secret("admin", REALM, "secret")}.get
    return guard.check(authorization, "POST", body, REALM, known, now).outcome


def test_the_challenge_reads_as_recorded_ones_do():
    challenge = DigestGuard(("auth-int", "auth")).challenge(REALM, now=0.0)
    pattern = r'Digest realm="Digest:[0-9A-F]{32}", nonce="[A-Za-z0-9+/]{32}",stale="false",qop="auth-int, auth"'
    assert re.fullmatch(pattern, challenge)


def test_a_good_password_is_accepted_and_a_bad_one_refused():
    guard = DigestGuard()
    assert outcome(guard, header(guard)) == "accepted"
    assert outcome(guard, header(guard, password="wrong")) == "refused"
    assert outcome(guard, header(guard, username="nobody")) == "refused"
    assert outcome(guard, header(guard, realm="Digest:00")) == "refused"


def test_a_nonce_serves_once_per_count():
    guard = DigestGuard()
    authorization = header(guard)
    assert [outcome(guard, authorization), outcome(guard, authorization)] == ["accepted", "stale"]


def test_a_nonce_ages_and_can_be_forgotten():
    guard = DigestGuard(lifetime=10)
    assert outcome(guard, header(guard), now=11) == "stale"
    authorization = header(guard)
    guard.forget()
    assert outcome(guard, authorization) == "stale"


def test_an_empty_response_is_no_password():
    """CVE-2017-5689: firmware once compared no more than the length that the client sent."""
    guard = DigestGuard()
    authorization = re.sub(r'response="[^"]+"', 'response=""', header(guard))
    assert outcome(guard, authorization) == "refused"


def test_auth_int_protects_the_body_and_is_refused_where_it_is_not_offered():
    guard = DigestGuard(("auth-int", "auth"))
    assert outcome(guard, header(guard, qop="auth-int", body=b"one"), body=b"one") == "accepted"
    assert outcome(guard, header(guard, qop="auth-int", body=b"one"), body=b"two") == "refused"
    older = DigestGuard()
    assert outcome(older, header(older, qop="auth-int")) == "refused"


@pytest.mark.parametrize("text", ["Digest", "Digest nonsense", "Digest a=b, c", 'Digest nc="zz"', "Digest ,,,"])
def test_malformed_headers_are_refused(text):
    assert outcome(DigestGuard(), text) == "refused"
