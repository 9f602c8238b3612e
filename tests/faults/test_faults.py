# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the simulator against every module: a typed error or the right result, in time, nothing done twice.

docs/faults.md is made of what is observed here: `pytest tests/faults --update` writes it, without that it is compared.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors

from simulator.faults import TABLE, FaultKind
from simulator.pytest_plugin import started
from tests.faults.matrix import DEADLINE, MOMENTS, TIMEOUT, Observed, cases, observe_all
from tests.faults.table import document, rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
SLACK = 0.75 * TIMEOUT
"""Seconds by which a task may outlast its deadline on a busy machine: no request of its own may fit in."""


def by_steps(seen: Observed) -> bool:
    """Several writes: a fault may strike between them."""
    return sum(seen.case.operation.effects.values()) > 1


REPAIRED = {("clock_jump", "amt_time"): {"AMT_TimeSynchronizationService SetHighAccuracyTimeSynch": 1}}
"""What a fault undoes, so that it has to be done once more: a clock that jumps after it was set is set again."""
UNDECIDED = (errors.Indeterminate, errors.NotReached)


def observe_fault(kind: FaultKind, state: Path) -> list[Observed]:
    """A fleet for the fault, a device for each case."""
    chosen = [case for case in cases() if case.fault == kind.name]
    common = {"generation": 15, "tls": kind.name == "tls_broken"}
    devices = [
        {**case.operation.settings, **common, "name": "pc-{0}".format(number)} for number, case in enumerate(chosen)
    ]
    with started(devices, state) as running:
        return observe_all(chosen, running)


@pytest.fixture(scope="module")
def observed(simulator_state) -> dict[str, list[Observed]]:
    return {kind.name: observe_fault(kind, simulator_state) for kind in TABLE}


@pytest.fixture(params=[kind.name for kind in TABLE])
def each(request, observed) -> list[Observed]:
    return observed[request.param]


def test_nothing_but_a_result_or_a_typed_error(each):
    for seen in each:
        if seen.crash is not None:
            raise AssertionError(seen.case.name) from seen.crash
        if seen.error is not None:
            assert str(seen.error), seen.case.name
            json.dumps(seen.error.details)


def test_nothing_outlasts_its_deadline(each):
    assert [seen.case.name for seen in each if seen.seconds > DEADLINE + SLACK] == []


def test_nothing_is_done_twice(each):
    """What was made and is undone after a failure is deleted as often as it was created."""
    for seen in each:
        again = REPAIRED.get((seen.case.fault, seen.case.operation.name), {})
        done, sound = seen.done, Counter(seen.case.operation.effects) + Counter(again)
        undone = {name: times for name, times in done.items() if name.endswith(" delete")}
        assert not (done - Counter(undone)) - sound, (seen.case.name, done)
        assert all(times <= done[name.replace("delete", "create")] for name, times in undone.items()), seen.case.name
        if seen.error is None and seen.case.operation.name != "amt_wsman invoke":
            assert done == sound, (seen.case.name, done)


def test_a_result_is_true(each):
    """Success means that the device is as wanted; where nothing is said to be in doubt, a failure left it alone."""
    for seen in each:
        if seen.error is None and seen.reached is not None:
            assert seen.reached, seen.case.name
        if not by_steps(seen) and seen.error is not None:
            assert not seen.writes or isinstance(seen.error, UNDECIDED), (seen.case.name, repr(seen.error))


def test_a_refused_password_is_sent_once(each):
    assert [seen.case.name for seen in each if seen.refused_logins > seen.case.operation.log_ins] == []


def test_the_page_tells_what_was_observed(observed, simulator_state, request):
    """Where it does not, a machine that was too busy gets a second chance."""
    if request.config.getoption("--update"):
        PAGE.write_text(document(observed), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    told = set(page.splitlines())
    for kind in TABLE:
        if not told.issuperset(line for moment in MOMENTS for line in rows(observed, moment, (kind,))):
            observed[kind.name] = observe_fault(kind, simulator_state)
    assert page == document(observed), "run: python -m pytest tests/faults --update"
