# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a host sends to the simulated engine, it answers or ignores: a row per parser, and whole sessions.

FUZZ_INPUTS is the number of inputs for each row, 100,000 unless set.
"""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from simulator.clock import ManualClock
from simulator.device import Description, Device
from simulator.firmware import Firmware
from simulator.journal import Journal
from simulator.mei import apf, frames, hbm, heci
from simulator.mei.amthi import COMMANDS
from simulator.mei.amthi_commands import Refused
from simulator.mei.bus import Bus
from simulator.mei.forwarding import Forwarding, Opening
from simulator.mei.frames import HELLO, MESSAGE, BrokenStream, Frame, Reader
from simulator.mei.host_based import read_request
from tests.fuzz.mutation import accepts, inputs

INPUTS = int(os.environ.get("FUZZ_INPUTS", "100000"))
GENERATION = "16"


class Quiet(Journal):
    """Keeps nothing: a hundred thousand entries would only cost time."""

    def add(self, **values: Any) -> Any:
        return None


def made_device() -> Device:
    device = Device(Description("pc", "127.1.0.1", GENERATION, {"control_mode": "none"}), ManualClock(), Firmware)
    device.surroundings.journal = Quiet()
    return device


def amthi_requests() -> list[bytes]:
    found = []
    for number, command in COMMANDS.items():
        sizes = command.sizes if command.sizes is not None else (0, 10, 73, 390, 393)
        found += [struct.pack("<BBHII", 1, 1, 0, number, size) + bytes(size) for size in sizes]
    return found


MKHI_REQUESTS = [bytes((255, 2, 0, 0)), *(bytes((3, 2, 0, 0, rule, 0, 0, 0)) for rule in (0, 29, 32, 77))]
WATCHDOG_REQUESTS = [
    bytes.fromhex(octets) for octets in ("021313107800" + "00" * 17, "02021410", "05025110", "0503531001", "0503531000")
]


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


SERVICE = b"\x06" + text(b"pfwd@amt.intel.com")
OPENING = (
    (b"\x5a" + text(b"forwarded-tcpip") + struct.pack(">III", 7, 4096, 0xFFFFFFFF) + text(b"::1"))
    + struct.pack(">I", 16992)
    + text(b"::1")
    + struct.pack(">I", 40000)
)
APF_MESSAGES = [
    b"\xc0" + struct.pack(">III", 1, 0, 254) + bytes(80),
    SERVICE,
    struct.pack(">BI", 81, 16992),
    struct.pack(">BI", 81, 16993),
    OPENING,
    struct.pack(">BI", 94, 0) + text(b"GET / HTTP/1.1\r\n\r\n"),
    struct.pack(">BII", 93, 0, 100),
    struct.pack(">BI", 208, 5),
    struct.pack(">BII", 210, 5, 6),
    struct.pack(">BI", 97, 0),
    b"\x01" + struct.pack(">I", 11) + b"\0\0",
    b"\x50" + text(b"udp-send-to@amt.intel.com") + b"\x01",
    b"\x52",
]


class Answering:
    """One client of an engine that stays the same for all inputs; whoever asks gets something or nothing."""

    def __init__(self, name: str) -> None:
        self.device = made_device()
        self.name = name

    def __call__(self, data: bytes) -> None:
        client = self.device.engine.client(self.name)
        self.device.clock.sleep(1)
        client.command_of(data)
        for answer in client.handle(None, data).answers:
            assert 0 < len(answer) <= client.largest


def read_frames(data: bytes) -> None:
    Reader().feed(data)


def forwarded(data: bytes) -> None:
    """A message in a session that has a channel open."""
    session = Forwarding(bytes(16), (16992, 16993), 4160)
    session.start()
    for message in (*APF_MESSAGES[:4], OPENING, data):
        for event in session.receive(message):
            if isinstance(event, Opening):
                session.accept(event.channel)
    assert all(len(message) <= 4160 for message in session.to_send())


@dataclass(frozen=True)
class Parser:
    """`parse` may raise `raises` and nothing else."""

    name: str
    parse: Callable[[bytes], Any]
    seeds: Sequence[bytes]
    raises: tuple[type[Exception], ...] = ()


BUS_MESSAGES = [bytes((layout.code,)) + bytes(struct.calcsize(layout.form)) for layout in hbm.LAYOUTS]
PARSERS = (
    Parser("frames", read_frames, [Frame(MESSAGE, message).pack() * 2 for message in BUS_MESSAGES], (BrokenStream,)),
    Parser("chunk", heci.parse, [heci.Chunk(32, 1, bytes(40)).pack()], (heci.BrokenChunk,)),
    Parser("bus", hbm.parse, BUS_MESSAGES, (hbm.Malformed,)),
    Parser("AMTHI", Answering("AMTHI"), amthi_requests()),
    Parser("host based", read_request, [b"\x02" + bytes(389), b"\x02" + bytes(72), b"\x03" + bytes(392)], (Refused,)),
    Parser("MKHI", Answering("MKHI"), MKHI_REQUESTS),
    Parser("WD", Answering("WD"), WATCHDOG_REQUESTS),
    Parser("APF messages", apf.parse, APF_MESSAGES, (apf.Malformed,)),
    Parser("APF session", forwarded, APF_MESSAGES),
)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_a_parser_gives_a_value_or_its_own_error(parser):
    every = inputs(parser.seeds, INPUTS, "firmware " + parser.name)
    assert sum(accepts(parser.name, parser.parse, data, parser.raises) for data in every)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_sound_inputs_are_accepted(parser):
    for data in parser.seeds:
        parser.parse(data)


def test_a_guest_that_talks_nonsense_gets_no_more_than_answers():
    """Spoilt chunks of a whole conversation, in any order; frames of the link stay frames."""
    chance = random.Random("guest")
    requests = [heci.Chunk(32, 1, request).pack() for request in amthi_requests()]
    requests += [heci.Chunk(33, 1, request).pack() for request in WATCHDOG_REQUESTS]
    requests += [heci.Chunk(7, 0, request).pack() for request in MKHI_REQUESTS]
    requests += [heci.Chunk(0, 0, message).pack() for message in BUS_MESSAGES]
    connects = [heci.Chunk(0, 0, bytes((6, client, 1, 0))).pack() for client in (31, 32, 33)]
    reader, sent = Reader(), []
    bus = Bus(made_device().engine, sent.append)
    bus.receive(Frame(HELLO))
    for data in inputs(requests + connects * 5, INPUTS, "guest"):
        kind = MESSAGE if chance.random() < 0.99 else chance.choice((frames.RESET, frames.STOPPED, HELLO, 77))
        bus.receive(Frame(kind, data))
        for frame in sent:
            assert reader.feed(frame.pack()) == [frame]
        sent.clear()


class LocalHost:
    """A host with a channel open to the device's HTTP; `say` takes what nobody meant to send."""

    def __init__(self) -> None:
        self.device = made_device()
        self.node = self.device.mei(self.device.clock)

    def say(self, messages: Sequence[bytes]) -> int:
        """How many messages came back."""
        answers = 0
        with self.node.connect("6733a4db-0476-4e7b-b3af-bcfc29bee7a7") as connection:
            for message in (*APF_MESSAGES[:4], OPENING, *messages):
                connection.write(message[: connection.largest])
            try:
                while connection.read(1):
                    answers += 1
            except TimeoutError:
                return answers
        return answers


def test_a_host_that_talks_nonsense_through_lme_gets_no_more_than_answers():
    host, chance = LocalHost(), random.Random("lme")
    spoilt = iter(inputs(APF_MESSAGES, max(INPUTS // 50, 100), "lme"))
    told = 0
    for first in spoilt:
        others = [next(spoilt, b"") for _each in range(chance.randint(0, 4))]
        told += host.say([first, *others]) > 5
    assert host.device.surroundings.failures == []
    assert host.device.engine.client("LME").sessions == []
    assert told
    host.node.close()
