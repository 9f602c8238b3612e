# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets, addresses and proxy commands: what arrives, what is said when nothing does, and that nothing hangs."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import sys
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman import tcp
from ansible_collections.outofband.amt.plugins.module_utils.wsman.bytestream import NothingSent, SocketStream
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpTransport
from ansible_collections.outofband.amt.plugins.module_utils.wsman.stream import open_stream

from .peer import Peer, port_without_listener

ANSWER = b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok"


def soon(seconds=60.0):
    return Deadline(SystemClock(), seconds)


def pair():
    ours, theirs = socket.socketpair()
    stream = SocketStream(ours)
    stream.limit(60)
    return stream, theirs


def answer(conversation):
    conversation.request()
    conversation.answer()


def through(*command, **settings):
    return Endpoint("device.example", tls=False, proxy_command=command, **settings)


def test_a_stream_is_alive_while_nothing_is_said():
    stream, far = pair()
    assert stream.alive()
    far.sendall(b"x")
    assert not stream.alive()
    assert stream.recv(10) == b"x"
    assert stream.alive()
    far.close()
    assert not stream.alive()
    assert stream.recv(10) == b""
    stream.close()


def test_receiving_is_limited_in_time():
    stream, far = pair()
    stream.limit(0.1)
    with far, contextlib.closing(stream), pytest.raises(TimeoutError):
        stream.recv(10)


def test_sending_to_a_peer_that_does_not_read_is_limited_in_time():
    stream, far = pair()
    stream.limit(0.2)
    started = time.monotonic()
    with far, contextlib.closing(stream), pytest.raises(TimeoutError):
        stream.sendall(b"x" * 50_000_000)
    assert 0.2 <= time.monotonic() - started < 60


def test_sending_more_than_the_buffers_hold_arrives_whole():
    stream, far = pair()
    stream.limit(60)
    sent = os.urandom(5_000_000)
    received = bytearray()

    def read():
        while len(received) < len(sent):
            received.extend(far.recv(65536))

    reader = threading.Thread(target=read)
    reader.start()
    stream.sendall(sent)
    reader.join(60)
    assert bytes(received) == sent
    far.close()
    stream.close()


def test_a_peer_that_has_gone_before_the_first_byte_is_told_apart():
    stream, far = pair()
    far.close()
    with contextlib.closing(stream), pytest.raises(NothingSent):
        stream.sendall(b"x")


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_both_families_of_addresses(host, family):
    with Peer(answer, family=family) as peer, HttpTransport(Endpoint(host, port=peer.port, tls=False)) as transport:
        assert transport.post(b"<x/>").status == 200


def test_names_are_resolved_and_every_address_is_tried(monkeypatch):
    with Peer(answer) as peer:
        dead = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", peer.port, 0, 0))
        here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", peer.port))
        monkeypatch.setattr(tcp, "_look_up", resolver([dead, here]))
        with HttpTransport(Endpoint("pc.example", port=peer.port, tls=False)) as transport:
            assert transport.post(b"<x/>").status == 200


def resolver(answer, delay=0.0):
    def look_up(host, port, flags=0):
        if flags:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        time.sleep(delay)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return look_up


def test_a_name_that_nobody_knows_is_unreachable_with_a_hint(monkeypatch):
    monkeypatch.setattr(tcp, "_look_up", resolver(socket.gaierror(socket.EAI_NONAME, "Name or service not known")))
    with pytest.raises(errors.Unreachable, match=r"pc\.example.*cannot be resolved") as caught:
        open_stream(Endpoint("pc.example"), soon())
    assert "DNS" in caught.value.hint


def test_a_name_service_that_hangs_does_not_stretch_the_time(monkeypatch):
    monkeypatch.setattr(tcp, "_look_up", resolver([], delay=120.0))
    started = time.monotonic()
    with pytest.raises(errors.Unreachable, match="name service"):
        open_stream(Endpoint("pc.example", connect_timeout=0.2), soon())
    assert time.monotonic() - started < 50


def test_a_refused_connection_names_the_ports_to_try():
    with port_without_listener() as port, pytest.raises(errors.Unreachable) as caught:
        open_stream(Endpoint("127.0.0.1", port=port), soon())
    assert "connection refused" in str(caught.value)
    assert "16993" in caught.value.hint


@contextlib.contextmanager
def silent_listener():
    """A listener whose queue is full: further connections get no answer, as from a machine that is unplugged."""
    with socket.socket() as listener, contextlib.ExitStack() as fillers:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _filler in range(3):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_host_that_does_not_answer_is_unreachable_after_the_connect_timeout():
    started = time.monotonic()
    with silent_listener() as port, pytest.raises(errors.Unreachable, match=r"no answer in 0\.2 s") as caught:
        open_stream(Endpoint("127.0.0.1", port=port, connect_timeout=0.2), soon())
    assert "unplugged" in caught.value.hint
    assert time.monotonic() - started < 50


def test_a_connect_that_the_deadline_ends_says_so():
    started = time.monotonic()
    with silent_listener() as port, pytest.raises(errors.DeadlineExceeded) as caught:
        open_stream(Endpoint("127.0.0.1", port=port, connect_timeout=100), soon(0.2))
    assert not caught.value.sent
    assert time.monotonic() - started < 50


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETUNREACH])
def test_a_missing_route_says_so(monkeypatch, number):
    def fail(address, seconds):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tcp, "_connect_one", fail)
    with pytest.raises(errors.Unreachable) as caught:
        open_stream(Endpoint("127.0.0.1"), soon())
    assert os.strerror(number).lower() in str(caught.value)
    assert caught.value.hint


def test_a_proxy_command_is_the_byte_stream():
    program = "import sys; sys.stdin.buffer.read1(); sys.stdout.buffer.write(b'{0}')".format(ANSWER.decode())
    with HttpTransport(through(sys.executable, "-c", program)) as transport:
        assert transport.post(b"<x/>").body == b"ok"


def test_a_proxy_command_that_does_not_exist_is_unreachable():
    with pytest.raises(errors.Unreachable, match="no-such-program cannot be started") as caught:
        open_stream(through("no-such-program"), soon())
    assert "installed" in caught.value.hint


FAILING = [
    "import sys; sys.exit('no route to device.example')",
    "import sys; sys.stdin.read(9); sys.exit('no route to device.example')",
]


@pytest.mark.parametrize("program", FAILING, ids=["at-once", "after-reading"])
@pytest.mark.parametrize("tls", [False, True])
def test_a_proxy_command_that_fails_is_unreachable_and_its_words_are_shown(program, tls):
    endpoint = Endpoint("device.example", tls=tls, proxy_command=(sys.executable, "-c", program))
    with pytest.raises(errors.Unreachable) as caught, HttpTransport(endpoint) as transport:
        transport.post(b"<x/>")
    assert "status 1: no route to device.example" in str(caught.value)


def test_only_the_end_of_what_a_proxy_command_prints_is_kept():
    program = "import sys; sys.stderr.write('noise ' * 100000); sys.exit('the reason')"
    with (
        pytest.raises(errors.Unreachable) as caught,
        HttpTransport(through(sys.executable, "-c", program)) as transport,
    ):
        transport.post(b"<x/>")
    assert str(caught.value).endswith("the reason")
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("stubborn", ["", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"])
def test_a_proxy_command_ends_with_its_stream(stubborn):
    program = stubborn + "import time, sys; sys.stdout.write('x'); sys.stdout.flush(); time.sleep(600)"
    stream = open_stream(through("/bin/sh", "-c", '"$0" -c "$1" & wait', sys.executable, program), soon())
    stream.limit(60)
    stream.recv(1)
    group = stream._process.pid
    stream.close()
    end = time.monotonic() + 60
    while members(group) and time.monotonic() < end:
        time.sleep(0.01)
    assert members(group) == []


def members(group):
    """The processes of a group that still run, zombies not counted."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, its_group = status.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                found.append(status.parent.name)
    return found


def test_a_proxy_command_that_hangs_is_limited_by_the_read_timeout():
    with HttpTransport(through("sleep", "60", read_timeout=0.3)) as transport, pytest.raises(errors.Interrupted):
        transport.post(b"<x/>")


def test_a_proxy_command_that_breaks_off_in_an_answer_is_interrupted():
    program = "import sys; sys.stdin.buffer.read1(); sys.stdout.write('HTTP/1.1 2'); sys.exit('broken')"
    with HttpTransport(through(sys.executable, "-c", program)) as transport, pytest.raises(errors.Interrupted):
        transport.post(b"<x/>")


@pytest.mark.parametrize(
    ("settings", "option"),
    [
        ({"host": ""}, "host"),
        ({"host": "http://pc"}, "host"),
        ({"host": "pc..example"}, "host"),
        ({"host": "a" * 64 + ".example"}, "host"),
        ({"host": "pc\r\nX: y"}, "host"),
        ({"host": "-oProxyCommand=id"}, "host"),
        ({"host": "\uff0doProxyCommand"}, "host"),
        ({"host": "pc\uff0fetc"}, "host"),
        ({"host": "a\u2100b"}, "host"),
        ({"host": "pc/x"}, "host"),
        ({"host": "pc\n"}, "host"),
        ({"host": "pc\udce4"}, "host"),
        ({"host": "[::1]"}, "host"),
        ({"host": "::1%-x y"}, "host"),
        ({"host": "pc$(id)"}, "host"),
        ({"password": "P@ssw0rd\n"}, "password"),
        ({"password": "P@ss\x1bw0rd"}, "password"),
        ({"password": "P@ssw0rd\udce4"}, "password"),
        ({"username": "admin\n"}, "username"),
        ({"username": "\udce4dmin"}, "username"),
        ({"ca_file": "ca\0.pem"}, "ca_file"),
        ({"proxy_command": ("ssh", "\0")}, "proxy_command"),
        ({"port": 70000}, "port"),
        ({"username": "a\r\nb"}, "username"),
        ({"auth": "basic"}, "auth"),
        ({"fingerprint": "abcd"}, "fingerprint"),
        ({"proxy_command": "ssh -W x"}, "proxy_command"),
        ({"client_key": "key.pem"}, "client_key"),
        ({"deadline": 0}, "deadline"),
        ({"deadline": float("inf")}, "deadline"),
        ({"read_timeout": float("nan")}, "read_timeout"),
        ({"connect_timeout": 1e12}, "connect_timeout"),
    ],
)
def test_an_endpoint_names_the_option_that_cannot_be_used(settings, option):
    with pytest.raises(errors.InvalidOption) as caught:
        Endpoint(**{"host": "pc", **settings})
    assert caught.value.option == option
    assert "P@ss" not in str(caught.value)


@pytest.mark.parametrize("host", ["pc.example:16993", "192.0.2.1:80", "[2001:db8::1]:16993"])
def test_a_port_in_the_host_is_told_as_a_port(host):
    with pytest.raises(errors.InvalidOption, match="port is an option of its own"):
        Endpoint(host)


@pytest.mark.parametrize(
    "host",
    ["pc", "pc.example.", "PC_01", "192.0.2.1", "::1", "2001:db8::1", "fe80::1%eth0", "::ffff:192.0.2.1", "b\xfcro"],
)
def test_hosts_that_can_be_reached(host):
    assert Endpoint(host).host == host


def test_a_password_that_ends_in_a_line_feed_says_so():
    with pytest.raises(errors.InvalidOption, match="ends in a line feed"):
        Endpoint("pc", password="P@ssw0rd\n")


@pytest.mark.parametrize(("settings", "option"), [({}, "password"), ({"username": "", "password": "x"}, "username")])
def test_nobody_is_connected_to_without_credentials(settings, option):
    with port_without_listener() as port, pytest.raises(errors.InvalidOption) as caught:
        open_machine(Endpoint("127.0.0.1", port=port, **settings))
    assert caught.value.option == option


def test_a_hash_stands_for_the_password():
    open_machine(Endpoint("127.0.0.1", password_hash="0" * 32)).close()


def test_an_endpoint_shows_no_password():
    assert "hush" not in repr(Endpoint("pc", password="hush"))


def test_the_address_of_a_peer_that_has_left_is_no_failure():
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        far, _address = server.accept()
        stream = SocketStream(ours)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        far.close()
        with contextlib.suppress(ConnectionResetError), contextlib.closing(stream):
            stream.limit(60)
            stream.recv(1)
        assert stream.peer == "127.0.0.1"
        assert SocketStream(socket.socket()).peer == ""
