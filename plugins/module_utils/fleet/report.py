# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What many answers of amt_info say together: a row per device, what needs attention, and the counts for pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

from ..cim.filler import is_filler_serial, is_filler_uuid
from ..harmless import one_line

STATUS = {"AuthenticationRefused": "refused", "CertificateRefused": "untrusted"}
POWER_ORDER = ("on", "sleep", "hibernate", "off", "unknown")
AGED_BIOS_YEARS = 5
OLD_GENERATION = 11
OLD_TLS = ("SSLv3", "TLSv1", "TLSv1.1")
CERTIFICATE_NOTICE = timedelta(days=60)
LONGEST = 1000
DAY = 86400  # seconds
NOT_BELIEVED = ("unsigned", "forged", "foreign", "damaged")
NOT_ASKED = "It was not asked: the run ended before its turn."


@dataclass
class Row:
    """One device. `status` is ok, unreachable, refused, untrusted or failed; `attention` is words about it.

    `version` and `build` are the patch level. `filler` names the identities that other machines may have too.
    `isolated_since` is a time of the firmware's clock; who and why are those of the record, as far as there is one.
    `asset_days` is the age of an asset note, None without one or with one of the future; owner and room are those of
    one that is verified.
    """

    name: str
    address: str
    status: str
    problem: str = ""
    power: str = "unknown"
    version: str = ""
    build: str = ""
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
    certificate_expires: str = ""
    isolated: bool = False
    isolated_since: str = ""
    isolated_by: str = ""
    isolated_why: str = ""
    asset_note: str = ""
    asset_days: Optional[int] = None
    asset_owner: str = ""
    asset_room: str = ""
    unread: int = 0
    filler: list[str] = field(default_factory=list)
    attention: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bar:
    """`share` is of all devices of the chart, 0 to 1; `tone` names the colour."""

    label: str
    count: int
    share: float
    tone: str


def text(value: Any) -> str:
    """What a device said, in one line and of a length that people read."""
    said = "" if value is None else one_line(str(value))
    return said if len(said) <= LONGEST else said[:LONGEST] + "…"


def at(values: Any, *path: str) -> Any:
    """What a path of keys leads to, or None where it ends early."""
    for key in path:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def status_of(answer: Mapping[str, Any]) -> str:
    """How a task ended on a host, from its result."""
    if answer.get("error") in STATUS:
        return STATUS[answer["error"]]
    if answer.get("unreachable"):
        return "unreachable"
    return "failed" if answer.get("failed") or "error" in answer else "ok"


def problem_of(answer: Mapping[str, Any] | None) -> str:
    """What kept a task from being done on a host, in a sentence; empty where it was done."""
    if not answer:
        return NOT_ASKED
    if answer.get("skipped") or status_of(answer) == "ok":
        return ""
    return text(answer.get("msg")) or "It failed without a word."


def year_of(date: Any) -> int:
    return int(date[:4]) if isinstance(date, str) and date[:4].isdecimal() else 0


def leading_number(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdecimal() else 0


def first_port(network: Any) -> Mapping[str, Any]:
    ports = at(network, "ports") or {}
    return ports.get("wired") or ports.get("wireless") or {}


def row_of(name: str, variables: Mapping[str, Any], record: Mapping[str, Any], now: datetime) -> Row:
    answer = variables.get("amt_answer") or {}
    facts = answer.get("amt") or {}
    version = text(at(facts, "firmware", "version") or variables.get("amt_version"))
    row = Row(
        name=text(name),
        address=text(variables.get("amt_host") or variables.get("ansible_host") or name),
        status=status_of(answer) if answer else "failed",
        problem=problem_of(answer),
        power=text(at(facts, "power", "state")) or "unknown",
        version=version,
        build=text(at(facts, "firmware", "versions", "Build Number")),
        generation=leading_number(version),
        control_mode=text(at(facts, "firmware", "control_mode")),
        tls=variables.get("amt_tls", True) not in (False, "false", "False", "no"),
        certificate_expires=text(
            at(variables, "amt_certificate", "expires") or at(facts, "network", "certificate", "expires")
        ),
        unread=len(answer.get("unread") or ()),
    )
    add_identity(row, facts)
    add_parts(row, facts)
    add_isolation(row, variables.get("amt_isolation"), record)
    add_asset_note(row, variables.get("amt_note"))
    row.attention = attention(row, variables, now)
    return row


def add_identity(row: Row, facts: Mapping[str, Any]) -> None:
    port = first_port(facts.get("network"))
    row.ip, row.mac = text(port.get("ip")), text(port.get("mac"))
    for key in ("uuid", "manufacturer", "model", "serial_number"):
        setattr(row, key, text(at(facts, "system", key)))
    judged = {"uuid": is_filler_uuid, "serial_number": is_filler_serial}
    row.filler = [key for key, is_filler in judged.items() if getattr(row, key) and is_filler(getattr(row, key))]


def add_isolation(row: Row, isolation: Any, record: Mapping[str, Any]) -> None:
    """From a result of amt_isolation_info, and the last line of the record about this host."""
    ports = [port for port in (at(isolation, "ports") or {}).values() if at(port, "state") == "isolated"]
    if not ports:
        return
    row.isolated = True
    row.isolated_since = next((text(port.get("since")) for port in ports if port.get("since")), "")
    if record.get("what") == "isolated":
        row.isolated_by, row.isolated_why = text(record.get("who")), text(record.get("why"))
        row.isolated_since = row.isolated_since or text(record.get("when"))


def add_asset_note(row: Row, note: Any) -> None:
    """From a result of amt_asset_note."""
    row.asset_note = text(at(note, "state"))
    age = at(note, "age")
    row.asset_days = age // DAY if isinstance(age, int) and age >= 0 else None
    if row.asset_note == "verified":
        row.asset_owner, row.asset_room = text(at(note, "facts", "owner")), text(at(note, "facts", "room"))
        row.asset_note += " (stale)" if at(note, "stale") else ""


def add_parts(row: Row, facts: Mapping[str, Any]) -> None:
    row.bios = text(at(facts, "bios", "version"))
    row.bios_year = year_of(at(facts, "bios", "release_date"))
    names = [text(each.get("name")) for each in facts.get("processors") or []]
    row.processor = next((name for name in names if name), "")
    row.memory_gib = round(sum(each.get("bytes") or 0 for each in facts.get("memory") or []) / 2**30, 1)
    row.storage_gb = round(sum(each.get("bytes") or 0 for each in facts.get("storage") or []) / 1e9)


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
        "certificate expires soon": expires_soon(row.certificate_expires, now),
        "cut off the network": row.isolated,
        "asset note not to be believed": row.asset_note in NOT_BELIEVED,
        "asset note stale": row.asset_note == "verified (stale)",
        "answered in part": row.unread > 0,
    }
    return [words for words, applies in found.items() if applies]


def patch_level(row: Row) -> tuple[int, ...]:
    """What two firmwares of the same machine type are compared by; empty where it is not known."""
    numbers = [*row.version.split("."), row.build] if row.build else row.version.split(".")
    return tuple(int(number) for number in numbers) if all(number.isdecimal() for number in numbers) else ()


def mark_outdated(rows: list[Row]) -> None:
    """Add a word to those whose like, of the same maker, model and generation, has newer firmware in this fleet."""
    newest: dict[tuple[str, str, int], tuple[int, ...]] = {}
    for row in rows:
        like = (row.manufacturer, row.model, row.generation)
        newest[like] = max(newest.get(like, ()), patch_level(row))
    for row in rows:
        level = patch_level(row)
        if row.model and level and level < newest[row.manufacturer, row.model, row.generation]:
            row.attention.append("firmware older than on its like")


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
    names: Iterable[str],
    variables: Mapping[str, Mapping[str, Any]],
    now: datetime | None = None,
    records: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Rows and charts of the named hosts, from their variables: `amt_answer` is a result of amt_info, `amt_isolation`
    one of amt_isolation_info, `amt_note` one of amt_asset_note. `records` has the last line of the record of isolations
    for each host."""
    moment = now or datetime.now(timezone.utc)
    rows = [row_of(name, variables[name], (records or {}).get(name) or {}, moment) for name in names]
    mark_outdated(rows)
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
