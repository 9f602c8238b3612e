# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs on one stage: each a thread, one of them at a time, one step at a time, in an order that is the test's.

A step is whatever another may come before: a request, a message of the driver, a program, a file. Who sleeps is woken
when the clock has come so far, and the clock stands still while anybody has something to do.
"""

from __future__ import annotations

import random
import threading

from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError

from tests.in_process import SharedClock

LIMIT = 60.0
"""Real seconds that one step may take before the test fails."""


class Killed(BaseException):
    """The process of a run ends here, and cleans nothing up."""


class Clock(SharedClock):
    """Who sleeps on a stage lets the others act."""

    stage = None

    def sleep(self, seconds):
        if self.stage is None or not self.stage.rest(seconds):
            super().sleep(seconds)


class Run:
    """`steps` counts what it did; `value` or `error` is how it ended."""

    def __init__(self, number, action):
        self.number = number
        self.action = action
        self.steps = 0
        self.wakes = 0.0
        self.alive = True
        self.ended = False
        self.value = self.error = None
        self.go = threading.Lock()
        self.go.acquire()


class Stage:
    """`order(alive)` chooses the next of the runs that are alive. Run 0 is killed before its step `kill_at`.

    Who comes to a step chooses who goes on, and goes on without a change of threads where that is the same run.
    """

    def __init__(self, clock, order, kill_at=None):
        self.clock = clock
        self.order = order
        self.kill_at = kill_at
        self.here = threading.local()
        self.runs = []
        self.moves = 0
        self.over = threading.Lock()
        self.over.acquire()

    def play(self, *actions):
        """The runs, when all have ended."""
        self.runs = [Run(number, action) for number, action in enumerate(actions)]
        self.clock.stage = self
        for run in self.runs:
            threading.Thread(target=self._act, args=(run,), daemon=True).start()
        self._next().go.release()
        self._wait()
        self.clock.stage = None
        assert all(run.ended for run in self.runs), "a run ended in an error that is none of ours"
        return self.runs

    def step(self):
        """Before each step of a run; elsewhere it does nothing."""
        run = getattr(self.here, "run", None)
        if run is None:
            return
        self._park(run)
        run.steps += 1
        if run.number == 0 and run.steps == self.kill_at:
            raise Killed

    def rest(self, seconds):
        """Whether it was a run that wanted to sleep."""
        run = getattr(self.here, "run", None)
        if run is not None:
            run.wakes = self.clock.now() + seconds
            self._park(run)
        return run is not None

    def _wait(self):
        seen = None
        while not self.over.acquire(timeout=LIMIT):
            assert seen != self.moves, "a run does not come to its next step"
            seen = self.moves

    def _next(self):
        """The run whose turn it is. When it is to wake later, the clock comes so far."""
        self.moves += 1
        run = self.order([run for run in self.runs if run.alive])
        if run.wakes > self.clock.now():
            self.clock.advance(run.wakes - self.clock.now())
        return run

    def _park(self, run):
        chosen = self._next()
        if chosen is not run:
            chosen.go.release()
            run.go.acquire()

    def _act(self, run):
        self.here.run = run
        run.go.acquire()
        try:
            run.value = run.action()
            run.ended = True
        except (AmtError, Killed) as error:
            run.error = error
            run.ended = True
        finally:
            run.alive = False
            if any(each.alive for each in self.runs):
                self._next().go.release()
            else:
                self.over.release()


def one_after(steps):
    """Run 0 for so many steps; then run 1 from beginning to end, while 0 stands still; then the rest."""

    def order(alive):
        first = [run for run in alive if run.number == 0 and run.steps < steps]
        second = [run for run in alive if run.number == 1]
        return (first or second or alive)[0]

    return order


def meeting_after(steps, clock):
    """As `one_after`, but who waits for the other lets it go on."""

    def order(alive):
        first = [run for run in alive if run.number == 0 and run.steps < steps]
        return (first or sorted(awake(alive, clock), key=lambda run: -run.number))[0]

    return order


def in_turns(steps, clock):
    """Each so many steps in turn; who sleeps is passed over while another is awake."""
    taken = [0]

    def order(alive):
        taken[0] += 1
        ready = awake(alive, clock)
        return ready[taken[0] // steps % len(ready)]

    return order


def awake(alive, clock):
    """Who has something to do now, or else who has first."""
    ready = [run for run in alive if run.wakes <= clock.now()]
    return ready or [min(alive, key=lambda run: (run.wakes, run.number))]


def by_chance(seed, clock):
    """Any of those who are awake, mostly the same as before."""
    source = random.Random(seed)
    share = source.choice((0.1, 0.3, 0.5))
    last = [None]

    def order(alive):
        ready = awake(alive, clock)
        if last[0] not in ready or source.random() < share:
            last[0] = source.choice(ready)
        return last[0]

    return order
