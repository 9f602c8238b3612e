# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many devices at once: everybody answers once, nobody waits for those who hang."""

from __future__ import annotations

import threading
import time

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AmtError,
    DeadlineExceeded,
    InvalidOption,
    Unreachable,
)
from ansible_collections.outofband.amt.plugins.module_utils.fleet.action import Fleet, Limits

NAMES = ["pc-{0:03}".format(number) for number in range(60)]


class Crowd:
    """What `act` sees: who was begun when, and how many at once."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds
        self.begun = []
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, name):
        with self.lock:
            self.begun.append(time.monotonic())
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
        return {"name": name}


def test_everybody_answers_once_and_not_too_many_at_a_time():
    crowd = Crowd(0.005)
    found = list(Fleet(crowd, Limits(concurrency=7)).over([*NAMES, NAMES[0]]))
    assert sorted(name for name, _answer in found) == NAMES
    assert all(answer == {"name": name} for name, answer in found)
    assert 1 < crowd.most <= 7


def test_errors_are_answers():
    def act(name):
        if name.endswith("7"):
            raise Unreachable("nobody there")
        return {}

    found = dict(Fleet(act, Limits()).over(NAMES))
    assert {name for name, answer in found.items() if isinstance(answer, Unreachable)} == set(NAMES[7::10])


def test_no_more_are_begun_in_a_second_than_the_rate_allows():
    crowd = Crowd()
    started = time.monotonic()
    list(Fleet(crowd, Limits(rate=100, concurrency=50)).over(NAMES[:31]))
    assert max(crowd.begun) - started >= 0.29


def test_those_that_hang_keep_nobody_else_waiting():
    stop = threading.Event()

    def act(name):
        if name in NAMES[:2]:
            stop.wait(300)
        return {}

    started = time.monotonic()
    found = list(Fleet(act, Limits(concurrency=2, patience=2)).over(NAMES))
    stop.set()
    assert time.monotonic() - started < 100
    assert sorted(name for name, _answer in found) == NAMES
    hung = {name: answer for name, answer in found if answer != {}}
    assert set(hung) == set(NAMES[:2])
    assert all(isinstance(answer, DeadlineExceeded) and answer.sent for answer in hung.values())


def test_after_the_deadline_nobody_is_begun_and_those_under_way_end():
    crowd = Crowd(0.2)
    found = dict(Fleet(crowd, Limits(concurrency=3, deadline=0.1)).over(NAMES))
    assert set(found) == set(NAMES)
    done = [name for name, answer in found.items() if answer == {"name": name}]
    assert sorted(done) == NAMES[:3]
    assert all(isinstance(found[name], DeadlineExceeded) and not found[name].sent for name in NAMES[3:])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_of_the_action_is_an_answer_too():
    def act(name):
        raise KeyError(name)

    ((_name, answer),) = Fleet(act, Limits()).over(["pc-001"])
    for thread in threading.enumerate():
        if thread.name == "amt pc-001":
            thread.join()
    assert isinstance(answer, AmtError)
    assert "mistake of its own" in str(answer)


def test_a_machine_without_room_for_a_thread_costs_that_device_alone(monkeypatch):
    start = threading.Thread.start

    def crowded(thread):
        if thread.name == "amt pc-001":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", crowded)
    found = dict(Fleet(lambda name: {}, Limits(concurrency=2)).over(NAMES))
    assert set(found) == set(NAMES)
    assert [name for name, answer in found.items() if answer != {}] == ["pc-001"]
    assert "concurrency" in found["pc-001"].hint


@pytest.mark.parametrize("limits", [{"concurrency": 0}, {"rate": -1}, {"deadline": -1}])
def test_limits_that_will_not_do(limits):
    with pytest.raises(InvalidOption):
        list(Fleet(Crowd(), Limits(**limits)).over(NAMES))


def test_nobody_is_no_work():
    assert list(Fleet(Crowd(), Limits()).over([])) == []
