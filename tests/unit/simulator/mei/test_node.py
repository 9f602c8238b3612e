# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node of the host without a kernel, the socket for one with a kernel, and what goes wrong on demand."""

from __future__ import annotations

import errno
import socket
import struct

import pytest

from simulator.faults import UnknownFault

AMTHI = "12f80028-b4b7-4b2d-aca8-46e0ff65814c"
WATCHDOG = "05b79a6f-4628-4d7f-899d-a91514cb32ab"
GET_UUID = bytes.fromhex("010100005c00000400000000")


@pytest.fixture
def device(fleet):
    return fleet([{"name": "pc", "uuid": "00112233-4455-6677-8899-aabbccddeeff"}], mei=True).device("pc")


def fails(number):
    return pytest.raises(OSError, match=r"\[Errno {0}\]".format(number))


def test_a_question_is_answered(device):
    with device.mei().connect(AMTHI) as node:
        assert (node.largest, node.protocol_version) == (5120, 1)
        assert node.write(GET_UUID) == 12
        answer = node.read(3)
    assert answer.hex() == "010100005c008004" + "14000000" + "00000000" + "33221100554477668899aabbccddeeff"


def test_errors_are_the_drivers(device):
    node = device.mei()
    with fails(errno.ENOTTY):
        node.connect("00000000-1111-2222-3333-444444444444")
    with fails(errno.ENOTTY):
        node.connect("55213584-9a29-4916-badf-0fb7ed682aeb")
    first = node.connect(WATCHDOG)
    with fails(errno.EBUSY):
        node.connect(WATCHDOG)
    with pytest.raises(TimeoutError):
        first.read(0.01)
    with fails(errno.EFBIG):
        first.write(bytes(65))
    device.restart_engine()
    with fails(errno.ENODEV):
        first.read(1)
    with fails(errno.ENODEV):
        first.write(b"\0")
    node.connect(WATCHDOG).close()
    device.engine(lambda engine: engine.set_ready(False))
    with fails(errno.ENODEV):
        node.connect(WATCHDOG)


def ask(node):
    node.write(GET_UUID)
    return node.read(0.2)


def test_faults_strike_where_they_are_told(fleet, device):
    node = device.mei().connect(AMTHI)
    device.fail_mei("mei_lost_answer", client="AMTHI", command="GetUuid", nth=2, times=1)
    assert ask(node)
    with pytest.raises(TimeoutError):
        ask(node)
    assert ask(node)
    device.fail_mei("mei_refuse", status=2, times=1)
    assert struct.unpack_from("<I", ask(node), 12) == (2,)
    device.fail_mei("mei_lost_request", times=1)
    with pytest.raises(TimeoutError):
        ask(node)
    device.fail_mei("mei_late", seconds=0.05, times=1)
    assert ask(node)
    device.fail_mei("mei_drop_before", times=1)
    with fails(errno.ENODEV):
        ask(node)


def test_restarts_before_and_after(device):
    for fault in ("mei_reset_before", "mei_reset_after"):
        node = device.mei().connect(AMTHI)
        device.fail_mei(fault, times=1)
        with fails(errno.ENODEV):
            ask(node)


def test_busy_lasts_until_it_is_healed(device):
    device.fail_mei("mei_busy", client="AMTHI")
    with fails(errno.EBUSY):
        device.mei().connect(AMTHI)
    device.heal()
    device.mei().connect(AMTHI).close()


def test_a_fault_that_is_none_is_refused(device):
    for wrong in ({"fault": "nothing"}, {"fault": "mei_late", "status": 1}, {"fault": "mei_late", "nth": 0}):
        with pytest.raises(UnknownFault):
            device.fail_mei(**wrong)


def test_the_journal_has_commands_and_no_secrets(fleet):
    running = fleet([{"name": "pc"}])
    with running.device("pc").mei().connect(AMTHI) as node:
        node.write(bytes.fromhex("010100006700000428000000") + bytes(40))
        password = node.read(1)[16 + 33 : 16 + 66].rstrip(b"\0").decode()
        node.write(bytes.fromhex("010100001000000404000000") + bytes(4))
        node.read(1)
    entries = running.journal.entries(verb="mei")
    assert [(entry.cls, entry.method, entry.access, entry.status, entry.took_effect) for entry in entries] == [
        ("AMTHI", "GetLocalSystemAccount", "read", 0, True),
        ("AMTHI", "Unprovision", "write", 3, False),
    ]
    assert len(password) == 32 and password not in str([entry.shown() for entry in entries])


def test_the_socket_is_the_same_device(device):
    with socket.socket(socket.AF_UNIX) as guest:
        guest.connect(str(device.mei_socket))
        guest.settimeout(5)
        guest.sendall(struct.pack("<II", 4, 5))
        octets = b""
        while len(octets) < 12 + 4 + 32 + 8:
            octets += guest.recv(4096)
        assert [struct.unpack_from("<II", octets, place) for place in (0, 16, 48)] == [(12, 19), (28, 17), (4, 16)]
        device.engine(lambda engine: engine.reset())
        assert guest.recv(100) == struct.pack("<II", 4, 18)
        guest.sendall(bytes(8))
        assert guest.recv(100) == b""
