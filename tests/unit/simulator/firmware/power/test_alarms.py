# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alarms wake the host when their time comes, once or again and again."""

from __future__ import annotations

import pytest

from simulator.firmware.moments import datetime_of
from simulator.values import Fault, Interval, Nested

MINUTE, HOUR, DAY = 60, 3600, 86400


def add(firmware, name, start, interval="", **others):
    fields = [("InstanceID", name), ("StartTime", datetime_of(start)), ("DeleteOnCompletion", "true")]
    fields += [("Interval", Interval(interval))] if interval else []
    template = Nested("IPS_AlarmClockOccurrence", fields + list(others.items()))
    return firmware.invoke("AMT_AlarmClockService", {}, "AddAlarm", [("AlarmTemplate", template)])


def test_an_alarm_wakes_the_host_and_is_gone(make, clock, power_of):
    firmware = make(power="off")
    reply = add(firmware, "morning", clock.now() + HOUR, ElementName="Morning")
    assert reply["ReturnValue"] == 0
    assert reply["AlarmClock"].selectors == {"InstanceID": "morning"}
    assert firmware.get("AMT_AlarmClockService", {})["NextAMTAlarmTime"] == datetime_of(clock.now() + HOUR)
    clock.advance(HOUR - 1)
    assert power_of(firmware) == 8
    clock.advance(4)
    assert power_of(firmware) == 2
    assert firmware.instances("IPS_AlarmClockOccurrence") == []
    assert firmware.get("IPS_HostBootReason", {})["ReasonDetails"] == "Morning"


def test_an_alarm_that_nobody_saw_ring_has_rung_in_time(make, clock, power_of):
    firmware = make(power="off")
    due = clock.now() + HOUR
    add(firmware, "morning", due)
    clock.advance(DAY)
    assert power_of(firmware) == 2
    assert [start.time for start in firmware.boot.boots] == [due + 3]


def test_an_alarm_with_an_interval_comes_again(make, clock, power_of):
    firmware = make(power="off")
    due = clock.now() + HOUR
    add(firmware, "daily", due, "P1DT0H0M")
    clock.advance(2 * HOUR)
    assert power_of(firmware) == 2
    occurrence = firmware.get("IPS_AlarmClockOccurrence", {"InstanceID": "daily"})
    assert occurrence["StartTime"] == datetime_of(due + DAY)
    assert occurrence["Interval"] == Interval("P1DT0H0M")
    clock.advance(10 * DAY)
    assert firmware.get("IPS_AlarmClockOccurrence", {})["StartTime"] == datetime_of(due + 11 * DAY)


def test_an_alarm_does_nothing_to_a_host_that_runs(make, clock, power_of):
    firmware = make()
    add(firmware, "morning", clock.now() + MINUTE)
    clock.advance(HOUR)
    assert power_of(firmware) == 2
    assert firmware.boot.boots == []
    assert [name for _time, name in firmware.alarms.rung] == ["morning"]


def test_what_cannot_be_an_alarm_is_told(make, clock):
    firmware = make()
    assert add(firmware, "late", clock.now() - HOUR)["ReturnValue"] == 0x22
    assert add(firmware, "odd", clock.now() + HOUR + 1)["ReturnValue"] == 0x24
    assert add(firmware, "weekly", clock.now() + HOUR, "P1W")["ReturnValue"] == 0x24
    assert add(firmware, "twice", clock.now() + HOUR)["ReturnValue"] == 0
    assert add(firmware, "twice", clock.now() + HOUR)["ReturnValue"] == 0x80A
    assert [add(firmware, "n{0}".format(n), clock.now() + HOUR)["ReturnValue"] for n in range(5)] == [0, 0, 0, 0, 0x17]


def test_an_alarm_is_changed_and_deleted(make, clock):
    firmware = make()
    key = {"InstanceID": "morning"}
    add(firmware, "morning", clock.now() + HOUR)
    fields = [("InstanceID", "morning"), ("StartTime", datetime_of(clock.now() + DAY)), ("DeleteOnCompletion", "false")]
    changed = firmware.put("IPS_AlarmClockOccurrence", key, fields)
    assert (changed["StartTime"], changed["DeleteOnCompletion"]) == (datetime_of(clock.now() + DAY), False)
    firmware.delete("IPS_AlarmClockOccurrence", key)
    with pytest.raises(Fault) as caught:
        firmware.get("IPS_AlarmClockOccurrence", key)
    assert caught.value.subcode == "DestinationUnreachable"
