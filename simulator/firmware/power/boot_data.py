# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The tables of AMT_BootSettingData and AMT_BootCapabilities, and what a firmware refuses in a Put."""

from __future__ import annotations

import struct
from typing import Any

INTEL = 0x8086

# Every property that the next boot consumes, at rest.
DEFAULTS: dict[str, Any] = {
    "BIOSPause": False,
    "BIOSSetup": False,
    "BootMediaIndex": 0,
    "ConfigurationDataReset": False,
    "EnforceSecureBoot": False,
    "FirmwareVerbosity": 0,
    "ForcedProgressEvents": False,
    "IDERBootDevice": 0,
    "LockKeyboard": False,
    "LockPowerButton": False,
    "LockResetButton": False,
    "LockSleepButton": False,
    "PlatformErase": False,
    "RSEPassword": "",
    "ReflashBIOS": False,
    "SecureErase": False,
    "UefiBootNumberOfParams": 0,
    "UefiBootParametersArray": None,
    "UseIDER": False,
    "UseSOL": False,
    "UseSafeMode": False,
    "UserPasswordBypass": False,
}

# Intel's console echoes these, and so did a client of 16.1.30 and 19.0.5 [HW]: ignored, unless `refuses_read_only`.
READ_ONLY = frozenset(
    (
        "BIOSLastStatus",
        "BootguardStatus",
        "OptionsCleared",
        "RPEEnabled",
        "SecureBootControlEnabled",
        "UEFIHTTPSBootEnabled",
        "UEFILocalPBABootEnabled",
        "WinREBootEnabled",
    )
)

# Refused while a source is chosen, and what refuses a source: the two lists of Intel's descriptions differ by UseSOL.
REFUSE_A_SOURCE = ("UseIDER", "ReflashBIOS", "BIOSPause", "BIOSSetup")
NOT_BESIDE_A_SOURCE = ("UseSOL", *REFUSE_A_SOURCE)

# Capability -> the settings that it allows.
OPTIONAL_FLAGS: dict[str, tuple[str, ...]] = {
    "BIOSPause": ("BIOSPause",),
    "BIOSReflash": ("ReflashBIOS",),
    "BIOSSetup": ("BIOSSetup",),
    "ConfigurationDataReset": ("ConfigurationDataReset",),
    "ForceHardDriveSafeModeBoot": ("UseSafeMode",),
    "ForcedProgressEvents": ("ForcedProgressEvents",),
    "IDER": ("UseIDER",),
    "KeyboardLock": ("LockKeyboard",),
    "PowerButtonLock": ("LockPowerButton",),
    "ResetButtonLock": ("LockResetButton",),
    "SOL": ("UseSOL",),
    "SecureErase": ("SecureErase",),
    "SleepButtonLock": ("LockSleepButton",),
    "UserPasswordBypass": ("UserPasswordBypass",),
    "PlatformErase": ("PlatformErase",),
}

# What a platform can do, but for its own abilities.
CAPABILITIES: dict[str, Any] = {
    "AMTSecureBootControl": True,
    "BIOSPause": False,
    "BIOSReflash": False,
    "BIOSSecureBoot": True,
    "BIOSSetup": True,
    "ConfigurationDataReset": False,
    "ForceCDorDVDBoot": True,
    "ForceDiagnosticBoot": False,
    "ForceHardDriveBoot": True,
    "ForceHardDriveSafeModeBoot": False,
    "ForcePXEBoot": True,
    "ForceUEFIHTTPSBoot": True,
    "ForceUEFIPBABoot": True,
    "ForceWinREBoot": True,
    "ForcedProgressEvents": True,
    "IDER": True,
    "KeyboardLock": True,
    "PlatformErase": 0,
    "PowerButtonLock": False,
    "ResetButtonLock": False,
    "SOL": True,
    "SecureErase": False,
    "SleepButtonLock": False,
    "UEFIWiFiCoExistenceAndProfileShare": True,
    "UserPasswordBypass": True,
    "VerbosityQuiet": False,
    "VerbosityScreenBlank": False,
    "VerbosityVerbose": False,
}
VERBOSITIES = {1: "VerbosityQuiet", 2: "VerbosityVerbose", 3: "VerbosityScreenBlank"}


def refused_by(capabilities: dict[str, Any], wanted: dict[str, Any]) -> str:
    """The first setting that the platform cannot carry out, or nothing."""
    for capability, settings in OPTIONAL_FLAGS.items():
        for name in settings:
            if wanted.get(name) and not capabilities.get(capability):
                return name
    verbosity = wanted.get("FirmwareVerbosity", 0)
    if verbosity and not capabilities.get(VERBOSITIES.get(verbosity, "")):
        return "FirmwareVerbosity"
    return "IDERBootDevice" if wanted.get("IDERBootDevice", 0) > 1 else ""


def count_parameters(blob: bytes) -> int:
    """How many type-length-value records a blob holds. Raises ValueError for one that does not parse."""
    count = offset = 0
    while offset < len(blob):
        if offset + 8 > len(blob):
            raise ValueError("a record is cut short")
        vendor, _kind, length = struct.unpack_from("<HHI", blob, offset)
        if vendor != INTEL or offset + 8 + length > len(blob):
            raise ValueError("a record is not Intel's or reaches past the end")
        offset += 8 + length
        count += 1
    return count
