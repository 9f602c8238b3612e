# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One act on each of many devices: so many at once, so many begun in a second, an answer for every one of them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Union

from ..clock import SystemClock
from ..errors import AmtError, DeadlineExceeded, InvalidOption

Answer = Union[dict[str, Any], AmtError]
Act = Callable[[str], dict[str, Any]]

NOT_BEGUN = "the time for the whole action had passed before this device's turn"
NO_END = "no answer within {0:g} seconds, and none is waited for any more"
NO_THREAD = "this machine has no room for another thread, so nothing was sent"
MISTAKE = "the action ended in a mistake of its own and not of the device's; what was sent may have been carried out"


@dataclass(frozen=True)
class Limits:
    """`rate`: devices begun in a second, 0 for no limit. `deadline`: seconds after which no more are begun, 0 for none.

    `patience`: seconds after which nobody waits for a device any more. Give more than the device's own deadline, by
    which the transport ends by itself: what is given up here may still be under way.
    """

    concurrency: int = 16
    rate: float = 0.0
    deadline: float = 0.0
    patience: float = 330.0

    def check(self) -> None:
        """InvalidOption names what cannot be used."""
        if self.concurrency < 1:
            raise InvalidOption("concurrency", self.concurrency, "give 1 or more")
        for name in ("rate", "deadline"):
            if getattr(self, name) < 0:
                raise InvalidOption(name, getattr(self, name), "give 0 or more")


@dataclass
class Fleet:
    """`over` gives each name once, with the answer of `act` or the AmtError that it raised, in the order of answers.

    A device that hangs costs its own place among `concurrency` until `patience` ends, and nobody else's answer.
    """

    act: Act
    limits: Limits
    clock: SystemClock = field(default_factory=SystemClock)
    answers: queue.SimpleQueue[tuple[str, Answer]] = field(default_factory=queue.SimpleQueue)
    under_way: dict[str, float] = field(default_factory=dict)

    def over(self, names: Sequence[str]) -> Iterator[tuple[str, Answer]]:
        self.limits.check()
        waiting = list(dict.fromkeys(names))[::-1]
        start = due = self.clock.now()
        while waiting or self.under_way:
            now = self.clock.now()
            if self.limits.deadline and now - start >= self.limits.deadline:
                while waiting:
                    yield waiting.pop(), DeadlineExceeded(NOT_BEGUN, "run it again, or allow it more time")
            while waiting and now >= due and len(self.under_way) < self.limits.concurrency:
                self._begin(waiting.pop(), now)
                due = max(due, now) + (1 / self.limits.rate if self.limits.rate else 0)
            yield from self._answered(self._pause(bool(waiting), due))
            yield from self._given_up()

    def _begin(self, name: str, now: float) -> None:
        self.under_way[name] = now
        thread = threading.Thread(target=self._serve, args=(name,), name="amt " + name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self.answers.put((name, AmtError(NO_THREAD, "allow fewer at once with concurrency")))

    def _serve(self, name: str) -> None:
        answer: Answer = AmtError(MISTAKE, "the log has it")
        try:
            answer = self.act(name)
        except AmtError as error:
            answer = error
        finally:
            self.answers.put((name, answer))

    def _pause(self, waiting: bool, due: float) -> float:
        """Seconds until there is something to do again, unless an answer comes first."""
        moments = [since + self.limits.patience for since in self.under_way.values()]
        if waiting and len(self.under_way) < self.limits.concurrency:
            moments.append(due)
        return max(min(moments, default=0.0) - self.clock.now(), 0.0)

    def _answered(self, seconds: float) -> Iterator[tuple[str, Answer]]:
        """All that has come, or the first that comes within the time. Answers of those given up are dropped."""
        try:
            name, answer = self.answers.get(timeout=seconds) if seconds else self.answers.get_nowait()
            while True:
                if self.under_way.pop(name, None) is not None:
                    yield name, answer
                name, answer = self.answers.get_nowait()
        except queue.Empty:
            return

    def _given_up(self) -> Iterator[tuple[str, Answer]]:
        limit = self.clock.now() - self.limits.patience
        for name in [name for name, since in self.under_way.items() if since <= limit]:
            del self.under_way[name]
            hint = "the device may have done what was asked: read it before asking again"
            yield name, DeadlineExceeded(NO_END.format(self.limits.patience), hint, sent=True)
