# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner by Salt's loader on a simulated fleet: who is meant, what they answer, what is found, what is kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import salt.config
import salt.loader
import yaml
from saltext.amt.core.errors import InvalidOption, NotReached, Overtaken, Unreachable
from saltext.amt.core.fleet.action import Fleet, Limits
from saltext.amt.core.machine import open_machine
from saltext.amt.core.resource import converge
from saltext.amt.core.resources.isolation.isolation import Isolation
from saltext.amt.core.wsman.endpoint import Endpoint
from saltext.amt.fleet import Master, settings
from saltext.amt.progress import Bus

from simulator import flows
from tests.salt.conftest import PASSWORD

NAMES = [f"pc-{number:02}" for number in range(1, 7)]


@pytest.fixture
def master(tmp_path: Path) -> Callable[..., Any]:
    """The runners of a master that does not run: no event bus, and a job cache of its own."""

    def load(**opts: Any) -> Any:
        merged = salt.config.DEFAULT_MASTER_OPTS.copy()
        places = {name: str(tmp_path / name) for name in ("cachedir", "sock_dir", "pki_dir", "extension_modules")}
        merged.update(id="here_master", root_dir=str(tmp_path), __role="master", file_client="local", **places)
        merged["pillar_roots"] = {"base": [str(tmp_path / "pillar")]}
        merged["file_roots"] = {"base": [str(tmp_path / "states")]}
        merged.update(opts)
        return salt.loader.runner(merged, utils={}, context={})

    return load


@pytest.fixture
def fleet_of(site: Any, master: Any) -> Callable[..., tuple[Any, Any]]:
    """(simulated site, runners of a master whose settings describe it)"""

    def start(**settings: Any) -> tuple[Any, Any]:
        place = site(*NAMES, **settings)
        return place, master(amt=place.pillar["amt"])

    return start


def test_every_act_predicted_done_and_done_again(fleet_of: Any) -> None:
    place, run = fleet_of(power="off")
    for function, arguments in (
        ("power", {"state": "on"}),
        ("power", {"state": "off", "graceful": "never"}),
        ("boot_once", {"target": "pxe"}),
        ("isolate", {"allow": ["arp", "dhcp"]}),
        ("release", {}),
    ):
        before = len(place.running.journal.writes())
        foreseen = run[f"amt.{function}"]("pc-*", test=True, **arguments)
        assert foreseen["counts"] == {"total": 6, "would_change": 6}
        assert len(place.running.journal.writes()) == before
        done = run[f"amt.{function}"]("pc-*", **arguments)
        assert done["counts"] == {"total": 6, "changed": 6}
        assert list(done["devices"]) == NAMES
        assert [each["changes"] for each in done["devices"].values()] == [
            each["changes"] for each in foreseen["devices"].values()
        ]
        written = len(place.running.journal.writes())
        assert run[f"amt.{function}"]("pc-*", **arguments)["counts"] == {"total": 6, "unchanged": 6}
        assert len(place.running.journal.writes()) == written > before


def test_everybody_gets_an_answer_in_words(fleet_of: Any) -> None:
    place, run = fleet_of()
    for name, fault in zip(NAMES, ("refuse", "wrong_password", "malformed_xml", "hung")):
        place.running.device(name).fail(fault)
    returned = run["amt.ping"]("*", timeout=10)
    said = {name: each.get("error") for name, each in returned["devices"].items()}
    wrong = ["Unreachable", "AuthenticationRefused", "ProtocolError", "Unreachable"]
    assert said == dict(zip(NAMES, [*wrong, None, None]))
    assert returned["counts"] == {"total": 6, "failed": 4, "answered": 2}
    assert returned["retcode"] == 1
    assert all(
        each["comment"].startswith(each["error"] + ": ") for each in returned["devices"].values() if "error" in each
    )
    assert PASSWORD not in str(returned)


def test_a_brief_return_has_those_that_failed(fleet_of: Any) -> None:
    place, run = fleet_of()
    place.running.device("pc-02").fail("refuse")
    told = run["amt.ping"]("*", brief=True)
    assert (list(told["devices"]), told["counts"]) == (["pc-02"], {"total": 6, "answered": 5, "failed": 1})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"tgt": "pc-0[12]"}, NAMES[:2]),
        ({"tgt": "pc-03,pc-01", "tgt_type": "list"}, ["pc-03", "pc-01"]),
        ({"tgt": ["pc-03"], "tgt_type": "list"}, ["pc-03"]),
        ({"tgt": 10023, "tgt_type": "list", "devices": {10023: {"host": "192.0.2.1"}}}, ["10023"]),
        ({"tgt": "pc-0[56]$", "tgt_type": "pcre"}, NAMES[4:]),
        ({"tgt": "new-*", "devices": {"new-1": {"host": "192.0.2.1"}}}, ["new-1"]),
    ],
)
def test_who_is_meant(fleet_of: Any, arguments: dict[str, Any], expected: list[str]) -> None:
    _place, run = fleet_of()
    assert run["amt.list"](**arguments) == expected


def test_grains_are_those_that_were_read_last(fleet_of: Any) -> None:
    place, run = fleet_of()
    assert run["amt.list"]("amt_version:12.*", tgt_type="grain")["error"].startswith("InvalidOption: tgt")
    run["amt.inventory"]("pc-0[123]")
    asked = place.requests()
    assert run["amt.list"]("amt_version:12.*", tgt_type="grain") == NAMES[:3]
    assert place.requests() == asked


def test_grains_that_cannot_be_kept_cost_no_answer(fleet_of: Any, tmp_path: Path, caplog: Any) -> None:
    _place, run = fleet_of()
    (tmp_path / "cachedir").mkdir(exist_ok=True)
    (tmp_path / "cachedir" / "amt").write_text("in the way")
    assert run["amt.inventory"]("pc-01")["counts"] == {"total": 1, "answered": 1}
    assert "what was read from pc-01 is not kept" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"tgt": "nobody"}, "none of 6 devices is meant by it"),
        ({"tgt": "pc-01,pc-99", "tgt_type": "list"}, "'pc-99' cannot be used: these are not described"),
        ({"tgt": "(", "tgt_type": "pcre"}, "no regular expression"),
        ({"tgt": "*", "tgt_type": "compound"}, "one of glob, list, pcre, grain"),
        ({"tgt": "*", "concurrency": 0}, "give 1 or more"),
        ({"tgt": "*", "rate": "fast"}, "give a number"),
        ({"tgt": "*", "colour": "red"}, "InvalidOption: colour"),
        ({"tgt": "*", "site": "nowhere"}, "its pillar has no amt"),
        ({"tgt": "*", "devices": {"new": {"password": PASSWORD}}}, "password belongs in pillar"),
        ({"tgt": "*", "devices": {"new": {"password_hash": "0" * 32}}}, "password_hash belongs in pillar"),
        ({"tgt": "*", "devices": {"new": {"proxy_command": ["id"], "tls": False}}}, "proxy_command, tls belongs in"),
        ({"tgt": "*", "devices": {"pc-01": {"host": "192.0.2.1"}}}, "it is described already"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_sent(
    fleet_of: Any, arguments: dict[str, Any], sentence: str
) -> None:
    place, run = fleet_of()
    returned = run["amt.ping"](**arguments)
    assert sentence in returned["error"]
    assert returned["retcode"] == 1
    assert PASSWORD not in str(returned)
    assert place.requests() == 0


def test_arguments_of_an_act_are_judged_once(fleet_of: Any) -> None:
    place, run = fleet_of()
    assert run["amt.power"]("*", "up")["error"].startswith("InvalidOption: state: 'up' cannot be used")
    assert run["amt.inventory"]("*", "weather")["error"].startswith("InvalidOption: gather_subset: 'weather'")
    assert place.requests() == 0
    assert run["amt.power"]("pc-01", True)["devices"]["pc-01"]["result"] is True, "YAML reads on as a boolean"


def test_devices_from_pillar_of_sites(site: Any, master: Any, tmp_path: Path) -> None:
    place = site(*NAMES)
    tree = place.pillar["amt"]
    (tmp_path / "pillar").mkdir()
    (tmp_path / "pillar" / "top.sls").write_text("base: {site-a: [a], site-b: [b], site-c: [c]}\n")
    for name, chosen in (("a", NAMES[:2]), ("b", NAMES[2:])):
        devices = {each: tree["devices"][each] for each in chosen}
        (tmp_path / "pillar" / f"{name}.sls").write_text(yaml.safe_dump({"amt": {**tree, "devices": devices}}))
    (tmp_path / "pillar" / "c.sls").write_text("{{ nothing.at.all }}")
    run = master()
    assert run["amt.list"](site="site-a") == NAMES[:2]
    assert run["amt.ping"]("*", site="site-a,site-b")["counts"] == {"total": 6, "answered": 6}
    logging.disable(logging.CRITICAL)
    assert "does not render" in run["amt.list"](site="site-c")["error"]
    logging.disable(logging.NOTSET)
    assert "its pillar has no amt" in run["amt.list"]()["error"]


def test_one_name_for_two_devices_is_refused(site: Any, master: Any, tmp_path: Path) -> None:
    tree = site("pc-01").pillar["amt"]
    (tmp_path / "pillar").mkdir()
    (tmp_path / "pillar" / "top.sls").write_text("base: {site-a: [a], site-b: [b], site-c: [a]}\n")
    other = {**tree, "devices": {"pc-01": {"host": "192.0.2.1"}}}
    for name, said in (("a", tree), ("b", other)):
        (tmp_path / "pillar" / f"{name}.sls").write_text(yaml.safe_dump({"amt": said}))
    run = master()
    assert (
        "'pc-01' cannot be used: two of these sites have another device"
        in run["amt.list"](site="site-a,site-b")["error"]
    )
    assert run["amt.list"](site="site-a,site-c") == ["pc-01"]


def test_reports_are_rows(fleet_of: Any) -> None:
    place, run = fleet_of()
    place.running.device("pc-06").fail("refuse")
    told = run["amt.report"]("*")
    assert (told["answered"], told["on"], told["attention"]) == (5, 5, 6)
    assert told["devices"]["pc-01"]["version"].startswith("12.")
    assert told["devices"]["pc-01"]["attention"] == ["without TLS"]
    assert told["devices"]["pc-06"]["status"] == "unreachable"


def test_the_scan_says_who_is_new(site: Any, master: Any) -> None:
    place = site(*NAMES, tls=True)
    tree = place.pillar["amt"]
    del tree["devices"]["pc-06"]
    run = master(amt=tree)
    ports = place.running.ports
    asked = {
        "hosts": [place.running.device(name).address for name in NAMES],
        "port": ports.plain,
        "tls_port": ports.tls,
        "rmcp_port": ports.presence,
        "banner_timeout": 20,
    }
    found = run["amt.scan"](**asked)["found"]
    assert [each["device"] for each in found.values()] == [*NAMES[:5], ""]
    assert all(len(each["certificate"]["sha256"]) == 64 and each["certificate"]["expires"] for each in found.values())
    assert list(run["amt.scan"](known=False, **asked)["found"]) == [place.running.device("pc-06").address]
    assert not [entry for entry in place.running.journal.entries() if entry.login != "none"]
    assert "say what to scan" in run["amt.scan"]()["error"]
    assert "192.0.2.0/99" in run["amt.scan"](networks=["192.0.2.0/99"])["error"]


def test_a_master_without_a_bus_costs_events_and_no_answers(fleet_of: Any, tmp_path: Path) -> None:
    bus = Bus({**salt.config.DEFAULT_MASTER_OPTS, "sock_dir": str(tmp_path)})
    assert bus.fire({}, "amt/run/1/new") is False
    assert not bus.rest.passed()
    _place, run = fleet_of()
    assert run["amt.ping"]("*")["counts"]["answered"] == len(NAMES)


def test_a_job_cache_that_is_full_costs_the_record_and_no_answers(fleet_of: Any, tmp_path: Path, caplog: Any) -> None:
    _place, run = fleet_of()
    (tmp_path / "cachedir").mkdir(exist_ok=True)
    (tmp_path / "cachedir" / "jobs").write_text("in the way")
    here = Master(dict(run.opts), run["pillar.show_pillar"], "20260101000000000000", print)
    answers = here.over("ping", "*", settings({}), lambda device: {"result": True})
    assert list(answers) == NAMES
    assert "the job cache has not taken" in caplog.text


def test_a_mistake_of_ours_costs_one_answer_and_is_logged_without_its_secrets(fleet_of: Any, caplog: Any) -> None:
    _place, run = fleet_of()
    here = Master(dict(run.opts), run["pillar.show_pillar"], "", print)

    def act(device: Any) -> dict[str, Any]:
        return {"result": {(PASSWORD, "pc-01"): True}[device.endpoint.password, device.name]}

    answers = here.over("ping", "*", settings({}), act)
    assert [name for name, answer in answers.items() if answer["result"] is True] == ["pc-01"]
    assert "mistake of its own" in answers["pc-02"]["comment"]
    assert "a mistake of ours, and not of pc-02" in caplog.text and "KeyError" in caplog.text
    assert PASSWORD not in caplog.text


def test_progress_is_said_in_steps(fleet_of: Any) -> None:
    _place, run = fleet_of()
    said: list[dict[str, Any]] = []
    opts = dict(run.opts)
    here = Master(opts, run["pillar.show_pillar"], "", said.append)
    answers = here.over("ping", "*", settings({"display_progress": True}), lambda device: {"result": True})
    assert list(answers) == NAMES
    assert [each["message"] for each in said] == [f"{number} of 6" for number in range(1, 7)]


def test_who_hangs_costs_nobody_else_an_answer() -> None:
    stop = threading.Event()

    def act(name: str) -> dict[str, Any]:
        if name == "pc-01":
            stop.wait(20)
        if name == "pc-02":
            raise Unreachable("nobody there")
        return {"result": True}

    found = dict(Fleet(act, Limits(concurrency=1, patience=0.3)).over(NAMES))
    stop.set()
    assert set(found) == set(NAMES)
    assert "no answer within 0.3 seconds" in str(found["pc-01"])


def test_settings_have_types() -> None:
    assert settings({"rate": "2.5", "concurrency": "4", "__pub_jid": "1"})["rate"] == 2.5
    with pytest.raises(InvalidOption):
        settings({"test": "maybe"})


def test_devices_that_two_minions_claim(site: Any, master: Any, tmp_path: Path) -> None:
    tree = site("pc-01", "pc-02").pillar["amt"]
    shared = {"pc-01": tree["devices"]["pc-01"], "other": {**tree["devices"]["pc-02"], "minion": "site-a"}}
    files = {"site-a": shared, "site-b": {**shared, "twin": tree["devices"]["pc-01"]}}
    (tmp_path / "pillar").mkdir(exist_ok=True)
    for name, devices in files.items():
        (tmp_path / "pillar" / f"{name}.sls").write_text(yaml.safe_dump({"amt": {**tree, "devices": devices}}))
    proxied = {"proxy": {"proxytype": "amt", **shared["pc-01"]}, "amt": {"defaults": tree["defaults"]}}
    (tmp_path / "pillar" / "px-01.sls").write_text(yaml.safe_dump(proxied))
    top = {"base": {name: [name] for name in (*files, "px-01")}}
    (tmp_path / "pillar" / "top.sls").write_text(yaml.safe_dump(top))
    run = master()
    both = ["site-a", "site-b"]
    place = f"{shared['pc-01']['host']}:{tree['defaults']['port']}"
    told = run["amt.claims"](site="site-a,site-b")
    assert told == {"claimed": {"pc-01": both, place: both}, "retcode": 1}
    assert run["amt.claims"](site="site-a") == {"claimed": {}}
    assert run["amt.claims"](site="site-a,px-01")["claimed"] == {place: ["px-01", "site-a"]}, "a proxy is a minion too"
    assert run["amt.list"](site="site-b") == ["pc-01", "twin"], "what another minion manages is not of this site"


@pytest.mark.parametrize(("beside", "verdicts"), [("isolated", ("drop",)), ("released", ("drop", "pass"))])
def test_beside_another_front_end_on_the_same_devices(fleet_of: Any, beside: str, verdicts: tuple[str, ...]) -> None:
    """The other one works as the task of a playbook does: one connection a device, and the core."""
    place, run = fleet_of()
    allow = ["arp", "dhcp"]

    def task(name: str) -> None:
        where = Endpoint(place.running.device(name).address, place.running.ports.plain, password=PASSWORD, tls=False)
        with open_machine(where) as machine, suppress(Overtaken, NotReached):
            resource = Isolation()
            given = {option.name: option.default for option in resource.options}
            converge(resource, machine, {**given, "state": beside, "allow": allow if beside == "isolated" else []})

    others = [threading.Thread(target=task, args=(name,)) for name in NAMES]
    for other in others:
        other.start()
    done = run["amt.isolate"]("pc-*", allow=allow)
    for other in others:
        other.join(300)
    assert beside != "isolated" or set(done["counts"]) <= {"total", "changed", "unchanged"}, done["devices"]
    question = {"to": "198.51.100.21", "protocol": "tcp", "port": 443}
    for name in NAMES:
        found = place.running.device(name).call(lambda firmware: flows.ask(firmware, question)["action"])
        assert found in verdicts, done["devices"][name]


def test_logs_of_a_fleet_into_archives(fleet_of: Any, tmp_path: Path) -> None:
    place, run = fleet_of()
    device = place.running.device("pc-02")
    for _each in range(3):
        device.firmware.login_failed("mallory", "192.0.2.66")
    found = run["amt.audit_log"]("pc-0[123]", since="3650d", events=["security_admin.login_failed"])
    assert {name: each["facts"]["matching"] for name, each in found["devices"].items()} == {
        "pc-01": 0,
        "pc-02": 3,
        "pc-03": 0,
    }
    archive = str(tmp_path / "{host}.audit.jsonl")
    predicted = run["amt.audit_log"]("pc-0[123]", archive=archive, limit=0, test=True)
    assert not (tmp_path / "pc-02.audit.jsonl").exists()
    first = run["amt.audit_log"]("pc-0[123]", archive=archive, limit=0)
    assert first["devices"]["pc-02"]["changes"] == predicted["devices"]["pc-02"]["changes"]
    assert len((tmp_path / "pc-02.audit.jsonl").read_text().splitlines()) == 3
    assert run["amt.audit_log"]("pc-0[123]", archive=archive)["counts"] == {"total": 3, "unchanged": 3}
    assert run["amt.event_log"]("*", archive="/x/all.jsonl")["error"].startswith("InvalidOption: archive")
    assert run["amt.event_log"]("pc-01", severity="critical")["counts"] == {"total": 1, "answered": 1}
