# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Power packages in words, from the descriptions that firmware gives of them (AMT.md 6.4; Power Settings in the
vendor's guide; the firmware menus of Dell, HP and Intel boards).

Firmware of AMT 6 and later has two: "ON in S0" and "ON in S0, ME Wake in S3, S4-5". Older ones had up to seven.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, Callable, Optional

from ...cim.power import ELEMENT_SETTINGS, POWER_SCHEME
from ...cim.schema import Properties
from ...errors import AmtError, Unreadable, Unsupported, lacking
from ...machine import Machine
from ...resource import Values
from ...wsman.values import Reference

Take = Callable[..., Any]
ANSWERS = ("never", "woken", "always")
WORDS = ("while_asleep", "while_off", "after_power_loss")
"""What tells packages apart."""
ASLEEP = ("sleep", "light_sleep", "standby")
"""States of power that are sleep to a power package; off and hibernation are the others."""
_WAKE = re.compile(r"\bME (?:WAKE|WOL)\b(?: IN)?")
_STATES = re.compile(r"\bS([0-5])(?:\s*-\s*S?([0-5]))?")


def packages(machine: Machine) -> list[Values]:
    """Those that this machine's manufacturer has left in, with what tells them to the firmware. Unavailable where there
    are none."""
    try:
        rows = machine.enumerate(POWER_SCHEME)
    except Unsupported:
        raise lacking("package", "power packages") from None
    return [described(row) for row in sorted(rows, key=lambda row: str(row["InstanceID"]))]


def described(row: Any, take: Take = Properties.known) -> Values:
    """With `Properties.get`, whoever reads is told of what cannot be read."""
    description = take(row, "Description" if "Description" in row else "ElementName")
    keys = {"InstanceID": row["InstanceID"], "SchemeGUID": take(row, "SchemeGUID")}
    return {"package": description, **in_words(description or ""), "key": keys}


def in_words(description: str) -> Values:
    """All None for a description that names no state."""
    parts = _WAKE.split(description.upper(), maxsplit=1)
    on, woken = _states(parts[0]), _states("".join(parts[1:]))
    if 0 not in on:
        return dict.fromkeys(WORDS)
    return {
        "while_asleep": _answers({3}, on, woken),
        "while_off": _answers({4, 5}, on, woken),
        "after_power_loss": "OFF AFTER POWER LOSS" not in description.upper(),
    }


def _states(text: str) -> set[int]:
    return {state for first, last in _STATES.findall(text) for state in range(int(first), int(last or first) + 1)}


def _answers(states: set[int], on: set[int], woken: set[int]) -> str:
    """Where a description names a state both ways the engine sleeps in it (HP's explanation of such a package)."""
    if states & woken:
        return "woken"
    return "always" if states <= on else "never"


def current(machine: Machine, offered: list[Values]) -> Optional[Values]:
    """The one in force; None where the firmware does not tell."""
    for row in machine.enumerate(ELEMENT_SETTINGS):
        with suppress(Unreadable):
            found = is_current(row, offered)
            if found is not None:
                return found
    return None


def is_current(row: Any, offered: list[Values], take: Take = Properties.known) -> Optional[Values]:
    """The package that an association says is in force. Unreadable where it says so of one that is not there."""
    setting = take(row, "SettingData")
    if not isinstance(setting, Reference) or setting.class_name != POWER_SCHEME.name or take(row, "IsCurrent") != "yes":
        return None
    for package in offered:
        if is_meant(package, setting):
            return package
    raise Unreadable(ELEMENT_SETTINGS.name, "SettingData", "names no power package that there is")


def is_meant(package: Values, setting: Reference) -> bool:
    return any(value and setting.selectors.get(name) == value for name, value in package["key"].items())


def answers_in(package: Values, power: str) -> Optional[str]:
    """never, woken or always, in a state of power; None where that is not known."""
    if power == "on":
        return "always"
    answer: Optional[str] = package["while_asleep" if power in ASLEEP else "while_off"]
    return answer


def wakes_from(machine: Machine) -> Optional[list[str]]:
    """From where an alarm wakes the machine, by the package in force: sleep, off. None where that cannot be read, which
    is no reason for anything to fail."""
    try:
        package = current(machine, packages(machine))
    except AmtError:
        return None
    if package is None or package["while_off"] is None:
        return None
    return [state for state in ("sleep", "off") if answers_in(package, state) != "never"]
