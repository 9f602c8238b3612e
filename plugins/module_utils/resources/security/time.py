# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The device's clock, set from ours in the vendor's three steps: AMT.md 10.4, and Time Synchronization in his guide."""

from __future__ import annotations

from dataclasses import dataclass

from ...cim.security import EARLIEST_TIME, TIME_SERVICE, TIME_TOLD
from ...errors import InvalidOption, Overtaken, Unavailable, Unreadable, lacking
from ...machine import Machine, about
from ...option import Option
from ...resource import Resource, Values

WHOLE = 0.5
"""Seconds, half of the one in which firmware tells the time."""


@dataclass(frozen=True)
class Drift:
    """Seconds by which the device's clock is ahead, and how far that may be off."""

    ahead: float
    give_or_take: float

    def within(self, tolerance: int) -> bool:
        """Unless it certainly is not: a slow way to the device is no drift."""
        return abs(self.ahead) - self.give_or_take <= tolerance


class Time(Resource):
    """`synchronized`: somebody has set the clock, and it is within the tolerance of ours. False leaves it alone."""

    options = (
        Option("synchronized", type="bool", default=True),
        Option("tolerance", type="int", default=10),
        Option("local_sync", type="bool"),
    )
    aside = ("drift", "source")
    proves = True

    def check(self, wanted: Values) -> None:
        if wanted["tolerance"] < 1:
            raise InvalidOption("tolerance", wanted["tolerance"], "firmware tells whole seconds: give 1 or more")

    def read(self, machine: Machine, wanted: Values) -> Values:
        service = machine.get(TIME_SERVICE)
        drift, source, local = measured(machine), service.get("TimeSource"), service.get("LocalTimeSyncEnabled")
        return {
            "synchronized": source != "bios" and drift.within(wanted["tolerance"]),
            "local_sync": {"default": True, "on": True, "off": False}.get(local),
            "drift": round(drift.ahead),
            "source": source,
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present, "synchronized": present["synchronized"] or wanted["synchronized"]}
        if wanted["local_sync"] is not None:
            if present["local_sync"] is None:
                raise lacking("local_sync", "switch that tells who may set its clock")
            planned["local_sync"] = wanted["local_sync"]
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        if planned["synchronized"] != present["synchronized"]:
            _set(machine)
        if planned["local_sync"] != present["local_sync"]:
            machine.invoke(TIME_SERVICE, "EnableLocalTimeSync", {"Enable": planned["local_sync"]})
        if not self.holds(self.read(machine, wanted), planned, wanted):
            raise Overtaken("the clock was set, and is not so afterwards: somebody else sets it too", "run again")


def _set(machine: Machine) -> None:
    """What the device told, when that was here, and when this is sent: so it knows how long the way is.

    Who sets the clock in between makes both wrong: what firmware adds is reckoned from what it told before.
    """
    theirs = _theirs(machine)
    told = ours(machine)
    times = {"Ta0": theirs, "Tm1": int(told), "Tm2": int(ours(machine))}
    machine.invoke(TIME_SERVICE, "SetHighAccuracyTimeSynch", times)


def measured(machine: Machine) -> Drift:
    """Unavailable where our own clock cannot be right."""
    asked = ours(machine)
    theirs = _theirs(machine)
    answered = ours(machine)
    return Drift(theirs + WHOLE - (asked + answered) / 2, (answered - asked) / 2 + WHOLE)


def _theirs(machine: Machine) -> int:
    answer = machine.ask(TIME_SERVICE, "GetLowAccuracyTimeSynch")
    with about(TIME_SERVICE.name):
        told = TIME_TOLD.decode(answer.get(TIME_TOLD.name))
    if told is None:
        raise Unreadable(TIME_SERVICE.name, TIME_TOLD.name, "is missing from the answer")
    return int(told)


def ours(machine: Machine) -> float:
    now = machine.clock.wall()
    if now <= EARLIEST_TIME:
        raise Unavailable("the clock of this controller is before 2004, which no firmware accepts", "set it first")
    return now
