# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our transport with a web server that others wrote: digest, stale nonces, keep-alive, chunks and TLS of Apache."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpTransport
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import REPLY_LIMIT

from tests.interop.web_servers.apache import Apache
from tests.unit.module_utils.wsman.peer import wait_until_closed

USER, PASSWORD = "admin", "P@ss: \"quoted\" 'word' \\ ü"
ODD = {USER: PASSWORD, 'o"dd': "x", "back\\slash": "y", "jürgen": "z", "two words": "w"}


@pytest.fixture
def apache():
    """Starts servers in folders that an unprivileged user may read, which those of pytest are not."""
    running = []

    def start(users=None, **settings):
        folder = Path(tempfile.mkdtemp(prefix="amt-apache-"))
        folder.chmod(0o755)
        server = Apache(folder, users or {USER: PASSWORD}, **settings)
        running.append(server)
        return server.__enter__()

    yield start
    for server in running:
        server.__exit__()
        shutil.rmtree(server.folder)


def transport_to(server, **settings):
    settings = {"port": server.plain, "tls": False, "password": PASSWORD, **settings}
    return HttpTransport(Endpoint("127.0.0.1", **settings))


def test_one_challenge_and_one_connection_serve_many_requests(apache):
    server = apache()
    with transport_to(server) as transport:
        for number in range(50):
            body = b"<request number='%d'/>" % number
            assert transport.post(body).body == body
    assert server.served(51) == [(401, 0)] + [(200, number) for number in range(1, 51)]


def test_unusual_names_and_passwords(apache):
    server = apache(ODD)
    for user, password in ODD.items():
        with transport_to(server, username=user, password=password) as transport:
            assert transport.post(b"x").status == 200, user


def test_a_realm_with_quotes(apache):
    """Apache 2.4.71 compares with the realm as it quotes it and refuses curl, too: then its log is the judge."""
    realm = 'the "management" realm'
    server = apache(realm=realm)
    with transport_to(server) as transport:
        try:
            assert transport.post(b"x").status == 200
        except errors.AuthenticationRefused:
            line = "realm mismatch - got `{0}' but expected `{1}'".format(realm, realm.replace('"', r'\\"'))
            assert line in (server.folder / "error.log").read_text()


def test_a_nonce_that_has_grown_stale_is_replaced(apache):
    server = apache(nonce=6)
    with transport_to(server) as transport:
        transport.post(b"one")
        time.sleep(7.1)
        assert transport.post(b"two").body == b"two"
    assert [status for status, _number in server.served(4)] == [401, 200, 401, 200]


def test_a_wrong_password_is_sent_once(apache):
    server = apache()
    with transport_to(server, password="guess") as transport:
        for _attempt in range(3):
            with pytest.raises(errors.AuthenticationRefused):
                transport.post(b"x")
    assert [status for status, _number in server.served(2)] == [401, 401]


def test_a_connection_that_timed_out_is_replaced_unnoticed(apache):
    server = apache(idle=5)
    with transport_to(server) as transport:
        transport.post(b"one")
        wait_until_closed(transport)
        assert transport.post(b"two").body == b"two"
    assert server.served(4) == [(401, 0), (200, 1), (401, 0), (200, 1)]


def test_a_server_that_limits_the_requests_of_a_connection(apache):
    server = apache(requests=3)
    with transport_to(server) as transport:
        assert [transport.post(b"x").status for _request in range(10)] == [200] * 10
    assert max(number for _status, number in server.served(13)) <= 3


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_bodies_of_every_size_come_back_whole(apache, tls):
    server = apache()
    secured = {"port": server.tls, "tls": True, "ca_file": str(server.certificate)} if tls else {}
    with transport_to(server, **secured) as transport:
        for size in (0, 1, 8191, 8192, 100_000, 4_000_000, 2):
            body = os.urandom(size)
            assert transport.post(body).body == body


def test_a_reply_over_the_limit_is_refused(apache):
    with transport_to(apache(), read_timeout=20) as transport, pytest.raises(errors.ProtocolError) as caught:
        transport.post(b"x" * (REPLY_LIMIT + 1))
    assert caught.value.sent


def test_the_self_signed_certificate_is_refused_until_it_is_pinned(apache):
    server = apache()
    refusal = pytest.raises(errors.CertificateRefused)
    with transport_to(server, port=server.tls, tls=True) as transport, refusal as caught:
        transport.post(b"x")
    with transport_to(server, port=server.tls, tls=True, fingerprint=caught.value.fingerprint) as transport:
        assert transport.post(b"x").body == b"x"


def test_tls_to_the_plain_port_says_so(apache):
    server = apache()
    with transport_to(server, tls=True) as transport, pytest.raises(errors.Unreachable) as caught:
        transport.post(b"x")
    assert "plain HTTP" in caught.value.hint
