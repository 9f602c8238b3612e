# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The words for what a machine may start from, as tables: what each needs, and what it sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...cim.schema import Properties
from ...option import Option


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
    "bios_setup": Target("BIOSSetup", None, {"BIOSSetup": True}),
    "bios_pause": Target("BIOSPause", None, {"BIOSPause": True}),
    "ider_cd": Target("IDER", None, {"UseIDER": True, "IDERBootDevice": "cd"}),
    "ider_floppy": Target("IDER", None, {"UseIDER": True, "IDERBootDevice": "floppy"}),
}

#: The settings by which targets differ, and what they are where no target asks for them.
PLAIN = {"UseSafeMode": False, "BIOSSetup": False, "BIOSPause": False, "UseIDER": False, "IDERBootDevice": "floppy"}

#: Targets for which there may be several drives.
WITH_DRIVE = ("disk", "safe_mode", "cd")

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


def settings_of(target: str) -> dict[str, Any]:
    """What a target sets of the boot data, by the firmware's names; nothing for a word that is none."""
    return dict(TARGETS[target].settings) if target in TARGETS else {}


def source_of(target: str) -> str | None:
    return TARGETS[target].source if target in TARGETS else None


def target_of(settings: Properties, pending: bool | None, order: list[str] | None) -> str:
    """The override in force: a word of TARGETS; `none`; `other` for one that no word describes; `unknown` where the
    firmware does not tell enough to say."""
    if not pending:
        return "unknown" if pending is None else "none"
    shape = {name: settings.known(name, plain) for name, plain in PLAIN.items()}
    if order is None:
        alone = [word for word, target in TARGETS.items() if target.source is None and shape == _shape(target)]
        return alone[0] if alone else "unknown"
    first = order[0] if order else None
    for word, target in TARGETS.items():
        if target.source == first and shape == _shape(target):
            return word
    return "none" if not order and shape == PLAIN else "other"


def _shape(target: Target) -> dict[str, Any]:
    return {**PLAIN, **target.settings}
