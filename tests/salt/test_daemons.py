# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real master and a real minion whose devices are resources: targeted, predicted, changed, unplugged and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.salt.cases import PASSWORD
from tests.salt.daemons import (
    FLEET,
    RESOURCES,
    RESOURCES_ONLY,
    hold_secrets,
    moved,
    places_of,
    predicted_done_and_done_again,
    wait_until,
)

pytestmark = [RESOURCES_ONLY, pytest.mark.usefixtures("minion_daemon")]


def test_answers_for_every_device(ask: Any, minion_daemon: Any) -> None:
    assert ask("T@amt", "test.ping") == dict.fromkeys(RESOURCES, True)
    assert ask("T@amt:pc-02", "amt.power")["pc-02"]["state"] == "off"
    assert set(ask(minion_daemon.id, "amt.list")) == {minion_daemon.id}


def test_every_state_predicted_done_and_done_again(ask: Any, devices: Any) -> None:
    predicted_done_and_done_again(ask, devices, "T@amt", RESOURCES)


def test_grains_are_those_of_the_last_look(ask: Any, devices: Any) -> None:
    version = ask("T@amt:pc-01", "grains.refresh")["pc-01"]["amt_version"]
    seen = devices.journal.count(device="pc-01")
    assert ask("T@amt:pc-01", "grains.get", "amt_version") == {"pc-01": version}
    assert devices.journal.count(device="pc-01") == seen
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
    assert ask("T@amt", "test.ping") == dict.fromkeys(RESOURCES, True)


def test_devices_are_where_pillar_says_now(ask: Any, devices: Any, minion_daemon: Any, master_daemon: Any) -> None:
    def change(pillar: Any) -> None:
        pillar["amt"]["devices"]["pc-01"]["host"] = devices.device(FLEET[0]).address

    with moved(master_daemon, ask, "site", minion_daemon.id, change):
        assert ask("T@amt:pc-01", "amt.get", "AMT_GeneralSettings")["pc-01"]["HostName"] == FLEET[0]
        (answer,) = ask("T@amt:pc-01", "state.single", "amt.powered", "name=it", "device=pc-02")["pc-01"].values()
        assert (answer["result"], "this job is for pc-01" in answer["comment"]) == (False, True)


def test_states_of_the_minion_do_not_run_in_the_place_of_a_device(ask: Any, minion_daemon: Any, tmp_path: Path) -> None:
    (answer,) = ask("T@amt:pc-01", "state.apply", "elsewhere")["pc-01"].values()
    assert answer["result"] is False
    touch = ("state.single", "file.touch", f"name={tmp_path}/made")
    for target in ("T@amt:pc-01 and L@pc-01", "L@pc-01", "T@amt:pc-01 or G@no:such"):
        assert "would act on the managing minion" in str(ask(target, *touch)["pc-01"])
    answers = ask("T@amt:pc-01 or G@no:such", "cmd.run", f"touch {tmp_path}/made")
    assert "not supported for resource" in answers["pc-01"]
    ask("T@amt:pc-01 or G@no:such", "--timeout=5", "test.ping,cmd.run", ",", f"touch {tmp_path}/made")
    log = Path(minion_daemon.config["log_file"])
    for done in ("cmd.run of job", "['test.ping', 'cmd.run'] of job"):
        wait_until(lambda done=done: done in log.read_text())
    assert not (tmp_path / "made").exists()


TOLD = "told by {{ grains.id }}:\n  amt.released:\n    - fire_event: told\n"
ORCHESTRATION = """
devices:
  salt.state:
    - tgt: T@amt
    - tgt_type: compound
    - sls: back
fleet:
  salt.runner:
    - name: amt.power
    - kwarg: {tgt: 'fl-0[12]', state: 'on', test: true}
"""


def test_events_of_a_device_are_sent_by_its_minion(
    ask: Any, minion_daemon: Any, master_daemon: Any, event_listener: Any
) -> None:
    (Path(master_daemon.state_tree.base.paths[0]) / "told.sls").write_text(TOLD)
    assert ask("T@amt:pc-01", "event.fire_master", "{seen: true}", "amt/seen") == {"pc-01": True}
    ask("T@amt:pc-01", "state.apply", "told")

    def senders(ending: str) -> set[str]:
        return {event.data["id"] for event in list(event_listener.store) if event.tag.endswith(ending)}

    for ending in ("amt/seen", "/pc-01/told"):
        wait_until(lambda ending=ending: senders(ending) == {minion_daemon.id})


def test_orchestration_reaches_resources_and_the_runner(runner: Any, master_daemon: Any) -> None:
    (Path(master_daemon.state_tree.base.paths[0]) / "orchestrated.sls").write_text(ORCHESTRATION)
    returned, status = runner("state.orchestrate", "orchestrated")
    assert status == 0, returned
    devices, fleet = returned["data"][master_daemon.id].values()
    assert (devices["result"], fleet["result"]) == (True, True)
    assert all(name in devices["comment"] for name in RESOURCES)
    assert fleet["changes"]["return"]["counts"]["total"] == 2


def test_secrets_are_in_no_event_no_log_and_no_job(
    ask: Any, master_daemon: Any, minion_daemon: Any, event_listener: Any
) -> None:
    ask("T@amt", "state.apply", "test=True")
    events = list(event_listener.store)
    assert any("/job/" in event.tag and "/ret/" in event.tag for event in events)
    assert not [event for event in events if PASSWORD in str(event.data)]
    assert len(places_of(master_daemon, minion_daemon)) > 2
    assert not hold_secrets(master_daemon, minion_daemon)
