# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watchdog of the host's system: the octets of the kernel's driver, and what happens when they stop coming."""

from __future__ import annotations

import struct

import pytest

from simulator.mei.levers import watchdog_state
from simulator.values import Fault

WATCHDOG = "05b79a6f-4628-4d7f-899d-a91514cb32ab"
ACTION = "IPS_WatchDogAction"
NAME = "Intel (r) AMT Watch Dog Action"


class Driver:
    def __init__(self, device):
        self.device = device
        self.node = device.mei(device.clock)
        self.client = self.node.connect(WATCHDOG)

    def heartbeat(self, timeout=120):
        self.client.write(bytes.fromhex("02131310") + struct.pack("<H", timeout) + bytes(17))

    def answer(self):
        return self.client.read(1).hex()

    def state(self, name):
        return watchdog_state(self.device.engine)[name]


@pytest.fixture
def driver(make):
    """driver(generation="16", **settings): connected."""
    opened = []

    def make_driver(generation="16", **settings):
        opened.append(Driver(make(generation, **settings)))
        return opened[-1]

    yield make_driver
    for one in opened:
        one.node.close()


def test_a_heartbeat_is_answered_and_counted(driver, clock):
    one = driver()
    one.heartbeat()
    assert one.answer() == "020483100000"
    clock.advance(100)
    one.heartbeat()
    clock.advance(100)
    assert (one.state("running"), one.state("count"), one.state("timeout")) == (True, 2, 120)
    assert one.state("heartbeats")[1] - one.state("heartbeats")[0] == 100
    assert not one.state("expired")


def test_without_heartbeats_it_expires_at_its_time_and_the_log_says_so(driver, clock):
    one = driver()
    one.heartbeat()
    started = clock.now()
    clock.advance(500)
    assert (one.state("running"), one.state("expired")) == (False, True)
    assert one.state("expirations") == [started + 120]
    (event,) = one.device.firmware.events.platform
    assert (event.time, event.sensor, event.offset, event.severity) == (int(started) + 120, 0x20, 1, 16)
    assert one.device.firmware.events.alerts == [(int(started) + 120, "iAMT0005")]
    clock.advance(10_000)
    assert one.state("reboots") == 0
    one.heartbeat()
    assert not one.state("expired")


def test_a_stop_stops_it(driver, clock):
    one = driver()
    one.heartbeat()
    one.client.write(bytes.fromhex("02021410"))
    clock.advance(500)
    assert (one.state("expirations"), one.state("stops")) == ([], 1)


def test_the_driver_is_told_that_it_is_not_required(driver, clock):
    one = driver(watchdog={"required": False})
    one.heartbeat()
    assert one.answer() == "020483100001"
    clock.advance(500)
    assert one.state("expirations") == []


def test_the_legacy_protocol_and_silence_have_no_answer(driver):
    for settings in ({"protocol": 1}, {"silent": True}):
        one = driver(watchdog=settings)
        assert one.client.protocol_version == settings.get("protocol", 2)
        one.heartbeat()
        with pytest.raises(TimeoutError):
            one.answer()
        assert one.state("count") == 1


def act(device, **changes):
    values = {"HeciWatchDogExpirationAction": 1, "AgentPresenceWatchDogExpirationAction": 0, **changes}
    fields = [(name, str(value).lower()) for name, value in values.items()]
    device.firmware.put(ACTION, {"InstanceID": NAME}, [("InstanceID", NAME), *fields])


def test_the_action_reboots_once_until_it_is_armed_again(driver, clock):
    one = driver()
    act(one.device, Timeout=60)
    boots = len(one.device.firmware.events.platform)
    one.heartbeat()
    clock.advance(120 + 59)
    assert (one.state("expired"), one.state("reboots")) == (True, 0)
    clock.advance(1)
    assert one.state("reboots") == 1
    clock.advance(2)
    assert one.state("running") is False
    assert len(one.device.firmware.events.platform) > boots + 1
    assert one.device.firmware.get(ACTION, {})["ReArmReset"] is False
    assert [name for _time, name in one.device.firmware.events.alerts] == ["iAMT0005", "iAMT0070"]
    one.heartbeat()
    clock.advance(500)
    assert one.state("reboots") == 1
    act(one.device, ReArmReset=True)
    one.heartbeat()
    clock.advance(500)
    assert one.state("reboots") == 2


def test_the_action_can_be_cancelled(driver, clock):
    one = driver()
    act(one.device)
    one.heartbeat()
    clock.advance(121)
    assert one.state("expired")
    assert one.device.firmware.invoke(ACTION, {}, "CancelRebootAction", [])["ReturnValue"] == 0
    clock.advance(500)
    assert one.state("reboots") == 0


@pytest.mark.parametrize("wrong", [{"HeciWatchDogExpirationAction": 2}, {"Timeout": 86401}])
def test_actions_that_are_none(make, wrong):
    with pytest.raises(Fault, match="InvalidRepresentation"):
        act(make(), **wrong)


def test_the_action_came_with_11(make):
    assert make("9").firmware.serves(ACTION) is False
    action = make("11").firmware.get(ACTION, {})
    assert (action["Timeout"], action["ReArmReset"], action["HeciWatchDogExpirationAction"]) == (30, True, 0)


def test_a_host_that_is_off_is_not_watched(driver, clock):
    one = driver()
    one.heartbeat()
    one.device.firmware.power.set_state("off")
    clock.advance(500)
    assert one.state("expirations") == []


@pytest.mark.parametrize(
    "generation, amt, answer",
    [("9", "enabled", "01"), ("16", "enabled", "83"), ("16", "inactive", "81"), ("19", "enabled", "c3")],
)
def test_the_switch_tells_how_amt_stands(driver, generation, amt, answer):
    one = driver(generation, amt=amt)
    one.client.write(bytes.fromhex("05025110"))
    assert one.answer() == answer


def test_amt_is_switched_on_by_the_host_with_its_next_start(driver):
    one = driver("16", amt="inactive")
    assert 32 not in one.device.engine.clients
    one.client.write(bytes.fromhex("0503531001"))
    assert one.answer() == "0503531000000000"
    assert 32 not in one.device.engine.clients
    one.device.firmware.power.set_state("off")
    one.device.firmware.power.set_state("on")
    assert 32 in one.device.engine.clients
    one.client.write(bytes.fromhex("0503531007"))
    assert one.answer() == "050353109e000000"
