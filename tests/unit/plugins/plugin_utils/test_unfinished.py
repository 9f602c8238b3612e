# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that was killed has left is put back by the next one; what a run at work has is left to it."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import time

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption
from ansible_collections.outofband.amt.plugins.plugin_utils.unfinished import forget, remember

HOURS = 3600.0


@pytest.fixture
def place(tmp_path):
    return tmp_path / "nightly.json"


def in_a_run(act, *arguments):
    """In a worker of a run that has ended when this returns: as Ansible does it, the worker's parent is the run."""

    def run():
        worker = multiprocessing.get_context("fork").Process(target=act, args=arguments)
        worker.start()
        worker.join()
        os._exit(worker.exitcode)

    begun = multiprocessing.get_context("fork").Process(target=run)
    begun.start()
    begun.join()
    assert begun.exitcode == 0


def of(place):
    return json.loads(place.read_text())


def test_what_a_run_that_is_gone_has_woken_is_put_back_by_the_next_one_which_is_killed_too(place):
    in_a_run(remember, place, "pc", "off", HOURS)
    since = of(place)["pc"]["since"]
    in_a_run(remember, place, "pc", "on", HOURS)
    entry = remember(place, "pc", "on", HOURS)
    assert (entry["state"], entry["earlier"], entry["since"]) == ("off", True, since)
    forget(place, "pc")
    assert of(place) == {} and remember(place, "pc", "on", HOURS)["state"] == "on"
    assert place.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("seconds", "shift"), [(0, 0), (HOURS, 2 * HOURS), (HOURS, -2 * HOURS)])
def test_what_is_too_old_is_forgotten_whatever_became_of_the_clock(place, monkeypatch, seconds, shift):
    in_a_run(remember, place, "pc", "off", HOURS)
    now = time.time() + shift + 0.001
    monkeypatch.setattr(time, "time", lambda: now)
    assert remember(place, "pc", "on", seconds)["state"] == "on"
    assert of(place) == {}


def test_a_run_at_work_keeps_what_it_remembers(place):
    """Another run sees the machine on, and leaves it so; it does not forget for the first one either."""
    remember(place, "pc", "sleep", HOURS)
    in_a_run(check_that_it_is_left, place)
    assert of(place)["pc"]["state"] == "sleep"
    forget(place, "pc")
    assert of(place) == {}


def check_that_it_is_left(place):
    entry = remember(place, "pc", "on", HOURS)
    assert (entry["state"], entry["earlier"]) == ("on", False)
    forget(place, "pc")


def test_a_number_that_another_process_has_now_is_not_that_run(place):
    with subprocess.Popen(["sleep", "600"]) as other:
        try:
            remember(place, "pc", "off", HOURS)
            entries = of(place)
            entries["pc"]["by"] = [other.pid, "1"]
            place.write_text(json.dumps(entries))
            assert remember(place, "pc", "on", HOURS)["state"] == "off"
        finally:
            other.kill()


def test_a_machine_that_is_on_and_a_dry_run_write_nothing(place):
    assert remember(place, "pc", "on", HOURS)["state"] == "on"
    forget(place, "pc")
    assert remember(place, "pc", "off", HOURS, write=False)["state"] == "off"
    assert list(place.parent.iterdir()) == [place.with_name(".nightly.json.lock")]


def test_many_hosts_at_once_lose_nothing(place):
    names = ["pc-{0}".format(number) for number in range(8)]
    workers = [multiprocessing.Process(target=remember, args=(place, name, "off", HOURS)) for name in names]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(of(place)) == names
    assert remember(place, "pc-3", "on", HOURS)["earlier"] is False


@pytest.mark.parametrize("text", ["[]", "{", '{"pc": 1}', '{"pc": {"state": "off"}}', "\x00"])
def test_a_file_of_somebody_else_is_refused_and_left(place, text):
    place.write_text(text)
    with pytest.raises(InvalidOption, match=r"path: .*nightly\.json"):
        remember(place, "pc", "off", HOURS)
    with pytest.raises(AmtError):
        forget(place, "pc")
    assert place.read_text() == text


@pytest.mark.parametrize("elsewhere", ["another-controller pid:[4026531836]", "another-container pid:[4026532999]"])
def test_what_another_controller_remembers_is_left_to_it(place, elsewhere):
    """Its number means another process here, or none, which says nothing about whether it is at work."""
    in_a_run(remember, place, "pc", "off", HOURS)
    entries = of(place)
    entries["pc"]["by"][2] = elsewhere
    place.write_text(json.dumps(entries))
    entry = remember(place, "pc", "on", HOURS)
    assert (entry["state"], entry["earlier"]) == ("on", False)
    forget(place, "pc")
    assert of(place) == entries
    remember(place, "pc", "off", HOURS)
    forget(place, "pc")
    assert of(place) == {}, "a machine that is off has been put back, whoever did it"
