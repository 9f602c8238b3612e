# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device's clock: when it is set, and from what."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    InvalidOption,
    ProtocolError,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.time import Drift, Time

from tests.in_process import SharedClock, machine

SERVICE = "AMT_TimeSynchronizationService"


def wanted(**given):
    return {"synchronized": True, "tolerance": 10, "local_sync": None, **given}


def set_before(offset, **settings):
    """A device whose clock somebody has set, and which is now so far ahead."""
    device = machine("16", clock_offset=offset, **settings)
    firmware_of(device).timekeeping.source = 1
    return device


def firmware_of(device):
    return device.client.transport.service.firmware


@pytest.mark.parametrize(("offset", "is_set"), [(0, False), (9, False), (-9, False), (12, True), (-12, True)])
def test_a_clock_is_set_beyond_the_tolerance(offset, is_set):
    device = set_before(offset)
    outcome = converge(Time(), device, wanted())
    assert outcome.changed == is_set
    assert abs(outcome.facts["drift"] - offset) <= 1
    assert abs(firmware_of(device).timekeeping.offset - (0 if is_set else offset)) <= 1


def test_a_clock_that_nobody_has_set_is_set_once_however_right_it_is():
    device = machine("16")
    first = converge(Time(), device, wanted())
    assert (first.changed, first.facts["source"]) == (True, "bios")
    second = converge(Time(), device, wanted())
    assert (second.changed, second.facts["source"]) == (False, "configured")


def test_what_is_read_asks_for_nothing_when_fed_back():
    device = machine("16", clock_offset=500)
    found = Time().read(device, wanted())
    told = {option.name: found[option.name] for option in Time.options if option.name in found}
    assert told == {"synchronized": False, "local_sync": True}
    assert not converge(Time(), device, wanted(**told)).changed


@pytest.mark.parametrize("seconds", [1, 4, 20])
def test_a_slow_way_to_the_device_is_no_drift(seconds):
    """And the vendor's formula takes it out of what is set."""
    device = set_before(0)
    slow(device, seconds)
    assert not converge(Time(), device, wanted()).changed
    firmware_of(device).timekeeping.offset = 100.0
    assert converge(Time(), device, wanted()).changed
    assert abs(firmware_of(device).timekeeping.offset) <= 1


def slow(device, seconds):
    """Half of it before a request is carried out, half after."""
    post, clock = device.client.transport.post, device.clock

    def later(body, *how):
        clock.sleep(seconds / 2)
        answer = post(body, *how)
        clock.sleep(seconds / 2)
        return answer

    device.client.transport.post = later


@pytest.mark.parametrize(
    ("ahead", "give_or_take", "within"), [(10.4, 0.5, True), (-10.6, 0.5, False), (30, 25, True), (36, 25, False)]
)
def test_a_clock_is_wrong_only_when_that_is_certain(ahead, give_or_take, within):
    assert Drift(ahead, give_or_take).within(10) == within


def test_who_may_set_it_is_changed_alone():
    device = set_before(0)
    outcome = converge(Time(), device, wanted(local_sync=False))
    assert (outcome.before["local_sync"], outcome.after["local_sync"]) == (True, False)
    assert firmware_of(device).get(SERVICE, {})["LocalTimeSyncEnabled"] == 2
    assert firmware_of(device).timekeeping.offset == 0


def test_firmware_that_does_not_tell_who_may_set_it(monkeypatch):
    device = set_before(0)
    monkeypatch.setattr(firmware_of(device).timekeeping, "local_sync", None)
    assert converge(Time(), device, wanted()).after["local_sync"] is None
    with pytest.raises(Unavailable, match="no switch that tells who may set its clock"):
        converge(Time(), device, wanted(local_sync=True))


def test_a_tolerance_that_no_clock_could_keep():
    with pytest.raises(InvalidOption, match="tolerance: 0 cannot be used: firmware tells whole seconds"):
        Time().check(wanted(tolerance=0))


def test_a_controller_whose_clock_cannot_be_right(monkeypatch):
    monkeypatch.setattr(SharedClock, "wall", lambda _clock: 86400.0)
    with pytest.raises(Unavailable, match="before 2004"):
        converge(Time(), machine("16"), wanted(), dry_run=True)


def test_worn_flash_is_named():
    with pytest.raises(Refused, match="FLASH_WRITE_LIMIT_EXCEEDED") as caught:
        converge(Time(), machine("16", clock_offset=60, flash_limit=0), wanted())
    assert "wear" in caught.value.hint


def test_an_answer_without_a_time(monkeypatch):
    device = machine("16")
    monkeypatch.setattr(type(firmware_of(device).timekeeping), "time", None)
    with pytest.raises(ProtocolError, match=r"AMT_TimeSynchronizationService.Ta0 is missing"):
        converge(Time(), device, wanted())
