# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real master and a real minion whose devices are resources: targeted, predicted, changed, unplugged and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.salt.cases import PASSWORD
from tests.salt.daemons import RESOURCES, RESOURCES_ONLY, hold_secrets, places_of, predicted_done_and_done_again

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


def test_states_of_the_minion_do_not_run_in_the_place_of_a_device(ask: Any) -> None:
    (answer,) = ask("T@amt:pc-01", "state.apply", "elsewhere")["pc-01"].values()
    assert answer["result"] is False


def test_secrets_are_in_no_event_no_log_and_no_job(
    ask: Any, master_daemon: Any, minion_daemon: Any, event_listener: Any
) -> None:
    ask("T@amt", "state.apply", "test=True")
    events = list(event_listener.store)
    assert any("/job/" in event.tag and "/ret/" in event.tag for event in events)
    assert not [event for event in events if PASSWORD in str(event.data)]
    assert len(places_of(master_daemon, minion_daemon)) > 2
    assert not hold_secrets(master_daemon, minion_daemon)
