# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Power and the one-shot boot: states, requests, settings, sources and roles.

AMT.md 6.1, 6.2; vendor's guide, Change System Power State, and Boot Control with its use cases.
"""

from __future__ import annotations

from typing import Any

from .returns import BOOT, PT_STATUS, STATE_CHANGE
from .schema import CimClass, Property, boolean, datetime_or_text, enum, integer, octets, reference, text

#: CIM_AssociatedPowerManagementService.PowerState, DSP1027.
STATES = {"on": 2, "light_sleep": 3, "sleep": 4, "hard_off": 6, "hibernate": 7, "off": 8}

#: RequestPowerStateChange.PowerState
REQUESTS = {
    "on": 2,
    "sleep": 4,
    "cycle": 5,
    "hibernate": 7,
    "off": 8,
    "hard_cycle": 9,
    "reset": 10,
    "nmi": 11,
    "graceful_off": 12,
    "hard_graceful_off": 13,
    "graceful_reset": 14,
    "graceful_cycle": 15,
    "hard_graceful_cycle": 16,
}

ASSOCIATED_POWER = CimClass(
    "CIM_AssociatedPowerManagementService",
    (
        enum("PowerState", words=STATES, writable=False),
        enum("RequestedPowerState", words=REQUESTS, writable=False),
        enum("AvailableRequestedPowerStates", words=REQUESTS, many=True, writable=False),
        reference("ServiceProvided", writable=False),
        reference("UserOfService", writable=False),
    ),
)

POWER_CAPABILITIES = CimClass(
    "CIM_PowerManagementCapabilities",
    (
        text("InstanceID", writable=False),
        enum("RequestedPowerStatesSupported", words=REQUESTS, many=True, writable=False),
        integer("PowerChangeCapabilities", many=True, writable=False),
        integer("PowerStatesSupported", many=True, writable=False),
    ),
)

POWER_SERVICE = CimClass("CIM_PowerManagementService", returns=STATE_CHANGE, family="STATE_CHANGE")

#: The computer that the firmware sits in; the firmware itself is "Intel(r) AMT".
MANAGED_SYSTEM = CimClass(
    "CIM_ComputerSystem", key={"CreationClassName": "CIM_ComputerSystem", "Name": "ManagedSystem"}
)

#: IPS_PowerManagementService.RequestOSPowerSavingStateChange: out of modern standby, and into it.
SAVING_REQUESTS = {"full_power": 2, "saving": 3}

#: AMT 10 and later. A machine in modern standby keeps PowerState "on" and says "saving" here.
OS_POWER_SAVING = CimClass(
    "IPS_PowerManagementService",
    (enum("OSPowerSavingState", words={"unknown": 0, "unsupported": 1, **SAVING_REQUESTS}, writable=False),),
    returns=STATE_CHANGE,
    family="STATE_CHANGE",
)

#: AMT 8 and later. Reasons are not published with names: they stay numbers.
BOOT_REASON = CimClass(
    "IPS_HostBootReason",
    (
        text("InstanceID", writable=False),
        integer("Reason", writable=False),
        text("ReasonDetails", writable=False),
        integer("PreviousSxState", writable=False),
    ),
)

#: One instance for each session that is open now (Intel's MOF). While there is one, firmware refuses to take power away
#: (vendor's guide, Remote Control, Functionality Overview).
SESSIONS = {
    "SOL (serial console)": CimClass("IPS_SolSessionUsingPort"),
    "IDE-R or USB-R (media)": CimClass("IPS_IderSessionUsingPort"),
    "KVM (screen)": CimClass("IPS_KvmSessionUsingPort"),
}

BOOT_SETTINGS = CimClass(
    "AMT_BootSettingData",
    (
        text("InstanceID"),
        text("ElementName"),
        integer("BIOSLastStatus", many=True, writable=False),
        boolean("BIOSPause"),
        boolean("BIOSSetup"),
        integer("BootMediaIndex"),
        integer("BootguardStatus", writable=False),
        boolean("ConfigurationDataReset"),
        boolean("EnforceSecureBoot"),
        enum("FirmwareVerbosity", words={"default": 0, "quiet": 1, "verbose": 2, "blank": 3}),
        boolean("ForcedProgressEvents"),
        enum("IDERBootDevice", words={"floppy": 0, "cd": 1}),
        boolean("LockKeyboard"),
        boolean("LockPowerButton"),
        boolean("LockResetButton"),
        boolean("LockSleepButton"),
        boolean("OptionsCleared", writable=False),
        text("OwningEntity", writable=False),
        boolean("PlatformErase"),
        boolean("RPEEnabled", writable=False),
        text("RSEPassword"),
        boolean("ReflashBIOS"),
        boolean("SecureBootControlEnabled", writable=False),
        boolean("SecureErase"),
        boolean("UEFIHTTPSBootEnabled", writable=False),
        boolean("UEFILocalPBABootEnabled", writable=False),
        integer("UefiBootNumberOfParams"),
        octets("UefiBootParametersArray"),
        boolean("UseIDER"),
        boolean("UseSOL"),
        boolean("UseSafeMode"),
        boolean("UserPasswordBypass"),
        boolean("WinREBootEnabled", writable=False),
    ),
    key={"InstanceID": "Intel(r) AMT:BootSettingData 0"},
)

#: What names the instance, as opposed to setting something.
_IDENTITY = ("InstanceID", "ElementName")


def _at_rest(row: Property) -> Any:
    """What a setting is when nobody asks for it. Text and octets are then left out of a Put."""
    if isinstance(row, boolean):
        return False
    if isinstance(row, enum):
        return next(word for word, number in row.words.items() if number == 0)
    return 0 if isinstance(row, integer) else None


#: Every setting of the next boot that a Put can change -> its value at rest: all false and 0 (vendor's guide, Set
#: SOL/Storage Redirection and other Boot Options).
AT_REST = {row.name: _at_rest(row) for row in BOOT_SETTINGS.properties if row.writable and row.name not in _IDENTITY}

#: Write-only (Intel's MOF): what it holds cannot be told, and an empty one is ignored.
NEVER_TOLD = ("RSEPassword",)

#: Means nothing while the other is at rest: the parameters, and how many of them count.
COUNTED_BY = {"UefiBootParametersArray": "UefiBootNumberOfParams"}

#: Settings by which a boot loses data, settings or protection (AMT.md 6.2, 6.3).
DESTRUCTIVE = ("ConfigurationDataReset", "PlatformErase", "ReflashBIOS", "SecureErase", "UserPasswordBypass")

#: How the properties end that only report, in every version of the class so far.
REPORTS = ("Enabled", "Status", "Supported")

#: Settings that firmware refuses while a boot source is chosen, and with which it refuses a source (vendor's guide,
#: Boot Configuration Details; Intel's descriptions of AMT_BootSettingData and CIM_BootSourceSetting).
REFUSED_BESIDE_A_SOURCE = ("UseSOL", "UseIDER", "ReflashBIOS", "BIOSPause", "BIOSSetup")

_CAPABILITIES = (
    "AMTSecureBootControl",
    "BIOSPause",
    "BIOSReflash",
    "BIOSSecureBoot",
    "BIOSSetup",
    "ConfigurationDataReset",
    "ForceCDorDVDBoot",
    "ForceDiagnosticBoot",
    "ForceHardDriveBoot",
    "ForceHardDriveSafeModeBoot",
    "ForcePXEBoot",
    "ForceUEFIHTTPSBoot",
    "ForceUEFIPBABoot",
    "ForceWinREBoot",
    "ForcedProgressEvents",
    "IDER",
    "KeyboardLock",
    "PowerButtonLock",
    "ResetButtonLock",
    "SOL",
    "SecureErase",
    "SleepButtonLock",
    "UEFIWiFiCoExistenceAndProfileShare",
    "UserPasswordBypass",
    "VerbosityQuiet",
    "VerbosityScreenBlank",
    "VerbosityVerbose",
)

BOOT_CAPABILITIES = CimClass(
    "AMT_BootCapabilities",
    (*(boolean(name, writable=False) for name in _CAPABILITIES), integer("PlatformErase", writable=False)),
)

BOOT_CONFIGURATION = CimClass(
    "CIM_BootConfigSetting",
    key={"InstanceID": "Intel(r) AMT: Boot Configuration 0"},
    returns=BOOT,
    family="BOOT",
)

#: InstanceID of each boot source that people can ask for.
SOURCES = {
    "pxe": "Intel(r) AMT: Force PXE Boot",
    "disk": "Intel(r) AMT: Force Hard-drive Boot",
    "cd": "Intel(r) AMT: Force CD/DVD Boot",
    "diagnostics": "Intel(r) AMT: Force Diagnostic Boot",
}

BOOT_SOURCE = CimClass("CIM_BootSourceSetting", (text("InstanceID"), text("StructuredBootString")))

#: Which sources the boot configuration holds: AssignedSequence 0 means that the source is not used.
BOOT_ORDER = CimClass(
    "CIM_OrderedComponent", (integer("AssignedSequence"), reference("GroupComponent"), reference("PartComponent"))
)

#: Whether the boot configuration is for the next boot, and which power package is in force (DMTF).
ELEMENT_SETTINGS = CimClass(
    "CIM_ElementSettingData",
    (
        enum("IsNext", words={"unknown": 0, "next": 1, "not_next": 2, "next_single_use": 3}),
        enum("IsCurrent", words={"unknown": 0, "yes": 1, "no": 2}),
        reference("ManagedElement"),
        reference("SettingData"),
    ),
)

BOOT_SERVICE = CimClass("CIM_BootService", returns=BOOT, family="BOOT")

#: CIM_BootService.SetBootConfigRole
ROLES = {"next_single_use": 1, "not_next": 32768}

#: How many alarms there are at most, and how long a name is (vendor's guide, Multiple Alarms Feature; Intel's MOF).
MOST_ALARMS, LONGEST_ALARM_NAME = 5, 32

#: What it returns beside 0 is not published; Intel's own classes return a PT_STATUS.
ALARM_SERVICE = CimClass("AMT_AlarmClockService", returns=PT_STATUS, family="PT_STATUS")

#: AMT 8 and later. StartTime is when it rings next, in UTC and whole minutes. Interval is an interval or, where it
#: rings once, 0 in several spellings (Intel's MOF; vendor's guide, Multiple Alarms Feature; go-wsman-messages).
ALARM = CimClass(
    "IPS_AlarmClockOccurrence",
    (
        text("InstanceID"),
        text("ElementName"),
        datetime_or_text("StartTime"),
        datetime_or_text("Interval"),
        boolean("DeleteOnCompletion"),
    ),
)

#: Power packages: in which of the host's states the engine is on or can be woken (AMT.md 6.4). SchemeGUID is a text.
POWER_SCHEME = CimClass(
    "AMT_SystemPowerScheme",
    (text("Description"), text("ElementName"), text("InstanceID"), text("SchemeGUID")),
    returns=PT_STATUS,
    family="PT_STATUS",
)
