# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at once on the machine itself, and the promise that no resource is left out of the races."""

from __future__ import annotations

import functools
import importlib
import itertools
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import resources
from ansible_collections.outofband.amt.plugins.module_utils.host import files
from ansible_collections.outofband.amt.plugins.module_utils.resource import Collection, Resource, Settings

from tests.unit.module_utils.races import devices, systems
from tests.unit.module_utils.races.stage import Stage, by_chance, in_turns, meeting_after

pytestmark = pytest.mark.once

SHAPES = (Resource, Settings, Collection)
CHANCES = 4
PAIRS = [
    (name, pair)
    for name, case in systems.CASES.items()
    for pair in itertools.combinations_with_replacement(case.wishes, 2)
]
IDS = ["{0}: {1} and {2}".format(name, *pair) for name, pair in PAIRS]
raced_pairs = pytest.mark.parametrize(("name", "pair"), PAIRS, ids=IDS)


@pytest.fixture(autouse=True)
def files_are_steps(monkeypatch):
    """Of whoever is on a stage."""
    for name in ("write_whole", "remove"):
        whole = getattr(files, name)

        def step(*arguments, whole=whole):
            if on_stage:
                on_stage[-1].step()
            return whole(*arguments)

        for module in (files, importlib.import_module(resources.__name__ + ".host.fact_script")):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, step)


on_stage = []


def play(case, order_of, wishes):
    site = case.site(case)
    stage = Stage(site.clock, order_of(site.clock))
    on_stage.append(stage)
    try:
        return site, stage.play(*(functools.partial(site.run, stage, wish) for wish in wishes))
    finally:
        on_stage.pop()


@functools.cache
def steps_of(name, wish):
    site, (run,) = play(systems.CASES[name], lambda clock: lambda alive: alive[0], [wish])
    site.close()
    assert run.error is None, repr(run.error)
    return run.steps


@functools.cache
def one_by_one(name, first, second):
    """What the machine is after two runs of which the second began when the first had ended."""
    site, runs = play(systems.CASES[name], lambda clock: lambda alive: alive[0], [first, second])
    end = site.look()
    site.close()
    assert not [run.error for run in runs if run.error is not None]
    return end


def orders(name, pair):
    """What is worth a try: the other at every step, in turns, and by chance."""
    for steps in range(0, steps_of(name, pair[0]) + 1, 1 + steps_of(name, pair[0]) // 20):
        yield "after {0} steps".format(steps), functools.partial(meeting_after, steps)
    for steps in (1, 3):
        yield "{0} steps in turn".format(steps), functools.partial(in_turns, steps)
    for seed in range(CHANCES):
        yield "seed {0}".format(seed), functools.partial(by_chance, "{0} {1} {2}".format(name, pair, seed))


@raced_pairs
def test_two_runs_end_in_what_one_of_them_wanted(name, pair):
    for one, other in sorted({pair, pair[::-1]}):
        for told, order_of in orders(name, (one, other)):
            site, runs = play(systems.CASES[name], order_of, (one, other))
            final, errors = site.look(), [run.error for run in runs if run.error is not None]
            site.close()
            assert not errors, "{0} and {1}, {2}: {3!r}".format(one, other, told, errors)
            assert final in [one_by_one(name, *pair), one_by_one(name, *pair[::-1])], (one, other, told)


def every_resource():
    (folder,) = map(Path, resources.__path__)
    for file in folder.rglob("*.py"):
        importlib.import_module(".".join((resources.__name__, *file.relative_to(folder).with_suffix("").parts)))
    waiting, found = list(SHAPES), set()
    while waiting:
        waiting += [kind for kind in waiting.pop().__subclasses__() if kind not in found and not found.add(kind)]
    return {kind for kind in found if kind.__module__.startswith(resources.__name__)}


def test_no_resource_that_writes_is_left_out():
    """A resource without a race has to get one: a row in tests/capabilities, or a case in devices.py or systems.py."""
    writing = {kind for kind in every_resource() if kind.apply is not Resource.apply}
    raced = {case.resource for case in devices.CASES.values()} | {case.kind for case in systems.CASES.values()}
    assert len(writing) >= 9
    assert writing == raced
