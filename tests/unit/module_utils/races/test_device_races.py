# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at once on one device: each resource against itself and against every other wish, at every step.

Whatever the order, the device ends in exactly one of the wanted states, and who reports success has seen its own.
"""

from __future__ import annotations

import functools
import itertools
import os
import random

import pytest

from tests.in_process import is_read
from tests.unit.module_utils.races import devices
from tests.unit.module_utils.races.stage import Killed, Stage, by_chance, in_turns, one_after

pytestmark = pytest.mark.once

CHANCES = int(os.environ.get("RACES", "500"))
"""Random orders of all pairs together. The order is the seed's: the same number is the same race."""
PAIRS = [
    (name, pair)
    for name, case in devices.CASES.items()
    for pair in itertools.combinations_with_replacement(case.raced, 2)
]
IDS = ["{0}: {1} and {2}".format(name, *pair) for name, pair in PAIRS]
raced_pairs = pytest.mark.parametrize(("name", "pair"), PAIRS, ids=IDS)


@functools.cache
def alone(name, wish):
    """What the device is after one run; what that run sent, and which of these were writes, by number from 1."""
    site = devices.OnDevice(devices.CASES[name])
    stage = Stage(site.clock, lambda alive: alive[0])
    machine = site.machine(stage)
    (run,) = stage.play(lambda: site.run(machine, wish))
    assert run.error is None, repr(run.error)
    sent = machine.client.transport.sent
    writes = [number for number, body in enumerate(sent, 1) if not is_read(body)]
    return site.look(), len(sent), writes


def moments(name, wish, other):
    """Steps of a run after which another may come: all of them where that is affordable, else those next to a write."""
    _end, steps, writes = alone(name, wish)
    if steps <= 40 or (name, wish, other) == ("isolation", "isolated", "isolated"):
        return range(steps + 1)
    return sorted({0, steps, *(number + beside for number in writes for beside in (-2, -1, 0, 1))})


def raced(name, pair, order_of, kill_at=None):
    site = devices.OnDevice(devices.CASES[name])
    stage = Stage(site.clock, order_of(site.clock), kill_at)
    machines = [site.machine(stage) for _wish in pair]
    runs = stage.play(*(functools.partial(site.run, *each) for each in zip(machines, pair)))
    for run, machine in zip(runs, machines):
        run.machine = machine
    return site, runs


def judge(name, pair, site, runs, told):
    """By the device: it is as one of those wished who report success. The same wish succeeds twice."""
    final = site.look()
    succeeded = [wish for wish, run in zip(pair, runs) if run.error is None]
    errors = [run.error for run in runs if run.error is not None]
    assert succeeded, "{0}: both failed: {1!r}".format(told, errors)
    assert final in [alone(name, wish)[0] for wish in succeeded], "{0}: {1!r}: {2}".format(told, errors, final)
    if pair[0] == pair[1]:
        assert not errors, "{0}: {1!r}".format(told, errors)
        assert any(run.value.changed for run in runs) == bool(alone(name, pair[0])[2]), told
        for run in runs:
            assert run.value.changed or run.value.before == run.value.after, told
            assert not run.value.changed or run.machine.written, "{0}: a change that is another's".format(told)


@raced_pairs
def test_one_run_whole_between_any_two_steps_of_the_other(name, pair):
    for one, other in sorted({pair, pair[::-1]}):
        for steps in moments(name, one, other):
            site, runs = raced(name, (one, other), lambda clock, steps=steps: one_after(steps))
            judge(name, (one, other), site, runs, "{0} after {1} steps of {2}".format(other, steps, one))


@raced_pairs
def test_step_by_step_in_turns(name, pair):
    for one, other in sorted({pair, pair[::-1]}):
        for steps in (1, 2, 3, 5, 8):
            site, runs = raced(name, (one, other), functools.partial(in_turns, steps))
            judge(name, (one, other), site, runs, "{0} and {1}, {2} steps in turn".format(one, other, steps))


@raced_pairs
def test_by_chance(name, pair):
    for seed in range(-(-CHANCES // len(PAIRS))):
        both = pair if seed % 2 else pair[::-1]
        site, runs = raced(name, both, functools.partial(by_chance, "{0} {1} {2}".format(name, both, seed)))
        judge(name, both, site, runs, "seed {0} of {1}".format(seed, both))


@raced_pairs
def test_killed_beside_another(name, pair):
    """A run is killed, at any step, while another is at work: that one or the next heals what is left."""
    source = random.Random(name)
    for one, other in sorted({pair, pair[::-1]}):
        writes = alone(name, one)[2]
        for number in [*writes, *(write + 1 for write in writes[-1:])]:
            seed = "{0} {1} {2} {3}".format(name, one, other, source.random())
            site, runs = raced(name, (one, other), functools.partial(by_chance, seed), kill_at=number)
            told = "{0} killed before step {1}, beside {2}: seed {3}".format(one, number, other, seed)
            final = site.look()
            if runs[1].error is None and not isinstance(runs[0].error, Killed):
                judge(name, (one, other), site, runs, told)
            site.run(site.machine(), other)
            assert site.look() == alone(name, other)[0], "{0}: {1}".format(told, final)
            assert not site.run(site.machine(), other).changed, told
