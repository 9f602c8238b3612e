# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as people write them. Clocks of Berlin are set forward on 2027-03-28 at 02:00, back on 2026-10-25 at 03:00."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resources.power import spoken_time
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.spoken_time import (
    seconds_of,
    spoken,
    words_of,
    zone_of,
)

DAY = 86400


@pytest.fixture
def berlin(monkeypatch):
    try:
        return zone_of("Europe/Berlin")
    except InvalidOption:
        pytest.skip("this machine has no database of time zones")


def utc(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp())


@pytest.mark.parametrize(
    ("said", "after", "moment"),
    [
        ("2026-12-24 06:30", "2026-12-01", "2026-12-24 05:30"),
        ("2026-12-24T06:30:00", "2026-12-01", "2026-12-24 05:30"),
        ("2026-12-24T06:30:00+03:00", "2026-12-01", "2026-12-24 03:30"),
        ("2026-12-24 06:30 -0330", "2026-12-01", "2026-12-24 10:00"),
        ("2026-07-01 06:30Z", "2026-06-01", "2026-07-01 06:30"),
        ("2026-07-01 06:30", "2026-06-01", "2026-07-01 04:30"),
        ("06:30", "2026-12-01 05:29", "2026-12-01 05:30"),
        ("06:30", "2026-12-01 05:30", "2026-12-02 05:30"),
        ("6:30", "2026-12-01 23:30", "2026-12-02 05:30"),
        ("00:30", "2026-12-01 22:30", "2026-12-01 23:30"),
        ("monday 06:30", "2026-12-01", "2026-12-07 05:30"),
        ("Tue, 00:30", "2026-11-30 23:00", "2026-11-30 23:30"),
        ("Tue 00:30", "2026-11-30 23:30", "2026-12-07 23:30"),
        ("02:30", "2027-03-28 00:00", "2027-03-28 01:30"),
        ("02:30", "2026-10-24 23:00", "2026-10-25 00:30"),
    ],
)
def test_the_next_moment_that_is_meant(berlin, said, after, moment):
    assert spoken(said, berlin).next(0, utc(after)) == utc(moment)


def test_what_has_gone_comes_no_more(berlin):
    assert spoken("2026-12-24 06:30", berlin).next(0, utc("2026-12-24 05:30")) is None


@pytest.mark.parametrize(
    ("said", "every", "after", "moment"),
    [
        ("2026-10-20 06:30", "1 day", "2026-10-24 12:00", "2026-10-25 05:30"),
        ("2026-10-20 06:30", "1 day", "2026-10-24 00:00", "2026-10-24 04:30"),
        ("2026-10-20 06:30", "2 days", "2026-10-24 12:00", "2026-10-26 05:30"),
        ("2026-10-20 06:30", "12 hours", "2026-10-25 12:00", "2026-10-25 16:30"),
        ("2026-10-20 06:30", "1 week", "2026-10-25 12:00", "2026-10-27 05:30"),
        ("2027-03-28 02:30", "1 day", "2027-03-28 00:00", "2027-03-28 01:30"),
        ("2027-03-28 02:30", "1 day", "2027-03-28 12:00", "2027-03-29 00:30"),
        ("2030-01-01 06:30", "1 day", "2026-01-01 00:00", "2030-01-01 05:30"),
        ("2004-01-01 06:30", "1 day", "2026-12-01 12:00", "2026-12-02 05:30"),
    ],
)
def test_what_repeats_by_days_does_so_as_clocks_show_it(berlin, said, every, after, moment):
    assert spoken(said, berlin).next(seconds_of(every), utc(after)) == utc(moment)


@pytest.mark.parametrize(
    ("said", "every", "rings", "now", "fits"),
    [
        ("2026-12-24 06:30", "", "2026-12-24 05:30", "2026-12-01", True),
        ("2026-12-24 06:30", "", "2026-12-24 05:30", "2027-12-01", True),
        ("2026-12-24 06:30", "", "2026-12-24 06:30", "2026-12-01", False),
        ("06:30", "", "2026-12-24 05:30", "2026-12-24 05:29", True),
        ("06:30", "", "2026-12-25 05:30", "2026-12-24 05:29", False),
        ("06:30", "1 day", "2026-12-25 05:30", "2026-12-24 12:00", True),
        ("06:30", "2 days", "2026-12-25 05:30", "2026-12-23 12:00", True),
        ("06:30", "1 day", "2026-10-25 04:30", "2026-10-24 12:00", False),
        ("2026-10-20 06:30", "1 day", "2026-10-25 04:30", "2026-10-24 12:00", False),
        ("2026-10-20 06:30", "1 day", "2026-10-24 04:30", "2026-10-23 12:00", True),
        ("2026-10-20 06:30", "1 day", "2026-10-30 05:30", "2026-10-27 12:00", False),
        ("monday 06:30", "1 week", "2026-12-07 05:30", "2026-12-02", True),
        ("monday 06:30", "1 week", "2026-12-08 05:30", "2026-12-02", False),
        ("06:30", "6 hours", "2026-12-24 23:30", "2026-12-24 20:00", True),
        ("06:30", "6 hours", "2026-12-24 22:30", "2026-12-24 20:00", False),
        ("02:30", "1 day", "2027-03-28 01:30", "2027-03-28 00:00", True),
    ],
)
def test_whether_an_alarm_that_is_there_is_meant(berlin, said, every, rings, now, fits):
    length = seconds_of(every) if every else 0
    assert spoken(said, berlin).fits(utc(rings), length, utc(now)) is fits


def test_firmware_that_leaves_the_first_time_as_it_was_is_understood(berlin):
    said = spoken("2026-12-01 06:30", berlin)
    assert said.fits(utc("2026-12-01 05:30"), DAY, utc("2026-12-24 12:00"))
    assert not said.fits(utc("2026-12-01 05:30"), DAY, utc("2027-06-24 12:00"))


def test_hours_that_clocks_never_show(berlin):
    assert spoken_time.is_never_shown(spoken("2027-03-28 02:30", berlin))
    assert not spoken_time.is_never_shown(spoken("2026-10-25 02:30", berlin))
    assert not spoken_time.is_never_shown(spoken("02:30", berlin))


def test_when_clocks_change(berlin):
    assert berlin.next_change(utc("2026-12-01")) == "2027-03-28"
    assert berlin.next_change(utc("2027-06-01")) == "2027-10-31"
    assert zone_of("UTC").next_change(utc("2026-12-01")) is None


def test_a_moment_is_spelt_as_clocks_show_it(berlin):
    assert berlin.spelt(utc("2026-12-24 05:30")) == "2026-12-24T06:30:00+01:00"
    assert zone_of("Z").spelt(utc("2026-12-24 05:30")) == "2026-12-24T05:30:00Z"
    assert zone_of("-03:30").spelt(utc("2026-12-24 05:30")) == "2026-12-24T02:00:00-03:30"


def test_the_zone_of_this_machine(monkeypatch):
    monkeypatch.setenv("TZ", "XXX-5")
    time.tzset()
    try:
        here = zone_of("local")
        assert spoken("2026-12-24 06:30", here).next(0, 0) == utc("2026-12-24 01:30")
        assert here.spelt(utc("2026-12-24 01:30")) == "2026-12-24T06:30:00+05:00"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Europe", "", "a\0b", "+15:00", "+01:60"]
)
def test_what_is_no_zone(name):
    with pytest.raises(InvalidOption, match=r"^time_zone: "):
        zone_of(name)


def test_without_a_database_of_zones_the_way_out_is_told(monkeypatch):
    def none(name):
        raise KeyError(name)

    monkeypatch.setattr(spoken_time, "ZoneInfo", none)
    with pytest.raises(InvalidOption, match=r"install the system's tzdata .* or give an offset such as"):
        zone_of("Europe/Berlin")
    assert spoken("06:30", zone_of("+01:00")).next(0, utc("2026-12-24 12:00")) == utc("2026-12-25 05:30")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1350", "in quotes, as YAML takes some times of day for numbers"),
        ("tomorrow", "like 2026-12-24 06:30"),
        ("", "like 2026-12-24 06:30"),
        ("2026-02-30 06:30", "there is no such day"),
        ("2026-12-24 24:00", "from 00:00 to 23:59"),
        ("06:60", "from 00:00 to 23:59"),
        ("mo 06:30", "days of the week are monday"),
        ("noday 06:30", "days of the week are monday"),
        ("2026-12-24 06:30:30", "like 2026-12-24 06:30"),
        ("1999-12-24 06:30", "from 2004 to 2099"),
        ("2026-12-24 06:30+99:00", "an offset is from"),
        ("٠٦:٣٠", "like 2026-12-24 06:30"),
    ],
)
def test_what_is_no_time(text, reason):
    with pytest.raises(InvalidOption, match=reason):
        spoken(text, zone_of("UTC"))


@pytest.mark.parametrize(
    ("text", "seconds", "spelt"),
    [
        ("1 day", DAY, "1 day"),
        ("1day", DAY, "1 day"),
        ("2 Weeks", 14 * DAY, "2 weeks"),
        ("7 days", 7 * DAY, "1 week"),
        ("36 hours", 36 * 3600, "1 day 12 hours"),
        ("1 day, 6 hours 30 minutes", DAY + 6 * 3600 + 1800, "1 day 6 hours 30 minutes"),
    ],
)
def test_spans(text, seconds, spelt):
    assert seconds_of(text) == seconds
    assert words_of(seconds) == spelt
    assert seconds_of(spelt) == seconds


@pytest.mark.parametrize("text", ["", "daily", "day", "0 days", "1 month", "-1 day", "1.5 hours", "1 day and", "PT1H"])
def test_what_is_no_span(text):
    with pytest.raises(InvalidOption, match=r"^every: "):
        seconds_of(text)
