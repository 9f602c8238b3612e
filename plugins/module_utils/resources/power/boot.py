# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the machine starts from next time, once: AMT.md 6.2, and Boot Control in the vendor's guide."""

from __future__ import annotations

from ...cim.power import BOOT_CAPABILITIES, BOOT_ORDER, BOOT_SETTINGS, DESTRUCTIVE
from ...errors import InvalidOption, Unavailable
from ...machine import Machine
from ...option import Option
from ...resource import Resource, Values
from ..glance import glance
from ..security.consent import consent_of, consent_required, is_missing
from .boot_data import Arming, armed, changes_for
from .boot_order import order_of
from .boot_targets import (
    MEDIA_INDEX,
    SETTINGS,
    SWITCHES,
    TARGETS,
    VERBOSITY_CAPABILITY,
    WITH_DRIVE,
    settings_of,
    source_of,
    target_of,
)
from .power import NOT_RUNNING, WAITING, Power, check_waiting
from .restart import override_is_pending

NOT_ASKED = {"required": None, "given": None}


class Boot(Resource):
    """`target` is consumed by the next boot; `none` takes an override back. `restart` makes that boot happen now.

    `armed` names what stands in the boot data and is not of the target: none of it survives.
    """

    options = (
        Option("target", choices=("none", *TARGETS), required=True),
        *SETTINGS,
        Option("restart", choices=("never", "graceful", "immediate"), default="never"),
        *WAITING,
    )
    aside = ("capabilities", "consent", "power")
    proves = True

    def check(self, wanted: Values) -> None:
        _check_media_index(wanted)
        given = [option.name for option in SETTINGS if wanted[option.name] != option.default]
        if wanted["target"] == "none" and given:
            raise InvalidOption(given[0], wanted[given[0]], "target none takes every setting back; leave it out")
        check_waiting(wanted)
        if wanted["force_after"] is not None and wanted["restart"] == "never":
            raise InvalidOption("force_after", wanted["force_after"], "it is about a restart: give restart: graceful")

    def read(self, machine: Machine, wanted: Values) -> Values:
        settings = machine.get(BOOT_SETTINGS)
        pending, order = override_is_pending(machine), order_of(machine)
        present = {option.name: settings.known(option.wire) for option in SETTINGS}
        present["target"] = target_of(settings, pending, order)
        present["armed"] = armed(settings, present["target"], pending, order)
        present["capabilities"] = self._capabilities(machine) if wanted["target"] != "none" else None
        present["power"] = Power().read(machine, {}) if wanted["restart"] != "never" else None
        present["consent"] = NOT_ASKED
        if not _is_as(present, self._aim(present, wanted)):
            present["consent"] = consent_of(machine)
        return present

    @staticmethod
    def _capabilities(machine: Machine) -> Values | None:
        """Those that the table knows; None where this firmware makes no statement."""
        stated = glance(machine, BOOT_CAPABILITIES)
        known = {row.name for row in BOOT_CAPABILITIES.properties}
        return {name: value for name, value in stated.items() if name in known} or None

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = self._aim(present, wanted)
        self._require(present["capabilities"], planned)
        if not _is_as(present, planned) and is_missing(present["consent"]) and not _only_clears(present, planned):
            raise consent_required("every change of the next boot", _destructive(present))
        if present["power"] is not None:
            planned["restart"] = _restart(present["power"], wanted["restart"])
            Power().plan(present["power"], _power_wish(planned, wanted))
        return planned

    @staticmethod
    def _aim(present: Values, wanted: Values) -> Values:
        planned = {**present, "target": wanted["target"], "armed": []}
        for option in SETTINGS:
            if present[option.name] is not None or wanted[option.name] != option.default:
                planned[option.name] = wanted[option.name]
        return planned

    @staticmethod
    def _require(capabilities: Values | None, planned: Values) -> None:
        """Refuse what the firmware says that it cannot do. Firmware that has no such statement decides for itself."""
        if capabilities is None:
            return
        needed = {"target: " + word: target.capability for word, target in TARGETS.items() if planned["target"] == word}
        needed.update({option.name: capability for option, capability in SWITCHES.items() if planned[option.name]})
        if planned["verbosity"] in VERBOSITY_CAPABILITY:
            needed["verbosity"] = VERBOSITY_CAPABILITY[planned["verbosity"]]
        for asked, capability in needed.items():
            if not capabilities.get(capability):
                raise Unavailable(
                    "the firmware does not offer {0}: its {1} is not true".format(asked, capability),
                    "the subset boot of the inventory lists what it offers",
                )

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        learnt: Values = {}
        if not _is_as(present, planned):
            arming = Arming(machine, planned["target"], changes_for(planned))
            if is_missing(present["consent"]):
                arming.clear()
            else:
                learnt = arming.carry_out()
        if planned.get("restart"):
            learnt["power"] = {**present["power"], **self._start(machine, present["power"], planned, wanted)}
        return learnt

    @staticmethod
    def _start(machine: Machine, power: Values, planned: Values, wanted: Values) -> Values:
        wish, restarting = _power_wish(planned, wanted), Power()
        after = restarting.plan(power, wish)
        return {"state": after["state"], **(restarting.apply(machine, power, after, wish) or {})}


def _power_wish(planned: Values, wanted: Values) -> Values:
    """The restart as a wish to the power resource."""
    graceful = "prefer" if wanted["restart"] == "graceful" else "never"
    return {
        "state": planned["restart"],
        "graceful": graceful,
        **{option.name: wanted[option.name] for option in WAITING},
    }


def _destructive(present: Values) -> list[str]:
    """What is set now and costs data, settings or protection, under the firmware's own names."""
    options = [option.wire for option in SETTINGS if present[option.name] is True]
    return [name for name in (*present["armed"], *options) if name in DESTRUCTIVE]


def _check_media_index(wanted: Values) -> None:
    index = wanted[MEDIA_INDEX.name]
    if index not in range(3):
        raise InvalidOption(MEDIA_INDEX.name, index, "0 is the default drive, 1 the first, 2 the second")
    if index and wanted["target"] not in WITH_DRIVE:
        raise InvalidOption(MEDIA_INDEX.name, index, "it chooses among drives: target " + ", ".join(WITH_DRIVE))


def _is_as(present: Values, planned: Values) -> bool:
    return all(planned[name] == present[name] for name in ("target", "armed", *(option.name for option in SETTINGS)))


def _only_clears(present: Values, planned: Values) -> bool:
    """Whether an empty boot order, which needs no consent, is all that is missing to an ordinary boot."""
    at_rest = {**present, "target": "none", "armed": []}
    is_order_alone = present["target"] == "none" or (
        source_of(present["target"]) is not None and not settings_of(present["target"])
    )
    return (
        planned["target"] == "none"
        and set(present["armed"]) <= {BOOT_ORDER.name}
        and is_order_alone
        and _is_as(at_rest, planned)
    )


def _restart(power: Values, how: str) -> str:
    """`on` for a machine that is off; else the restart that it offers now."""
    if power["state"] in NOT_RUNNING:
        return "on"
    offered = power["available"]
    return (
        "reset" if not offered or "reset" in offered or (how == "graceful" and "graceful_reset" in offered) else "cycle"
    )
