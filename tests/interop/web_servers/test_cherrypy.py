# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digest answers judged by CherryPy, which checks `auth-int` and the digest of RFC 2069 where Apache does not."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.wsman.digest import DigestSession, choose_challenge
from cherrypy.lib.auth_digest import HttpDigestAuthorization, get_ha1_dict_plain
from hypothesis import given
from hypothesis import strategies as st

WORD = st.text(
    st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters='":\\'), min_size=1, max_size=20
)
KEYS = ("username", "realm", "nonce", "uri")


@pytest.mark.parametrize("qop", ["auth-int", "auth", "auth,auth-int", ""])
@given(username=WORD, password=WORD, realm=WORD, nonce=WORD, body=st.text(max_size=50))
def test_answers_are_accepted(qop, username, password, realm, nonce, body):
    offer = ', qop="{0}"'.format(qop) if qop else ""
    challenge = choose_challenge('Digest realm="{0}", nonce="{1}"{2}'.format(realm, nonce, offer))
    session = DigestSession(username, password, challenge)
    for count in (1, 2):
        judged = HttpDigestAuthorization(session.authorization("POST", "/wsman", body.encode()), "POST")
        expected = judged.request_digest(get_ha1_dict_plain({username: password})(realm, username), body)
        assert judged.response == expected
        assert judged.qop == (qop if qop in ("auth-int", "") else "auth") or not qop
        assert not qop or int(judged.nc, 16) == count
        assert [getattr(judged, key) for key in KEYS] == [username, realm, nonce, "/wsman"]
