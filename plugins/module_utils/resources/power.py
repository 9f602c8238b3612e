# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Power of the managed system: states that hold, and events that happen once."""

from __future__ import annotations

from ..cim.power import ASSOCIATED_POWER, MANAGED_SYSTEM, POWER_SERVICE, REQUESTS
from ..errors import Indeterminate, InvalidOption, NotReached, Refused, Unavailable
from ..machine import Machine
from ..option import Option
from ..resource import Resource, Values

STATES = ("on", "off", "sleep", "hibernate")
EVENTS = ("reset", "cycle", "nmi")

#: What the firmware reports -> the state that a user means.
MEANS = {"light_sleep": "sleep", "hard_off": "off"}

#: Request -> the same through the operating system, which must run Intel's local manageability service.
GRACEFUL = {"off": "graceful_off", "reset": "graceful_reset", "cycle": "graceful_cycle"}

#: An immediate request that serves where the first choice is not offered.
INSTEAD = {"cycle": "hard_cycle"}

TRIES = 3

#: Seconds in which a power change can be seen; the vendor's guide speaks of up to ten for the BIOS.
SHOWS_WITHIN = 30.0


class Power(Resource):
    """`state` on, off, sleep, hibernate is desired state; reset, cycle, nmi happen whenever they are asked for.

    AMT.md 6.1. Waiting: seconds. Asking for a state that the machine does not offer now is `Unavailable`.
    """

    options = (
        Option("state", choices=STATES + EVENTS, required=True),
        Option("graceful", choices=("prefer", "require", "never"), default="prefer"),
        Option("force_after", type="int"),
        Option("wait", type="bool", default=True),
        Option("wait_timeout", type="int", default=300),
    )
    aside = ("available", "request")

    def check(self, wanted: Values) -> None:
        for name in ("wait_timeout", "force_after"):
            if wanted.get(name) is not None and wanted[name] <= 0:
                raise InvalidOption(name, wanted[name], "give a number of seconds above 0")
        if wanted.get("force_after") is not None and not wanted["wait"]:
            raise InvalidOption(
                "force_after", wanted["force_after"], "it needs wait: true, since it is a matter of waiting"
            )
        if wanted["graceful"] == "require" and wanted["state"] not in GRACEFUL:
            raise InvalidOption(
                "graceful", "require", "only {0} can be asked of the system".format(", ".join(GRACEFUL))
            )

    def read(self, machine: Machine, wanted: Values) -> Values:
        power = machine.get(ASSOCIATED_POWER)
        state = power.get("PowerState", "unknown")
        return {"state": MEANS.get(state, state), "available": power.get("AvailableRequestedPowerStates", [])}

    def plan(self, present: Values, wanted: Values) -> Values:
        asked = wanted["state"]
        if asked == present["state"]:
            return present
        request = self.request(present, asked, wanted["graceful"])
        if asked in EVENTS:
            return {**present, "event": request}
        return {**present, "state": asked, "request": request}

    @staticmethod
    def request(present: Values, asked: str, graceful: str) -> str:
        """The request that fits what the machine offers now. An empty list means that it does not tell."""
        offered = present["available"]
        if graceful != "never" and asked in GRACEFUL and GRACEFUL[asked] in offered:
            return GRACEFUL[asked]
        if graceful == "require":
            raise Unavailable(
                "the machine does not offer a graceful {0} now".format(asked),
                "it needs an operating system that runs the local manageability service (LMS); "
                "or allow an immediate one with graceful: prefer",
                offered=offered,
            )
        for request in (asked, INSTEAD.get(asked)):
            if request and (not offered or request in offered):
                return request
        raise Unavailable(
            "the machine is {0} and does not offer {1}; it offers: {2}".format(
                present["state"], asked, ", ".join(str(state) for state in offered)
            ),
            "ask for one of these, or bring it to state on first",
            offered=offered,
        )

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        request = planned.get("event") or planned["request"]
        goal = "on" if wanted["state"] in EVENTS else wanted["state"]
        try:
            self._send(machine, request, wanted)
        except Indeterminate:
            if wanted["wait"] and "event" not in planned:
                self._look_for(machine, goal, wanted)
            raise
        if not wanted["wait"] or request == "nmi":
            return
        if request in GRACEFUL.values() and wanted["force_after"]:
            self._insist(machine, goal, wanted)
        else:
            self._wait(machine, goal, wanted, wanted["wait_timeout"])

    def _send(self, machine: Machine, request: str, wanted: Values) -> None:
        """A definite refusal that may pass (a transition under way) is tried again after a look at the state."""
        arguments = {"PowerState": REQUESTS[request], "ManagedElement": MANAGED_SYSTEM.at()}
        for left in reversed(range(TRIES)):
            try:
                machine.invoke(POWER_SERVICE, "RequestPowerStateChange", arguments)
                return
            except Refused as refusal:
                if refusal.name not in ("UNKNOWN_OR_FAILED", "BUSY", "IN_USE"):
                    raise
                if self.read(machine, wanted)["state"] == wanted["state"]:
                    return
                if not left:
                    raise
                machine.clock.sleep(2.0)

    def _look_for(self, machine: Machine, goal: str, wanted: Values) -> None:
        """Give a request whose answer was lost the time to show, so that reading back finds what it did."""
        try:
            self._wait(machine, goal, wanted, min(SHOWS_WITHIN, wanted["wait_timeout"]))
        except NotReached:
            return

    def _insist(self, machine: Machine, goal: str, wanted: Values) -> None:
        try:
            self._wait(machine, goal, wanted, wanted["force_after"])
        except NotReached:
            present = self.read(machine, wanted)
            if present["state"] == goal:
                return
            self._send(machine, self.request(present, wanted["state"], "never"), wanted)
            self._wait(machine, goal, wanted, wanted["wait_timeout"])

    def _wait(self, machine: Machine, goal: str, wanted: Values, seconds: float) -> None:
        machine.wait(
            lambda: self.read(machine, wanted)["state"] == goal,
            seconds,
            "the firmware accepted the request, and the machine was not {0}".format(goal),
        )
