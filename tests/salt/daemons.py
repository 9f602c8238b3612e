# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One master for every test of daemons, the firmware behind it, and how to ask: fixtures of the whole session."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import salt.version
import yaml
from saltfactories.utils import random_string

from simulator.clock import SystemClock
from simulator.pytest_plugin import started
from tests.runner.pace import patient
from tests.salt.cases import CASES, PASSWORD, POLICY, QUICK

HAS_RESOURCES = salt.version.__saltstack_version__.major >= 3008
RESOURCES_ONLY = pytest.mark.skipif(not HAS_RESOURCES, reason="Salt has resources from 3008 on")

SITE = Path(__file__).resolve().parents[2] / "extensions" / "salt" / "examples" / "site"
RESOURCES = ("pc-01", "pc-02")
CLOCKED = "clocked"
PROXY = "px-01"
DELTA = ("dp-01", "dp-02", "dp-03")
CONTROL = "delta-control"
MANAGED = tuple(f"mn-{number}" for number in range(1, 5))
FLEET = tuple(f"fl-{number:02}" for number in range(1, 31))
ALL = (*RESOURCES, CLOCKED, PROXY, *DELTA, *MANAGED, *FLEET)

WITHOUT_PORT = {"policies": [{key: value for key, value in POLICY.items() if key != "ports"}]}
GENERATION = "12"
ALONE = (
    "amt.released",
    "amt.defense_policies",
    "amt.administrator",
    "amt.ieee8021x",
    "amt.tls",
    "amt.tls_certificate",
    "amt.profile",
    "amt.consent",
    "amt.power_scheme",
    "amt.asset_note",
)
"""What would undo, anticipate or cut off another one in one run: they are tried by themselves, by Salt's loaders."""
ASLEEP = "link_policy"
"""With that of a wish, nobody would reach a device again that is switched off by another test."""
TOGETHER = [
    (case.state, {name: value for name, value in case.arguments.items() if name != ASLEEP})
    for case in CASES
    if case.state not in ALONE and "agent" not in case.arguments and GENERATION in case.generations
]
TOGETHER.append(("amt.defense_policies", WITHOUT_PORT))
SETTINGS = {"interface": "127.0.0.1", "timeout": 120, "gather_job_timeout": 60, "fips_mode": False, "open_mode": True}
MINION = {
    "interface": "127.0.0.1",
    "auth_timeout": 120,
    "request_channel_timeout": 60,
    "return_retry_tries": 60,
    "log_level_logfile": "debug",
}
BEACONS = {"mei": [{"interval": 2}, {"emitatstartup": True}]}


@pytest.fixture(scope="session")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The firmware of everybody in ALL."""
    common = {"generation": int(GENERATION), "wireless": True, "tls": False, "password": PASSWORD, "durations": QUICK}
    entries = [{"name": name, "power": "on" if name == CLOCKED else "off", **common} for name in ALL]
    with started(entries, tmp_path_factory.mktemp("firmware"), clock=SystemClock()) as running:
        yield running


def described(devices: Any, *names: str) -> dict[str, Any]:
    """Pillar `amt` for these devices, whose firmware may take longer for an answer than a master for its restart."""
    patience = {"connect_timeout": 120, "read_timeout": 120, "deadline": 900}
    return {
        "defaults": {"tls": False, "port": devices.ports.plain, "password": PASSWORD, **patience},
        "devices": {name: {"host": devices.device(name).address} for name in names},
    }


def pillar_of(devices: Any) -> dict[str, dict[str, Any]]:
    """By the name of a file, what is in it; `top` says for whom."""
    shown = yaml.safe_load((SITE / "pillar" / "devices.sls").read_text())["amt"]
    site = {**described(devices, *RESOURCES, CLOCKED, *MANAGED), "remediation": shown["remediation"]}
    site["defaults"] = {**site["defaults"], "minion": "{{ grains.id }}"}
    clock = {"function": "state.apply", "args": ["clocked"], "cron": "* * * * *", "maxrunning": 1}
    proxies = {name: {"proxy": {"proxytype": "amt", "host": devices.device(name).address}} for name in (PROXY, *DELTA)}
    known = {"amt": {"defaults": described(devices)["defaults"]}}
    return {
        "top": {"base": {"site-*": ["site"], **{name: [name] for name in (*proxies, CONTROL)}}},
        "site": {"amt": site, "resources": {"amt": {"resource_ids": list(RESOURCES)}}, "schedule": {"clock": clock}},
        CONTROL: {"proxy": {"proxytype": "deltaproxy", "ids": list(DELTA), "parallel_startup": True}},
        **{name: {**proxy, **known} for name, proxy in proxies.items()},
    }


def sls(cases: list[tuple[str, dict[str, Any]]]) -> str:
    written = {f"do {state}": {state: [{key: value} for key, value in values.items()]} for state, values in cases}
    return yaml.safe_dump(written, sort_keys=False)


def for_each(state: str, values: dict[str, Any], names: tuple[str, ...]) -> str:
    """A state for each device, by the minion that has them in pillar."""
    given = [{key: value} for key, value in values.items()]
    every = {f"{name} {state}": {state: [{"device": name}, *given]} for name in names}
    return yaml.safe_dump(every, sort_keys=False)


@pytest.fixture(scope="session")
def master_daemon(salt_factories: Any, devices: Any) -> Iterator[Any]:
    reactor = [{"site/quarantine": [str(SITE / "reactor" / "quarantine.sls")]}]
    reactor.append({"site/quarantine-by-runner": [str(SITE / "reactor" / "quarantine_by_runner.sls")]})
    settings = {**SETTINGS, "amt": described(devices, *FLEET), "reactor": reactor}
    daemon = salt_factories.salt_master_daemon(random_string("master-"), defaults=settings, overrides=settings)
    pillar = Path(daemon.pillar_tree.base.paths[0])
    for name, values in pillar_of(devices).items():
        (pillar / f"{name}.sls").write_text(yaml.safe_dump(values))
    states = Path(daemon.state_tree.base.paths[0])
    for each in ("quarantine", "release"):
        shutil.copy(SITE / "states" / f"{each}.sls", states)
    everybody = {name: ["everything"] for name in ("pc-*", PROXY, "dp-*")}
    (states / "top.sls").write_text(yaml.safe_dump({"base": everybody}))
    (states / "everything.sls").write_text(sls(TOGETHER))
    (states / "back.sls").write_text(sls([("amt.released", {})]))
    (states / "clocked.sls").write_text(sls([("amt.powered", {"power": "off", "device": CLOCKED})]))
    for each, values in (("isolated", {"allow": ["dhcp", "arp"]}), ("released", {})):
        (states / f"{each[:-1]}_all.sls").write_text(for_each(f"amt.{each}", values, MANAGED))
    (states / "elsewhere.sls").write_text("touched:\n  file.touch:\n    - name: /nowhere/at/all\n")
    with daemon.started(start_timeout=patient(240)):
        yield daemon


@pytest.fixture(scope="session")
def minion_daemon(master_daemon: Any) -> Iterator[Any]:
    """The minion of a site; with Salt 3008 its devices are resources."""
    daemon = master_daemon.salt_minion_daemon(random_string("site-"), overrides={**MINION, "beacons": BEACONS})
    with daemon.started(start_timeout=patient(240)):
        yield daemon


@pytest.fixture(scope="session")
def ask(master_daemon: Any) -> Any:
    """`ask("T@amt", "state.apply", ...)`: what the salt command prints, by device."""
    command = master_daemon.salt_cli(timeout=round(patient(240)))

    def run(target: str, *words: str, by: tuple[str, ...] = ("-C",)) -> dict[str, Any]:
        done = command.run(*by, f"--timeout={patient(120):.0f}", *words, minion_tgt=target)
        assert PASSWORD not in done.stdout + done.stderr
        return documents(done.stdout)

    return run


@pytest.fixture(scope="session")
def runner(master_daemon: Any) -> Any:
    """`runner("amt.power", "fl-*", "on")`: (what salt-run prints, its exit status)."""
    command = master_daemon.salt_run_cli(timeout=round(patient(240)))

    def run(*words: str) -> tuple[Any, int]:
        done = command.run("--log-level=quiet", *words)
        assert PASSWORD not in done.stdout + done.stderr
        assert done.stdout, done.stderr
        return json.loads(done.stdout), done.returncode

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
    assert isinstance(answer, dict), answer
    return {key.split("_|-")[1]: (each["result"], each["changes"]) for key, each in answer.items()}


def wait_until(reached: Callable[[], bool], seconds: float = 400) -> None:
    end = time.monotonic() + patient(seconds)
    while not reached():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.1)


def writes(devices: Any, names: tuple[str, ...]) -> int:
    return sum(len(devices.journal.writes(device=name)) for name in names)


def predicted_done_and_done_again(ask: Any, devices: Any, target: str, names: tuple[str, ...], *words: str) -> None:
    """Every state three times on devices that are named: test=True is the run, and the second run writes nothing."""
    for call in (["state.apply"], ["state.apply", "back"]):
        before = writes(devices, names)
        predicted = ask(target, *call, "test=True", *words)
        assert set(predicted) == set(names)
        assert writes(devices, names) == before
        done = ask(target, *call, *words)
        after = writes(devices, names)
        again = ask(target, *call, *words)
        for name in names:
            foreseen, was = verdicts(predicted[name]), verdicts(done[name])
            assert {state: result for state, (result, _) in foreseen.items()} == dict.fromkeys(was, None)
            assert was == {state: (True, changes) for state, (_, changes) in foreseen.items()}
            assert all(changes for _, changes in was.values())
            assert verdicts(again[name]) == dict.fromkeys(was, (True, {}))
        assert before < after == writes(devices, names)


@contextlib.contextmanager
def moved(master_daemon: Any, ask: Any, whose: str, minion: str, change: Callable[[Any], None]) -> Iterator[None]:
    """Pillar says something else of a device, and its minion has been told; and then what it said before."""
    path = Path(master_daemon.pillar_tree.base.paths[0]) / f"{whose}.sls"
    before = path.read_text()
    told = yaml.safe_load(before)
    change(told)
    try:
        path.write_text(yaml.safe_dump(told))
        assert ask(minion, "saltutil.refresh_pillar", "wait=True") == {minion: True}
        yield
    finally:
        path.write_text(before)
        assert ask(minion, "saltutil.refresh_pillar", "wait=True") == {minion: True}


def places_of(*daemons: Any) -> list[Path]:
    """Files in which a daemon leaves something: logs, and the job cache of a master."""
    kept = [path for daemon in daemons for path in Path(daemon.config["log_file"]).parent.glob("*")]
    kept += [path for daemon in daemons for path in (Path(daemon.config["cachedir"]) / "jobs").rglob("*")]
    return [path for path in kept if path.is_file()]


def hold_secrets(*daemons: Any) -> list[Path]:
    """Salt writes to a file of another name first, which is gone when it is whole."""
    found = []
    for path in places_of(*daemons):
        with contextlib.suppress(FileNotFoundError):
            found += [path] if PASSWORD.encode() in path.read_bytes() else []
    return found
