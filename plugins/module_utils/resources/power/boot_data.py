# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The settings of the next boot: what of them stands armed, and how they are written so that nothing else survives."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ...cim.power import (
    AT_REST,
    BOOT_ORDER,
    BOOT_SETTINGS,
    COUNTED_BY,
    DESTRUCTIVE,
    NEVER_TOLD,
    REFUSED_BESIDE_A_SOURCE,
    REPORTS,
)
from ...cim.schema import Properties
from ...errors import AccessDenied, AmtError, Fault, NotReached, Refused
from ...machine import Machine
from ..security.consent import consent_of, consent_required, is_missing
from .boot_order import change_order, order_of, set_role
from .boot_targets import PLAIN, SETTINGS, settings_of, source_of, target_of
from .restart import override_is_pending

#: How often the whole is written when somebody else writes at the same time, and the longest pause between, in seconds.
TRIES, PAUSE = 5, 2.0


def settings_at(found: Properties, expected: Mapping[str, Any]) -> list[str]:
    """The settings that stand at something else than `expected`, and than rest where it says nothing. One that cannot
    be read is among them. So is a switch that no table of ours has, unless its name says that it only reports."""
    known = {row.name for row in BOOT_SETTINGS.properties}
    off = [name for name in AT_REST if name in found and _is_off(found, name, expected.get(name, AT_REST[name]))]
    unknown = [name for name in found if name not in known and _is_on(found.known(name)) and not name.endswith(REPORTS)]
    return sorted(off + unknown)


def _is_off(found: Properties, name: str, expected: Any) -> bool:
    if name in NEVER_TOLD or found.known(COUNTED_BY.get(name, ""), 1) == 0:
        return False
    return name in found.unreadable or not _is(found.known(name), expected)


def _is(value: Any, expected: Any) -> bool:
    return not value if expected is None else value == expected


def _is_on(value: Any) -> bool:
    return isinstance(value, str) and value.strip().lower() == "true"


def armed(found: Properties, target: str, pending: bool | None, order: list[str] | None) -> list[str]:
    """What stands in the boot data beside the target and the options, by the firmware's own names. CIM_OrderedComponent
    stands for a boot source that is chosen and is not the target's."""
    options = {option.wire for option in SETTINGS}
    standing = settings_at(found, settings_of(target))
    settings = [name for name in standing if name not in options or name in found.unreadable]
    source = source_of(target)
    is_of_target = order is None or order == ([source] if source else [])
    return settings if is_of_target or target == "unknown" else sorted([*settings, BOOT_ORDER.name])


def changes_for(planned: Mapping[str, Any]) -> dict[str, Any]:
    """What the options and the target ask of the boot data, by the firmware's names."""
    changes = {option.wire: planned[option.name] for option in SETTINGS if planned[option.name] is not None}
    return {**PLAIN, **settings_of(planned["target"]), **changes}


class Arming:
    """One boot of a target with the settings `asked`, on a device at which somebody else may be at work."""

    def __init__(self, machine: Machine, target: str, asked: Mapping[str, Any]) -> None:
        self.machine = machine
        self.target = target
        self.asked = asked

    def clear(self) -> None:
        change_order(self.machine)

    def carry_out(self) -> dict[str, Any]:
        """`latched`: the settings that the firmware keeps at another value than it was given, if there are any; twice,
        since once it may have been somebody else.

        NotReached where something destructive stays armed, or where the boot is not as it was set.
        """
        kept: list[str] = []
        for left in reversed(range(TRIES)):
            latched = self._write()
            found, standing = self._found()
            is_set = found in (self.target, "unknown") and standing == latched
            if is_set and latched == kept:
                return {"latched": latched} if latched else {}
            kept = latched
            if left and not is_set:
                pause = random.uniform(0.1, PAUSE)  # noqa: S311 - no secret
                self.machine.clock.sleep(min(pause, max(0.0, self.machine.deadline.left())))
        raise NotReached(
            "the firmware accepted target {0} and has {1} for the next boot".format(self.target, found),
            "somebody else may be setting the boot of this machine: look who, and try again",
            found=found,
            standing=standing,
        )

    def _write(self) -> list[str]:
        """Settings first: what firmware refuses is refused before anything is cleared, unless it wants that the other
        way round. The old order is given back then."""
        wants_no_source = any(self.asked.get(name) for name in REFUSED_BESIDE_A_SOURCE)
        before = order_of(self.machine) if wants_no_source else []
        clears_first = before != []
        with _consent_is_named(self.machine):
            if clears_first:
                change_order(self.machine)
            try:
                self._put()
            except (Fault, Refused):
                if clears_first and before and order_of(self.machine) == []:
                    change_order(self.machine, *before)
                raise
            latched = self._judge_what_stands()
            if not clears_first:
                change_order(self.machine)
            set_role(self.machine, "not_next" if self.target == "none" else "next_single_use")
            source = source_of(self.target)
            if source:
                change_order(self.machine, source)
        return latched

    def _put(self) -> None:
        """Every setting that this firmware has, at what is asked or at rest."""
        found = self._read()
        rest = {name: value for name, value in AT_REST.items() if name in found}
        unknown = {name: False for name in settings_at(found, {}) if name not in AT_REST}
        missing = {name: value for name, value in self.asked.items() if name not in found and not _is_rest(name, value)}
        asked = {name: value for name, value in self.asked.items() if name in found}
        try:
            self.machine.modify(BOOT_SETTINGS, {**unknown, **rest, **asked, **missing})
        except (Fault, Refused) as refusal:
            self._tell_what_stays(refusal)
            raise

    def _tell_what_stays(self, refusal: AmtError) -> None:
        """A refused write may have left what another console armed, or have latched."""
        dangerous = self._dangerous(settings_at(self._read(), self.asked))
        if dangerous:
            raise still_armed(dangerous, "it refused to take the boot settings back: {0}".format(refusal)) from refusal

    def _judge_what_stands(self) -> list[str]:
        standing = settings_at(self._read(), self.asked)
        dangerous = self._dangerous(standing)
        if dangerous:
            raise still_armed(dangerous, "it accepted the boot settings and did not let go of it")
        return standing

    def _dangerous(self, standing: list[str]) -> list[str]:
        return [name for name in standing if (name in DESTRUCTIVE and not self.asked.get(name)) or name not in AT_REST]

    def _found(self) -> tuple[str, list[str]]:
        """The target that the device has now, and what stands otherwise than asked."""
        found = self._read()
        pending, order = override_is_pending(self.machine), order_of(self.machine)
        return target_of(found, pending, order), settings_at(found, self.asked)

    def _read(self) -> Properties:
        return self.machine.get(BOOT_SETTINGS)


def _is_rest(name: str, value: Any) -> bool:
    return _is(value, AT_REST[name])


def still_armed(names: list[str], why: str) -> NotReached:
    return NotReached(
        "the firmware keeps {0} armed for the next boot: {1}".format(", ".join(names), why),
        "do not start this machine before that is gone: take it back from the console that set it, switch remote "
        "platform erase off in CIM_BootService (RequestStateChange), or in the BIOS, and run target none again",
        armed=names,
    )


@contextmanager
def _consent_is_named(machine: Machine) -> Iterator[None]:
    """Where the firmware refuses for want of consent, the error says so."""
    try:
        yield
    except (AccessDenied, Refused, Fault) as refusal:
        name = str(refusal.details.get("name", ""))
        denied = isinstance(refusal, AccessDenied) or name in ("ACCESS_DENIED", "USER_CONSENT_REQUIRED")
        if denied and (name == "USER_CONSENT_REQUIRED" or is_missing(consent_of(machine))):
            raise consent_required("this change of the next boot") from refusal
        raise
