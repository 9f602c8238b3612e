# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's logs summed up: what is counted, what somebody should look at, who was not read."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta, timezone

from ansible_collections.outofband.amt.plugins.module_utils.fleet.logs import COLUMNS, log_rows, log_summary, log_table
from ansible_collections.outofband.amt.plugins.module_utils.fleet.table import comma_separated

NOW = datetime(2026, 3, 31, 12, tzinfo=timezone.utc)
BEFORE = (NOW - timedelta(days=2)).isoformat()
LONG_AGO = (NOW - timedelta(days=40)).isoformat()
HOSTILE = "</li><script>alert(1)</script>\u202e=cmd|' /c calc'!A1"


def event(kind="firmware_progress", severity="monitor", time=BEFORE, text="BIOS"):
    return {"log": "event", "time": time, "severity": severity, "kind": kind, "text": text}


def act(name="security_admin.login_failed", by="mallory", time=BEFORE):
    return {"log": "audit", "time": time, "event": name, "by": by, "address": "192.0.2.66", "text": "a log-in failed"}


def summary(*hosts, days=30):
    return log_summary(hosts, ("amt_events", "amt_acts"), days, NOW)


READ = {"amt_host": "192.0.2.1", "amt_events": {"new": 3}, "amt_acts": {"new": 1}}
LOST = {"amt_events": {"unreachable": True, "msg": "no route", "error": "Unreachable"}}


def bars(report, title):
    return {
        each["label"]: each["count"] for chart in report["charts"] if chart["title"] == title for each in chart["bars"]
    }


def test_what_is_counted():
    report = summary(
        ("pc-1", READ, [[event(), event("case_intrusion", "critical"), event(time=LONG_AGO)], [act(), act(by="eve")]]),
        ("pc-2", LOST, [[event()], []]),
        ("pc-3", {}, [[], []]),
    )
    numbers = {name: report[name] for name in ("total", "answered", "records", "new", "grave")}
    assert numbers == {"total": 3, "answered": 1, "records": 5, "new": 4, "grave": 1}
    assert bars(report, "What happened")["security_admin.login_failed"] == 2
    assert bars(report, "Who acted") == {"mallory": 1, "eve": 1}
    assert sum(bars(report, "By day").values()) == 5
    assert bars(report, "Where most") == {"pc-1": 4, "pc-2": 1}
    assert report["devices"][0]["worries"] == ["failed log-in", "case opened"]
    assert [each["status"] for each in report["devices"]] == ["ok", "unreachable", "not asked"]
    assert "no route" in report["devices"][1]["problem"]
    assert [row[0] for row in log_table(report)] == ["name", "pc-1", "pc-2"]


def test_lines_that_say_nothing_cost_nothing():
    lines = [{"gap": "x"}, {"cleared": BEFORE}, {"bad": "x"}, {"time": "never"}, {"time": "2026-03-30"}, event()]
    report = summary(("pc-1", READ, [lines]))
    assert (report["records"], report["devices"][0]["worries"]) == (1, ["records missing"])


def test_the_newest_records_of_a_device_are_shown():
    times = [(NOW - timedelta(minutes=minute)).isoformat() for minute in range(100)]
    report = summary(("pc-1", READ, [[event(time=time) for time in times], [act(time=time) for time in times]]))
    shown = report["devices"][0]["records"]
    assert (len(shown), report["devices"][0]["count"]) == (20, 200)
    assert {row["log"] for row in shown} == {"event", "audit"}
    assert [row["time"] for row in shown] == sorted((row["time"] for row in shown), reverse=True)


def test_nothing_that_a_device_says_is_a_formula():
    report = summary((HOSTILE, READ, [[event(HOSTILE, HOSTILE, text=HOSTILE)], [act(HOSTILE, HOSTILE)]]))
    rows = csv.DictReader(io.StringIO(comma_separated(log_rows(report), COLUMNS)))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
