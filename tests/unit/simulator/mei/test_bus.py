# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bus to the host, with the octets that the kernel's driver sends and expects."""

from __future__ import annotations

import random
import struct
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.clock import ManualClock
from simulator.device import Description, Device
from simulator.firmware import Firmware
from simulator.mei import hbm, heci
from simulator.mei.bus import Bus
from simulator.mei.frames import CONFIG, HELLO, MESSAGE, NOT_READY, READY, RESET, STATUS, BrokenStream, Frame, Reader

AMTHI_GUID = uuid.UUID("12f80028-b4b7-4b2d-aca8-46e0ff65814c").bytes_le.hex()
CODE_VERSIONS = "010100001a00000400000000"


def test_hello_brings_who_the_hardware_is_and_that_it_is_ready(make):
    found = []
    bus = Bus(make().engine, found.append)
    bus.receive(Frame(HELLO))
    assert [frame.kind for frame in found] == [CONFIG, STATUS, READY]
    assert found[0].data == bytes.fromhex("86803aa1 01010000".replace(" ", ""))
    assert len(found[1].data) == 24


def test_the_legacy_watchdog_goes_with_its_chipset(make):
    found = []
    Bus(make(watchdog={"protocol": 1}).engine, found.append).receive(Frame(HELLO))
    assert found[0].data[:4] == bytes.fromhex("86803a1e")


def test_before_hello_it_is_deaf(make):
    found = []
    bus = Bus(make().engine, found.append)
    bus.receive(Frame(RESET))
    bus.receive(Frame(MESSAGE, bytes.fromhex("0000048001000202")))
    assert found == []


@pytest.mark.parametrize(
    "own, asked, answer",
    [
        ("2.2", "01000202", "81010202"),
        ("2.2", "01000001", "81010001"),
        ("2.0", "01000202", "81000002"),
        ("1.1", "01000202", "81000101"),
    ],
)
def test_versions_are_agreed_on(make, guest, own, asked, answer):
    assert guest(make(hbm_version=own)).bus_says(asked) == [answer]


def test_enumeration_and_properties(make, guest):
    talk = guest(make())
    (found,) = talk.bus_says("04000000")
    assert found[:8] == "84000000"
    present = int.from_bytes(bytes.fromhex(found[8:]), "little")
    assert {address for address in range(256) if present >> address & 1} == {7, 31, 32, 33, 34, 35}
    assert talk.bus_says("05200000") == ["85200000" + AMTHI_GUID + "01040000" + "00140000"]
    assert talk.bus_says("05630000") == ["85630100" + "00" * 24]


def test_without_amt_its_clients_do_not_enumerate(make, guest):
    def present(amt):
        (found,) = guest(make(amt=amt)).bus_says("04000000")
        number = int.from_bytes(bytes.fromhex(found[8:]), "little")
        return [address for address in range(256) if number >> address & 1]

    assert present("disabled") == [7, 31, 35]
    assert present("inactive") == [7, 31, 33, 35]


def test_connecting_gives_one_credit_and_answers_wait_for_ours(make, guest):
    talk = guest(make())
    assert talk.bus_says("06200100") == ["86200100", "0820010000000000"]
    assert talk.bus_says("06200100") == ["86200102"]
    request = "20010c80" + CODE_VERSIONS
    assert talk.say(request) == ["00000880" + "0820010000000000"]
    chunks = talk.bus_says("0820010000000000")
    assert len(chunks) == 2
    assert len(chunks[0]) == 2 * 508
    answer = bytes.fromhex("".join(chunks))
    assert answer[:16].hex() == "010100001a008004" + struct.pack("<II", len(answer) - 12, 0).hex()
    assert answer[16:26] == b"OP3 2.14.1"


def test_a_request_may_come_in_pieces(make, guest):
    talk = guest(make())
    talk.bus_says("06200100")
    talk.bus_says("0820010000000000")
    assert talk.say("20010500" + CODE_VERSIONS[:10]) == []
    assert len(talk.say("20010780" + CODE_VERSIONS[10:])) == 3


def test_a_message_that_is_longer_than_the_client_takes_ends_the_connection(make, guest):
    talk = guest(make())
    talk.bus_says("06210100")
    assert talk.say("21014100" + "02" * 65) == ["00000480" + "07210100"]
    assert talk.say("21010480" + "05025110") == []


def test_connections_are_refused_as_the_driver_expects_it(make, guest):
    talk = guest(make())
    assert talk.bus_says("06990100") == ["86990101"]
    assert talk.bus_says("06070100") == ["86070101"]
    for host in range(1, 5):
        talk.bus_says("0620{0:02x}00".format(host))
    assert talk.bus_says("06200500") == ["86200503"]
    assert talk.bus_says("07200400") == ["87200400"]
    assert talk.bus_says("06200500")[0] == "86200500"
    assert talk.bus_says("061f0100")[0] == "861f0100"
    assert talk.bus_says("061f0200") == ["861f0203"]


def test_the_fixed_address_needs_neither_connection_nor_credit(make, guest):
    (answer,) = guest(make("12")).say("07000480" + "ff020000")
    assert answer[:16] == "07001c80" + "ff820000"
    assert answer[16:32] == struct.pack("<HBxHH", 0, 12, 1919, 85).hex()


def test_small_requests_of_the_bus(make, guest):
    talk = guest(make())
    assert talk.bus_says("13070000") == ["93000000"]
    assert talk.bus_says("12" + "00" * 51) == ["92050000"]
    assert talk.bus_says("10210101") == ["9021010101000000"]
    assert talk.bus_says("02000000") == ["82000000"]
    assert talk.bus_says("ee000000") == []


def test_a_restart_of_the_engine_is_seen_and_reset_brings_it_back(make, guest):
    device = make()
    talk = guest(device)
    talk.bus_says("06200100")
    device.engine.reset()
    assert [frame.kind for frame in talk.taken()] == [NOT_READY]
    assert device.engine.client("AMTHI").sessions == []
    talk.bus.receive(Frame(RESET))
    assert [frame.kind for frame in talk.taken()] == [READY]
    device.engine.answers_reset = False
    talk.bus.receive(Frame(RESET))
    assert talk.taken() == []


def test_the_firmware_ends_and_notifies_and_adds(make, guest):
    device = make()
    talk = guest(device)
    talk.bus_says("01000202")
    talk.bus_says("06210100")
    device.engine.notify("WD")
    assert talk.taken() == []
    assert talk.bus_says("10210101") == ["9021010001000000"]
    device.engine.notify("WD")
    assert [frame.data[4:].hex() for frame in talk.taken()] == ["11210100"]
    device.engine.remove_client("WD")
    assert [frame.data[4:].hex() for frame in talk.taken()] == ["07210100"]
    assert talk.bus_says("06210100") == ["86210101"]
    device.engine.add_client("WD")
    assert talk.taken() == []
    talk.bus_says("04010000")
    device.engine.remove_client("WD")
    device.engine.add_client("WD")
    assert [frame.data[4:8].hex() for frame in talk.taken()] == ["0f210000"]


def test_a_new_guest_finds_nothing_of_the_old_one(make, guest):
    device = make()
    talk = guest(device)
    talk.bus_says("06210100")
    talk.bus.detach()
    assert device.engine.hosts == []
    assert guest(device).bus_says("06210100")[0] == "86210100"


@given(st.binary(max_size=3000), st.integers(0, 255), st.integers(0, 255))
def test_messages_come_back_from_their_chunks(message, client, host):
    chunks = [heci.parse(chunk.pack()) for chunk in heci.split(client, host, message)]
    assert b"".join(chunk.data for chunk in chunks) == message
    assert [chunk.last for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert {(chunk.client, chunk.host) for chunk in chunks} == {(client, host)}
    assert all(len(chunk.data) <= 508 for chunk in chunks)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.binary(max_size=600)), max_size=6), st.data())
def test_frames_come_back_however_the_stream_is_cut(sent, data):
    wanted = [Frame(*one) for one in sent]
    octets = b"".join(frame.pack() for frame in wanted)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=6)))
    reader = Reader()
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(octets)]):
        found += reader.feed(octets[start:end])
    assert found == wanted


@pytest.mark.parametrize("length", [0, 3, 1 << 20])
def test_a_stream_that_is_none_is_given_up(length):
    with pytest.raises(BrokenStream):
        Reader().feed(struct.pack("<II", length, 1))


@given(st.sampled_from(hbm.LAYOUTS), st.data())
def test_bus_messages_come_back(layout, data):
    octets = bytes((layout.code,)) + data.draw(
        st.binary(min_size=struct.calcsize(layout.form), max_size=struct.calcsize(layout.form))
    )
    message = hbm.parse(octets)
    assert hbm.parse(hbm.build(message.name, **message.values)) == message


OPERATIONS = ("hello", "reset", "bus", "chunk", "engine", "power")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_happens_in_whatever_order_it_does_not_raise(seed):
    chance = random.Random(seed)
    device = Device(Description("pc", "127.1.0.1", "16", {}), ManualClock(), Firmware)
    sent = []
    bus = Bus(device.engine, sent.append)
    codes = [layout.code for layout in hbm.LAYOUTS]
    for _step in range(80):
        operation = chance.choice(OPERATIONS)
        if operation in ("hello", "reset"):
            bus.receive(Frame(HELLO if operation == "hello" else RESET))
        elif operation == "bus":
            body = bytes((chance.choice(codes), chance.choice((7, 31, 32, 33, 99)), chance.randrange(3)))
            bus.receive(Frame(MESSAGE, heci.Chunk(0, 0, body + bytes(chance.randrange(40))).pack()))
        elif operation == "chunk":
            chunk = heci.Chunk(
                chance.choice((7, 31, 32, 33)), chance.randrange(3), chance.randbytes(20), chance.random() < 0.7
            )
            bus.receive(Frame(MESSAGE, chunk.pack()))
        elif operation == "engine":
            chance.choice((device.engine.reset, lambda: device.engine.disconnect("AMTHI")))()
        else:
            device.firmware.power.set_state(chance.choice(("on", "off", "sleep")))
    bus.detach()
    assert all(client.sessions == [] for client in device.engine.everything.values())


def test_an_engine_that_is_not_ready_is_not_there(make, guest):
    device = make()
    talk = guest(device)
    device.engine.set_ready(False)
    assert [frame.kind for frame in talk.taken()] == [NOT_READY]
    talk.bus.receive(Frame(RESET))
    assert [frame.kind for frame in talk.hello()] == [CONFIG, STATUS]
    device.engine.set_ready(True)
    assert [frame.kind for frame in talk.taken()] == [READY]
