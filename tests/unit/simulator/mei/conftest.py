# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that nobody serves, and a guest at the other end of its link."""

from __future__ import annotations

import pytest

from simulator.clock import ManualClock
from simulator.device import Description, Device
from simulator.firmware import Firmware
from simulator.mei.bus import Bus
from simulator.mei.frames import HELLO, MESSAGE, Frame


class Guest:
    """The kernel's side by hand: octets in, octets out."""

    def __init__(self, device: Device) -> None:
        self.frames: list[Frame] = []
        self.bus = Bus(device.engine, self.frames.append)

    def hello(self) -> list[Frame]:
        self.bus.receive(Frame(HELLO))
        return self.taken()

    def taken(self) -> list[Frame]:
        found, self.frames[:] = list(self.frames), []
        return found

    def say(self, octets: str) -> list[str]:
        """A chunk in hexadecimal, header included; the chunks that come back."""
        self.bus.receive(Frame(MESSAGE, bytes.fromhex(octets)))
        assert all(frame.kind == MESSAGE for frame in self.frames)
        return [frame.data.hex() for frame in self.taken()]

    def bus_says(self, octets: str) -> list[str]:
        """A message of the bus; what comes back, without headers."""
        data = bytes.fromhex(octets)
        header = (len(data) << 16 | 1 << 31).to_bytes(4, "little").hex()
        return [answer[8:] for answer in self.say(header + octets)]


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def make(clock):
    """make(generation="16", **settings): a device."""

    def make_device(generation="16", **settings):
        return Device(Description("pc", "127.1.0.1", generation, settings), clock, Firmware)

    return make_device


@pytest.fixture
def guest():
    """guest(device): a guest that has said hello."""

    def make_guest(device):
        made = Guest(device)
        made.hello()
        return made

    return make_guest
