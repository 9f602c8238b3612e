# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Power: states, requests and the classes that carry them (AMT.md 6.1; vendor's guide, Change System Power State)."""

from __future__ import annotations

from .returns import STATE_CHANGE
from .schema import CimClass, enum, integer, reference, text

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
