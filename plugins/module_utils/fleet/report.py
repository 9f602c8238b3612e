# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What many answers of amt_info say together: a row per device, what needs attention, and the counts for pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

STATUS = {"AuthenticationRefused": "refused", "CertificateRefused": "untrusted"}
POWER_ORDER = ("on", "sleep", "hibernate", "off", "unknown")
AGED_BIOS_YEARS = 5
OLD_GENERATION = 11
OLD_TLS = ("SSLv3", "TLSv1", "TLSv1.1")
CERTIFICATE_NOTICE = timedelta(days=60)


@dataclass
class Row:
    """One device. `status` is ok, unreachable, refused, untrusted or failed; `attention` is words about it."""

    name: str
    address: str
    status: str
    problem: str = ""
    power: str = "unknown"
    version: str = ""
    generation: int = 0
    manufacturer: str = ""
    model: str = ""
    serial_number: str = ""
    uuid: str = ""
    control_mode: str = ""
    tls: bool = True
    ip: str = ""
    mac: str = ""
    bios: str = ""
    bios_year: int = 0
    processor: str = ""
    memory_gib: float = 0.0
    storage_gb: float = 0.0
    attention: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bar:
    """`share` is of all devices of the chart, 0 to 1; `tone` names the colour."""

    label: str
    count: int
    share: float
    tone: str


def text(value: Any) -> str:
    return "" if value is None else str(value)


def at(values: Any, *path: str) -> Any:
    """What a path of keys leads to, or None where it ends early."""
    for key in path:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def status_of(answer: Mapping[str, Any]) -> str:
    if "amt" in answer:
        return "ok"
    if answer.get("error") in STATUS:
        return STATUS[answer["error"]]
    return "unreachable" if answer.get("unreachable") else "failed"


def year_of(date: Any) -> int:
    return int(date[:4]) if isinstance(date, str) and date[:4].isdecimal() else 0


def leading_number(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdecimal() else 0


def first_port(network: Any) -> Mapping[str, Any]:
    ports = at(network, "ports") or {}
    return ports.get("wired") or ports.get("wireless") or {}


def row_of(name: str, variables: Mapping[str, Any], now: datetime) -> Row:
    answer = variables.get("amt_answer") or {"msg": "It was not asked."}
    facts = answer.get("amt") or {}
    port = first_port(facts.get("network"))
    version = text(at(facts, "firmware", "version") or variables.get("amt_version"))
    row = Row(
        name=name,
        address=text(variables.get("amt_host") or variables.get("ansible_host") or name),
        status=status_of(answer),
        problem="" if facts else text(answer.get("msg")),
        power=text(at(facts, "power", "state")) or "unknown",
        version=version,
        generation=leading_number(version),
        uuid=text(at(facts, "system", "uuid")),
        control_mode=text(at(facts, "firmware", "control_mode")),
        tls=variables.get("amt_tls", True) not in (False, "false", "False", "no"),
        ip=text(port.get("ip")),
        mac=text(port.get("mac")),
    )
    for key in ("manufacturer", "model", "serial_number"):
        setattr(row, key, text(at(facts, "system", key)))
    add_parts(row, facts)
    row.attention = attention(row, variables, now)
    return row


def add_parts(row: Row, facts: Mapping[str, Any]) -> None:
    row.bios = text(at(facts, "bios", "version"))
    row.bios_year = year_of(at(facts, "bios", "release_date"))
    names = [text(each.get("name")) for each in facts.get("processors") or []]
    row.processor = next((name for name in names if name), "")
    row.memory_gib = round(sum(each["bytes"] for each in facts.get("memory") or []) / 2**30, 1)
    row.storage_gb = round(sum(each["bytes"] or 0 for each in facts.get("storage") or []) / 1e9)


def attention(row: Row, variables: Mapping[str, Any], now: datetime) -> list[str]:
    """What somebody should look at, in words that are counted over the fleet."""
    found = {
        "no answer": row.status == "unreachable",
        "log-in refused": row.status == "refused",
        "certificate not trusted": row.status == "untrusted",
        "answered with an error": row.status == "failed",
        "without TLS": not row.tls,
        "TLS older than 1.2": variables.get("amt_tls_version") in OLD_TLS,
        "AMT 11 or older": 0 < row.generation <= OLD_GENERATION,
        "BIOS older than 5 years": 0 < row.bios_year < now.year - AGED_BIOS_YEARS,
        "certificate expires soon": expires_soon(at(variables, "amt_certificate", "expires"), now),
    }
    return [words for words, applies in found.items() if applies]


def expires_soon(expires: Any, now: datetime) -> bool:
    """ISO 8601 in UTC, as the scan gives it; False where it is not known."""
    try:
        moment = datetime.strptime(expires or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return False
    return moment - now < CERTIFICATE_NOTICE


def bars(counts: Iterable[tuple[str, int, str]], total: int) -> list[Bar]:
    return [Bar(label, count, count / total if total else 0.0, tone) for label, count, tone in counts if count]


def charts(rows: list[Row]) -> list[dict[str, Any]]:
    """Pictures in the order in which people ask: is it on, does it need me, how old is it."""
    total = len(rows)
    power = Counter(row.power for row in rows)
    words = [*POWER_ORDER[:-1], *sorted(set(power) - set(POWER_ORDER)), POWER_ORDER[-1]]
    needs = Counter(word for row in rows for word in row.attention)
    generations = Counter(row.generation for row in rows if row.generation)
    years = Counter(row.bios_year for row in rows if row.bios_year)
    return [
        {"title": "Power", "bars": bars(((word, power[word], "power-" + word) for word in words), total)},
        {"title": "Needs attention", "bars": bars(((word, n, "bad") for word, n in needs.most_common()), total)},
        {
            "title": "Firmware generation",
            "bars": bars(((f"AMT {each}", generations[each], tone_of(each)) for each in sorted(generations)), total),
        },
        {
            "title": "Year of the BIOS",
            "bars": bars(((str(each), years[each], "plain") for each in sorted(years)), total),
        },
    ]


def tone_of(generation: int) -> str:
    return "bad" if generation <= OLD_GENERATION else "plain"


def fleet(
    names: Iterable[str], variables: Mapping[str, Mapping[str, Any]], now: datetime | None = None
) -> dict[str, Any]:
    """Rows and charts of the named hosts, from their variables, `amt_answer` (a result of amt_info) among them."""
    moment = now or datetime.now(timezone.utc)
    rows = [row_of(name, variables[name], moment) for name in names]
    ok = [row for row in rows if row.status == "ok"]
    return {
        "made": moment.strftime("%Y-%m-%d %H:%M UTC"),
        "total": len(rows),
        "answered": len(ok),
        "on": sum(row.power == "on" for row in ok),
        "attention": sum(bool(row.attention) for row in rows),
        "charts": [{**chart, "bars": [asdict(each) for each in chart["bars"]]} for chart in charts(rows)],
        "devices": [asdict(row) for row in rows],
    }
