# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What happened in a fleet, where, by day and kind; from the archives of its logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

from .report import bars, problem_of, status_of, text

MOMENT = "%Y-%m-%d %H:%M UTC"
SHOWN, KINDS, USERS, DEVICES = 20, 12, 8, 10
"""Records of a device, kinds, users and devices that are shown."""
COLUMNS = ("device", "time", "log", "severity", "kind", "by", "address", "text")
GRAVE = ("critical", "fatal")
#: Kind of an event, or name of an act -> what somebody should look at, in words that are counted over the fleet.
WORRIES = {
    "login_failures": "many failed log-ins",
    "case_intrusion": "case opened",
    "firmware_error": "BIOS error",
    "no_boot_media": "nothing to boot from",
    "os_stop": "system hung",
    "watchdog": "did not boot",
    "agent": "agent missing",
    "filter_match": "met by a defense filter",
    "security_admin.login_failed": "failed log-in",
    "security_admin.user_added": "users changed",
    "security_admin.user_changed": "users changed",
    "security_admin.user_removed": "users changed",
    "security_admin.unprovisioning_started": "set-up taken back",
    "audit_log.cleared": "audit log cleared",
    "audit_log.disabled": "audit log switched off",
    "audit_log.recovered": "audit log repaired",
    "gap": "records missing",
}


@dataclass
class Device:
    """`status` is ok, or why its logs could not be read now: then its archives still tell what was before."""

    name: str
    address: str
    status: str
    problem: str = ""
    new: int = 0
    count: int = 0
    grave: int = 0
    worries: list[str] = field(default_factory=list)
    records: list[dict[str, str]] = field(default_factory=list)


@dataclass
class _Counts:
    days: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    users: Counter[str] = field(default_factory=Counter)


def log_summary(
    hosts: Iterable[tuple[str, Mapping[str, Any], Sequence[Iterable[Mapping[str, Any]]]]],
    outcomes: Sequence[str],
    days: int,
    now: Optional[datetime] = None,
) -> dict[str, Any]:
    """`hosts`: a name, its variables, and the lines of its archives, from the newest on. `outcomes` name the variables
    with results of amt_event_log and amt_audit_log. What is older than so many days is not counted."""
    moment = now or datetime.now(timezone.utc)
    counts, since = _Counts(), moment - timedelta(days=days)
    devices = [_device(name, variables, lines, outcomes, counts, since) for name, variables, lines in hosts]
    return {
        "made": moment.strftime(MOMENT),
        "days": days,
        "total": len(devices),
        "answered": sum(device.status == "ok" for device in devices),
        "records": sum(device.count for device in devices),
        "new": sum(device.new for device in devices),
        "grave": sum(device.grave for device in devices),
        "charts": _charts(counts, devices),
        "devices": [asdict(device) for device in devices],
    }


def log_rows(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """A row for each record that is shown, with `COLUMNS`."""
    return [{"device": device["name"], **row} for device in report["devices"] for row in device["records"]]


def log_table(report: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """For a terminal: who has something to look at, or was not read."""
    rows = [each for each in report["devices"] if each["worries"] or each["problem"]]
    told = [
        (
            each["name"],
            each["status"],
            str(each["count"]),
            str(each["new"]),
            each["problem"] or ", ".join(each["worries"]),
        )
        for each in rows
    ]
    return [("name", "status", "records", "new", "problem, or what to look at"), *told] if told else []


def _device(
    name: str,
    variables: Mapping[str, Any],
    logs: Sequence[Iterable[Mapping[str, Any]]],
    outcomes: Sequence[str],
    counts: _Counts,
    since: datetime,
) -> Device:
    results = [result for result in (variables.get(outcome) for outcome in outcomes) if isinstance(result, Mapping)]
    failed = [result for result in results if problem_of(result)]
    device = Device(
        name=text(name),
        address=text(variables.get("amt_host") or variables.get("ansible_host") or name),
        status=status_of(failed[0]) if failed else "ok" if results else "not asked",
        problem="; ".join(dict.fromkeys(problem_of(result) for result in failed)),
        new=sum(result.get("new") or 0 for result in results),
    )
    worries: Counter[str] = Counter()
    for lines in logs:
        for line in lines:
            _count(device, line, worries, counts, since)
    device.worries = [word for word, _number in worries.most_common()]
    device.records = sorted(device.records, key=lambda row: row["time"], reverse=True)[:SHOWN]
    return device


def _count(device: Device, line: Mapping[str, Any], worries: Counter[str], counts: _Counts, since: datetime) -> None:
    if "gap" in line:
        worries[WORRIES["gap"]] += 1
    when = _moment(line.get("time"))
    if when is None or when < since:
        return
    kind = text(line.get("kind") or line.get("event"))
    severity = text(line.get("severity"))
    device.count += 1
    device.grave += severity in GRAVE
    counts.days[when.astimezone().strftime("%Y-%m-%d")] += 1
    counts.kinds[kind] += 1
    if severity:
        counts.severities[severity] += 1
    if line.get("by"):
        counts.users[text(line["by"])] += 1
    if kind in WORRIES:
        worries[WORRIES[kind]] += 1
    if sum(row["log"] == line.get("log") for row in device.records) < SHOWN:
        device.records.append(_row(line, when, kind, severity))


def _row(line: Mapping[str, Any], when: datetime, kind: str, severity: str) -> dict[str, str]:
    return {
        "time": when.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        "log": text(line.get("log")),
        "severity": severity,
        "kind": kind,
        "by": text(line.get("by")),
        "address": text(line.get("address")),
        "text": text(line.get("text")),
    }


def _moment(value: Any) -> Optional[datetime]:
    try:
        found = datetime.fromisoformat(str(value))
        return found if found.tzinfo else None
    except ValueError:
        return None


def _charts(counts: _Counts, devices: Sequence[Device]) -> list[dict[str, Any]]:
    """Pictures in the order in which people ask: when, what, how grave, where, who."""
    worried = Counter(word for device in devices for word in device.worries)
    where = Counter({device.name: device.count for device in devices if device.count})
    found = (
        ("By day", sorted(counts.days.items()), "plain"),
        ("Devices to look at", worried.most_common(), "bad"),
        ("What happened", counts.kinds.most_common(KINDS), "plain"),
        ("How grave", counts.severities.most_common(), "plain"),
        ("Where most", where.most_common(DEVICES), "plain"),
        ("Who acted", counts.users.most_common(USERS), "plain"),
    )
    return [{"title": title, "bars": _bars(rows, tone)} for title, rows, tone in found]


def _bars(rows: Sequence[tuple[str, int]], tone: str) -> list[dict[str, Any]]:
    """The longest is as long as there is room."""
    most = max((number for _word, number in rows), default=0)
    tones = dict.fromkeys(GRAVE, "bad")
    return [asdict(each) for each in bars(((word, number, tones.get(word, tone)) for word, number in rows), most)]
