# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What the master does with many devices by itself: chosen, asked side by side, told of while it lasts, counted."""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Callable, Union

from saltext.amt.arguments import read_arguments
from saltext.amt.carry_out import carry_out, judge, sentence, verdict, without
from saltext.amt.chosen import choose, endpoints, read_sites
from saltext.amt.core.errors import AmtError
from saltext.amt.core.fleet.action import MISTAKE, Fleet, Limits
from saltext.amt.core.option import Option
from saltext.amt.core.resource import Resource
from saltext.amt.devices import Device
from saltext.amt.progress import Run
from saltext.amt.turns import in_turn

log = logging.getLogger(__name__)

Answer = dict[str, Any]
Act = Callable[[Device], Answer]
Asked = Union[Device, AmtError]

SETTINGS = (
    Option("tgt_type", default="glob", choices=("glob", "list", "pcre", "grain")),
    Option("site", type="list", elements="str", default=[]),
    Option("devices", type="dict"),
    Option("concurrency", type="int", default=16),
    Option("rate", type="float", default=0.0),
    Option("deadline", type="float", default=0.0),
    Option("timeout", type="float"),
    Option("test", type="bool", default=False),
    Option("display_progress", type="bool", default=False),
    Option("brief", type="bool", default=False),
)
#: Seconds for which a device is waited for beyond its own deadline.
GRACE = 30.0
STEPS = 20


@dataclass(frozen=True)
class Master:
    """`say` shows progress to whoever called; `jid` is empty outside of a job."""

    opts: Mapping[str, Any]
    show_pillar: Callable[[str], Any]
    jid: str
    say: Callable[[dict[str, Any]], Any]

    def pillar(self, how: Mapping[str, Any]) -> Mapping[str, Any]:
        return read_sites(self.opts, self.show_pillar, how["site"], how["devices"])

    def over(self, function: str, tgt: Any, how: Mapping[str, Any], act: Act) -> dict[str, Answer]:
        """An answer for each device that is meant, with `result` and, where there is one, a `comment`."""
        pillar = self.pillar(how)
        asked = endpoints(self.opts, pillar, choose(self.opts, pillar, tgt, how["tgt_type"]))
        if how["timeout"]:
            asked = {name: _within(each, how["timeout"]) for name, each in asked.items()}
        run = Run(self.opts, self.jid, "runner.amt." + function, list(asked))
        answers: dict[str, Answer] = {}
        fleet = Fleet(lambda name: _logged(act, _device(asked[name])), _limits(how, asked))
        for name, answer in fleet.over(list(asked)):
            answers[name] = _told(asked[name], answer)
            run.answered(name, answers[name], answers[name]["result"] is False)
            if how["display_progress"] and (run.done == run.total or run.done % -(-run.total // STEPS) == 0):
                self.say({"message": "{0} of {1}".format(run.done, run.total)})
        run.ended(counts(answers))
        return dict(sorted(answers.items()))


def settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """How to go about it, without the keyword arguments that Salt adds by itself."""
    return read_arguments(SETTINGS, {name: value for name, value in given.items() if not name.startswith("__")})


def converging(resource: Resource, given: Mapping[str, Any], test: bool) -> Act:
    """Arguments are judged here, once, before any device is asked."""
    judge(resource, given)

    def act(device: Device) -> Answer:
        with contextlib.nullcontext() if test else in_turn(device):
            return verdict(device.name, carry_out(resource, device, given, dry_run=test), test)

    return act


def returned(answers: Mapping[str, Answer], brief: bool) -> dict[str, Any]:
    """What the runner returns: of all devices, or the counts and those that failed; the job cache has the others."""
    shown = {name: answer for name, answer in answers.items() if not brief or answer["result"] is False}
    return {"devices": shown, "counts": counts(answers)}


def counts(answers: Mapping[str, Answer]) -> dict[str, int]:
    """How many of each kind, in words."""
    return {"total": len(answers), **Counter(_kind(answer) for answer in answers.values())}


def _kind(answer: Answer) -> str:
    if answer["result"] is False:
        return "failed"
    if "changes" not in answer:
        return "answered"
    if answer["result"] is None:
        return "would_change"
    return "changed" if answer["changes"] else "unchanged"


def _limits(how: Mapping[str, Any], asked: Mapping[str, Asked]) -> Limits:
    longest = max((each.endpoint.deadline for each in asked.values() if isinstance(each, Device)), default=0.0)
    return Limits(how["concurrency"], how["rate"], how["deadline"], longest + GRACE)


def _within(asked: Asked, seconds: float) -> Asked:
    if isinstance(asked, AmtError):
        return asked
    try:
        return replace(asked, endpoint=replace(asked.endpoint, deadline=seconds))
    except AmtError as error:
        return error


def _device(asked: Asked) -> Device:
    if isinstance(asked, AmtError):
        raise asked
    return asked


def _logged(act: Act, device: Device) -> Answer:
    """A mistake of ours is an answer like others, and its text is for the log, without what it may hold."""
    try:
        return act(device)
    except AmtError:
        raise
    except Exception:  # noqa: BLE001 - told, and the other devices go on
        trace = without([device.endpoint.password], traceback.format_exc())
        log.error("a mistake of ours, and not of %s:\n%s", device.name, trace)
        raise AmtError(MISTAKE, "the log has it") from None


def _told(asked: Asked, answer: Answer | AmtError) -> Answer:
    secrets = [asked.endpoint.password] if isinstance(asked, Device) else []
    if isinstance(answer, AmtError):
        answer = {"result": False, "error": type(answer).__name__, "comment": sentence(answer), "changes": {}}
    return dict(without(secrets, answer))
