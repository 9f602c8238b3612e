# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the machine starts from next time, once: AMT.md 6.2, and Boot Control in the vendor's guide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..cim.boot import (
    BOOT_CAPABILITIES,
    BOOT_CONFIGURATION,
    BOOT_ORDER,
    BOOT_SERVICE,
    BOOT_SETTINGS,
    BOOT_SOURCE,
    ELEMENT_SETTINGS,
    ROLES,
    SOURCES,
)
from ..errors import InvalidOption, Unavailable
from ..machine import Machine
from ..option import Option
from ..resource import Resource, Values
from ..wsman.values import Reference
from .power import Power


@dataclass(frozen=True)
class Target:
    """The `capability` of AMT_BootCapabilities that it needs, its boot `source`, its `settings` beside PLAIN."""

    capability: str
    source: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


TARGETS = {
    "pxe": Target("ForcePXEBoot", "pxe"),
    "disk": Target("ForceHardDriveBoot", "disk"),
    "safe_mode": Target("ForceHardDriveSafeModeBoot", "disk", {"UseSafeMode": True}),
    "cd": Target("ForceCDorDVDBoot", "cd"),
    "diagnostics": Target("ForceDiagnosticBoot", "diagnostics"),
    "bios_setup": Target("BIOSSetup", None, {"BIOSSetup": True}),
    "bios_pause": Target("BIOSPause", None, {"BIOSPause": True}),
    "ider_cd": Target("IDER", None, {"UseIDER": True, "IDERBootDevice": "cd"}),
    "ider_floppy": Target("IDER", None, {"UseIDER": True, "IDERBootDevice": "floppy"}),
}

#: The settings by which targets differ, and what they are where no target asks for them.
PLAIN = {"UseSafeMode": False, "BIOSSetup": False, "BIOSPause": False, "UseIDER": False, "IDERBootDevice": "floppy"}

VERBOSITY_CAPABILITY = {"quiet": "VerbosityQuiet", "verbose": "VerbosityVerbose", "blank": "VerbosityScreenBlank"}


def _switch(name: str, wire: str) -> Option:
    return Option(name, type="bool", default=False, wire=wire)


#: Options beside the target -> capability
SWITCHES = {
    _switch("sol", "UseSOL"): "SOL",
    _switch("lock_keyboard", "LockKeyboard"): "KeyboardLock",
    _switch("lock_power_button", "LockPowerButton"): "PowerButtonLock",
    _switch("lock_reset_button", "LockResetButton"): "ResetButtonLock",
    _switch("lock_sleep_button", "LockSleepButton"): "SleepButtonLock",
    _switch("bypass_password", "UserPasswordBypass"): "UserPasswordBypass",
    _switch("progress_events", "ForcedProgressEvents"): "ForcedProgressEvents",
    _switch("reset_bios", "ConfigurationDataReset"): "ConfigurationDataReset",
    _switch("secure_boot", "EnforceSecureBoot"): "AMTSecureBootControl",
}
VERBOSITY = Option(
    "verbosity", choices=("default", "quiet", "verbose", "blank"), default="default", wire="FirmwareVerbosity"
)
MEDIA_INDEX = Option("media_index", type="int", default=0, wire="BootMediaIndex")
SETTINGS = (*SWITCHES, VERBOSITY, MEDIA_INDEX)


class Boot(Resource):
    """`target` is consumed by the next boot; `none` takes an override back. `restart` makes that boot happen now."""

    options = (
        Option("target", choices=("none", *TARGETS), required=True),
        *SETTINGS,
        Option("restart", choices=("never", "graceful", "immediate"), default="never"),
    )
    aside = ("capabilities", "power")

    def check(self, wanted: Values) -> None:
        if wanted["media_index"] not in range(3):
            raise InvalidOption(
                "media_index", wanted["media_index"], "0 is the default drive, 1 the first, 2 the second"
            )
        if wanted["media_index"] and wanted["target"] not in ("disk", "safe_mode", "cd"):
            raise InvalidOption(
                "media_index", wanted["media_index"], "it chooses among drives: target disk, safe_mode or cd"
            )
        given = [option.name for option in SETTINGS if wanted[option.name] != option.default]
        if wanted["target"] == "none" and given:
            raise InvalidOption(given[0], wanted[given[0]], "target none takes every setting back; leave it out")

    def read(self, machine: Machine, wanted: Values) -> Values:
        settings = machine.get(BOOT_SETTINGS)
        present = {option.name: settings.get(option.wire) for option in SETTINGS}
        present["target"] = self._target(machine, settings)
        present["capabilities"] = self._capabilities(machine) if wanted["target"] != "none" else None
        present["power"] = Power().read(machine, {}) if wanted["restart"] != "never" else None
        return present

    @staticmethod
    def _capabilities(machine: Machine) -> Values | None:
        """Those that the table knows; None where this firmware makes no statement."""
        stated = machine.find(BOOT_CAPABILITIES)
        known = {row.name for row in BOOT_CAPABILITIES.properties}
        return stated and {name: value for name, value in stated.items() if name in known}

    def _target(self, machine: Machine, settings: Values) -> str:
        """The override in force. Where firmware does not tell its boot order, one with a source reads as `other`."""
        if not any(
            row.get("IsNext") == "next_single_use" and _points_at(row.get("SettingData"), BOOT_CONFIGURATION.name)
            for row in machine.list(ELEMENT_SETTINGS)
        ):
            return "none"
        source = self._source(machine)
        shape = {name: settings.get(name, plain) for name, plain in PLAIN.items()}
        for word, target in TARGETS.items():
            if target.source == source and shape == {**PLAIN, **target.settings}:
                return word
        return "other"

    @staticmethod
    def _source(machine: Machine) -> str | None:
        names = {instance_id: word for word, instance_id in SOURCES.items()}
        rows = [
            (row["AssignedSequence"], row["PartComponent"].selectors.get("InstanceID"))
            for row in machine.list(BOOT_ORDER)
            if row.get("AssignedSequence") and _points_at(row.get("PartComponent"), BOOT_SOURCE.name)
        ]
        return names.get(min(rows)[1], "other") if rows else None

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present, "target": wanted["target"]}
        for option in SETTINGS:
            if present[option.name] is not None or wanted[option.name] != option.default:
                planned[option.name] = wanted[option.name]
        self._require(present["capabilities"], planned)
        if present["power"] is not None:
            planned["restart"] = _restart(present["power"], wanted["restart"])
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

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        configuration = BOOT_CONFIGURATION.at()
        if {**planned, "restart": None} != {**present, "restart": None}:
            machine.invoke(BOOT_CONFIGURATION, "ChangeBootOrder")
            machine.modify(BOOT_SETTINGS, _wire(planned))
            role = ROLES["not_next" if planned["target"] == "none" else "next_single_use"]
            machine.invoke(BOOT_SERVICE, "SetBootConfigRole", {"BootConfigSetting": configuration, "Role": role})
            source = TARGETS[planned["target"]].source if planned["target"] in TARGETS else None
            if source:
                source_reference = BOOT_SOURCE.at(InstanceID=SOURCES[source])
                machine.invoke(BOOT_CONFIGURATION, "ChangeBootOrder", {"Source": source_reference})
        if planned.get("restart"):
            power = Power()
            request = {"state": planned["restart"], "graceful": "never", "wait": False, "force_after": None}
            request["graceful"] = "prefer" if wanted["restart"] == "graceful" else "never"
            power.apply(machine, present["power"], power.plan(present["power"], request), request)


def _wire(planned: Values) -> Values:
    target = TARGETS.get(planned["target"])
    changes = {**PLAIN, **(target.settings if target else {})}
    changes.update({option.wire: planned[option.name] for option in SETTINGS if planned[option.name] is not None})
    return changes


def _points_at(value: Any, class_name: str) -> bool:
    return isinstance(value, Reference) and value.class_name == class_name


def _restart(power: Values, how: str) -> str:
    """`on` for a machine that is off; else the restart that it offers now."""
    if power["state"] in ("off", "hibernate"):
        return "on"
    offered = power["available"]
    return (
        "reset" if not offered or "reset" in offered or (how == "graceful" and "graceful_reset" in offered) else "cycle"
    )
