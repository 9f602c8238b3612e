# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Streams through LME: the firmware's side is the other side of our own session, the driver fails anywhere."""

from __future__ import annotations

import errno
import os
from collections import deque

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.apf import events
from ansible_collections.outofband.amt.plugins.module_utils.apf.session import PORT_FORWARDING, FirmwareSession
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.errors import Interrupted, ProtocolError, Unreachable
from ansible_collections.outofband.amt.plugins.module_utils.mei.device import Client, ClientBusy
from ansible_collections.outofband.amt.plugins.module_utils.mei.guids import LME
from ansible_collections.outofband.amt.plugins.module_utils.mei.lme import Lme
from ansible_collections.outofband.amt.plugins.module_utils.wsman.bytestream import NothingSent
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpTransport

from tests.unit.module_utils.mei.engine import Clock

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def echo(data):
    return data


class Firmware:
    """Serves one connection after another. `serve`: request -> answer. `trouble`: step -> error numbers in order."""

    def __init__(self, serve=echo, ports=(16992, 16993), **trouble):
        self.serve = serve
        self.ports = ports
        self.refusals = 0
        self.speaks_first = True
        self.trouble = {step: deque(numbers) for step, numbers in trouble.items()}
        self.nodes = []

    def strike(self, step):
        numbers = self.trouble.get(step)
        number = numbers.popleft() if numbers else 0
        if number:
            raise OSError(number, os.strerror(number))

    def open_node(self, path):
        return Node(self)


class Node:
    def __init__(self, firmware):
        self.firmware = firmware
        self.session = FirmwareSession()
        self.messages = deque()
        self.seen = []
        self.channel = 0
        self.is_open = True
        firmware.nodes.append(self)

    def connect(self, guid):
        assert guid == LME
        self.firmware.strike("connect")
        if self.firmware.speaks_first:
            self.session.start(bytes(16))
            self._collect()
        return 1024

    def write(self, message):
        self.firmware.strike("write")
        for event in self.session.receive(message):
            self.seen.append(event)
            self._react(event)
        self._collect()
        return len(message)

    def _react(self, event):
        if isinstance(event, events.VersionSeen):
            if not self.firmware.speaks_first:
                self.session.start(bytes(16))
            self.session.ask_service(PORT_FORWARDING)
            for port in self.firmware.ports:
                self.session.forward("127.0.0.1", port)
        elif isinstance(event, events.ChannelWanted):
            if self.firmware.refusals or event.target_port not in self.firmware.ports:
                self.firmware.refusals -= 1
                self.session.refuse(event.channel)
            else:
                self.channel = event.channel
                self.session.accept(event.channel)
        elif isinstance(event, events.DataReceived):
            self.session.consumed(event.channel, len(event.data))
            self.session.send(event.channel, self.firmware.serve(event.data))

    def _collect(self):
        self.messages += self.session.messages_to_send()

    def read(self, size, seconds):
        self.firmware.strike("read")
        if not self.messages:
            raise TimeoutError
        return self.messages.popleft()

    def close(self):
        self.is_open = False


def lme_of(firmware):
    clock = Clock()
    return Lme(Client(LME, clock=clock, open_node=firmware.open_node), clock)


def within(seconds=60):
    return Deadline(Clock(), seconds)


def opened(firmware, port=16992):
    stream = lme_of(firmware).open(port, within())
    stream.limit(1)
    return stream


def test_bytes_go_there_and_back():
    stream = opened(Firmware())
    stream.sendall(b"abc")
    assert stream.recv(2) == b"ab"
    assert stream.recv(9) == b"c"


def test_more_than_a_window_and_a_message_hold():
    stream = opened(Firmware())
    data = os.urandom(50_000)
    stream.sendall(data)
    back = b""
    while len(back) < len(data):
        back += stream.recv(4096)
    assert back == data


def test_a_channel_asks_for_its_port_and_names_this_machine_as_the_source():
    firmware = Firmware()
    opened(firmware, 16993)
    wanted = next(event for event in firmware.nodes[0].seen if isinstance(event, events.ChannelWanted))
    assert (wanted.target_port, wanted.source) == (16993, "127.0.0.1")


def test_an_engine_that_waits_to_be_greeted_is_greeted(monkeypatch):
    monkeypatch.setattr("ansible_collections.outofband.amt.plugins.module_utils.mei.lme.GREETING", 0.0)
    firmware = Firmware()
    firmware.speaks_first = False
    stream = opened(firmware)
    stream.sendall(b"x")
    assert stream.recv(1) == b"x"


def test_one_session_carries_one_channel_after_another():
    firmware = Firmware()
    lme = lme_of(firmware)
    for _round in range(3):
        stream = lme.open(16992, within())
        stream.limit(1)
        stream.sendall(b"again")
        assert stream.recv(9) == b"again"
        stream.close()
    assert len(firmware.nodes) == 1


def test_a_channel_refused_for_a_moment_is_tried_again():
    firmware = Firmware()
    firmware.refusals = 2
    assert opened(firmware).opened


def test_a_port_that_amt_does_not_serve_is_unreachable():
    with pytest.raises(Unreachable, match=r"port 5900 \(connect failed"):
        opened(Firmware(), 5900)


def test_the_ports_of_amt():
    lme = lme_of(Firmware(ports=(16993,)))
    assert lme.serves(16993)
    assert not lme.serves(16992)


def test_a_busy_client_says_so():
    firmware = Firmware(connect=[errno.EBUSY] * 8)
    with pytest.raises(ClientBusy, match="lme"):
        opened(firmware)


@pytest.mark.parametrize("step", ["read", "write"])
@pytest.mark.parametrize("passed", range(4))
def test_a_reset_while_opening_is_gone_through(step, passed):
    stream = opened(Firmware(**{step: [0] * passed + [errno.ENODEV]}))
    stream.sendall(b"x")
    assert stream.recv(1) == b"x"


def test_a_reset_before_anything_left_proves_that_nothing_was_sent():
    firmware = Firmware()
    stream = opened(firmware)
    firmware.trouble["write"] = deque([errno.ENODEV])
    with pytest.raises(NothingSent):
        stream.sendall(b"request")
    assert not stream.alive()
    with pytest.raises(NothingSent):
        stream.sendall(b"request")


def test_a_reset_in_the_middle_of_sending_does_not_claim_that():
    firmware = Firmware()
    stream = opened(firmware)
    firmware.trouble["write"] = deque([0, errno.ENODEV])
    with pytest.raises(ConnectionResetError) as caught:
        stream.sendall(bytes(5000))
    assert not isinstance(caught.value, NothingSent)


def test_a_reset_while_an_answer_is_due():
    firmware = Firmware()
    stream = opened(firmware)
    stream.sendall(b"request")
    firmware.trouble["read"] = deque([errno.ENODEV])
    with pytest.raises(ConnectionResetError, match="reset"):
        stream.recv(10)
    with pytest.raises(ConnectionResetError):
        stream.recv(10)


def test_silence_is_a_timeout():
    stream = opened(Firmware(serve=lambda data: b""))
    stream.limit(0.1)
    stream.sendall(b"request")
    with pytest.raises(TimeoutError):
        stream.recv(10)
    assert stream.alive()


def test_what_arrived_before_the_end_is_read_before_the_end():
    firmware = Firmware()
    stream = opened(firmware)
    stream.sendall(b"last words")
    node = firmware.nodes[0]
    node.session.close(node.channel)
    node._collect()
    assert stream.recv(100) == b"last words"
    assert stream.recv(100) == b""
    assert not stream.alive()


def test_an_engine_that_disconnects_ends_the_stream():
    firmware = Firmware()
    stream = opened(firmware)
    firmware.nodes[0].session.disconnect()
    firmware.nodes[0]._collect()
    with pytest.raises(ConnectionResetError):
        stream.recv(1)


def test_nonsense_ends_the_session():
    firmware = Firmware()
    stream = opened(firmware)
    firmware.nodes[0].messages.append(b"\xff")
    with pytest.raises(ProtocolError):
        stream.recv(1)
    assert not firmware.nodes[0].is_open
    assert not stream.alive()


def test_channels_that_the_engine_opens_are_refused():
    firmware = Firmware()
    stream = opened(firmware)
    node = firmware.nodes[0]
    node.session.open_channel("127.0.0.1", 5000, "127.0.0.1", 16992)
    node._collect()
    stream.sendall(b"x")
    assert stream.recv(1) == b"x"
    assert any(isinstance(event, events.ChannelRefused) for event in node.seen)


def test_closing_tells_the_engine_and_gives_the_client_back():
    firmware = Firmware()
    lme = lme_of(firmware)
    lme.open(16992, within()).close()
    lme.close()
    node = firmware.nodes[0]
    assert isinstance(node.seen[-1], events.Disconnected)
    assert not node.is_open


def transport(firmware):
    lme = lme_of(firmware)
    return HttpTransport(Endpoint("localhost", tls=False), opener=lambda deadline: lme.open(16992, deadline))


def test_http_goes_through():
    with transport(Firmware(serve=lambda data: ANSWER)) as http:
        assert http.post(b"<a/>").body == b"hello"
        assert http.post(b"<b/>").body == b"hello"


def test_http_after_a_reset_between_two_requests():
    firmware = Firmware(serve=lambda data: ANSWER)
    with transport(firmware) as http:
        http.post(b"<a/>")
        firmware.trouble["write"] = deque([errno.ENODEV])
        assert http.post(b"<b/>").body == b"hello"
    assert len(firmware.nodes) == 2


def test_http_whose_answer_was_lost_to_a_reset():
    firmware = Firmware(serve=lambda data: ANSWER)
    with transport(firmware) as http:
        http.post(b"<a/>")
        firmware.serve = lambda data: b""
        firmware.trouble["read"] = deque([0, 0, errno.ENODEV])
        with pytest.raises(Interrupted):
            http.post(b"<b/>")
