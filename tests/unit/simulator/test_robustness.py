# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent to it, the simulator answers with a fault or a refusal and not with a traceback."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.digest import DigestGuard
from simulator.presence import ping_tag
from simulator.soap_request import check_class, parse_fields, parse_request
from simulator.values import Fault

from .asking import TRANSFER, envelope, power, uri

SOUND = [power(8), envelope(TRANSFER + "/Put", uri("AMT_GeneralSettings"), "<x/>")]
PIECES = [
    b"<",
    b">",
    b"</Header>",
    b'"',
    b"&a;",
    b"<w:SelectorSet><w:Selector/></w:SelectorSet>",
    b"\x00",
    b"\xff",
    b"<!--x-->",
]


def taken_apart(document: bytes) -> None:
    """Everything that is done with a request before a firmware sees it."""
    try:
        request = parse_request(document)
        check_class(request)
        parse_fields(request, request.method + "_INPUT")
    except Fault:
        pass


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SOUND), st.integers(0, 2000), st.integers(0, 200), st.sampled_from(PIECES))
def test_a_damaged_request_is_a_fault(document, at, length, piece):
    taken_apart(document[:at] + piece + document[at + length :])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_are_a_fault(document):
    taken_apart(document)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=200))
def test_no_authorization_header_breaks_the_guard(text):
    outcome = DigestGuard().check("Digest " + text, "POST", b"", "Digest:00", {"": ""}.get, 0.0).outcome
    assert outcome in ("refused", "stale")


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["username", "realm", "nonce", "uri", "qop", "nc", "cnonce", "response"]), st.text(max_size=20)
    )
)
def test_no_set_of_directives_breaks_the_guard(directives):
    header = "Digest " + ", ".join('{0}="{1}"'.format(*pair) for pair in directives.items())
    assert DigestGuard().check(header, "POST", b"", "Digest:00", {"": ""}.get, 0.0).outcome in ("refused", "stale")


@given(st.binary(max_size=64))
def test_a_ping_is_recognised_or_not(packet):
    assert ping_tag(packet) in (None, *range(256))
