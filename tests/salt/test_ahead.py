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
    silence = Ahead(NAMES, found).silence(NAMES[0])
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
        assert Ahead([name], found).silence(name) is None, "what is no silence is for whoever goes on with the device"
    assert Ahead([], found).silence("nobody") is None
    assert not answers


@pytest.mark.parametrize("fault", ["hung", "refuse"])
def test_states_over_devices_of_which_some_hang(site: Any, resource: Any, monkeypatch: Any, fault: str) -> None:
    names = NAMES[:4]
    running = site(*names)
    for name in names[:2]:
        running.running.device(name).fail(fault)
    monkeypatch.setattr(place, "FIRST", 2.0)
    job = {"__pub_jid": "1", "__pub_resource_targets": [{"type": "amt", "id": name} for name in names]}
    device = resource(running.pillar, names[0])
    for name in names:
        device.name = name
        (answer,) = device.call("state.single", "amt.powered", "it", power="on", **job).values()
        assert answer["result"] is (name not in names[:2]), answer
        if name in names[:2]:
            assert answer["comment"].startswith("Unreachable: ")
    for name in names[:2]:
        assert running.running.journal.count(device=name) == (fault == "hung"), "once ahead, and not again in its turn"
