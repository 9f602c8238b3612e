# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""In which states of the machine the firmware answers, and how long it stays awake then: AMT.md 6.4 and 5.1, and Power
Settings in the vendor's guide.

Which of the two network ports is kept up for it is another matter: `link_policy` of the ports.
"""

from __future__ import annotations

from typing import Optional

from ...cim.network import GENERAL, LEAST_IDLE_TIMEOUT, MOST_MINUTES
from ...cim.power import POWER_SCHEME
from ...errors import Fault, InvalidOption, Unavailable, lacking
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Resource, Values
from ..glance import glanced
from .packages import ANSWERS, WORDS, answers_in, current, packages
from .power import Power

PACKAGE = "package"
COSTS = {
    "never": "it does not answer while the machine is {0}: no switching on, no alarm, no remote access until somebody "
    "starts the machine by hand",
    "woken": "it draws some power while the machine is {0}, sleeps after idle_timeout minutes, and what wakes it may "
    "be lost: ask twice",
    "always": "it draws power all the time while the machine is {0}",
}
"""What a way to answer comes with."""


class PowerScheme(Resource):
    """`available`: the packages of this machine. `costs`: what another package comes with. `power`: the state that the
    machine is in, read when the package is to change."""

    options = (
        Option("while_asleep", choices=ANSWERS),
        Option("while_off", choices=ANSWERS),
        Option("after_power_loss", type="bool"),
        Option(PACKAGE),
        Option("idle_timeout", type="int"),
    )
    aside = ("available", "costs", "power", "key")

    def check(self, wanted: Values) -> None:
        check_within("idle_timeout", wanted["idle_timeout"], LEAST_IDLE_TIMEOUT, MOST_MINUTES, "minutes")
        given = [name for name in WORDS if wanted[name] is not None]
        if wanted[PACKAGE] is not None and given:
            raise InvalidOption(PACKAGE, wanted[PACKAGE], "give either this or " + ", ".join(given))

    def read(self, machine: Machine, wanted: Values) -> Values:
        offered, found = _packages(machine, wanted)
        timeout = glanced(machine, GENERAL).known("IdleWakeTimeout")
        present = {**found, "available": offered, "idle_timeout": timeout}
        if _is_to_change(present, wanted):
            present["power"] = Power().read(machine, {})["state"]
        return present

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present}
        if wanted["idle_timeout"] is not None:
            if present["idle_timeout"] is None:
                raise lacking("idle_timeout", "AMT_GeneralSettings.IdleWakeTimeout, or does not show it to this user")
            planned["idle_timeout"] = wanted["idle_timeout"]
        package = _chosen(present, wanted)
        if package["key"] != present["key"]:
            _check_reachable(package, present.get("power"))
            planned.update(package, costs=_costs(package))
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        """The package last: it may be that the firmware goes to sleep by it."""
        if planned["idle_timeout"] != present["idle_timeout"]:
            machine.modify(GENERAL, {"IdleWakeTimeout": planned["idle_timeout"]})
        if planned["key"] != present["key"]:
            key = {name: value for name, value in planned["key"].items() if value}
            machine.invoke(POWER_SCHEME, "SetPowerScheme", **key)

    def export(self, present: Values) -> Values:
        """In words where the firmware's description has them."""
        told = super().export(present)
        if present["while_off"] is not None:
            told.pop(PACKAGE, None)
        return told


def _packages(machine: Machine, wanted: Values) -> tuple[list[Values], Values]:
    """Those that there are, and the one in force. Who asks for the time-out alone needs none of them."""
    unknown = {PACKAGE: None, **dict.fromkeys(WORDS), "key": None}
    try:
        offered = packages(machine)
        return offered, current(machine, offered) or unknown
    except (Fault, Unavailable):
        if _asked(wanted) or wanted["idle_timeout"] is None:
            raise
        return [], unknown


def _asked(wanted: Values) -> Values:
    return {name: wanted[name] for name in (*WORDS, PACKAGE) if wanted[name] is not None}


def _fitting(present: Values, wanted: Values) -> list[Values]:
    """Of the packages that are as asked, the least different from the present one first."""
    asked = _asked(wanted)
    fitting = [each for each in present["available"] if all(each[name] == asked[name] for name in asked)]
    return sorted(fitting, key=lambda each: sum(each[name] != present[name] for name in WORDS))


def _is_to_change(present: Values, wanted: Values) -> bool:
    fitting = _fitting(present, wanted)
    return bool(_asked(wanted) and fitting and all(each["key"] != present["key"] for each in fitting))


def _chosen(present: Values, wanted: Values) -> Values:
    """The present one where it is as asked."""
    fitting = _fitting(present, wanted)
    if not _asked(wanted) or any(each["key"] == present["key"] for each in fitting):
        return present
    if not fitting:
        asked = ", ".join("{0}: {1}".format(name, value) for name, value in _asked(wanted).items())
        offered = "; ".join(str(each[PACKAGE]) for each in present["available"])
        raise Unavailable(
            "this machine has no power package with {0}".format(asked), "it has these: {0}".format(offered or "none")
        )
    return fitting[0]


def _check_reachable(package: Values, power: Optional[str]) -> None:
    """A firmware that falls silent in the state that the machine is in would not even be read back."""
    if power not in (None, "on", "unknown") and answers_in(package, power) == "never":
        raise Unavailable(
            "the machine is {0}, in which the firmware would not answer any more".format(power),
            "switch it on first (amt_power), or choose a package that answers then",
            power=power,
        )


def _costs(package: Values) -> list[str]:
    states = {"while_asleep": "asleep", "while_off": "off"}
    return [COSTS[package[name]].format(state) for name, state in states.items() if package[name] is not None]
