# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who differs from a document, in what, since when, and why it matters."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.fleet.compliance import (
    COLUMNS,
    compliance,
    compliance_rows,
    compliance_table,
    read_report,
)

MONDAY = datetime(2026, 3, 2, 8, 15, tzinfo=timezone.utc)
PING = {"part": "name", "setting": "ping", "found": True, "wanted": False}
USER = {"part": "users", "setting": "users[eve]", "found": {"name": "eve"}, "wanted": None}
LINES = [{"name": "no pings", "why": "nobody needs them", "profile": {"name": {"ping": False}}}]
AWAY = {"unreachable": True, "msg": "connection refused", "error": "Unreachable"}


def report(results, earlier=None, days=0):
    variables = {name: {"amt_compliance": result} for name, result in results.items()}
    told = compliance(list(results), variables, "amt_compliance", LINES, earlier, MONDAY + timedelta(days=days))
    return json.loads(json.dumps(told))


def test_counts_and_reasons():
    told = report({"a": {"deviations": []}, "b": {"deviations": [PING, USER]}, "c": AWAY, "d": None})
    assert (told["total"], told["compliant"], told["deviating"], told["unread"]) == (4, 1, 1, 2)
    assert told["answered"] == 2
    assert [device["status"] for device in told["devices"]] == ["ok", "deviates", "unreachable", "failed"]
    ping, user = told["devices"][1]["deviations"]
    assert (ping["found"], ping["wanted"], ping["line"], ping["why"]) == (
        "true",
        "false",
        "no pings",
        "nobody needs them",
    )
    assert (user["found"], user["wanted"], user["line"]) == ('{"name": "eve"}', "nothing", "")


def test_since_when_is_carried_from_report_to_report():
    first = report({"a": {"deviations": [PING]}})
    second = report({"a": {"deviations": [PING, USER]}}, first, days=2)
    ping, user = second["devices"][0]["deviations"]
    assert ping["since"] == "2026-03-02 08:15 UTC"
    assert user["since"] == "2026-03-04 08:15 UTC"
    mended = report({"a": {"deviations": []}}, second, days=3)
    again = report({"a": {"deviations": [PING]}}, mended, days=4)
    assert again["devices"][0]["deviations"][0]["since"] == "2026-03-06 08:15 UTC"


def test_a_device_that_cannot_be_read_keeps_what_was_known_of_it():
    first = report({"a": {"deviations": [PING]}})
    second = report({"a": AWAY}, first, days=1)
    device = second["devices"][0]
    assert (device["status"], device["seen"], device["problem"]) == (
        "unreachable",
        "2026-03-02 08:15 UTC",
        "connection refused",
    )
    assert device["deviations"] == first["devices"][0]["deviations"]
    assert second["unread"] == 1
    third = report({"a": {"deviations": [PING]}}, second, days=2)
    assert third["devices"][0]["deviations"][0]["since"] == "2026-03-02 08:15 UTC"


def test_a_part_of_the_fleet_keeps_what_is_known_of_the_others():
    """One history for two floors that are looked at in turn."""
    kept = report({"a": {"deviations": [PING]}, "b": {"deviations": []}})
    for day, name in ((1, "b"), (2, "b"), (3, "c")):
        kept = report({name: {"deviations": []}}, read_report("earlier", json.dumps(kept)), days=day)
        assert (kept["total"], [device["name"] for device in kept["devices"]]) == (1, [name])
    assert [device["name"] for device in kept["others"]] == ["a", "b"]
    again = report({"a": {"deviations": [PING]}}, read_report("earlier", json.dumps(kept)), days=4)
    assert again["devices"][0]["deviations"][0]["since"] == "2026-03-02 08:15 UTC"
    assert [device["name"] for device in again["others"]] == ["b", "c"]


def test_a_part_that_cannot_be_read_keeps_what_was_known_of_it_and_the_others_are_judged():
    hidden = [{"part": "users", "reason": "the firmware refused the request", "hint": "give the user the realm"}]
    first = report({"a": {"deviations": [PING, USER]}, "b": {"deviations": []}})
    second = report(
        {"a": {"deviations": [PING], "unread": hidden}, "b": {"deviations": [], "unread": hidden}}, first, days=1
    )
    assert [device["status"] for device in second["devices"]] == ["deviates", "partly read"]
    assert (second["compliant"], second["deviating"], second["unread"]) == (0, 1, 1)
    ping, user = second["devices"][0]["deviations"]
    assert (ping["seen"], user["seen"]) == ("2026-03-03 08:15 UTC", "2026-03-02 08:15 UTC")
    told = [(row[0], row[1], row[3]) for row in compliance_table(second)[1:]]
    sentence = "the firmware refused the request. Give the user the realm"
    assert told[0] == ("a", "name.ping", "true and not false")
    assert told[2:] == [("a", "users", sentence), ("b", "users", sentence)]
    assert all(set(row) == set(COLUMNS) for row in compliance_rows(second))
    third = report({"a": AWAY}, second, days=2)
    assert [row["seen"] for row in third["devices"][0]["deviations"]] == [ping["seen"], user["seen"]]
    back = report({"a": {"deviations": [USER]}}, third, days=3)
    assert back["devices"][0]["deviations"][0]["since"] == "2026-03-02 08:15 UTC"


def test_what_the_firmware_lacks_is_no_deviation():
    told = report({"a": {"deviations": [], "unsupported": [{"part": "name", "option": "ddns", "reason": "no client"}]}})
    assert told["devices"][0]["status"] == "ok"
    assert told["devices"][0]["lacks"] == ["name.ddns"]


def test_tables():
    told = report({"a": {"deviations": []}, "b": {"deviations": [PING]}, "c": AWAY})
    rows = compliance_rows(told)
    assert [(row["device"], row["setting"], row["problem"]) for row in rows] == [
        ("a", "", ""),
        ("b", "ping", ""),
        ("c", "", "connection refused"),
    ]
    assert all(set(row) == set(COLUMNS) for row in rows)
    assert compliance_table(told)[1:] == [
        ("b", "name.ping", "2026-03-02 08:15 UTC", "true and not false"),
        ("c", "unreachable", "", "connection refused"),
    ]
    assert compliance_table(report({"a": {"deviations": []}})) == []


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "{}",
        "[]",
        '{"devices": [{"name": "a"}]}',
        '{"devices": 7}',
        '{"devices": [{"name": "a", "deviations": [{"setting": "ping"}]}]}',
        '{"devices": [{"name": ["a"], "deviations": []}]}',
        '{"devices": [], "others": [7]}',
        "[" * 100_000,
        '{"devices": [',
    ],
)
def test_what_is_no_report_is_refused(content):
    with pytest.raises(InvalidOption, match="no report that compliance_report wrote"):
        read_report("earlier", content)
    assert read_report("earlier", json.dumps(report({"a": {"deviations": [PING]}})))["total"] == 1
