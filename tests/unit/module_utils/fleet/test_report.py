# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many answers of amt_info as rows, worries and counts."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.fleet.report import fleet, problem_of

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=timezone.utc)

UUID = "4c4c4544-0039-4a10-8052-b7c04f4d3332"

ANSWER = {
    "amt": {
        "system": {"uuid": UUID, "manufacturer": "ACME", "model": "Desk 3", "serial_number": "S1", "version": None},
        "firmware": {"version": "16.1.27", "control_mode": "admin"},
        "network": {"ports": {"wireless": {"mac": "w", "ip": "2"}, "wired": {"mac": "m", "ip": "1"}}},
        "power": {"state": "on", "available": []},
        "bios": {"version": "1.9", "release_date": "2024-02-03T00:00:00Z"},
        "processors": [{"name": None}, {"name": "Core"}],
        "memory": [{"bytes": 8 * 2**30}, {"bytes": 4 * 2**30}],
        "storage": [{"bytes": 512_000_000_000}, {"bytes": None}],
    }
}


def device(variables):
    return fleet(["desk"], {"desk": variables}, NOW)["devices"][0]


def test_a_healthy_device_is_a_row_without_worries():
    row = device({"amt_host": "192.0.2.1", "amt_answer": ANSWER})
    assert row == {
        "name": "desk",
        "address": "192.0.2.1",
        "status": "ok",
        "problem": "",
        "power": "on",
        "version": "16.1.27",
        "build": "",
        "generation": 16,
        "manufacturer": "ACME",
        "model": "Desk 3",
        "serial_number": "S1",
        "uuid": UUID,
        "control_mode": "admin",
        "tls": True,
        "ip": "1",
        "mac": "m",
        "bios": "1.9",
        "bios_year": 2024,
        "processor": "Core",
        "memory_gib": 12.0,
        "storage_gb": 512,
        "certificate_expires": "",
        "isolated": False,
        "isolated_since": "",
        "isolated_by": "",
        "isolated_why": "",
        "asset_note": "",
        "asset_days": None,
        "asset_owner": "",
        "asset_room": "",
        "unread": 0,
        "filler": [],
        "attention": [],
    }


@pytest.mark.parametrize(
    ("answer", "status", "worry"),
    [
        ({"unreachable": True, "error": "Unreachable", "msg": "no"}, "unreachable", "no answer"),
        ({"unreachable": True, "error": "AuthenticationRefused", "msg": "no"}, "refused", "log-in refused"),
        ({"unreachable": True, "error": "CertificateRefused", "msg": "no"}, "untrusted", "certificate not trusted"),
        ({"error": "ProtocolError", "msg": "no"}, "failed", "answered with an error"),
        (None, "failed", "answered with an error"),
    ],
)
def test_a_faulty_device_is_what_it_is(answer, status, worry):
    row = device({"amt_answer": answer})
    assert (row["status"], row["attention"], row["power"]) == (status, [worry], "unknown")
    assert row["problem"]


@pytest.mark.parametrize(
    ("variables", "worry"),
    [
        ({"amt_tls": False}, "without TLS"),
        ({"amt_tls_version": "TLSv1.1"}, "TLS older than 1.2"),
        ({"amt_answer": {"amt": {"firmware": {"version": "11.8.50"}}}}, "AMT 11 or older"),
        ({"amt_answer": {"amt": {"bios": {"release_date": "2020-12-31T00:00:00Z"}}}}, "BIOS older than 5 years"),
        ({"amt_certificate": {"expires": "2026-07-01T00:00:00Z"}}, "certificate expires soon"),
    ],
)
def test_worries(variables, worry):
    assert device({"amt_answer": ANSWER, **variables})["attention"] == [worry]


@pytest.mark.parametrize(
    "variables",
    [
        {"amt_answer": {"amt": {"bios": {"release_date": "2021-01-01T00:00:00Z"}}}},
        {"amt_answer": {"amt": {"firmware": {"version": "12.0"}}}},
        {"amt_certificate": {"expires": "2026-09-01T00:00:00Z"}},
        {"amt_certificate": {"expires": ""}},
        {"amt_answer": {"amt": {"network": {"ports": {}}, "bios": None, "processors": None, "system": None}}},
    ],
)
def test_no_worries(variables):
    assert device({"amt_answer": ANSWER, **variables})["attention"] == []


def test_counts_are_of_all_devices():
    hosts = {str(number): {"amt_answer": ANSWER} for number in range(3)}
    hosts["x"] = {"amt_answer": {"unreachable": True, "msg": "no"}}
    found = fleet(list(hosts), hosts, NOW)
    assert {key: found[key] for key in ("total", "answered", "on", "attention", "made")} == {
        "total": 4,
        "answered": 3,
        "on": 3,
        "attention": 1,
        "made": "2026-06-01 12:00 UTC",
    }
    power, needs, generations, years = (chart["bars"] for chart in found["charts"])
    assert power == [
        {"label": "on", "count": 3, "share": 0.75, "tone": "power-on"},
        {"label": "unknown", "count": 1, "share": 0.25, "tone": "power-unknown"},
    ]
    assert needs == [{"label": "no answer", "count": 1, "share": 0.25, "tone": "bad"}]
    assert [bar["label"] for bar in generations] == ["AMT 16"]
    assert [bar["label"] for bar in years] == ["2024"]


def test_nobody_is_a_fleet_too():
    assert fleet([], {}, NOW)["charts"][0]["bars"] == []


def noted(**note):
    whole = {"state": "verified", "age": 3 * 86400, "stale": False, "facts": {"owner": "Ann", "room": "B\n1"}, **note}
    return device({"amt_answer": ANSWER, "amt_note": whole})


def test_an_asset_note_is_told_with_its_age_and_believed_when_it_is_verified():
    told = {name: value for name, value in noted().items() if name.startswith("asset")}
    assert told == {"asset_note": "verified", "asset_days": 3, "asset_owner": "Ann", "asset_room": "B\\n1"}
    assert noted(stale=True)["attention"] == ["asset note stale"]
    for state in ("unsigned", "forged", "foreign", "damaged"):
        row = noted(state=state)
        assert (row["asset_owner"], row["attention"]) == ("", ["asset note not to be believed"])
    assert noted(state="absent", age=None, facts={})["asset_days"] is None
    assert noted(age=-1)["asset_days"] is None
    assert noted(facts=7, age="x")["asset_owner"] == ""


def isolated(ports, records=None):
    variables = {"amt_answer": ANSWER, "amt_isolation": {"ports": ports}}
    return fleet(["desk"], {"desk": variables}, NOW, records)["devices"][0]


def test_who_is_cut_off_since_when_and_why():
    cut = {"wired": {"state": "isolated", "since": "2026-05-01T08:00:00Z"}, "wireless": {"state": "released"}}
    row = isolated(cut, {"desk": {"what": "isolated", "who": "ann", "why": "ticket 4711", "when": "x"}})
    assert row["attention"] == ["cut off the network"]
    told = {key: row["isolated_" + key] for key in ("since", "by", "why")}
    assert told == {"since": "2026-05-01T08:00:00Z", "by": "ann", "why": "ticket 4711"}
    assert isolated(cut)["isolated_why"] == ""
    assert isolated(cut, {"desk": {"what": "released", "why": "repaired"}})["isolated_why"] == ""
    assert isolated({"wired": {"state": "released", "since": "x"}})["isolated_since"] == ""


def test_firmware_is_compared_with_that_of_its_like():
    def answer(version, build, model="Desk 3"):
        firmware = {"version": version, "versions": {"Build Number": build}}
        return {"amt_answer": {"amt": {"firmware": firmware, "system": {"manufacturer": "ACME", "model": model}}}}

    hosts = {
        "new": answer("16.1.27", "2176"),
        "build": answer("16.1.27", "2100"),
        "older": answer("16.1.9", "2176"),
        "other": answer("16.1.5", "1", "Desk 4"),
        "generation": answer("15.0.1", "1"),
        "nameless": answer("16.1.1", "1", None),
        "odd": answer("16.x", "1"),
    }
    found = {row["name"]: row["attention"] for row in fleet(list(hosts), hosts, NOW)["devices"]}
    outdated = ["firmware older than on its like"]
    assert [name for name, words in found.items() if words == outdated] == ["build", "older"]
    assert {name for name, words in found.items() if words} == {"build", "older"}


def test_filler_is_no_identity():
    answer = {"amt": {"system": {"uuid": "03000200-0400-0500-0006-000700080009", "serial_number": "123456789"}}}
    assert device({"amt_answer": answer})["filler"] == ["uuid", "serial_number"]


def test_an_answer_in_part_is_an_answer_that_wants_a_look():
    row = device({"amt_answer": {**ANSWER, "unread": [{"class": "CIM_Chip"}]}})
    assert (row["status"], row["attention"]) == ("ok", ["answered in part"])


def test_a_stranger_s_words_stay_in_their_line():
    answer = {"amt": {"system": {"model": "x\nforged: ok", "manufacturer": "\u202e"}}}
    row = device({"amt_answer": answer})
    assert (row["model"], row["manufacturer"]) == ("x\\nforged: ok", "\\u202e")


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        ({"changed": True}, ""),
        ({"skipped": True, "msg": "not meant"}, ""),
        ({"failed": True, "msg": "no\nway"}, "no\\nway"),
        ({"unreachable": True}, "It failed without a word."),
        ({}, "It was not asked: the run ended before its turn."),
        (None, "It was not asked: the run ended before its turn."),
    ],
)
def test_what_kept_a_task_from_being_done(result, problem):
    assert problem_of(result) == problem
