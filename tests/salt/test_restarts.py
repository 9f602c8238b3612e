# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleet actions by real daemons; the master, the minion or the runner ends in the middle: nothing is lost."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.salt.cases import PASSWORD
from tests.salt.daemons import FLEET, MANAGED, RESOURCES, RESOURCES_ONLY, hold_secrets, wait_until, writes

OUTLASTING = 30.0
"""Seconds for an answer of firmware; several of them are longer than a restart of the master."""
RESENT = 600
"""Seconds in which an answer comes whose first sending a restart swallowed: Salt waits for its timeouts first."""
ISOLATE, RELEASE, BESIDE = "isolate_all", "release_all", "concurrent=True"
"""The minion's own schedule applies states every minute, and Salt turns others away meanwhile if they are not told."""


def touched(devices: Any, names: tuple[str, ...], since: int = 0) -> list[str]:
    """Those that were written to, after the entry of that number in the journal."""
    return [name for name in names if devices.journal.writes(device=name, since=since)]


class Begun:
    """A command of the master that runs beside the test."""

    def __init__(self, command: Any, place: Path, *words: str) -> None:
        self.output = (place / "output").open("w+")
        self.process = subprocess.Popen(
            command.cmdline(*words), stdout=self.output, stderr=subprocess.DEVNULL, cwd=place
        )

    def end(self, seconds: float = 240) -> tuple[Any, int]:
        self.process.wait(timeout=seconds)
        self.output.seek(0)
        return json.load(self.output), self.process.returncode


@pytest.fixture
def begin(master_daemon: Any, tmp_path: Path) -> Any:
    return lambda *words: Begun(master_daemon.salt_run_cli(), tmp_path, "--log-level=quiet", *words)


@pytest.fixture
def jid() -> str:
    """A name for the job that nobody else has."""
    return datetime.now().strftime("%Y%m%d%H%M%S%f")


def test_an_action_over_a_fleet(runner: Any, devices: Any, event_listener: Any, master_daemon: Any, jid: str) -> None:
    predicted, status = runner(f"--jid={jid}", "amt.power", "fl-*", "on", "test=True")
    assert (predicted["counts"], status) == ({"total": 30, "would_change": 30}, 0)
    assert touched(devices, FLEET) == []
    expected = {f"amt/run/{jid}/device/{name}" for name in FLEET} | {f"amt/run/{jid}/{each}" for each in ("new", "end")}
    wait_until(lambda: {event.tag for event in list(event_listener.store) if jid in event.tag} >= expected)
    kept, _status = runner("jobs.lookup_jid", jid)
    assert {name: kept[name] for name in FLEET} == predicted["devices"]
    devices.device(FLEET[0]).fail("refuse")
    done, status = runner("amt.power", "fl-*", "on")
    devices.device(FLEET[0]).heal()
    assert (done["counts"], status) == ({"total": 30, "changed": 29, "failed": 1}, 1)
    assert done["devices"][FLEET[0]]["comment"].startswith("Unreachable: ")
    again, status = runner("amt.power", "fl-*", "on")
    assert (again["counts"], status) == ({"total": 30, "changed": 1, "unchanged": 29}, 0)
    assert not [event for event in list(event_listener.store) if PASSWORD in str(event.data)]
    assert not hold_secrets(master_daemon)


def test_a_slip_is_a_sentence(runner: Any) -> None:
    said, status = runner("amt.power", "nobody", "on")
    assert (said["error"][:13], status) == ("InvalidOption", 1)


def test_the_master_restarts_while_a_runner_runs(
    runner: Any, begin: Any, devices: Any, master_daemon: Any, jid: str
) -> None:
    runner("amt.power", "fl-*", "on")
    before = writes(devices, FLEET)
    action = begin(f"--jid={jid}", "amt.power", "fl-*", "off", "graceful=never", "rate=2", "concurrency=2")
    with slow(devices, FLEET[-2:], OUTLASTING):
        wait_until(lambda: writes(devices, FLEET) > before + 3)
        with master_daemon.stopped():
            assert action.process.poll() is None
    told, status = action.end()
    assert (told["counts"], status) == ({"total": 30, "changed": 30}, 0)
    assert writes(devices, FLEET) == before + 30
    kept, _status = runner("jobs.lookup_jid", jid)
    assert {name: kept[name] for name in FLEET} == told["devices"]


def test_a_runner_that_is_killed_leaves_what_it_did_and_a_second_does_the_rest(
    runner: Any, begin: Any, devices: Any, jid: str
) -> None:
    runner("amt.power", "fl-*", "off")
    before = writes(devices, FLEET)
    action = begin(f"--jid={jid}", "amt.power", "fl-*", "on", "rate=4", "concurrency=2")
    wait_until(lambda: writes(devices, FLEET) > before + 5)
    action.process.send_signal(signal.SIGKILL)
    action.process.wait()
    kept, _status = runner("jobs.lookup_jid", jid)
    done = writes(devices, FLEET) - before
    assert 5 < done < 30
    answered = {name for name in kept if name in FLEET}
    assert done - 2 <= len(answered) <= done
    rest, _status = runner("amt.power", "fl-*", "on")
    assert rest["counts"]["changed"] == 30 - done
    assert not answered & {name for name, answer in rest["devices"].items() if answer["changes"]}


@contextlib.contextmanager
def slow(devices: Any, names: tuple[str, ...], seconds: float) -> Iterator[None]:
    """Firmware that takes its time for an answer, so that there is a middle to be interrupted in."""
    for name in names:
        devices.device(name).heal()
        devices.device(name).fail("delay", seconds=seconds)
    yield
    for name in names:
        devices.device(name).heal()


def restart(master_daemon: Any, minion_daemon: Any, ask: Any) -> None:
    """Until the minion has come back to the master. Salt 3008.3 drops an answer that a job gives before that."""
    with master_daemon.stopped():
        pass
    wait_until(lambda: ask(minion_daemon.id, "--timeout=10", "test.ping") == {minion_daemon.id: True})


def test_the_master_restarts_and_gets_the_minions_answer(
    ask: Any, runner: Any, devices: Any, minion_daemon: Any, master_daemon: Any
) -> None:
    before = writes(devices, MANAGED)
    with slow(devices, MANAGED, 0.1):
        begun = master_daemon.salt_cli().run("--async", "state.apply", ISOLATE, BESIDE, minion_tgt=minion_daemon.id)
        wait_until(lambda: writes(devices, MANAGED) > before)
        with slow(devices, MANAGED, OUTLASTING):
            restart(master_daemon, minion_daemon, ask)
    jid = begun.stdout.split()[-1].strip('".')
    wait_until(lambda: minion_daemon.id in runner("jobs.lookup_jid", jid)[0], RESENT)
    answer = runner("jobs.lookup_jid", jid)[0][minion_daemon.id]
    assert all(each["result"] is True and each["changes"] for each in answer.values())
    assert len(answer) == len(MANAGED)


@RESOURCES_ONLY
def test_the_master_restarts_and_gets_the_answers_of_resources(
    ask: Any, runner: Any, devices: Any, minion_daemon: Any, master_daemon: Any
) -> None:
    ask("T@amt", "amt.power_off", "graceful=never")
    asked = devices.journal.count(device=RESOURCES[0])
    before = writes(devices, RESOURCES)
    with slow(devices, RESOURCES, OUTLASTING):
        begun = master_daemon.salt_cli().run("--async", "-C", "amt.power_on", minion_tgt="T@amt")
        wait_until(lambda: devices.journal.count(device=RESOURCES[0]) > asked)
        restart(master_daemon, minion_daemon, ask)
    jid = begun.stdout.split()[-1].strip('".')
    wait_until(lambda: set(RESOURCES) <= set(runner("jobs.lookup_jid", jid)[0]), RESENT)
    answers = runner("jobs.lookup_jid", jid)[0]
    assert all(answers[name]["changed"] for name in RESOURCES)
    assert writes(devices, RESOURCES) == before + len(RESOURCES)


def killed(daemon: Any) -> None:
    """With all its children, and at once: on a signal that can be caught, a minion may finish its job first."""
    parent = psutil.Process(daemon.pid)
    for process in [parent, *parent.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    daemon.terminate()


def test_the_minion_ends_in_the_middle_and_another_run_heals(
    ask: Any, devices: Any, minion_daemon: Any, master_daemon: Any
) -> None:
    ask(minion_daemon.id, "state.apply", RELEASE, BESIDE)
    place = {name: policies(ask, minion_daemon, name) for name in MANAGED[:1]}
    since = devices.journal.entries()[-1].number
    with slow(devices, MANAGED[:-1], 0.1), slow(devices, MANAGED[-1:], OUTLASTING):
        master_daemon.salt_cli().run("--async", "state.apply", ISOLATE, BESIDE, minion_tgt=minion_daemon.id)
        wait_until(lambda: len(touched(devices, MANAGED, since)) > 1)
        killed(minion_daemon)
        assert len(touched(devices, MANAGED, since)) < len(MANAGED)
    minion_daemon.start()
    wait_until(lambda: ask(minion_daemon.id, "test.ping") == {minion_daemon.id: True})
    healed = ask(minion_daemon.id, "state.apply", ISOLATE, BESIDE)[minion_daemon.id]
    assert {each["result"] for each in healed.values()} == {True}
    assert any(each["changes"] for each in healed.values())
    before = writes(devices, MANAGED)
    again = ask(minion_daemon.id, "state.apply", ISOLATE, BESIDE)[minion_daemon.id]
    assert all(each["result"] is True and not each["changes"] for each in again.values())
    assert writes(devices, MANAGED) == before
    back = ask(minion_daemon.id, "state.apply", RELEASE, BESIDE)[minion_daemon.id]
    assert all(each["result"] is True and each["changes"] for each in back.values())
    assert {name: policies(ask, minion_daemon, name) for name in MANAGED[:1]} == place


def policies(ask: Any, minion_daemon: Any, name: str) -> Any:
    return ask(minion_daemon.id, "amt.enumerate", "AMT_SystemDefensePolicy", f"device={name}")[minion_daemon.id]
