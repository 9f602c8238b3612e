# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real master and a real minion whose devices are resources: targeted, predicted, changed, unplugged and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from saltfactories.utils import random_string

from simulator.clock import SystemClock
from simulator.pytest_plugin import started
from tests.salt.cases import CASES, POLICY
from tests.salt.conftest import PASSWORD, QUICK

DEVICES = ("pc-01", "pc-02")
WITHOUT_PORT = {"policies": [{key: value for key, value in POLICY.items() if key != "ports"}]}
ALONE = ("amt.released", "amt.defense_policies")
TOGETHER = [(state, values) for state, values in CASES if state not in ALONE and "agent" not in values]
TOGETHER.append(("amt.defense_policies", WITHOUT_PORT))
SETTINGS = {
    "interface": "127.0.0.1",
    "timeout": 120,
    "gather_job_timeout": 60,
    "fips_mode": False,
    "open_mode": True,
}


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    entries = [
        {"name": name, "generation": 12, "tls": False, "password": PASSWORD, "durations": QUICK, "power": "off"}
        for name in DEVICES
    ]
    with started(entries, tmp_path_factory.mktemp("firmware"), clock=SystemClock()) as running:
        yield running


@pytest.fixture(scope="module")
def master(salt_factories: Any, devices: Any) -> Iterator[Any]:
    daemon = salt_factories.salt_master_daemon(random_string("master-"), defaults=SETTINGS, overrides=SETTINGS)
    pillar = {
        "amt": {
            "defaults": {"tls": False, "port": devices.ports.plain, "password": PASSWORD, "connect_timeout": 5},
            "devices": {name: {"host": devices.device(name).address} for name in DEVICES},
        },
        "resources": {"amt": {}},
    }
    place = Path(daemon.pillar_tree.base.paths[0])
    (place / "top.sls").write_text(yaml.safe_dump({"base": {"*": ["devices"]}}))
    (place / "devices.sls").write_text(yaml.safe_dump(pillar))
    states = Path(daemon.state_tree.base.paths[0])
    (states / "top.sls").write_text(yaml.safe_dump({"base": {"pc-*": ["everything"]}}))
    (states / "everything.sls").write_text(sls(TOGETHER))
    (states / "back.sls").write_text(sls([("amt.released", {})]))
    (states / "elsewhere.sls").write_text("touched:\n  file.touch:\n    - name: /nowhere/at/all\n")
    with daemon.started(start_timeout=240):
        yield daemon


def sls(cases: list[tuple[str, dict[str, Any]]]) -> str:
    written = {f"do {state}": {state: [{key: value} for key, value in values.items()]} for state, values in cases}
    return yaml.safe_dump(written, sort_keys=False)


@pytest.fixture(scope="module")
def minion(master: Any) -> Iterator[Any]:
    settings = {
        "interface": "127.0.0.1",
        "auth_timeout": 120,
        "request_channel_timeout": 120,
        "log_level_logfile": "debug",
    }
    daemon = master.salt_minion_daemon(random_string("site-"), overrides=settings)
    with daemon.started(start_timeout=240):
        yield daemon


@pytest.fixture(scope="module")
def ask(master: Any, minion: Any) -> Any:
    """`ask("T@amt", "state.apply", ...)`: what the salt command prints, by device."""
    command = master.salt_cli(timeout=240)

    def run(target: str, *words: str) -> dict[str, Any]:
        done = command.run("-C", "--timeout=120", *words, minion_tgt=target)
        assert PASSWORD not in done.stdout + done.stderr
        return documents(done.stdout)

    return run


def documents(text: str) -> dict[str, Any]:
    """What salt prints as JSON: a document for every answer."""
    found: dict[str, Any] = {}
    decoder, at = json.JSONDecoder(), text.find("{")
    while at >= 0:
        document, end = decoder.raw_decode(text, at)
        found.update(document)
        at = text.find("{", end)
    return found


def verdicts(answer: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """State -> (result, changes)."""
    return {key.split("_|-")[1]: (each["result"], each["changes"]) for key, each in answer.items()}


def test_answers_for_every_device(ask: Any, devices: Any, minion: Any) -> None:
    assert ask("T@amt", "test.ping") == dict.fromkeys(DEVICES, True)
    assert ask("T@amt:pc-02", "amt.power")["pc-02"]["state"] == "off"
    assert set(ask(minion.id, "amt.list")) == {minion.id}


def test_every_state_predicted_done_and_done_again(ask: Any, devices: Any) -> None:
    for call in (["state.apply"], ["state.apply", "back"]):
        before = len(devices.journal.writes())
        predicted = ask("T@amt", *call, "test=True")
        assert set(predicted) == set(DEVICES)
        assert len(devices.journal.writes()) == before
        done = ask("T@amt", *call)
        after = len(devices.journal.writes())
        again = ask("T@amt", *call)
        for name in DEVICES:
            foreseen, was = verdicts(predicted[name]), verdicts(done[name])
            assert {state: result for state, (result, _) in foreseen.items()} == dict.fromkeys(was, None)
            assert was == {state: (True, changes) for state, (_, changes) in foreseen.items()}
            assert all(changes for _, changes in was.values())
            assert verdicts(again[name]) == dict.fromkeys(was, (True, {}))
        assert before < after == len(devices.journal.writes())


def test_grains_are_those_of_the_last_look(ask: Any, devices: Any) -> None:
    version = ask("T@amt:pc-01", "grains.refresh")["pc-01"]["amt_version"]
    seen = len(devices.journal.entries())
    assert ask("T@amt:pc-01", "grains.get", "amt_version") == {"pc-01": version}
    assert len(devices.journal.entries()) == seen
    assert version.startswith("12.")


def test_a_device_goes_away_and_comes_back(ask: Any, devices: Any) -> None:
    devices.device("pc-01").fail("refuse")
    assert ask("T@amt", "test.ping") == {"pc-01": False, "pc-02": True}
    failed = ask("T@amt:pc-01", "state.apply", "back")["pc-01"]
    (answer,) = failed.values()
    assert answer["result"] is False
    assert answer["comment"].startswith("Unreachable: ")
    assert "Unreachable: " in ask("T@amt:pc-01", "amt.power")["pc-01"]
    devices.device("pc-01").heal()
    assert ask("T@amt", "test.ping") == dict.fromkeys(DEVICES, True)


def test_states_of_the_minion_do_not_run_in_the_place_of_a_device(ask: Any) -> None:
    (answer,) = ask("T@amt:pc-01", "state.apply", "elsewhere")["pc-01"].values()
    assert answer["result"] is False


def test_secrets_are_in_no_event_no_log_and_no_job(ask: Any, master: Any, minion: Any, event_listener: Any) -> None:
    ask("T@amt", "state.apply", "test=True")
    events = list(event_listener.store)
    assert any("/job/" in event.tag and "/ret/" in event.tag for event in events)
    assert not [event for event in events if PASSWORD in str(event.data)]
    kept = [path for daemon in (master, minion) for path in Path(daemon.config["log_file"]).parent.glob("*")]
    kept += [path for path in (Path(master.config["cachedir"]) / "jobs").rglob("*") if path.is_file()]
    assert len(kept) > 2
    assert not [path for path in kept if PASSWORD.encode() in path.read_bytes()]
