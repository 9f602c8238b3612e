# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport against peers that follow a script: log-in, reuse, and what each way of failing is called."""

from __future__ import annotations

import re
import socket
import time
import traceback

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.wsman.bytestream import NothingSent, SocketStream
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpTransport

from .peer import Peer, wait_until_closed

SECRET = "P@ssw0rd-that-nobody-may-see"


def endpoint_of(peer, **changes):
    return Endpoint(
        "127.0.0.1", **{"port": peer.port, "tls": False, "password": SECRET, "read_timeout": 60.0, **changes}
    )


def transport_to(peer, **changes):
    return HttpTransport(endpoint_of(peer, **changes))


def log_in(conversation):
    conversation.request()
    conversation.challenge()
    conversation.request()
    conversation.answer()


def nonce_counts(peer):
    return [re.search(r"\bnc=([0-9a-f]{8})", request.authorization or "nc=00000000")[1] for request in peer.requests]


def test_logs_in_on_a_new_connection_when_the_challenge_closes_the_old_one():
    def challenge(conversation):
        conversation.request()
        conversation.challenge("n1", "false", "Connection: close")

    def serve(conversation):
        for _request in range(3):
            conversation.request()
            conversation.answer()

    with Peer(challenge, serve) as peer, transport_to(peer) as transport:
        replies = [transport.post(b"<one/>"), transport.post(b"<two/>"), transport.post(b"<three/>")]
    assert [(reply.status, reply.body) for reply in replies] == [(200, b"<ok/>")] * 3
    assert [request.body for request in peer.requests] == [b"<one/>", b"<one/>", b"<two/>", b"<three/>"]
    assert nonce_counts(peer) == ["00000000", "00000001", "00000002", "00000003"]
    assert {request.start for request in peer.requests} == {"POST /wsman HTTP/1.1"}
    assert peer.requests[1].headers["host"] == "127.0.0.1:{0}".format(peer.port)
    assert peer.requests[1].headers["content-type"] == "application/soap+xml;charset=UTF-8"


def test_logs_in_on_the_same_connection_when_it_is_kept():
    with Peer(log_in) as peer, transport_to(peer) as transport:
        transport.post(b"<one/>")
    assert peer.accepted == 1
    assert nonce_counts(peer) == ["00000000", "00000001"]


def test_one_challenge_serves_as_many_requests_as_fit_on_the_connection():
    def serve(conversation):
        log_in(conversation)
        for _request in range(20):
            conversation.request()
            conversation.answer()

    with Peer(serve) as peer, transport_to(peer) as transport:
        for _request in range(21):
            transport.post(b"<x/>")
    assert nonce_counts(peer)[1:] == ["{0:08x}".format(number) for number in range(1, 22)]
    assert len({re.search(r'cnonce="(\w+)"', request.authorization)[1] for request in peer.requests[1:]}) == 21


def test_a_stale_nonce_is_replaced_once():
    def serve(conversation):
        log_in(conversation)
        conversation.request()
        conversation.challenge("n2", "true")
        conversation.request()
        conversation.answer(b"<again/>")

    with Peer(serve) as peer, transport_to(peer) as transport:
        transport.post(b"<one/>")
        assert transport.post(b"<two/>").body == b"<again/>"
    assert 'nonce="n2"' in peer.requests[-1].authorization
    assert nonce_counts(peer) == ["00000000", "00000001", "00000002", "00000001"]


def test_a_peer_that_calls_every_nonce_stale_is_given_up():
    def serve(conversation):
        for number in range(3):
            conversation.request()
            conversation.challenge("n{0}".format(number), "true" if number else "false")

    with Peer(serve) as peer, transport_to(peer) as transport, pytest.raises(errors.ProtocolError) as caught:
        transport.post(b"<one/>")
    assert not caught.value.sent
    assert len(peer.requests) == 3


def test_refused_credentials_are_sent_once_and_never_again():
    def refuse(conversation):
        for number in range(2):
            conversation.request()
            conversation.challenge("n{0}".format(number))

    with Peer(refuse) as peer, transport_to(peer) as transport:
        for _attempt in range(3):
            with pytest.raises(errors.AuthenticationRefused) as caught:
                transport.post(b"<one/>")
            assert "admin" in str(caught.value)
            transport.close()
    assert [bool(request.authorization) for request in peer.requests] == [False, True]


def test_credentials_that_worked_and_do_no_longer_are_not_repeated():
    def serve(conversation):
        log_in(conversation)
        conversation.request()
        conversation.challenge("n2")

    with Peer(serve) as peer, transport_to(peer) as transport:
        transport.post(b"<one/>")
        with pytest.raises(errors.AuthenticationRefused):
            transport.post(b"<two/>")
    assert len(peer.requests) == 3


@pytest.mark.parametrize(
    "offer", ["", "Negotiate", 'Basic realm="x"', 'Digest realm="x", nonce="y", algorithm=SHA-256']
)
def test_a_log_in_that_we_cannot_do_sends_no_credentials(offer):
    def serve(conversation):
        conversation.request()
        conversation.answer(b"", "401 Unauthorized", *(["WWW-Authenticate: " + offer] if offer else []))

    with Peer(serve) as peer, transport_to(peer) as transport, pytest.raises(errors.AuthenticationRefused):
        transport.post(b"<one/>")
    assert [request.authorization for request in peer.requests] == [None]


def test_a_connection_that_the_device_closed_while_idle_is_replaced_and_the_log_in_starts_again():
    def serve_once(conversation):
        log_in(conversation)

    with Peer(serve_once, log_in) as peer, transport_to(peer) as transport:
        transport.post(b"<one/>")
        wait_until_closed(transport)
        assert transport.post(b"<two/>").status == 200
    assert [bool(request.authorization) for request in peer.requests] == [False, True, False, True]
    assert [request.body for request in peer.requests] == [b"<one/>"] * 2 + [b"<two/>"] * 2


def test_a_reply_that_ends_the_connection_ends_it():
    def serve(conversation):
        conversation.request()
        conversation.answer(b"<ok/>", "200 OK", "Connection: close")
        conversation.wait_for_close()

    def answer(conversation):
        conversation.request()
        conversation.answer()

    with Peer(serve, answer) as peer, transport_to(peer) as transport:
        transport.post(b"<one/>")
        transport.post(b"<two/>")
    assert peer.accepted == 2


def test_a_reply_with_something_behind_it_ends_the_connection():
    def serve(conversation):
        conversation.request()
        conversation.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n")
        conversation.wait_for_close()

    def answer(conversation):
        conversation.request()
        conversation.answer()

    with Peer(serve, answer) as peer, transport_to(peer) as transport:
        assert transport.post(b"<one/>").body == b"x"
        assert transport.post(b"<two/>").body == b"<ok/>"
    assert peer.accepted == 2


def test_503_is_the_callers_with_its_headers():
    def serve(conversation):
        conversation.request()
        conversation.answer(b"later", "503 Service Unavailable", "Retry-After: 7")

    with Peer(serve) as peer, transport_to(peer) as transport:
        reply = transport.post(b"<x/>")
    assert (reply.status, reply.headers["retry-after"], reply.body) == (503, "7", b"later")


def test_a_first_answer_has_the_time_of_a_connection_and_a_later_one_its_own():
    def silent(conversation):
        conversation.request()
        conversation.wait_for_close()

    late = pytest.raises(errors.Interrupted, match=r"no answer in 0\.3 s")
    with Peer(silent) as peer, transport_to(peer, connect_timeout=0.3) as transport, late as caught:
        transport.post(b"<x/>")
    assert not caught.value.passing
    assert "connect_timeout" in caught.value.hint


def silent_after_the_challenge(conversation):
    conversation.request()
    conversation.challenge()
    conversation.request()
    conversation.wait_for_close()


def test_who_asks_for_a_log_in_and_then_says_nothing_has_not_answered():
    late = pytest.raises(errors.Interrupted, match=r"no answer in 0\.3 s")
    with Peer(silent_after_the_challenge) as peer, transport_to(peer, connect_timeout=0.3) as transport, late as caught:
        transport.post(b"<x/>")
    assert not caught.value.passing and caught.value.sent
    assert "connect_timeout" in caught.value.hint


def test_what_is_slow_has_its_time_at_the_first_answer_too_but_not_the_challenge():
    late = pytest.raises(errors.Interrupted, match=r"no answer in 1 s")
    times = {"connect_timeout": 0.5, "read_timeout": 1}
    with Peer(silent_after_the_challenge) as peer, transport_to(peer, **times) as transport, late as caught:
        transport.post(b"<x/>", slow=True)
    assert "read_timeout" in caught.value.hint

    def silent(conversation):
        conversation.request()
        conversation.wait_for_close()

    late = pytest.raises(errors.Interrupted, match=r"no answer in 0\.5 s")
    with Peer(silent) as peer, transport_to(peer, **times) as transport, late:
        transport.post(b"<x/>", slow=True)


def test_who_has_answered_before_may_take_its_time():
    def slow(conversation):
        log_in(conversation)
        conversation.request()
        time.sleep(1)
        conversation.answer()

    with Peer(slow) as peer, transport_to(peer, connect_timeout=0.5) as transport:
        transport.post(b"<one/>")
        assert transport.post(b"<two/>").status == 200


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "404 Not Found", "500 Internal Server Error"])
def test_every_other_status_is_the_callers(status):
    def serve(conversation):
        conversation.request()
        conversation.answer(b"<x/>", status)

    with Peer(serve) as peer, transport_to(peer) as transport:
        reply = transport.post(b"<one/>")
    assert (str(reply.status), reply.body) == (status[:3], b"<x/>")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 2", HEAD, HEAD + b"<ok", CHUNKED + b"5\r\n<o", CHUNKED + b"5\r\n<ok/>\r\n"]
)
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_connection_lost_after_the_request_is_interrupted(part, how):
    def serve(conversation):
        conversation.request()
        conversation.send(part)
        if how == "reset":
            conversation.reset()

    with Peer(serve) as peer, transport_to(peer) as transport, pytest.raises(errors.Interrupted):
        transport.post(b"<one/>")
    assert len(peer.requests) == 1


def test_a_large_request_that_the_peer_stops_reading_is_interrupted():
    def serve(conversation):
        conversation.socket.recv(1000)
        conversation.reset()

    with Peer(serve) as peer, transport_to(peer) as transport, pytest.raises(errors.Interrupted):
        transport.post(b"x" * 30_000_000)
    assert peer.accepted == 1


def test_a_peer_that_does_not_answer_is_interrupted_after_the_read_timeout():
    def serve(conversation):
        conversation.request()
        conversation.wait_for_close()

    started = time.monotonic()
    with Peer(serve) as peer, transport_to(peer, read_timeout=0.3) as transport, pytest.raises(errors.Interrupted):
        transport.post(b"<one/>")
    assert 0.3 <= time.monotonic() - started < 50


def trickle(conversation):
    conversation.request()
    try:
        conversation.send(b"HTTP/1.1 200 OK\r\nX: ")
        for _byte in range(4000):
            conversation.send(b"y")
            time.sleep(0.03)
    except OSError:
        pass


def test_a_trickling_peer_does_not_stretch_the_read_timeout():
    started = time.monotonic()
    with Peer(trickle) as peer, transport_to(peer, read_timeout=0.4) as transport, pytest.raises(errors.Interrupted):
        transport.post(b"<one/>")
    assert time.monotonic() - started < 60


def test_a_trickling_peer_does_not_stretch_the_deadline():
    started = time.monotonic()
    with Peer(trickle) as peer, transport_to(peer, deadline=0.4) as transport:
        with pytest.raises(errors.DeadlineExceeded) as caught:
            transport.post(b"<one/>")
        assert not caught.value.sent
    assert time.monotonic() - started < 60


def test_a_deadline_that_has_passed_sends_nothing():
    def serve(conversation):
        log_in(conversation)
        conversation.wait_for_close()

    with Peer(serve) as peer, transport_to(peer) as transport:
        transport.post(b"<one/>")
        transport.deadline = Deadline(SystemClock(), 0)
        with pytest.raises(errors.DeadlineExceeded) as caught:
            transport.post(b"<two/>")
        assert not caught.value.sent
        with pytest.raises(errors.DeadlineExceeded) as caught:
            transport.post(b"<three/>")
        assert not caught.value.sent
    assert len(peer.requests) == 2


@pytest.mark.parametrize("garbage", [b"\x00\x01\x02\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", CHUNKED + b"zz\r\n"])
@pytest.mark.parametrize("logged_in", [False, True])
def test_garbage_is_a_protocol_error_and_says_whether_credentials_were_sent(garbage, logged_in):
    def serve(conversation):
        if logged_in:
            log_in(conversation)
        conversation.request()
        conversation.send(garbage)
        conversation.wait_for_close()

    with Peer(serve) as peer, transport_to(peer) as transport:
        if logged_in:
            transport.post(b"<one/>")
        with pytest.raises(errors.ProtocolError) as caught:
            transport.post(b"<two/>")
    assert caught.value.sent is logged_in


@pytest.mark.parametrize("logged_in", [False, True])
def test_a_lost_answer_says_whether_credentials_were_sent(logged_in):
    def serve(conversation):
        if logged_in:
            log_in(conversation)
        conversation.request()

    with Peer(serve) as peer, transport_to(peer) as transport:
        if logged_in:
            transport.post(b"<one/>")
        with pytest.raises(errors.Interrupted) as caught:
            transport.post(b"<two/>")
    assert caught.value.sent is logged_in


def test_a_tls_port_is_recognised_by_its_alert():
    def serve(conversation):
        conversation.request()
        conversation.send(b"\x15\x03\x01\x00\x02\x02\x46")

    with Peer(serve) as peer, transport_to(peer) as transport, pytest.raises(errors.Unreachable) as caught:
        transport.post(b"<one/>")
    assert "TLS" in caught.value.hint
    assert peer.accepted == 1


class Vanishing(SocketStream):
    """Lives until it is to send: then the peer is gone."""

    def sendall(self, data):
        raise NothingSent(32, "Broken pipe")


class Opener:
    """A stream for each dial: the sockets of a list."""

    def __init__(self, *streams):
        self.streams = list(streams)

    def __call__(self, deadline):
        return self.streams.pop(0)


def socket_pair():
    ours, theirs = socket.socketpair()
    return SocketStream(ours), theirs


def test_a_peer_that_is_gone_before_the_first_byte_is_unreachable():
    ours, theirs = socket.socketpair()
    with theirs, pytest.raises(errors.Unreachable):
        HttpTransport(Endpoint("127.0.0.1", tls=False), opener=Opener(Vanishing(ours))).post(b"<one/>")


def test_what_a_carrier_knows_about_its_failure_is_told():
    class Knowing(Vanishing):
        def failure(self):
            return "the tunnel collapsed"

    ours, theirs = socket.socketpair()
    with theirs, pytest.raises(errors.Unreachable, match="the tunnel collapsed"):
        HttpTransport(Endpoint("127.0.0.1", tls=False), opener=Opener(Knowing(ours))).post(b"<one/>")


def test_a_kept_connection_that_vanishes_at_the_first_byte_is_replaced():
    first, far = socket_pair()
    second, farther = socket_pair()
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    transport = HttpTransport(Endpoint("127.0.0.1", tls=False), opener=Opener(first, second))
    with far, farther, transport:
        far.sendall(reply)
        transport.post(b"<one/>")
        first.sendall = Vanishing.sendall.__get__(first)
        farther.sendall(reply)
        assert transport.post(b"<two/>").status == 200
        assert farther.recv(1000).endswith(b"<two/>")


def test_an_opener_that_fails_keeps_its_error():
    def refuse(deadline):
        raise errors.Unreachable("no such thing")

    with pytest.raises(errors.Unreachable, match="no such thing"):
        HttpTransport(Endpoint("127.0.0.1"), opener=refuse).post(b"<one/>")


def test_kerberos_is_not_spoken_here():
    with pytest.raises(errors.InvalidOption):
        HttpTransport(Endpoint("127.0.0.1", auth="kerberos"))


def refused_log_in(conversation):
    for number in range(2):
        conversation.request()
        conversation.challenge("n{0}".format(number))


def cut_after_log_in(conversation):
    conversation.request()
    conversation.challenge()
    conversation.request()


def garbage_after_log_in(conversation):
    cut_after_log_in(conversation)
    conversation.send(b"Authorization: Digest nonsense\r\n\r\n")


@pytest.mark.parametrize("serve", [refused_log_in, cut_after_log_in, garbage_after_log_in])
def test_no_error_shows_a_secret(serve):
    with Peer(serve) as peer, transport_to(peer) as transport, pytest.raises(errors.AmtError) as caught:
        transport.post(b"<one/>")
    told = "".join(traceback.format_exception(caught.type, caught.value, caught.tb))
    told += repr([transport, transport.endpoint, transport._session, vars(caught.value)]) + str(caught.value)
    answer = re.search(r'response="(\w+)"', peer.requests[-1].authorization)[1]
    assert SECRET not in told
    assert answer not in told
    assert "Authorization: Digest username" not in told


@pytest.mark.parametrize(
    ("host", "header"), [("::1", "[::1]"), ("fe80::1%eth0", "[fe80::1]"), ("pc.example", "pc.example")]
)
def test_the_host_header_names_the_device(host, header):
    stream, far = socket_pair()
    with far, HttpTransport(Endpoint(host, tls=False), opener=Opener(stream)) as transport:
        far.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        transport.post(b"<one/>")
        assert "Host: {0}:16992\r\n".format(header).encode() in far.recv(1000)
