# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that keeps a stream open between two runs: a real one, with a real server behind it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import tempfile
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import ProtocolError, Unreachable
from ansible_collections.outofband.amt.plugins.module_utils.provisioning import relay
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.relay import Carrier
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.relayed import RelayStream
from ansible_collections.outofband.amt.plugins.module_utils.wsman import tls
from ansible_collections.outofband.amt.plugins.module_utils.wsman.bytestream import ByteStream, SocketStream
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint


@pytest.fixture(autouse=True)
def own_folder(monkeypatch):
    """Elsewhere on this machine a run may end what it takes for leftovers. The path of a socket must be short."""
    folder = tempfile.mkdtemp()
    monkeypatch.setattr(tempfile, "tempdir", folder)
    yield
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server():
    """Answers each piece with itself in capitals, and closes after `end`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connected, _address = listener.accept()
            except OSError:
                return
            with connected:
                while True:
                    data = connected.recv(4096)
                    if not data:
                        break
                    connected.sendall(data.upper())
                    if data == b"end":
                        break

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()
    listener.close()


@pytest.fixture
def path(server):
    made = relay.start(lambda deadline: SocketStream(socket.create_connection(server)), lambda: None, idle=60)
    yield made
    if Path(made).exists():
        relay.ask(made, {"end": True})


def say(path, data, fresh=False, wait=60):
    return relay.ask(path, {"fresh": fresh, "data": data.hex(), "wait": wait})


def gone(path):
    for _each in range(1200):
        if not Path(path).parent.exists():
            return True
        time.sleep(0.05)
    return False


def test_a_stream_lives_from_one_question_to_the_next(path):
    assert say(path, b"one", fresh=True) == {"data": b"ONE".hex(), "closed": False}
    assert say(path, b"two") == {"data": b"TWO".hex(), "closed": False}
    last = say(path, b"end")
    assert last["data"] == b"END".hex()
    assert last["closed"] or say(path, b"") == {"data": "", "closed": True}
    assert say(path, b"anew", fresh=True)["data"] == b"ANEW".hex()


def test_silence_is_an_empty_answer(path):
    assert say(path, b"", fresh=True, wait=0.1) == {"data": "", "closed": False}


def test_only_the_user_may_enter(path):
    assert stat.S_IMODE(Path(path).parent.stat().st_mode) == 0o700
    assert Path(path).parent.stat().st_uid == os.getuid()


def test_it_ends_when_it_is_told_and_leaves_nothing(path):
    relay.ask(path, {"end": True})
    assert gone(path)
    with pytest.raises(Unreachable, match="gone"):
        say(path, b"x")


def test_it_ends_when_nobody_speaks(server):
    path = relay.start(lambda deadline: SocketStream(socket.create_connection(server)), lambda: None, idle=0.2)
    assert gone(path)


def test_trouble_comes_back_with_its_name():
    def refuse(deadline):
        raise Unreachable("the port is closed", "open it")

    path = relay.start(refuse, lambda: None, idle=60)
    answer = say(path, b"x", fresh=True)
    assert (answer["error"], answer["message"], answer["hint"]) == ("Unreachable", "the port is closed", "open it")
    assert say(path, b"x") == {"data": "", "closed": True}
    relay.ask(path, {"end": True})


@pytest.mark.parametrize("error", [ProtocolError("nonsense"), ConnectionResetError(104, "reset")])
def test_trouble_with_an_open_stream_is_no_stream_that_was_not_opened(error):
    class Broken(ByteStream):
        def limit(self, seconds):
            """It fails at once."""

        def sendall(self, data):
            raise error

        def close(self):
            """Nothing is open."""

    assert Carrier(lambda deadline: Broken()).carry({"fresh": True, "data": "00", "wait": 1})["error"] == "Interrupted"


def test_no_other_socket_is_spoken_to():
    with pytest.raises(Unreachable, match="not the socket of a relay"):
        relay.ask("/run/docker.sock", {"end": True})


def test_a_relay_that_ends_by_itself_meanwhile_is_no_trouble(monkeypatch):
    monkeypatch.setattr(Path, "glob", lambda folder, pattern: [folder / "amt-relay-gone"])
    relay.end_others()


def test_what_a_killed_run_left_is_ended(path):
    relay.end_others()
    assert gone(path)
    relay.end_others()


class Trickling(ByteStream):
    """A firmware that says a byte more whenever it is asked, and never less."""

    def __init__(self, size=1):
        self.size = size

    def limit(self, seconds):
        """It is never late."""

    def sendall(self, data):
        """Whatever is said to it."""

    def recv(self, size):
        time.sleep(0.01)
        return b"x" * self.size

    def close(self):
        """Nothing is open."""


@pytest.mark.parametrize("size", [1, 30_000], ids=["trickle", "flood"])
def test_an_answer_of_the_relay_has_an_end_in_time_and_in_bytes(size):
    started = time.monotonic()
    carrier = Carrier(lambda deadline: Trickling(size))
    for fresh in (True, False):
        answer = carrier.carry({"fresh": fresh, "data": "", "wait": 0.3})
        assert answer["data"] and not answer["closed"]
        assert len(json.dumps(answer)) < relay.LONGEST
    assert time.monotonic() - started < 60


def relayed(carrier):
    """A stream through a relay in the same process. As over ssh, an exchange takes a moment."""

    def exchange(asked):
        time.sleep(0.02)
        return carrier.carry(asked)

    return RelayStream(exchange)


@pytest.mark.parametrize("say", [b"x", b""], ids=["trickle", "silence"])
def test_a_relayed_stream_keeps_its_limit_however_often_the_machine_answers(say):
    stream = RelayStream(lambda asked: time.sleep(0.01) or {"data": say.hex(), "closed": False})
    started = time.monotonic()
    stream.limit(0.4)
    with pytest.raises(TimeoutError):
        while True:
            stream.recv(10)
    assert time.monotonic() - started < 60


def test_a_handshake_over_a_trickling_relay_ends_in_time():
    stream = relayed(Carrier(lambda deadline: Trickling()))
    context = tls.make_context(Endpoint("localhost"), verify=False)
    with pytest.raises(Unreachable):
        tls.start_tls(stream, context, Endpoint("localhost"), 0.5)


def test_a_relay_that_brings_more_than_it_may_is_given_up():
    stream = RelayStream(lambda asked: {"data": "00" * relay.LONGEST, "closed": False})
    stream.limit(60)
    with pytest.raises(ConnectionAbortedError):
        stream.recv(10)


def test_who_trickles_to_the_relay_itself_is_given_up():
    ours, theirs = socket.socketpair()
    over = threading.Event()

    def trickle():
        while not over.wait(0.01):
            theirs.sendall(b" ")

    talking = threading.Thread(target=trickle)
    talking.start()
    with ours, pytest.raises((TimeoutError, socket.timeout)):
        relay._received(ours, 0.3)
    over.set()
    talking.join(60)
    theirs.close()
