# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digest answers against the examples of the RFCs, and challenges as servers write them."""

from __future__ import annotations

import hashlib

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AuthenticationRefused, ProtocolError
from ansible_collections.outofband.amt.plugins.module_utils.wsman.digest import (
    DigestSession,
    choose_challenge,
    parse_challenges,
)
from hypothesis import given
from hypothesis import strategies as st

# RFC 2617, 3.5
OLD = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
# RFC 7616, 3.9.1
NEW = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", '
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
# What AMT 11.8 and 15 send
AMT = 'Digest realm="Digest:48A6A0B0C0D0E0F000112233445566FF", nonce="kXa0AAAAAAA=",stale="false",qop="auth"'


def session_for(header, username="Mufasa", password="Circle Of Life"):
    return DigestSession(username, password, choose_challenge(header))


def test_the_example_of_rfc_2617():
    answer = session_for(OLD).authorization("GET", "/dir/index.html", b"", "0a4f113b")
    assert answer == (
        'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41", uri="/dir/index.html", '
        'response="6629fae49393a05397450978507c4ef1", qop=auth, nc=00000001, cnonce="0a4f113b"'
    )


def test_the_md5_example_of_rfc_7616_which_comes_after_an_offer_of_sha_256():
    answer = session_for(NEW, password="Circle of Life").authorization(
        "GET", "/dir/index.html", b"", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    )
    assert 'response="8ca523f5e9506fed4657c9700eebdbec"' in answer
    assert ", algorithm=MD5," in answer


def test_the_example_of_rfc_2069_as_its_erratum_corrects_it():
    header = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    answer = session_for(header, password="CircleOfLife").authorization("GET", "/dir/index.html", b"")
    assert answer.endswith('response="1949323746fe6a43ef61f9606e7febea"')
    assert "nc=" not in answer


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def test_auth_int_covers_the_body_and_is_used_when_nothing_else_is_offered():
    header = 'Digest realm="r", nonce="n", qop="auth-int"'
    answer = session_for(header, "u", "p").authorization("POST", "/wsman", b"<body/>", "c")
    expected = md5(
        ":".join([md5("u:r:p"), "n", "00000001", "c", "auth-int", md5("POST:/wsman:" + md5("<body/>"))]),
    )
    assert 'response="{0}", qop=auth-int, nc=00000001'.format(expected) in answer


def test_the_count_grows_and_the_client_nonce_changes():
    session = session_for(AMT)
    answers = [session.authorization("POST", "/wsman", b"") for _answer in range(3)]
    assert [answer.partition("nc=")[2][:8] for answer in answers] == ["00000001", "00000002", "00000003"]
    assert len({answer.partition("cnonce=")[2] for answer in answers}) == 3


def test_names_with_quotes_are_escaped_on_the_wire_and_hashed_as_they_are():
    answer = session_for('Digest realm="a \\"b\\" c", nonce="n"', 'say "hi"', "p").authorization("POST", "/wsman", b"")
    assert answer.startswith('Digest username="say \\"hi\\"", realm="a \\"b\\" c", nonce="n"')
    assert md5(md5('say "hi":a "b" c:p') + ":n:" + md5("POST:/wsman")) in answer


def test_a_session_shows_no_secret():
    session = session_for(AMT, password="hush")
    session.authorization("POST", "/wsman", b"")
    assert "hush" not in repr(session)
    assert md5("Mufasa:Digest:48A6A0B0C0D0E0F000112233445566FF:hush") not in repr(session)


def test_what_amt_sends():
    challenge = choose_challenge(AMT)
    assert (challenge.qop, challenge.nonce, challenge.stale, challenge.algorithm) == ("auth", "kXa0AAAAAAA=", False, "")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        (" , ,", []),
        ("Negotiate", [("negotiate", {})]),
        ("Negotiate YIIB/aZ+==", [("negotiate", {})]),
        ('Basic realm="x"', [("basic", {"realm": "x"})]),
        ("Digest REALM=x,nonce = y", [("digest", {"realm": "x", "nonce": "y"})]),
        ('Digest realm="a, Basic b=\\"c\\"", nonce="d"', [("digest", {"realm": 'a, Basic b="c"', "nonce": "d"})]),
        ('Negotiate, Digest realm="x", Basic', [("negotiate", {}), ("digest", {"realm": "x"}), ("basic", {})]),
        ('Digest realm="", nonce=""', [("digest", {"realm": "", "nonce": ""})]),
        ("Digest nonce=a, nonce=b", [("digest", {"nonce": "a"})]),
        ("NTLM, Negotiate", [("ntlm", {}), ("negotiate", {})]),
    ],
)
def test_challenges_as_servers_write_them(header, expected):
    assert [tuple(challenge) for challenge in parse_challenges(header)] == expected


@pytest.mark.parametrize("header", ['Digest realm="x', "=", 'Digest realm="a" nonce="b"', '"', "Ä"])
def test_what_is_no_challenge(header):
    with pytest.raises(ProtocolError):
        parse_challenges(header)


@pytest.mark.parametrize("stale", ["stale=true", 'stale="TRUE"', "Stale=True"])
def test_stale_is_read_in_every_spelling(stale):
    assert choose_challenge('Digest realm="r", nonce="n", qop="auth", ' + stale).stale


@pytest.mark.parametrize(
    "offer",
    ['nonce="n"', 'realm="r"', 'realm="r", nonce="n", qop="auth-conf"', 'realm="r", nonce="n", algorithm=MD5-sess'],
)
def test_an_incomplete_or_unknown_offer_is_passed_over(offer):
    with pytest.raises(AuthenticationRefused):
        choose_challenge("Digest " + offer)
    usable = 'Digest {0}, Digest realm="r2", nonce="n2"'.format(offer)
    assert choose_challenge(usable).nonce == "n2"


@given(
    st.lists(
        st.tuples(st.sampled_from(["realm", "nonce", "opaque", "x"]), st.text(st.characters(codec="latin-1"))),
        min_size=1,
        unique_by=lambda pair: pair[0],
    )
)
def test_every_quoted_value_is_read_back(pairs):
    quoted = ", ".join(
        '{0}="{1}"'.format(name, value.replace("\\", "\\\\").replace('"', '\\"')) for name, value in pairs
    )
    assert parse_challenges("Digest " + quoted) == [("digest", dict(pairs))]


@given(st.text(st.characters(codec="latin-1")) | st.text('Digest realm="n,=\\ \t', max_size=60))
def test_any_text_is_challenges_or_a_protocol_error(header):
    try:
        challenges = parse_challenges(header)
    except ProtocolError:
        return
    assert all(challenge.scheme for challenge in challenges)
