# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Power of the managed system: states that hold, and events that happen once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Callable, Optional

from ...cim.power import (
    ASSOCIATED_POWER,
    MANAGED_SYSTEM,
    OS_POWER_SAVING,
    POWER_SERVICE,
    REQUESTS,
    SAVING_REQUESTS,
    SESSIONS,
)
from ...cim.schema import Properties
from ...errors import (
    AmtError,
    Busy,
    DeadlineExceeded,
    Fault,
    Indeterminate,
    Interrupted,
    InvalidOption,
    NotReached,
    Refused,
    Unavailable,
    Unreachable,
)
from ...machine import Machine
from ...option import Option
from ...resource import Resource, Values
from ..glance import glance_all, glanced
from .restart import Restart

STATES = ("on", "off", "sleep", "hibernate", "standby")
EVENTS = ("reset", "cycle", "nmi")

#: States from which a machine is switched on, and neither reset nor cycled.
NOT_RUNNING = ("off", "hibernate")

#: What the firmware reports -> the state that a user means.
MEANS = {"light_sleep": "sleep", "hard_off": "off"}

#: Request -> the same through the operating system, which must run Intel's local manageability service.
GRACEFUL = {"off": "graceful_off", "reset": "graceful_reset", "cycle": "graceful_cycle"}

#: An immediate request that serves where the first choice is not offered.
INSTEAD = {"cycle": "hard_cycle"}

#: State -> the request to the system itself, for machines whose PowerState stays "on" in modern standby.
OF_STANDBY = {"on": "full_power", "standby": "saving"}

#: Seconds before a refused request is looked at and sent again; in all what the vendor's guide gives a change of power.
PAUSES = (2.0, 3.0, 5.0)

#: Seconds in which a power change can be seen; the vendor's guide speaks of up to ten for the BIOS.
SHOWS_WITHIN = 30.0

#: Seconds that a system which is woken has for its local service to be back.
WAKES_WITHIN = 30.0

#: Refusals that may pass by themselves: a transition under way.
MAY_PASS = ("UNKNOWN_OR_FAILED", "BUSY", "IN_USE")

#: What a device does for a moment when power changes: its engine restarts, its link is gone.
AWAY = (Busy, Fault, Interrupted, Unreachable, DeadlineExceeded)

UNKNOWN: Values = {"state": "unknown", "available": [], "os_power_saving": None}

#: Options for who waits for a change of power, here and in what restarts a machine for another reason.
WAITING = (
    Option("wait", type="bool", default=True),
    Option("wait_timeout", type="int", default=300),
    Option("force_after", type="int"),
)


def check_waiting(wanted: Values) -> None:
    """InvalidOption for times that cannot be waited."""
    for name in ("wait_timeout", "force_after"):
        if wanted.get(name) is not None and wanted[name] <= 0:
            raise InvalidOption(name, wanted[name], "give a number of seconds above 0")
    if wanted.get("force_after") is not None and not wanted["wait"]:
        raise InvalidOption(
            "force_after", wanted["force_after"], "it needs wait: true, since it is a matter of waiting"
        )


class Power(Resource):
    """`state` on, off, sleep, hibernate, standby is desired state; reset, cycle, nmi happen whenever asked for.

    AMT.md 6.1. Waiting: seconds. Asking for a state that the machine does not offer now is `Unavailable`. A state that
    cannot be read is `unknown`: then the request is sent, and nothing waited for.
    """

    options = (
        Option("state", choices=STATES + EVENTS, required=True),
        Option("graceful", choices=("prefer", "require", "never"), default="prefer"),
        *WAITING,
    )
    aside = ("available", "os_power_saving", "request")
    proves = True

    def check(self, wanted: Values) -> None:
        check_waiting(wanted)
        if wanted["graceful"] == "require" and wanted["state"] not in GRACEFUL:
            raise InvalidOption(
                "graceful", "require", "only {0} can be asked of the system".format(", ".join(GRACEFUL))
            )

    def read(self, machine: Machine, wanted: Values) -> Values:
        try:
            return self.look(machine)
        except Fault:
            return UNKNOWN

    @staticmethod
    def look(machine: Machine, take: Callable[..., Any] = Properties.known) -> Values:
        """The state now. What raises is the one class that tells it; what else cannot be read is left out. With
        `Properties.get`, whoever reads is told of that."""
        power = machine.get(ASSOCIATED_POWER)
        state = take(power, "PowerState", "unknown")
        saving = take(glanced(machine, OS_POWER_SAVING), "OSPowerSavingState") if state == "on" else None
        return {
            "state": "standby" if saving == "saving" else MEANS.get(state, state),
            "available": take(power, "AvailableRequestedPowerStates", []),
            "os_power_saving": saving,
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        asked = wanted["state"]
        if asked == present["state"]:
            return present
        request = self.request(present, asked, wanted["graceful"])
        if asked == "nmi":
            return {**present, "event": request}
        if asked in EVENTS:
            return {**present, "state": "on", "event": request}
        return {**present, "state": asked, "request": request}

    @staticmethod
    def request(present: Values, asked: str, graceful: str) -> str:
        """The request that fits what the machine offers now. An empty list means that it does not tell. A system in
        standby offers nothing of its own until it is woken, which `apply` does."""
        offered = present["available"]
        sleeps_with_system = present["state"] == "standby" and bool(offered)
        if asked == "standby" or (asked == "on" and present["state"] == "standby"):
            return _request_of_standby(present, asked)
        if graceful != "never" and asked in GRACEFUL and (GRACEFUL[asked] in offered or sleeps_with_system):
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

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values | None:
        request = planned.get("event") or planned["request"]
        goal = "on" if wanted["state"] in EVENTS else wanted["state"]
        if present["state"] == "standby" and request not in SAVING_REQUESTS:
            request = self._wake(machine, request, wanted)
        restart = self._signs_of_restart(machine, request, wanted)
        try:
            self._send(machine, request, present, wanted)
        except Indeterminate:
            if wanted["wait"] and "event" not in planned:
                self._look_for(machine, goal, wanted)
            raise
        sent = {} if "event" in planned else {"request": request}
        if not wanted["wait"] or request == "nmi" or present["state"] == "unknown":
            return sent
        found = self._see_through(machine, goal, wanted, restart, request in GRACEFUL.values())
        return {**sent, "available": found["available"], "os_power_saving": found["os_power_saving"]}

    def _wake(self, machine: Machine, request: str, wanted: Values) -> str:
        """A system in standby is woken before it is asked for anything else, as the vendor's own consoles do; that this
        may fail is no reason not to ask. The request that fits then."""
        with suppress(Busy, Fault, Refused, Indeterminate):
            machine.invoke(OS_POWER_SAVING, *_saving_change("full_power"))
        if request not in GRACEFUL.values():
            return request
        with suppress(NotReached):
            machine.wait(lambda: request in self._seen_anyhow(machine)["available"], WAKES_WITHIN, "it was not woken")
        found = self._seen_anyhow(machine)
        return self.request({**found, "state": "on"}, wanted["state"], wanted["graceful"])

    @staticmethod
    def _signs_of_restart(machine: Machine, request: str, wanted: Values) -> Optional[Restart]:
        is_asked_of_system = request in (GRACEFUL["reset"], GRACEFUL["cycle"])
        return Restart(machine, tuple(GRACEFUL.values())) if is_asked_of_system and wanted["wait"] else None

    def _send(self, machine: Machine, request: str, present: Values, wanted: Values) -> None:
        """A refusal that may pass is looked at after a pause, and sent again if there is still something to ask for."""
        for pause in (*PAUSES, None):
            try:
                self._invoke(machine, request)
                return
            except Refused as refusal:
                if refusal.name not in MAY_PASS:
                    raise
                if pause is None or machine.deadline.left() <= pause:
                    raise explained(machine, refusal) from refusal
            machine.clock.sleep(pause)
            found = self._seen_anyhow(machine)
            if found["state"] == wanted["state"]:
                return
            if found["state"] not in (present["state"], "unknown"):
                request = self.request(found, wanted["state"], wanted["graceful"])

    def _seen_anyhow(self, machine: Machine) -> Values:
        try:
            return self.look(machine)
        except AWAY:
            return UNKNOWN

    @staticmethod
    def _invoke(machine: Machine, request: str) -> None:
        if request in SAVING_REQUESTS:
            machine.invoke(OS_POWER_SAVING, *_saving_change(request))
            return
        arguments = {"PowerState": REQUESTS[request], "ManagedElement": MANAGED_SYSTEM.at()}
        machine.invoke(POWER_SERVICE, "RequestPowerStateChange", arguments)

    def _look_for(self, machine: Machine, goal: str, wanted: Values) -> None:
        """Give a request whose answer was lost the time to show, so that reading back finds what it did."""
        try:
            self._wait(machine, goal, min(SHOWS_WITHIN, wanted["wait_timeout"]))
        except NotReached:
            return

    def _see_through(
        self, machine: Machine, goal: str, wanted: Values, restart: Optional[Restart], graceful: bool
    ) -> Values:
        """Wait for the goal. A system that was asked and does not follow is forced, where that is wanted: the time
        until then is the task's own wish, and the deadline moves by it. What was seen last."""
        if not graceful or not wanted["force_after"]:
            return self._wait(machine, goal, wanted["wait_timeout"], restart)
        machine.deadline.extend(wanted["force_after"])
        try:
            return self._wait(machine, goal, wanted["force_after"], restart)
        except NotReached:
            present = self._seen_anyhow(machine)
            if not restart and present["state"] == goal:
                return present
            asked = "on" if restart and present["state"] in NOT_RUNNING else wanted["state"]
            self._send(machine, self.request(present, asked, "never"), present, wanted)
            return self._wait(machine, goal, wanted["wait_timeout"])

    def _wait(self, machine: Machine, goal: str, seconds: float, restart: Optional[Restart] = None) -> Values:
        """A device that is away for a moment is not at the goal yet. What was seen last."""
        seen: Values = {}

        def is_there() -> bool:
            try:
                seen.update(self.look(machine))
                return restart.is_seen(seen) if restart else seen["state"] == goal
            except AWAY:
                return False

        if restart:
            sentence = "the firmware handed the request to the system, and no restart was seen"
        else:
            sentence = "the firmware accepted the request, and the machine was not {0}".format(goal)
        machine.wait(is_there, seconds, sentence)
        return seen


def _request_of_standby(present: Values, asked: str) -> str:
    if asked == "on" or (present["state"] == "on" and present["os_power_saving"] == "full_power"):
        return OF_STANDBY[asked]
    raise Unavailable(
        "the machine is {0} and does not offer standby".format(present["state"]),
        "modern standby is asked of a running system, and only where the firmware tells its OSPowerSavingState; "
        "state sleep is the other kind of standby",
    )


def _saving_change(request: str) -> tuple[str, Values]:
    arguments = {"OSPowerSavingState": SAVING_REQUESTS[request], "ManagedElement": MANAGED_SYSTEM.at()}
    return "RequestOSPowerSavingStateChange", arguments


def explained(machine: Machine, refusal: Refused) -> Refused:
    """The refusal, with the open sessions as its likely reason: while there is one, power is not taken away."""
    try:
        opened = [name for name, cim in SESSIONS.items() if glance_all(machine, cim)]
    except AmtError:
        opened = []
    if not opened:
        hint = "a change of power may be under way, or a KVM, SOL or media session open, which keeps the power on"
        return Refused(refusal.method, refusal.family, refusal.code, refusal.name, hint)
    sessions = "; ".join(opened)
    told = Refused(
        refusal.method,
        refusal.family,
        refusal.code,
        refusal.name,
        "a session is open and keeps the power on: {0}. End it and try again; a reset is possible meanwhile".format(
            sessions
        ),
    )
    told.details["sessions"] = opened
    return told
