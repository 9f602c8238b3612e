# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event log: read in one answer, archived without doubles, cleared after that and not otherwise."""

from __future__ import annotations

import json

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    InvalidOption,
    ProtocolError,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.event_log import EventLog

from simulator.firmware.inventory.records import Event
from tests.in_process import machine

DAY = 86400


def wanted(**given):
    return {**{option.name: option.default for option in EventLog.options}, **given}


def run(device, dry_run=False, **given):
    return converge(EventLog(host="pc-1", clock=device.clock), device, wanted(**given), dry_run)


def firmware_of(device):
    return device.client.transport.firmware


def happen(device, count, ago=0, sensor=5, severity=16):
    for number in range(count):
        firmware_of(device).events.report(sensor, 0, severity, 0x68, 34, number.to_bytes(4, "big"), ago)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "pc-1.jsonl"


def test_the_whole_log_is_two_exchanges():
    device = machine("15")
    happen(device, 400)
    found = run(device)
    assert (found.after["count"], found.facts["capacity"], found.facts["matching"]) == (390, 390, 390)
    assert len(found.facts["records"]) == 100
    assert found.facts["records"][0]["data"] == "0000018f00000000"
    assert len(device.client.transport.sent) == 2


def test_an_empty_log_and_empty_slots():
    found = run(machine("16"))
    assert (found.after["count"], found.facts["empty_slots"], found.facts["records"]) == (0, 0, [])
    device = machine("16")
    happen(device, 1)
    firmware_of(device).events.platform.insert(0, Event(0, 0, 0, 0, 0, 0, b"", 0, 0, 0))
    found = run(device)
    assert (found.after["count"], found.facts["empty_slots"], found.facts["matching"]) == (1, 3, 1)


def test_what_is_told():
    device = machine("16")
    happen(device, 2, ago=8 * DAY)
    happen(device, 3, ago=2 * DAY, sensor=15, severity=8)
    happen(device, 1, ago=3600, sensor=30)
    assert run(device).facts["counts"] == {"firmware_error": 3, "case_intrusion": 2, "no_boot_media": 1}
    assert run(device, since="7d").facts["matching"] == 4
    assert run(device, since="7d", until="1d").facts["counts"] == {"firmware_error": 3}
    assert run(device, until="2025-12-25").facts["matching"] == 2
    assert run(device, severity="critical", since="7d").facts["counts"] == {"no_boot_media": 1}
    assert run(device, kinds=["case_intrusion", "fan"]).facts["matching"] == 2
    page = run(device, limit=2, skip=1).facts
    assert ([each["kind"] for each in page["records"]], page["matching"]) == (["firmware_error"] * 2, 6)
    assert run(device, limit=0).facts["records"] == []


def test_times_are_told_in_the_zone_that_is_asked_for():
    device = machine("16")
    happen(device, 1)
    assert run(device, time_zone="UTC").facts["records"][0]["time"] == "2026-01-01T00:00:00+00:00"
    assert run(device, time_zone="Asia/Tokyo").facts["records"][0]["time"] == "2026-01-01T09:00:00+09:00"
    assert run(device, time_zone="Asia/Tokyo", since="2026-01-01T08:59:59").facts["matching"] == 1
    assert run(device, time_zone="Asia/Tokyo", since="2026-01-01T09:00:01").facts["matching"] == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"since": "yesterday"}, "since: 'yesterday'"),
        ({"until": "2026-13-01"}, "ISO 8601"),
        ({"time_zone": "Mars/Olympus"}, "time_zone: 'Mars/Olympus'"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"limit": -1}, "limit"),
        ({"limit": 10001}, "limit"),
        ({"clear": True}, "confirm: true"),
        ({"clear": True, "confirm": True}, "unarchived: true"),
    ],
)
def test_what_is_refused_before_anything_is_asked(given, said):
    device = machine("16")
    with pytest.raises(InvalidOption, match=said):
        run(device, **given)
    assert device.client.transport.sent == []


def test_the_archive_grows_by_what_is_new(archive):
    device = machine("16")
    happen(device, 3)
    predicted = run(device, dry_run=True, archive=str(archive))
    assert not archive.exists()
    first = run(device, archive=str(archive))
    assert (predicted.before, predicted.after) == (first.before, first.after)
    assert (first.changed, first.before["archived"], first.after["archived"], first.facts["new"]) == (True, 0, 3, 3)
    again = run(device, archive=str(archive))
    assert (again.changed, again.facts["new"], again.facts["records"]) == (False, 0, [])
    happen(device, 1, sensor=30)
    third = run(device, archive=str(archive))
    assert [each["kind"] for each in third.facts["records"]] == ["no_boot_media"]
    assert [each["n"] for each in lines(archive)] == [1, 2, 3, 4]
    assert {each["host"] for each in lines(archive)} == {"pc-1"}
    assert not device.written


def test_a_log_that_wraps_loses_nothing_that_it_still_had(archive):
    device = machine("16")
    for _turn in range(6):
        device.clock.advance(60)
        happen(device, 150)
        run(device, archive=str(archive))
    assert len(lines(archive)) == 900
    assert not any("gap" in each for each in lines(archive))


def test_what_was_overwritten_unread_is_told_as_a_gap(archive):
    device = machine("16")
    happen(device, 10)
    run(device, archive=str(archive))
    device.clock.advance(60)
    happen(device, 400)
    found = run(device, archive=str(archive))
    assert (found.before["archived"], found.after["archived"], found.facts["new"]) == (10, 401, 390)
    assert "overwritten" in lines(archive)[10]["gap"]


def test_a_clock_that_jumps_back_makes_no_record_old(archive):
    device = machine("16")
    happen(device, 3)
    run(device, archive=str(archive))
    firmware_of(device).timekeeping.offset -= 900 * DAY
    happen(device, 2)
    assert run(device, archive=str(archive)).facts["new"] == 2


def test_one_bad_record_costs_itself(archive):
    device = machine("16")
    happen(device, 200)
    bad = firmware_of(device).events.platform[100]
    object.__setattr__(bad, "pack", lambda: b"\x01\x02\x03")
    found = run(device, archive=str(archive))
    assert (found.facts["matching"], found.facts["bad"][0]["raw"]) == (199, "AQID")
    assert "3 octets" in lines(archive)[100]["bad"]
    assert run(device, archive=str(archive)).facts["new"] == 0


def test_clearing_comes_after_the_archive(archive):
    device = machine("16")
    happen(device, 3)
    found = run(device, archive=str(archive), clear=True, confirm=True)
    assert (found.before["count"], found.after["count"], found.after["archived"]) == (3, 0, 4)
    assert firmware_of(device).events.platform == []
    assert "cleared" in lines(archive)[3]
    again = run(device, archive=str(archive), clear=True, confirm=True)
    assert (again.changed, device.written) == (False, 1)
    happen(device, 3)
    assert run(device, archive=str(archive)).facts["new"] == 3


def test_what_came_since_it_was_read_is_kept_before_it_is_cleared(archive):
    device = machine("16")
    happen(device, 3)
    real, late = EventLog.keep, []

    class Late(EventLog):
        def keep(self, seen, given):
            real(self, seen, given)
            if not late:
                late.append(happen(device, 2, sensor=30))

    converge(Late(host="pc-1"), device, wanted(archive=str(archive), clear=True, confirm=True))
    assert [each.get("kind") for each in lines(archive)] == ["case_intrusion"] * 3 + ["no_boot_media"] * 2 + [None]


def test_an_archive_that_cannot_be_written_keeps_the_log(archive):
    device = machine("16")
    happen(device, 3)
    archive.mkdir()
    with pytest.raises(InvalidOption):
        run(device, archive=str(archive), clear=True, confirm=True)
    assert len(firmware_of(device).events.platform) == 3


def test_a_frozen_log_is_not_cleared():
    device = machine("16")
    happen(device, 3)
    run(device, frozen=True)
    with pytest.raises(Unavailable, match="frozen"):
        run(device, clear=True, confirm=True, unarchived=True)
    found = run(device, clear=True, confirm=True, unarchived=True, frozen=False)
    assert (found.after["count"], found.after["frozen"]) == (0, False)
    happen(device, 1)
    found = run(device, clear=True, confirm=True, unarchived=True, frozen=True)
    assert (found.after["count"], found.after["frozen"]) == (0, True)


def test_pages_between_which_records_arrive_are_told_once(monkeypatch):
    device = machine("15")
    happen(device, 30)
    answer = type(device).ask

    def ten_at_once(self, cim, method, arguments=None, **selectors):
        asked = {**arguments, "MaxReadRecords": min(10, arguments["MaxReadRecords"])}
        found = answer(self, cim, method, asked, **selectors)
        if asked["IterationIdentifier"] == "11":
            happen(device, 4, sensor=30)
        return found

    monkeypatch.setattr(type(device), "ask", ten_at_once)
    assert run(device).facts["counts"] == {"case_intrusion": 30}


@pytest.mark.parametrize("following", ["1", "", "x", "-3"])
def test_a_log_that_does_not_get_on_is_not_read_for_ever(monkeypatch, following):
    device = machine("15")
    endless = {"IterationIdentifier": following, "NoMoreRecords": False, "RecordArray": ["AAAA"]}
    monkeypatch.setattr(type(device), "ask", lambda *_given, **_more: dict(endless))
    with pytest.raises(ProtocolError, match="does not get beyond"):
        run(device)


@pytest.mark.parametrize(
    ("realm", "reads", "writes"),
    [("event_log_reader", True, False), ("event_manager", True, True), ("hardware_asset", False, False)],
)
def test_each_user_gets_what_his_realms_allow(realm, reads, writes):
    device = machine("16", users={"eve": {"password": "Ev3!pass", "realms": [realm]}})
    happen(device, 1)
    firmware_of(device).caller = "eve"
    for allowed, given in ((reads, {}), (writes, {"frozen": True})):
        if allowed:
            run(device, **given)
            continue
        with pytest.raises((AccessDenied, Refused)) as refusal:
            run(device, **given)
        assert "event log reader (19)" in refusal.value.hint
