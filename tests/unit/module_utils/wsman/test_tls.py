# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the client trusts, what it shows, and what it says when that fails."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.wsman.bytestream import NothingSent, SocketStream
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpTransport
from ansible_collections.outofband.amt.plugins.module_utils.wsman.stream import open_stream
from ansible_collections.outofband.amt.plugins.module_utils.wsman.tls import TlsStream, make_context

from .authority import serving
from .peer import Peer, wait_until_closed

RELAY = """
import select, socket, sys
far = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
near = socket.socket(fileno=0)
while True:
    for end in select.select([near, far], [], [])[0]:
        data = end.recv(65536)
        if not data:
            sys.exit()
        (far if end is near else near).sendall(data)
"""


def answer_all(conversation):
    with contextlib.suppress(AssertionError, OSError):
        while True:
            conversation.request()
            conversation.answer()


def ignore(conversation):
    with contextlib.suppress(OSError):
        conversation.socket.recv(100)


def endpoint_of(peer, **settings):
    return Endpoint("127.0.0.1", **{"port": peer.port, "password": "secret", "read_timeout": 60.0, **settings})


def post_to(peer, **settings):
    with HttpTransport(endpoint_of(peer, **settings)) as transport:
        return transport.post(b"<x/>").status


def test_a_certificate_of_the_named_authority_is_trusted(authority, device_certificate):
    with Peer(answer_all, context=serving(device_certificate)) as peer:
        assert post_to(peer, ca_file=authority.ca_file) == 200


def test_the_system_store_is_asked_when_no_authority_is_named(device_certificate, authority, monkeypatch):
    with Peer(ignore, ignore, context=serving(device_certificate)) as peer, pytest.raises(errors.CertificateRefused):
        post_to(peer)
    monkeypatch.setenv("SSL_CERT_FILE", authority.ca_file)
    with Peer(answer_all, context=serving(device_certificate)) as peer:
        assert post_to(peer) == 200


@pytest.mark.parametrize("spelling", ["{0}", "{1}"])
def test_the_pinned_certificate_is_trusted_whatever_its_name_and_age(authority, spelling):
    old = authority.issue("old", "DNS:elsewhere.example", "20200101000000Z", "20200102000000Z")
    pairs = (old.fingerprint[place : place + 2] for place in range(0, 64, 2))
    pin = spelling.format(old.fingerprint, ":".join(pairs).upper())
    with Peer(answer_all, context=serving(old)) as peer:
        assert post_to(peer, fingerprint=pin) == 200


def test_who_trusts_no_authority_reads_none(device_certificate, monkeypatch):
    """Of the system's there are more than a hundred, at every connection."""
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *arguments: pytest.fail("they were read"))
    with Peer(answer_all, context=serving(device_certificate)) as peer:
        assert post_to(peer, fingerprint=device_certificate.fingerprint) == 200
    assert make_context(Endpoint("pc"), verify=False).verify_mode == ssl.CERT_NONE


def test_another_certificate_than_the_pinned_one_is_refused_and_named(device_certificate):
    with Peer(ignore, context=serving(device_certificate)) as peer, pytest.raises(errors.CertificateRefused) as caught:
        post_to(peer, fingerprint="ab" * 32)
    assert caught.value.fingerprint == device_certificate.fingerprint
    assert device_certificate.fingerprint in str(caught.value)
    assert not peer.requests


@pytest.mark.parametrize(
    ("hosts", "end", "reason"),
    [
        ("IP:127.0.0.1", "20200102000000Z", "expired"),
        ("DNS:elsewhere.example", "20991231000000Z", "127.0.0.1"),
    ],
    ids=["expired", "wrong-host"],
)
def test_a_certificate_that_does_not_fit_is_refused_and_named(authority, hosts, end, reason):
    unfit = authority.issue("unfit", hosts, end=end)
    with Peer(ignore, ignore, context=serving(unfit)) as peer, pytest.raises(errors.CertificateRefused) as caught:
        post_to(peer, ca_file=authority.ca_file)
    assert reason in str(caught.value)
    assert caught.value.fingerprint == unfit.fingerprint
    assert "fingerprint" in caught.value.hint
    assert not peer.requests


def test_a_refused_certificate_that_cannot_be_seen_again_is_still_refused(device_certificate):
    context = serving(device_certificate)
    with Peer(ignore, context=context) as peer, pytest.raises(errors.CertificateRefused) as caught:
        post_to(peer, connect_timeout=4)
    assert caught.value.fingerprint == ""


def test_a_client_certificate_is_shown_to_who_demands_it(authority, device_certificate):
    ours = authority.issue("console", "DNS:console.example")
    context = serving(device_certificate, verify_mode=ssl.CERT_REQUIRED)
    context.load_verify_locations(authority.ca_file)
    with Peer(answer_all, context=context) as peer:
        shown = {"client_certificate": ours.certificate, "client_key": ours.key}
        assert post_to(peer, ca_file=authority.ca_file, **shown) == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_missing_client_certificate_is_named_as_such(authority, device_certificate, version):
    context = serving(device_certificate, verify_mode=ssl.CERT_REQUIRED, maximum_version=version)
    with Peer(ignore, context=context) as peer, pytest.raises(errors.Unreachable) as caught:
        post_to(peer, ca_file=authority.ca_file)
    assert "client certificate" in caught.value.hint
    assert not peer.requests


def test_the_presented_certificate_is_not_confused_with_a_refused_connection(device_certificate):
    context = serving(device_certificate)
    with Peer(answer_all, context=context) as peer:
        endpoint = endpoint_of(peer, fingerprint=device_certificate.fingerprint)
        stream = open_stream(endpoint, Deadline(SystemClock(), 60))
        assert stream.fingerprint == device_certificate.fingerprint
        assert stream.failure() == ""
        stream.close()


def test_an_idle_connection_is_alive_until_the_peer_closes(authority, device_certificate):
    def serve(conversation):
        conversation.request()
        conversation.answer()
        conversation.request()
        conversation.answer()

    with Peer(serve, answer_all, context=serving(device_certificate)) as peer:
        with HttpTransport(endpoint_of(peer, ca_file=authority.ca_file)) as transport:
            transport.post(b"<x/>")
            time.sleep(0.1)
            transport.post(b"<x/>")
            assert peer.accepted == 1
            wait_until_closed(transport)
            transport.post(b"<x/>")
        assert peer.accepted == 2


def test_a_port_that_speaks_plain_http_is_recognised():
    def serve(conversation):
        conversation.socket.recv(100)
        conversation.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Peer(serve) as peer, pytest.raises(errors.Unreachable) as caught:
        post_to(peer)
    assert "plain HTTP" in caught.value.hint


def test_a_peer_that_closes_during_the_handshake_leads_to_the_legacy_profile():
    with Peer(ignore) as peer, pytest.raises(errors.Unreachable) as caught:
        post_to(peer)
    assert "legacy_tls" in caught.value.hint


def test_a_handshake_that_never_ends_is_limited():
    def serve(conversation):
        conversation.socket.recv(100)
        with contextlib.suppress(OSError):
            for _byte in range(2400):
                conversation.send(b"\x16")
                time.sleep(0.05)

    started = time.monotonic()
    with Peer(serve) as peer, pytest.raises(errors.Unreachable):
        post_to(peer, connect_timeout=0.3)
    assert time.monotonic() - started < 60


def test_a_handshake_cut_off_by_the_deadline_says_so():
    with Peer(lambda conversation: time.sleep(0.6)) as peer, pytest.raises(errors.DeadlineExceeded) as caught:
        post_to(peer, deadline=0.3)
    assert not caught.value.sent


@pytest.mark.parametrize("through", ["tcp", "proxy"])
def test_large_bodies_pass_in_both_directions(authority, device_certificate, through):
    body = bytes(range(256)) * 15000

    def echo(conversation):
        conversation.answer(conversation.request().body)

    with Peer(echo, context=serving(device_certificate)) as peer:
        proxy = (sys.executable, "-c", RELAY, str(peer.port)) if through == "proxy" else ()
        with HttpTransport(endpoint_of(peer, ca_file=authority.ca_file, proxy_command=proxy)) as transport:
            assert transport.post(body).body == body


def test_a_certificate_behind_a_proxy_command_is_checked_as_any_other(device_certificate):
    with Peer(ignore, ignore, context=serving(device_certificate)) as peer:
        proxy = (sys.executable, "-c", RELAY, str(peer.port))
        with pytest.raises(errors.CertificateRefused) as caught:
            post_to(peer, proxy_command=proxy)
    assert caught.value.fingerprint == device_certificate.fingerprint


@pytest.mark.parametrize("content", [None, "", "no certificate"])
@pytest.mark.parametrize("option", ["ca_file", "client_certificate", "client_key"])
def test_files_that_cannot_be_used_name_their_option(tmp_path, device_certificate, option, content):
    path = tmp_path / "file.pem"
    if content is not None:
        path.write_text(content)
    settings = {option: str(path)}
    if option == "client_key":
        settings["client_certificate"] = device_certificate.certificate
    with pytest.raises(errors.InvalidOption) as caught:
        make_context(Endpoint("127.0.0.1", **settings))
    assert caught.value.option == option.replace("client_key", "client_certificate")


def test_a_key_with_a_passphrase_is_refused_without_asking(tmp_path, device_certificate):
    locked = tmp_path / "locked.pem"
    arguments = ["-in", device_certificate.key, "-aes128", "-passout", "pass:x", "-out", str(locked)]
    subprocess.run(["openssl", "rsa", *arguments], check=True, capture_output=True)
    shown = {"client_certificate": device_certificate.certificate, "client_key": str(locked)}
    with pytest.raises(errors.InvalidOption):
        make_context(Endpoint("127.0.0.1", **shown))


class OldServer:
    """`openssl s_server` as firmware of AMT 9: one protocol version, RSA key exchange, answers every request alike."""

    def __init__(self, certificate, version, ciphers):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        program = shutil.which("openssl")
        assert program, "the openssl program is needed"
        self.process = subprocess.Popen(
            [
                program, "s_server", "-accept", "127.0.0.1:{0}".format(self.port), version, "-www", "-quiet",
                "-cipher", ciphers + ":@SECLEVEL=0", "-cert", certificate.certificate, "-key", certificate.key,
                "-legacy_renegotiation",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait()

    def _wait(self):
        for _attempt in range(1200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("openssl s_server does not listen")

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


OLD = [("-tls1", "AES128-SHA"), ("-tls1_1", "AES256-SHA"), ("-tls1", "AES256-SHA"), ("-tls1_2", "AES128-SHA")]


@pytest.mark.parametrize(("version", "cipher"), OLD)
def test_the_legacy_profile_speaks_what_old_firmware_speaks(authority, device_certificate, version, cipher):
    with OldServer(device_certificate, version, cipher) as server:
        endpoint = endpoint_of(server, ca_file=authority.ca_file, legacy_tls=True)
        stream = open_stream(endpoint, Deadline(SystemClock(), 60))
        stream.limit(60)
        stream.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert stream.recv(100).startswith(b"HTTP/1.0 200 ok")
        assert stream._tls.cipher()[0] == cipher
        stream.close()


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_without_the_legacy_profile_old_firmware_is_not_spoken_to(authority, device_certificate, version):
    with OldServer(device_certificate, version, "ALL") as server, pytest.raises(errors.Unreachable) as caught:
        open_stream(endpoint_of(server, ca_file=authority.ca_file), Deadline(SystemClock(), 60))
    assert "legacy_tls" in caught.value.hint


def test_old_protocols_are_off_whatever_the_systems_openssl_thinks():
    assert make_context(Endpoint("pc")).minimum_version == ssl.TLSVersion.TLSv1_2
    assert make_context(Endpoint("pc", legacy_tls=True)).minimum_version != ssl.TLSVersion.TLSv1_2


def test_the_legacy_profile_still_checks_the_certificate(device_certificate):
    with OldServer(device_certificate, "-tls1", "AES128-SHA") as server:
        endpoint = endpoint_of(server, legacy_tls=True)
        with pytest.raises(errors.CertificateRefused) as caught:
            open_stream(endpoint, Deadline(SystemClock(), 60))
        assert caught.value.fingerprint == device_certificate.fingerprint
        stream = open_stream(replace(endpoint, fingerprint=caught.value.fingerprint), Deadline(SystemClock(), 60))
        stream.close()


# A ServerHello of TLS 1.2 without the extension of RFC 5746, as firmware of AMT 9 sends it.
HELLO_OF_OLD = b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + b"r" * 32 + b"\x00\xc0\x2f\x00"


@pytest.mark.parametrize(
    ("legacy", "reason"), [(False, "unsafe legacy renegotiation"), (True, "closed the connection")]
)
def test_a_server_without_secure_renegotiation_needs_the_legacy_profile(legacy, reason):
    def serve(conversation):
        conversation.socket.recv(4096)
        conversation.send(HELLO_OF_OLD)

    with Peer(serve) as peer, pytest.raises(errors.Unreachable) as caught:
        post_to(peer, legacy_tls=legacy)
    assert reason in str(caught.value)


def test_bytes_that_nobody_asked_for_end_an_idle_tls_connection(device_certificate):
    ours, theirs = socket.socketpair()
    endpoint = Endpoint("127.0.0.1", fingerprint=device_certificate.fingerprint)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = serving(device_certificate).wrap_bio(incoming, outgoing, server_side=True)
    stream = TlsStream(SocketStream(ours), make_context(endpoint), "127.0.0.1")
    with theirs:
        shake_hands(stream, server, incoming, outgoing, theirs)
        assert stream.alive()
        server.write(b"unasked")
        theirs.sendall(outgoing.read())
        assert not stream.alive()
        stream.close()


class Halves:
    """An OpenSSL that encrypts half of what it is given."""

    def __init__(self, outgoing):
        self.outgoing = outgoing

    def write(self, data):
        half = max(len(data) // 2, 1)
        return self.outgoing.write(data[:half])


@pytest.mark.parametrize(("records", "failure"), [(0, NothingSent), (1, ConnectionResetError)])
def test_only_a_first_record_that_did_not_leave_counts_as_nothing_sent(records, failure):
    class Carrier(SocketStream):
        left = records

        def sendall(self, data):
            if not self.left:
                raise NothingSent(32, "Broken pipe")
            self.left -= 1

    ours, theirs = socket.socketpair()
    stream = TlsStream(Carrier(ours), make_context(Endpoint("pc"), verify=False), "pc")
    stream._tls = Halves(stream._outgoing)
    stream.limit(60)
    with theirs, contextlib.closing(stream), pytest.raises(failure):
        stream.sendall(b"request")


def shake_hands(stream, server, incoming, outgoing, theirs):
    for _flight in range(5):
        stream.limit(0.2)
        for side in (stream.handshake, server.do_handshake):
            with contextlib.suppress(TimeoutError, ssl.SSLWantReadError):
                side()
            if outgoing.pending:
                theirs.sendall(outgoing.read())
            with contextlib.suppress(BlockingIOError):
                incoming.write(theirs.recv(65536, socket.MSG_DONTWAIT))


WEAK = {"a short key": {"bits": 1024}, "a weak hash": {"digest": "sha1"}}


@pytest.mark.parametrize("kind", WEAK)
def test_a_weak_certificate_gets_the_hint_that_helps(authority, kind):
    weak = authority.issue(kind.replace(" ", "-"), "IP:127.0.0.1", **WEAK[kind])
    context = serving(weak, weak=True)
    twice = (ignore, ignore)
    with Peer(*twice, context=context) as peer, pytest.raises(errors.CertificateRefused) as caught:
        post_to(peer, ca_file=authority.ca_file)
    assert "`legacy_tls`" in caught.value.hint and "`fingerprint`" in caught.value.hint
    for helps in ({"legacy_tls": True, "ca_file": authority.ca_file}, {"fingerprint": weak.fingerprint}):
        with Peer(answer_all, context=context) as peer:
            assert post_to(peer, **helps) == 200
