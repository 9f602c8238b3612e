# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a site does by itself, carried out by real daemons: a schedule by the clock, quarantine by a reactor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.salt.daemons import CLOCKED, RESOURCES_ONLY, wait_until


def state_of(ask: Any, minion_daemon: Any, device: str) -> str:
    answer = ask(minion_daemon.id, "amt.isolation_info", f"device={device}")[minion_daemon.id]
    return str(answer["wired"]["state"])


@pytest.mark.parametrize("tag", [pytest.param("site/quarantine", marks=RESOURCES_ONLY), "site/quarantine-by-runner"])
def test_an_event_of_the_site_isolates_a_device(ask: Any, minion_daemon: Any, tag: str) -> None:
    assert state_of(ask, minion_daemon, "pc-02") == "released"
    ask(minion_daemon.id, "event.send", tag, "device=pc-02")
    wait_until(lambda: state_of(ask, minion_daemon, "pc-02") == "isolated")
    assert state_of(ask, minion_daemon, "pc-01") == "released"
    ask(minion_daemon.id, "amt.release", "device=pc-02")


def test_an_event_that_names_no_device_does_nothing(ask: Any, devices: Any, minion_daemon: Any) -> None:
    before = len(devices.journal.writes())
    for tag in ("site/quarantine", "site/quarantine-by-runner"):
        ask(minion_daemon.id, "event.send", tag, "device=*")
    ask(minion_daemon.id, "event.send", "site/quarantine-by-runner", "device=pc-01")
    wait_until(lambda: state_of(ask, minion_daemon, "pc-01") == "isolated")
    assert {entry.device for entry in devices.journal.writes()[before:]} <= {"pc-01", CLOCKED}
    ask(minion_daemon.id, "amt.release", "device=pc-01")


def test_the_schedule_switches_off_by_the_clock(devices: Any, minion_daemon: Any) -> None:
    wait_until(lambda: bool(devices.journal.writes(device=CLOCKED)))
    (switched,) = devices.journal.writes(device=CLOCKED)

    def asked_again() -> bool:
        return any(entry.at > switched.at + 30 for entry in devices.journal.entries(device=CLOCKED))

    wait_until(asked_again)
    assert len(devices.journal.writes(device=CLOCKED)) == 1, "the second time nothing is written"
