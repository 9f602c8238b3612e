# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that hang hold up nobody behind them: they are found out side by side, before their turn."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import saltext.amt.ahead as place
from saltext.amt.ahead import Ahead
from saltext.amt.core.errors import CertificateRefused, InvalidOption, Unreachable
from saltext.amt.core.wsman.endpoint import Endpoint
from saltext.amt.devices import Device

NAMES = [f"pc-{number:02}" for number in range(1, 100)]
HUNG = NAMES[5::10]


def found(name: str) -> Device:
    return Device(name, Endpoint(name, password="p"))


def test_all_that_are_near_are_asked_at_once(monkeypatch: Any) -> None:
    together = threading.Barrier(place.AT_ONCE)
    asked = []

    def answer(endpoint: Endpoint, seconds: float) -> None:
        asked.append(endpoint.host)
        together.wait(60)
        raise Unreachable("nothing", "wait")

    monkeypatch.setattr(place, "first_answer", answer)
    silence = Ahead(found).silence(NAMES[0], NAMES[1:])
    assert silence is not None and (silence.said, silence.hint) == ("nothing", "wait")
    assert sorted(asked) == NAMES[: place.AT_ONCE], "those after them when it is almost their turn"


def test_silence_is_asked_about_again_when_it_is_old(monkeypatch: Any) -> None:
    answers: list[Any] = [Unreachable("nothing"), None, CertificateRefused("not ours"), InvalidOption("host", "", "")]

    def answer(endpoint: Endpoint, seconds: float) -> None:
        next_one = answers.pop(0)
        if next_one:
            raise next_one

    monkeypatch.setattr(place, "first_answer", answer)
    monkeypatch.setattr(place, "HOLDS", -1.0)
    for name in ("one", "two", "three"):
        ahead = Ahead(found)
        told = ahead.silence(name, [])
        assert (told is None) == (name != "one"), "what is no silence is for whoever goes on with the device"
        told = ahead.silence(name, [])
        assert told is None
    assert not answers


def test_who_has_not_answered_yet_comes_after_who_has(monkeypatch: Any) -> None:
    """What is waited for in vain is waited for while others have their turn."""
    over = threading.Event()

    def answer(endpoint: Endpoint, seconds: float) -> None:
        if endpoint.host in HUNG:
            assert over.wait(60)
            raise Unreachable("nothing")

    monkeypatch.setattr(place, "first_answer", answer)
    ahead, turns, behind = Ahead(found), [], list(NAMES)
    while len(turns) < len(NAMES) - len(HUNG):
        name = behind.pop(0)
        assert ahead.silence(name, behind) is None
        turns.append(name)
        behind = ahead.in_order(behind)
    assert sorted([*turns, *HUNG]) == NAMES
    over.set()
    assert all(ahead.silence(name, HUNG) for name in HUNG)


@pytest.mark.parametrize("fault", ["hung", "refuse"])
def test_states_over_devices_of_which_some_hang(site: Any, resource: Any, monkeypatch: Any, fault: str) -> None:
    names = NAMES[:6]
    running, silent, turns = site(*names), names[1:3], []
    for name in silent:
        running.running.device(name).fail(fault)
    monkeypatch.setattr(place, "FIRST", 10.0)
    monkeypatch.setattr(place, "MOMENT", 60.0)
    job: dict[str, Any] = {"__pub_jid": "1", "__pub_resource_targets": [{"type": "amt", "id": name} for name in names]}
    device = resource(running.pillar, names[0])
    for each in job["__pub_resource_targets"]:
        device.name = each["id"]
        turns.append(device.name)
        (answer,) = device.call("state.single", "amt.powered", "it", power="on", **job).values()
        assert answer["result"] is (device.name not in silent), answer
        if device.name in silent:
            assert answer["comment"].startswith("Unreachable: ")
    assert set(turns[-2:]) == set(silent), "Salt goes through the list as it is now"
    assert sorted(turns) == names
    for name in silent:
        assert running.running.journal.count(device=name) == (fault == "hung"), "once ahead, and not again in its turn"
