# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Man of the device from its own host, through LME."""

from __future__ import annotations

import errno
import ssl
import struct

import pytest

from tests.unit.simulator.asking import get
from tests.unit.simulator.mei.lme_host import LME, Host, ask, credentials, local_account, opening, post, reply, string


@pytest.fixture
def device(fleet):
    return fleet([{"name": "pc", "generation": 12}]).device("pc")


def test_the_host_reads_with_its_own_account(device):
    node = device.mei()
    host = Host(node).forward()
    assert host.ports == [16992, 16993, 623, 664]
    name, password = local_account(node)
    assert name == "$$OsAdmin"
    head, body = ask(host, get(), name, password)
    assert head.startswith("HTTP/1.1 200")
    assert b"AMT_GeneralSettings>" in body


def test_that_account_is_good_here_only_and_until_the_next(device, fleet):
    node = device.mei()
    name, password = local_account(node)
    assert device.call(lambda firmware: firmware.secret_of(name)) is None
    again = local_account(node)
    assert again[1] != password
    host = Host(node).forward()
    assert ask(host, get(), name, password)[0].startswith("HTTP/1.1 401")
    assert ask(host, get(), *again)[0].startswith("HTTP/1.1 200")
    device.restart_engine()
    assert ask(Host(node).forward(), get(), *again)[0].startswith("HTTP/1.1 401")


def test_before_the_device_is_set_up_the_network_is_closed_and_the_host_gets_in(fleet):
    running = fleet([{"name": "pc", "generation": 12, "control_mode": "none"}])
    device = running.device("pc")
    assert not device.call(lambda firmware: firmware.listens(16992))
    node = device.mei()
    host = Host(node).forward()
    assert ask(host, get(), "admin", "P@ssw0rd")[0].startswith("HTTP/1.1 401")
    assert ask(host, get("IPS_HostBasedSetupService"), *local_account(node))[0].startswith("HTTP/1.1 200")
    assert [entry.username for entry in running.journal.reads(device="pc")] == ["$$OsAdmin"]


def test_users_of_the_network_are_known_here_too(device):
    assert ask(Host(device.mei()).forward(), get(), "admin", "P@ssw0rd")[0].startswith("HTTP/1.1 200")


def test_windows_are_honoured(device):
    """A host with room for 100 octets gets no more than that at a time."""
    host = Host(device.mei()).forward()
    channel = host.open(16992, window=100)
    head, _body = post(channel, get())
    assert head.startswith("HTTP/1.1 401")
    assert 0 < channel.largest_seen <= 100


def test_two_channels_at_a_time_and_both_close(device):
    node = device.mei()
    host = Host(node).forward()
    first, second = host.open(16992, sender=1), host.open(16992, sender=2)
    assert first.theirs != second.theirs
    assert post(second, get())[0].startswith("HTTP/1.1 401")
    assert second.receive() == b"" and second.closed
    node_connection = host.node
    node_connection.write(struct.pack(">BI", 97, first.theirs))
    assert node_connection.read(5) == struct.pack(">BI", 97, 1)
    node_connection.write(struct.pack(">BI", 208, 77))
    assert node_connection.read(5) == struct.pack(">BI", 209, 77)


@pytest.mark.parametrize(
    "message, answer",
    [
        (opening(22), "5c0000000700000001" + "00" * 8),
        (opening(623), "5c0000000700000002" + "00" * 8),
        (opening(16992, kind=b"direct-tcpip"), "5c0000000700000003" + "00" * 8),
        (opening(16993), "5c0000000700000002" + "00" * 8),
        (b"\x50" + string(b"udp-send-to@amt.intel.com") + b"\x01", "52"),
        (bytes.fromhex("d20000003c0000000a"), "d30000003c0000000a"),
        (bytes.fromhex("5e") + struct.pack(">I", 99) + string(b"x"), "01000000020000"),
        (b"\xee", "01000000020000"),
        (b"\x06" + string(b"pfwd@amt.intel.com"), "01000000020000"),
        (struct.pack(">BI", 81, 16992), "01000000020000"),
        (b"\xc0" + struct.pack(">III", 2, 0, 9) + bytes(80), "01000000080000"),
    ],
)
def test_answers_to_what_does_not_fit(device, message, answer):
    host = Host(device.mei()).forward()
    host.node.write(message)
    assert host.node.read(5).hex() == answer


def test_a_host_may_greet_before_it_is_greeted_and_answer_too(device):
    with device.mei().connect(LME) as node:
        greeting = b"\xc0" + struct.pack(">III", 1, 0, 9) + bytes(80)
        node.write(greeting)
        assert node.read(5)[0] == 192
        node.write(greeting)
        assert node.read(5) == b"\x05" + string(b"pfwd@amt.intel.com")
        with pytest.raises(TimeoutError):
            node.read(0.05)


@pytest.mark.parametrize("answer", [b"\x51", struct.pack(">BI", 81, 16993)])
def test_who_agrees_to_listen_says_at_which_port(device, answer):
    host = Host(device.mei())
    assert host.node.read(5).endswith(struct.pack(">I", 16992))
    host.node.write(answer)
    assert host.node.read(5).hex() == "01000000020000"


def test_channels_are_few_and_their_numbers_come_again(device):
    host = Host(device.mei()).forward()
    channels = [host.open(16992, sender=number) for number in range(1, 9)]
    assert [channel.theirs for channel in channels] == list(range(8))
    host.node.write(opening(16992, sender=9))
    assert host.node.read(5).hex() == "5c0000000900000004" + "00" * 8
    for number in (0, 5, 3):
        channels[number].end()
    assert [host.open(16992, sender=number).theirs for number in (10, 11, 12)] == [0, 3, 5]
    channels[2].end()
    assert host.open(16992, sender=13).theirs == 2


def test_a_close_of_the_session_before_comes_late(device):
    """When the first channel is asked for; who has closed all of his own is spared."""
    node = device.mei()
    host = Host(node).forward()
    host.open(16992)
    host.node.close()
    host = Host(node).forward()
    host.node.write(opening(16992))
    assert host.node.read(5) == struct.pack(">BI", 97, 0)
    assert host.node.read(5)[0] == 91
    host.node.write(struct.pack(">BI", 97, 0))
    assert host.node.read(5) == struct.pack(">BI", 97, 7)
    host.node.close()
    assert post(Host(node).forward().open(16992), get())[0].startswith("HTTP/1.1 401")


def test_an_overrun_window_ends_the_session(device):
    host = Host(device.mei()).forward()
    channel = host.open(16992)
    unfinished = b"POST /wsman HTTP/1.1\r\nX: ".ljust(4097 - 9, b"x")
    host.node.write(struct.pack(">BI", 94, channel.theirs) + string(unfinished))
    assert host.node.read(5)[0] == 93
    host.node.write(struct.pack(">BI", 94, channel.theirs) + string(bytes(4100)))
    assert host.node.read(5).hex() == "01000000020000"


def test_only_one_host_at_a_time(device):
    node = device.mei()
    host = Host(node)
    with pytest.raises(OSError, match=str(errno.EBUSY)):
        Host(node)
    host.node.close()
    Host(node)


class TlsChannel:
    """TLS over a channel of the host."""

    def __init__(self, channel, context=None):
        self.channel = channel
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (context or unverified()).wrap_bio(self.incoming, self.outgoing)
        self._do(self.tls.do_handshake)
        self.channel.send(self.outgoing.read())

    def _do(self, function, *arguments):
        while True:
            try:
                return function(*arguments)
            except ssl.SSLWantReadError:
                self.channel.send(self.outgoing.read())
                data = self.channel.receive()
                if data:
                    self.incoming.write(data)
                else:
                    self.incoming.write_eof()

    def send(self, data):
        self.tls.write(data)
        self.channel.send(self.outgoing.read())

    def receive(self):
        return self._do(self.tls.read, 65536)

    def drain(self):
        self.channel.drain()

    def end(self):
        self.channel.end()


def unverified():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.mark.parametrize("generation", ["16", "19"])
def test_with_tls_the_device_shows_its_own_certificate(fleet, generation):
    device = fleet([{"name": "pc", "generation": generation, "control_mode": "none"}]).device("pc")
    node = device.mei()
    host = Host(node).forward()
    assert host.ports == ([16993, 664] if generation == "19" else [16992, 16993, 623, 664])
    channel = TlsChannel(host.open(16993))
    shown = channel.tls.getpeercert(binary_form=True)
    assert shown == device.call(lambda firmware: firmware.certificate())
    channel.end()
    account = local_account(node)
    assert ask(host, get(), *account, port=16993, wrapped=TlsChannel)[0].startswith("HTTP/1.1 200")
    if generation == "19":
        host.node.write(opening(16992))
        assert host.node.read(5)[0] == 92


LOCAL_TLS = "Intel(r) AMT LMS TLS Settings"


def test_without_a_plain_port_the_host_is_told_so(fleet):
    """Programs of the host ask the watchdog's client, and then come with TLS; LME offers nothing else."""
    device = fleet([{"name": "pc", "generation": 16}]).device("pc")

    def enforce(firmware):
        (own,) = [row for row in firmware.present("AMT_TLSSettingData") if row["InstanceID"] == LOCAL_TLS]
        kept = [(name, str(value).lower()) for name, value in own.items() if isinstance(value, bool)]
        wanted = {**dict(kept), "Enabled": "true", "AcceptNonSecureConnections": "false"}
        firmware.put("AMT_TLSSettingData", {"InstanceID": LOCAL_TLS}, list(wanted.items()))
        firmware.tls.commit()

    device.call(enforce)
    with device.mei().connect("05b79a6f-4628-4d7f-899d-a91514cb32ab") as watchdog:
        watchdog.write(bytes((5, 2, 0x51, 0x10)))
        assert watchdog.read(5)[-1] & 0x40
    assert Host(device.mei()).forward().ports == [16993, 664]


def test_without_a_server_and_on_a_clock_that_waiting_moves(make, clock):
    device = make("12", control_mode="none")
    node = device.mei(clock)
    host = Host(node).forward()
    assert ask(host, get(), *local_account(node))[0].startswith("HTTP/1.1 200")
    before = clock.now()
    with pytest.raises(TimeoutError):
        host.node.read(10)
    assert clock.now() == before + 10
    host.node.write(opening(16993))
    assert host.node.read(5)[0] == 92
    node.close()


def test_faults_of_the_http_server_strike_here_too(fleet):
    running = fleet([{"name": "pc", "generation": 12}])
    device = running.device("pc")
    host = Host(device.mei()).forward()
    device.fail("lost_answer", verb="get", times=1)
    with pytest.raises(ConnectionResetError):
        ask(host, get(), "admin", "P@ssw0rd")
    assert running.journal.reads(device="pc")[0].took_effect
    assert ask(host, get(), "admin", "P@ssw0rd")[0].startswith("HTTP/1.1 200")


def test_faults_of_the_host_side_strike_channels(device):
    host = Host(device.mei()).forward()
    device.fail_mei("mei_refuse", client="LME", command="channel_open", status=4, times=1)
    device.fail_mei("mei_lost_answer", client="LME", command="channel_open", times=1)
    host.node.write(opening(16992))
    assert host.node.read(5).hex() == "5c0000000700000004" + "00" * 8
    host.node.write(opening(16992))
    with pytest.raises(TimeoutError):
        host.node.read(0.1)
    assert host.open(16992).theirs == 1


def test_while_the_engine_is_away_its_ports_are_too(fleet):
    running = fleet([{"name": "pc", "generation": 12}])
    device = running.device("pc")
    device.restart_engine(5)
    host = Host(device.mei()).forward()
    host.node.write(opening(16992))
    assert host.node.read(5)[0] == 92
    running.clock.advance(5)
    assert ask(host, get(), "admin", "P@ssw0rd")[0].startswith("HTTP/1.1 200")


def chunked(body, authorization=""):
    """A request as rpc-go writes it: in chunks, without Host, and whole in one message of the protocol."""
    login = "Authorization: {0}\r\n".format(authorization) if authorization else ""
    head = "POST /wsman HTTP/1.1\r\n{0}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n{1:x}\r\n"
    return head.format(login, len(body)).encode() + body + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize("generation", ["9", "11", "12", "15", "16"])
def test_a_program_that_leaves_host_out_and_waits_for_the_close(fleet, generation):
    running = fleet([{"name": "pc", "generation": generation, "control_mode": "none"}])
    node = running.device("pc").mei()
    name, password = local_account(node)
    host, authorization = Host(node).forward(), ""
    for expected in ("401", "200"):
        channel = host.open(16992)
        channel.send(chunked(get(), authorization))
        head, body = reply(channel)
        channel.drain()
        assert channel.closed and head.startswith("HTTP/1.1 " + expected)
        authorization = authorization or credentials(head, name, password)
    assert b"AMT_GeneralSettings>" in body
