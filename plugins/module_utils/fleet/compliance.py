# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which devices differ from their document, in what, since when and why that matters; from results of amt_profile."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..errors import InvalidOption
from .report import bars, problem_of, status_of, text

Line = Mapping[str, Any]
MOMENT = "%Y-%m-%d %H:%M UTC"
AGES = ((1, "a day"), (7, "a week"), (30, "a month"))
COLUMNS = (
    "device",
    "address",
    "status",
    "part",
    "setting",
    "found",
    "wanted",
    "since",
    "seen",
    "line",
    "why",
    "problem",
)
OF_A_ROW = ("part", "setting", "found", "wanted", "since", "line", "why")
NOT_OURS = "it is no report that compliance_report wrote as JSON: name another file, or leave it out for a first report"


@dataclass
class Device:
    """`status` is ok, deviates, partly read, or why it could not be read; then `deviations` are those last known, as of
    `seen`. So are those of a part in `unread`, which has rows of part and reason; each row tells when it was `seen`."""

    name: str
    address: str
    status: str
    problem: str = ""
    seen: str = ""
    deviations: list[dict[str, str]] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)


def compliance(
    names: Iterable[str],
    variables: Mapping[str, Mapping[str, Any]],
    outcome: str,
    lines: Sequence[Line] = (),
    earlier: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """`outcome` names the variable with a host's result; `lines`: name, why and profile; `earlier`: such a report, of
    which devices that are not asked now stay as they were, as `others`."""
    made = (now or datetime.now(timezone.utc)).strftime(MOMENT)
    known = {device["name"]: device for device in (earlier or {}).get("devices", ())}
    devices = [_device(name, variables[name], outcome, lines, known.get(text(name)), made) for name in names]
    asked = {device.name for device in devices}
    counts = Counter("unread" if each.status not in ("ok", "deviates") else each.status for each in devices)
    return {
        "made": made,
        "total": len(devices),
        "answered": sum(each.status in ("ok", "deviates", "partly read") for each in devices),
        "compliant": counts["ok"],
        "deviating": counts["deviates"],
        "unread": counts["unread"],
        "charts": _charts(devices, counts, made),
        "lines": [{"name": text(line["name"]), "why": text(line.get("why"))} for line in lines],
        "devices": [asdict(device) for device in devices],
        "others": [device for name, device in known.items() if name not in asked],
    }


def read_report(option: str, content: str) -> dict[str, Any]:
    """An earlier report, from its JSON; `devices` are all that it knows, its `others` too. InvalidOption."""
    try:
        found = json.loads(content)
        devices = [*found.get("others", ()), *found["devices"]]
        rows = [row for device in devices for row in device["deviations"]]
        texts = [*(device["name"] for device in devices), *(row[name] for row in rows for name in OF_A_ROW)]
        if all(isinstance(each, str) for each in texts):
            return {**found, "devices": devices}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise InvalidOption(option, content[:40], NOT_OURS)


def compliance_rows(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """A row for each deviation and each part that was not read, and one for each device without, with `COLUMNS`."""
    found = []
    for device in report["devices"]:
        about = {**dict.fromkeys(COLUMNS, ""), "device": device["name"], "problem": device["problem"]}
        about.update(address=device["address"], status=device["status"])
        parts = [{"part": row["part"], "problem": row["reason"]} for row in device["unread"]]
        found += [{**about, **row} for row in [*device["deviations"], *parts] or [{}]]
    return found


def compliance_table(report: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """For a terminal: who differs, in what, since when."""
    rows = [row for row in compliance_rows(report) if row["setting"] or row["problem"]]
    told = [(each["device"], _place(each) or each["status"], each["since"], _said(each)) for each in rows]
    return [("name", "setting", "since", "found and wanted, or problem"), *told] if told else []


def _said(row: Mapping[str, str]) -> str:
    return row["problem"] or "{found} and not {wanted}".format(**row)


def _place(row: Mapping[str, str]) -> str:
    return ".".join(filter(None, (row["part"], row["setting"])))


def _device(
    name: str, variables: Mapping[str, Any], outcome: str, lines: Sequence[Line], before: Any, made: str
) -> Device:
    result = variables.get(outcome)
    address = text(variables.get("amt_host") or variables.get("ansible_host") or name)
    status = status_of(result) if result else "failed"
    device = Device(text(name), address, status, problem_of(result), made)
    if device.problem or not isinstance(result, Mapping) or result.get("skipped"):
        device.status = status if status != "ok" else "failed"
        if before is not None:
            device.deviations, device.seen = _kept(before), text(before.get("seen"))
        return device
    since = {(row["part"], row["setting"], row["found"]): row["since"] for row in (before or {}).get("deviations", ())}
    device.deviations = [_row(row, since, lines, made) for row in result.get("deviations") or ()]
    device.unread = [{"part": text(row.get("part")), "reason": _reason(row)} for row in result.get("unread") or ()]
    unread = {row["part"] for row in device.unread}
    device.deviations += [row for row in _kept(before or {}) if row["part"] in unread]
    device.lacks = [text(_place_of_lack(row)) for row in result.get("unsupported") or ()]
    device.status = "deviates" if device.deviations else "partly read" if device.unread else "ok"
    return device


def _kept(before: Mapping[str, Any]) -> list[dict[str, str]]:
    """What was known of a device, with the time of that."""
    return [{**row, "seen": text(row.get("seen") or before.get("seen"))} for row in before.get("deviations", ())]


def _reason(row: Mapping[str, Any]) -> str:
    reason, hint = text(row.get("reason")).rstrip("."), text(row.get("hint"))
    return ". ".join(filter(None, (reason, hint[:1].upper() + hint[1:])))


def _place_of_lack(row: Mapping[str, Any]) -> str:
    return ".".join(str(word) for word in (row.get("part"), row.get("option")) if word)


def _row(
    row: Mapping[str, Any], since: Mapping[tuple[str, str, str], str], lines: Sequence[Line], made: str
) -> dict[str, str]:
    part, setting, found, wanted = (_plain(row.get(name)) for name in ("part", "setting", "found", "wanted"))
    line = _line_of(part, setting, lines)
    return {
        "part": part,
        "setting": setting,
        "found": found,
        "wanted": wanted,
        "since": since.get((part, setting, found), made),
        "seen": made,
        "line": text(line.get("name")),
        "why": text(line.get("why")),
    }


def _plain(value: Any) -> str:
    if isinstance(value, (str, type(None))):
        return text("nothing" if value is None else value)
    return text(json.dumps(value, sort_keys=True, ensure_ascii=False))


def _line_of(part: str, setting: str, lines: Sequence[Line]) -> Line:
    """That which asks for this option; the last one, as it is the one that counts."""
    option = re.split(r"[.\[]", setting, maxsplit=1)[0]
    asking = [line for line in lines if option in ((line.get("profile") or {}).get(part) or {})]
    return asking[-1] if asking else {}


def _charts(devices: Sequence[Device], counts: Mapping[str, int], made: str) -> list[dict[str, Any]]:
    total = len(devices)
    words = (("as it should be", "ok", "power-on"), ("deviates", "deviates", "bad"), ("not read", "unread", "plain"))
    states = ((word, counts.get(key, 0), tone) for word, key, tone in words)
    what = Counter(_place(row) for device in devices for row in device.deviations)
    age = Counter(max((_age(row["since"], made) for row in device.deviations), default=None) for device in devices)
    names = [*(word for _days, word in AGES), "longer"]
    ages = (("less than " + word if word != "longer" else word, age[place], "bad") for place, word in enumerate(names))
    found = (
        ("Devices", states),
        ("What deviates", ((word, number, "bad") for word, number in what.most_common(12))),
        ("Oldest deviation", ages),
    )
    return [{"title": title, "bars": [asdict(each) for each in bars(rows, total)]} for title, rows in found]


def _age(since: str, made: str) -> int:
    """Place in AGES, or behind it."""
    try:
        days = (datetime.strptime(made, MOMENT) - datetime.strptime(since, MOMENT)).days
    except ValueError:
        return 0
    return next((place for place, (most, _word) in enumerate(AGES) if days < most), len(AGES))
