# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alarms: what is set, what is refused before that, and the machine that wakes."""

from __future__ import annotations

from datetime import timezone

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    InvalidOption,
    Refused,
    TableFull,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.alarms import Alarms
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.spoken_time import Zone
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import DeviceProfile

from simulator.firmware.moments import datetime_of
from simulator.values import Nested
from tests.in_process import Before, machine
from tests.unit.module_utils.scripted import fault

DAY = 86400
OFF = {"power": "off", "durations": {"on": 1}}


def wanted(*alarms, **given):
    return {**{option.name: option.default for option in Alarms.options}, "alarms": list(alarms), **given}


def firmware_of(device):
    return device.client.transport.service.firmware


def alarm(name="patches", at="06:30", **given):
    return {"name": name, "at": at, **given}


def at(device, seconds):
    """A whole minute, so many seconds ahead, as it is told."""
    return Zone(timezone.utc).spelt((int(device.clock.wall()) + seconds) // 60 * 60)


def test_the_machine_wakes_night_after_night_with_nobody_near():
    device = machine("16", **OFF)
    outcome = converge(Alarms(), device, wanted(alarm(every="1 day")))
    assert outcome.facts["wakes_from"] == ["sleep", "off"]
    firmware = firmware_of(device)
    for _night in range(3):
        device.clock.advance(DAY)
        firmware.settle()
        assert firmware.power.state == 2
        assert firmware.get("IPS_HostBootReason", {})["ReasonDetails"] == "patches"
        firmware.power.set_state("off")
    assert len(firmware.boot.boots) == 3
    assert not converge(Alarms(), device, wanted(alarm(every="1 day"))).changed


def test_one_that_is_not_deleted_stays_when_it_has_rung_and_is_no_change():
    device = machine("16", **OFF)
    wish = wanted(alarm(at=at(device, 7200), delete_on_completion=False))
    assert converge(Alarms(), device, wish).changed
    device.clock.advance(DAY)
    outcome = converge(Alarms(), device, wish)
    assert not outcome.changed
    assert [each["name"] for each in outcome.after["alarms"]] == ["patches"]
    assert len(firmware_of(device).boot.boots) == 1


def test_one_that_has_rung_is_refused_or_left_out():
    device = machine("16", **OFF)
    wish = alarm(at=at(device, 7200))
    converge(Alarms(), device, wanted(wish))
    device.clock.advance(DAY)
    with pytest.raises(InvalidOption, match=r"patches: that has passed.*the device's clock shows .*when_passed: skip"):
        converge(Alarms(), device, wanted(wish))
    outcome = converge(Alarms(), device, wanted(wish, when_passed="skip"))
    assert (outcome.changed, outcome.facts["passed"]) == (False, ["patches"])


def test_one_that_rings_while_it_is_read_back_was_set_all_the_same():
    device = machine("16", **OFF)
    post = device.client.transport.post

    def slowly(body, *how):
        answer = post(body, *how)
        if b"AddAlarm" in body:
            device.clock.advance(200)
        return answer

    device.client.transport.post = slowly
    assert converge(Alarms(), device, wanted(alarm(at=at(device, 180)))).changed


@pytest.mark.parametrize("offset", [-3600, 3600, 90])
def test_a_wrong_clock_is_told_and_nothing_is_set(offset):
    device = machine("16", clock_offset=offset)
    with pytest.raises(Unavailable, match=r"seconds (ahead|behind), so that patches would ring at the wrong time"):
        converge(Alarms(), device, wanted(alarm(every="1 day")))
    assert device.written == 0
    assert converge(Alarms(), device, wanted(alarm(every="1 day"), tolerance=4000)).changed


def test_the_clock_that_counts_is_that_of_the_device():
    device = machine("16", clock_offset=3600)
    soon = at(device, 1800)
    with pytest.raises(InvalidOption, match="that has passed"):
        converge(Alarms(), device, wanted(alarm(at=soon), tolerance=7200))


def test_a_document_sets_the_clock_first():
    device = machine("16", clock_offset=-3600)
    document = {"time": {"synchronized": True}, "alarms": {"alarms": [alarm(every="1 day")]}}
    wish = {**{option.name: option.default for option in DeviceProfile.options}, "profile": document}
    assert converge(DeviceProfile(), device, wish).changed
    assert not converge(DeviceProfile(), device, wish).changed


def test_after_a_change_of_clocks_it_is_set_anew():
    pytest.importorskip("zoneinfo")
    device = machine("16")
    device.clock.advance(1792800000 - device.clock.wall())  # 2026-10-24, the day before clocks of Berlin are set back
    wish = wanted(alarm(every="1 day"), time_zone="Europe/Berlin")
    try:
        first = converge(Alarms(), device, wish)
    except InvalidOption:
        pytest.skip("this machine has no database of time zones")
    assert first.facts["clocks_change"] == "2026-10-25"
    assert [each["at"][-14:] for each in first.after["alarms"]] == ["06:30:00+02:00"]
    device.clock.advance(2 * DAY)
    second = converge(Alarms(), device, wish)
    assert [each["at"][-14:] for each in second.before["alarms"]] == ["05:30:00+01:00"]
    assert [each["at"][-14:] for each in second.after["alarms"]] == ["06:30:00+01:00"]
    assert second.changed
    assert not converge(Alarms(), device, wish).changed


def test_five_are_the_most_and_that_is_told_before_anything_is_written():
    device = machine("16")
    full = [alarm("n{0}".format(number), every="1 day") for number in range(5)]
    converge(Alarms(), device, wanted(*full))
    before = device.written
    with pytest.raises(InvalidOption, match=r"there would be 6 alarms \(late, n0, .*\), and firmware has room for 5"):
        converge(Alarms(), device, wanted(alarm("late")))
    assert device.written == before
    assert converge(Alarms(), device, wanted(alarm("late"), {"name": "n0", "state": "absent"})).changed
    assert sorted(firmware_of(device).alarms.alarms) == ["late", "n1", "n2", "n3", "n4"]


def test_firmware_with_less_room_than_published_is_full_and_not_busy(monkeypatch):
    monkeypatch.setattr("simulator.firmware.power.alarms.MOST_ALARMS", 1)
    device = machine("16")
    converge(Alarms(), device, wanted(alarm("one", every="1 day")))
    began = device.clock.now()
    with pytest.raises(TableFull, match="no room for another alarm"):
        converge(Alarms(), device, wanted(alarm("two")))
    assert device.clock.now() - began < 5


def test_what_takes_the_place_meanwhile_is_seen():
    """Somebody else fills the table between the look and the write."""
    device = machine("16")
    firmware, post = firmware_of(device), device.client.transport.post

    def filled(body, *how):
        if b"AddAlarm" in body and not firmware.alarms.alarms:
            for number in range(5):
                start = ("StartTime", datetime_of(device.clock.wall() // 60 * 60 + DAY))
                fields = [("InstanceID", "x{0}".format(number)), start, ("DeleteOnCompletion", "true")]
                template = Nested("IPS_AlarmClockOccurrence", fields)
                firmware.invoke("AMT_AlarmClockService", {}, "AddAlarm", [("AlarmTemplate", template)])
        return post(body, *how)

    device.client.transport.post = filled
    with pytest.raises(InvalidOption, match=r"there would be 6 alarms \(late, x0"):
        converge(Alarms(), device, wanted(alarm("late")))


def test_where_the_new_one_is_refused_the_old_one_comes_back(monkeypatch):
    device = machine("16")
    converge(Alarms(), device, wanted(alarm(every="1 day")))
    firmware = firmware_of(device)
    held = dict(firmware.alarms.alarms)
    add = type(firmware.alarms).add

    def picky(self, present, AlarmTemplate):
        if "Interval" not in AlarmTemplate:
            return 0x24
        return add(self, present, AlarmTemplate)

    picky.rules = add.rules
    monkeypatch.setattr(type(firmware.alarms), "add", picky)
    with pytest.raises(Refused, match="INVALID_PARAMETER"):
        converge(Alarms(), device, wanted(alarm()))
    assert firmware.alarms.alarms == held


def test_alarms_of_other_programs_have_a_name_too():
    """MeshCommander gives none; Intel's example the same key to all."""
    device = machine("16")
    firmware = firmware_of(device)
    for key in ("a", "b"):
        start = ("StartTime", datetime_of(device.clock.wall() // 60 * 60 + DAY))
        fields = [("InstanceID", key), start, ("DeleteOnCompletion", "true")]
        template = Nested("IPS_AlarmClockOccurrence", fields)
        firmware.invoke("AMT_AlarmClockService", {}, "AddAlarm", [("AlarmTemplate", template)])
    found = Alarms().read(device, wanted())
    assert [(each["name"], each["id"]) for each in found["alarms"]] == [("a", "a"), ("b", "b")]
    assert converge(Alarms(), device, wanted({"name": "a", "state": "absent"})).changed
    assert list(firmware.alarms.alarms) == ["b"]
    Alarms().check(wanted({"name": "a name that is longer than any that firmware takes", "state": "absent"}))


def test_an_export_that_is_fed_back_changes_nothing_now_and_later():
    device = machine("16")
    soon = alarm("once", at=at(device, 7200))
    kept = alarm("kept", at=at(device, 7200), delete_on_completion=False)
    converge(Alarms(), device, wanted(alarm(every="1 day"), soon, kept))
    told = Alarms().export(Alarms().read(device, wanted()))
    assert not converge(Alarms(), device, wanted(**{"alarms": [], **told})).changed
    device.clock.advance(3 * DAY)
    assert not converge(Alarms(), device, wanted(**{"alarms": [], **told})).changed


@pytest.mark.parametrize(("purge", "left"), [(False, ["patches"]), (True, [])])
def test_one_whose_time_is_over_takes_no_other_one_of_its_name_away(purge, left):
    device = machine("16")
    converge(Alarms(), device, wanted(alarm(every="1 day")))
    wish = wanted(alarm(at="2024-01-01 06:30"), when_passed="skip", purge=purge)
    assert converge(Alarms(), device, wish).changed is purge
    assert list(firmware_of(device).alarms.alarms) == left


def test_a_package_that_cannot_be_read_costs_only_that():
    device = machine("16")
    device.client.transport = Denied(device.client.transport)
    outcome = converge(Alarms(), device, wanted(alarm(every="1 day")))
    assert (outcome.changed, outcome.facts["wakes_from"]) == (True, None)


class Denied(Before):
    """Power packages are for administrators only."""

    def post(self, body, *how):
        return fault("AccessDenied") if b"AMT_SystemPowerScheme" in body else super().post(body, *how)


def test_firmware_without_an_alarm_clock(monkeypatch):
    device = machine("9")
    monkeypatch.setattr(firmware_of(device), "rules", {})
    with pytest.raises(Unavailable, match="alarms: this firmware has no alarm clock that holds several") as caught:
        converge(Alarms(), device, wanted(alarm()))
    assert caught.value.details["lacks"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            wanted(
                alarm(""),
            ),
            "name: '' cannot be used: 1 to 32 characters",
        ),
        (wanted(alarm("x" * 33)), "1 to 32 characters"),
        (wanted(alarm("a\nb")), "1 to 32 characters"),
        (wanted(alarm("a"), alarm("a")), "alarms: 'a' cannot be used: it is listed twice"),
        (wanted({"name": "a"}), "a: say when it rings first"),
        (wanted(alarm(at="soon")), "at: 'soon'"),
        (wanted(alarm(every="often")), "every: 'often'"),
        (wanted(alarm(at="monday 06:30", every="1 day")), "comes every so many weeks"),
        (wanted(alarm(every="7 hours")), "it comes at another time each day: give at with the date"),
        (wanted(alarm(every="99999 days")), "up to 9999 days"),
        (wanted(alarm(), time_zone="Mars"), "time_zone: 'Mars'"),
        (wanted(alarm(), tolerance=0), "tolerance: 0"),
    ],
)
def test_what_no_firmware_could_do_is_refused_before_any_connection(given, reason):
    with pytest.raises(InvalidOption, match=reason):
        Alarms().check(given)


def test_a_machine_that_the_package_leaves_alone_sleeps_on_and_that_is_told():
    device = machine("16", **OFF)
    firmware = firmware_of(device)
    firmware.schemes.current = 0
    outcome = converge(Alarms(), device, wanted(alarm(every="1 day")))
    assert outcome.facts["wakes_from"] == []
    device.clock.advance(2 * DAY)
    firmware.settle()
    assert firmware.power.state == 8
