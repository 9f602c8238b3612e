# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real salt-proxy for one device, and a real deltaproxy for several: told the truth, predicted, changed, and back."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from salt.version import __saltstack_version__

from tests.runner.pace import patient
from tests.salt.cases import PASSWORD
from tests.salt.daemons import (
    CONTROL,
    DELTA,
    FLEET,
    HAS_RESOURCES,
    MINION,
    PROXY,
    RESOURCES,
    hold_secrets,
    moved,
    places_of,
    predicted_done_and_done_again,
)

pytestmark = pytest.mark.skipif(
    __saltstack_version__.major >= 3008 and sys.version_info < (3, 12),
    reason="salt-proxy of Salt 3008.3 hangs before its first job on Python older than 3.12",
)


def proxy_daemon(master_daemon: Any, name: str, **settings: Any) -> Any:
    """One whose device is described in pillar alone: salt-factories would have it a dummy."""
    daemon = master_daemon.salt_proxy_minion_daemon(name, overrides={**MINION, **settings})
    place = Path(daemon.config_file)
    kept = {key: value for key, value in yaml.safe_load(place.read_text()).items() if key != "proxy"}
    place.write_text(yaml.safe_dump(kept))
    return daemon


@pytest.fixture(scope="module", autouse=True)
def starting(master_daemon: Any) -> Iterator[tuple[Any, threading.Thread]]:
    """The deltaproxy comes up while others are tested: Salt 3006.28 waits a minute for an answer that cannot come."""
    settings = {"metaproxy": "deltaproxy", "parallel_startup": True}
    daemon = proxy_daemon(master_daemon, CONTROL, **settings)
    thread = threading.Thread(target=daemon.start, kwargs={"start_timeout": 240})
    thread.start()
    yield daemon, thread
    thread.join()
    daemon.terminate()


@pytest.fixture(scope="module")
def single(master_daemon: Any) -> Iterator[Any]:
    daemon = proxy_daemon(master_daemon, PROXY)
    with daemon.started(start_timeout=patient(240)):
        yield daemon


@pytest.fixture(scope="module")
def delta(starting: tuple[Any, threading.Thread], ask: Any) -> Any:
    daemon, thread = starting
    thread.join()
    assert daemon.is_running()
    return daemon


def test_a_proxy_tells_the_truth(ask: Any, devices: Any, single: Any) -> None:
    assert ask(PROXY, "test.ping") == {PROXY: True}
    devices.device(PROXY).fail("wrong_password")
    assert ask(PROXY, "test.ping") == {PROXY: False}
    devices.device(PROXY).heal()
    assert ask(PROXY, "test.ping") == {PROXY: True}


def test_grains_of_a_proxy_ask_nobody(ask: Any, devices: Any, single: Any) -> None:
    version = ask(PROXY, "amt.refresh_grains")[PROXY]["amt_version"]
    assert version.startswith("12.")
    seen = devices.journal.count(device=PROXY)
    assert ask(PROXY, "saltutil.refresh_grains") == {PROXY: True}
    assert ask(PROXY, "grains.get", "amt_version") == {PROXY: version}
    assert devices.journal.count(device=PROXY) == seen


def test_a_proxy_is_where_pillar_says_now(ask: Any, devices: Any, single: Any, master_daemon: Any) -> None:
    def change(pillar: Any) -> None:
        pillar["proxy"]["host"] = devices.device(FLEET[1]).address

    with moved(master_daemon, ask, PROXY, PROXY, change):
        assert ask(PROXY, "amt.get", "AMT_GeneralSettings")[PROXY]["HostName"] == FLEET[1]
        devices.device(PROXY).fail("refuse")
        assert ask(PROXY, "amt.ping") == {PROXY: True}
        devices.device(PROXY).heal()
    assert ask(PROXY, "amt.get", "AMT_GeneralSettings")[PROXY]["HostName"] == PROXY


def test_what_pillar_says_anew_of_a_device(ask: Any, devices: Any, single: Any, delta: Any, master_daemon: Any) -> None:
    """Another machine expected there, none any more, nothing that renders: of a proxy, and of one of a deltaproxy."""
    before = len(devices.journal.writes())
    for name in (PROXY, DELTA[0]):
        path = Path(master_daemon.pillar_tree.base.paths[0]) / f"{name}.sls"
        whole = path.read_text()
        pillar = yaml.safe_load(whole)
        other = {**pillar, "proxy": {**pillar["proxy"], "uuid": "12345678-1234-1234-1234-123456789012"}}
        for text, told in (
            (yaml.safe_dump(other), "WrongMachine: "),
            ("{}", "Unavailable: pillar describes no device"),
            (whole + "{% bad %}\n", "Unavailable: pillar did not render"),
            (whole, ""),
        ):
            path.write_text(text)
            ask(name, "saltutil.refresh_pillar", "wait=True")
            if told:
                assert told in ask(name, "amt.power_on")[name]
        assert ask(name, "amt.ping") == {name: True}
    assert len(devices.journal.writes()) == before


def test_one_of_a_deltaproxy_is_where_pillar_says_now(ask: Any, devices: Any, delta: Any, master_daemon: Any) -> None:
    def elsewhere(pillar: Any) -> None:
        pillar["proxy"]["host"] = devices.device(FLEET[2]).address

    with moved(master_daemon, ask, DELTA[0], DELTA[0], elsewhere):
        own = ask("dp-*", "amt.get", "AMT_GeneralSettings")
        names = {name: each["HostName"] for name, each in own.items()}
        assert names == {**{name: name for name in DELTA}, DELTA[0]: FLEET[2]}


def asked(devices: Any) -> int:
    """How often those of proxies were asked; the schedule goes on with its own."""
    return sum(len(devices.journal.entries(device=name)) for name in (PROXY, *DELTA))


def test_a_proxy_is_for_its_own_device(ask: Any, devices: Any, single: Any, delta: Any) -> None:
    before = asked(devices)
    for name in (PROXY, DELTA[0]):
        told = f"this job is for {name}; target {DELTA[1]} itself"
        assert told in ask(name, "amt.power_on", f"device={DELTA[1]}")[name]
        words = ("state.single", "amt.powered", "name=it", f"device={DELTA[1]}")
        (answer,) = ask(name, *words)[name].values()
        assert (answer["result"], told in answer["comment"]) == (False, True)
    assert asked(devices) == before


def test_everybody_of_a_mixed_site(ask: Any, minion_daemon: Any, single: Any, delta: Any) -> None:
    devices = {PROXY, *DELTA, *(RESOURCES if HAS_RESOURCES else ())}
    pinged = ask("*", "test.ping", by=())
    assert pinged == dict.fromkeys({minion_daemon.id, CONTROL, *devices}, True)
    switched = ask("*", "amt.power", by=())
    assert {name for name in switched if "state" in switched[name]} == devices, switched


def test_every_state_through_a_proxy(ask: Any, devices: Any, single: Any) -> None:
    predicted_done_and_done_again(ask, devices, PROXY, (PROXY,))


def test_every_state_through_a_deltaproxy(ask: Any, devices: Any, delta: Any) -> None:
    assert ask("L@" + ",".join(DELTA), "test.ping") == dict.fromkeys(DELTA, True)
    own = ask("dp-*", "amt.get", "AMT_GeneralSettings")
    assert {name: each["HostName"] for name, each in own.items()} == {name: name for name in DELTA}
    predicted_done_and_done_again(ask, devices, "dp-*", DELTA, "concurrent=True")


def test_one_of_a_deltaproxy_goes_away_and_comes_back(ask: Any, devices: Any, delta: Any) -> None:
    devices.device(DELTA[0]).fail("refuse")
    assert ask("dp-*", "test.ping") == {DELTA[0]: False, **dict.fromkeys(DELTA[1:], True)}
    (answer,) = ask(DELTA[0], "state.apply", "back")[DELTA[0]].values()
    assert (answer["result"], answer["comment"][:13]) == (False, "Unreachable: ")
    assert "Unreachable: " in ask(DELTA[0], "amt.power")[DELTA[0]]
    devices.device(DELTA[0]).heal()
    assert ask("dp-*", "test.ping") == dict.fromkeys(DELTA, True)


def test_the_machine_of_a_proxy_is_not_touched(ask: Any, devices: Any, single: Any, delta: Any, tmp_path: Path) -> None:
    before = asked(devices)
    for name in (PROXY, DELTA[1]):
        made = f"{tmp_path}/{name}"
        assert "not found" in str(ask(name, "state.single", "file.touch", f"name={made}", "concurrent=True")[name])
        assert "not found" in str(ask(name, "state.single", "module.run", "name=cmd.run", f"cmd=touch {made}")[name])
        assert "'cmd.run' is not available" in ask(name, "cmd.run", f"touch {made}")[name]
        assert not Path(made).exists()
    assert asked(devices) == before


#: What nobody's executor sees, because Salt calls it by itself, or in the middle of something else.
BY_STATES = {
    "jinja": "{{% do salt['cmd.run']('touch {0}') %}}\nit:\n  test.nop: []\n",
    "unless": "it:\n  test.nop:\n    - unless: touch {0}\n",
    "slot": "it:\n  test.nop:\n    - name: __slot__:salt:cmd.run('touch {0}')\n",
    "condition": "it:\n  test.nop:\n    - onlyif:\n      - fun: file.touch\n        args: [{0}]\n",
    "check": "it:\n  test.nop:\n    - check_cmd: [touch {0}]\n",
}


@pytest.mark.parametrize("way", ["functions", *BY_STATES])
def test_nor_by_what_is_called_within(
    ask: Any, master_daemon: Any, single: Any, delta: Any, tmp_path: Path, way: str
) -> None:
    for name in (PROXY, DELTA[1]):
        made = tmp_path / name
        if way == "functions":
            answer = ask(name, "test.ping,cmd.run", ",", f"touch {made}")[name]
            assert answer["test.ping"] is True
        else:
            (Path(master_daemon.state_tree.base.paths[0]) / "within.sls").write_text(BY_STATES[way].format(made))
            answer = ask(name, "state.apply", "within", "concurrent=True")[name]
            print(answer)
        assert not made.exists(), answer


def test_secrets_are_in_no_event_no_log_and_no_job(
    ask: Any, master_daemon: Any, single: Any, delta: Any, event_listener: Any
) -> None:
    daemons = (master_daemon, single, delta)
    assert not [event for event in list(event_listener.store) if PASSWORD in str(event.data)]
    assert len(places_of(*daemons)) > 4
    assert not hold_secrets(*daemons)
