# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The device's clock (AMT.md 10.4), what is switched on of redirection and pages (AMT.md 9.1), and the consent of the
user at the machine (AMT.md 9.2; vendor's guide, User Consent)."""

from __future__ import annotations

from .returns import OPT_IN, PT_STATUS, STATE_CHANGE
from .schema import CimClass, boolean, enum, integer, text

#: `on` and `default` let the machine's own system set the clock (Intel's MOF, LocalTimeSyncEnabled). With `bios` nobody
#: has set it yet, and it follows that of the BIOS (vendor's guide, Time Synchronization).
TIME_SERVICE = CimClass(
    "AMT_TimeSynchronizationService",
    (
        enum("LocalTimeSyncEnabled", words={"default": 0, "on": 1, "off": 2}, writable=False),
        enum("TimeSource", words={"bios": 0, "configured": 1}, writable=False),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
)

#: What GetLowAccuracyTimeSynch answers: seconds since 1970 (UTC).
TIME_TOLD = integer("Ta0")

#: 2004-01-01, in seconds since 1970: no clock is set by an earlier one (Intel's MOF, SetHighAccuracyTimeSynch).
EARLIEST_TIME = 1072915200

#: AMT_RedirectionService.EnabledState, which RequestStateChange takes too: 32768, plus 1 with IDE-R, plus 2 with SOL.
REDIRECTION_STATES = {"none": 32768, "ider": 32769, "sol": 32770, "ider and sol": 32771}

#: Its sessions; TerminateSession answers with Intel's own numbers.
REDIRECTION_SESSIONS = CimClass("AMT_RedirectionService", returns=PT_STATUS, family="PT_STATUS")

#: TerminateSession.SessionType (Intel's MOF).
SESSION_TYPES = {"ider": 0, "sol": 1}

REDIRECTION_SERVICE = CimClass(
    "AMT_RedirectionService",
    (
        enum("EnabledState", words=REDIRECTION_STATES),
        boolean("ListenerEnabled"),
        text("AccessLog", many=True, writable=False),
    ),
    returns=STATE_CHANGE,
    family="STATE_CHANGE",
)

#: What RequestStateChange of a service is asked for (DMTF CIM_EnabledLogicalElement).
SWITCH = {True: 2, False: 3}

#: `offline` is on too, without a session or with one: devices show it either way.
SWITCHED = enum("EnabledState", words={"on": 2, "off": 3, "offline": 6}, writable=False)

KVM_ACCESS = CimClass("CIM_KVMRedirectionSAP", (SWITCHED,), returns=STATE_CHANGE, family="STATE_CHANGE")

WEB_UI = CimClass("AMT_WebUIService", (SWITCHED,), returns=STATE_CHANGE, family="STATE_CHANGE")

KVM_SETTINGS = CimClass(
    "IPS_KVMRedirectionSettingData",
    (
        text("InstanceID"),
        boolean("EnabledByMEBx", writable=False),
        boolean("BackToBackFbMode"),
        boolean("Is5900PortEnabled"),
        boolean("OptInPolicy"),
        integer("OptInPolicyTimeout"),
        integer("SessionTimeout"),
        text("RFBPassword"),
        integer("DefaultScreen"),
        boolean("DoubleBufferEnabled"),
        boolean("DoubleBufferActive", writable=False),
        boolean("ZlibControlSupported", writable=False),
        boolean("GrayscalePixelFormatSupported", writable=False),
        enum("InitialDecimationModeForLowRes", words={"unsupported": 0, "off": 1, "automatic": 2, "on": 3}),
    ),
    returns=PT_STATUS,
    family="PT_STATUS",
)

#: Minutes without use after which a session is closed, 0 for never (vendor's guide, Managing the KVM Feature).
MOST_SESSION_TIMEOUT = 255

#: IPS_ScreenSettingData has four screens, and DefaultScreen counts from 0 (Intel's MOF).
SCREENS = 4

#: Characters of an RFB password, no more and no fewer (Intel's MOF).
RFB_PASSWORD_LENGTH = 8

#: The first version that has no port 5900 any more, as people found; the guide says that firmware from then on refuses
#: the password and the switch as unsupported (User Consent General Flow).
WITHOUT_PORT_5900 = (16, 1, 33)

#: IPS_OptInService.OptInRequired. With `all`, KVM, media and every change of the next boot need consent.
POLICIES = {"none": 0, "kvm": 1, "all": 4294967295}

OPT_IN_SERVICE = CimClass(
    "IPS_OptInService",
    (
        enum("OptInRequired", words=POLICIES),
        enum(
            "OptInState",
            words={"not_started": 0, "requested": 1, "displayed": 2, "received": 3, "in_session": 4},
            writable=False,
        ),
        integer("CanModifyOptInPolicy", writable=False),
        integer("OptInCodeTimeout"),
        integer("OptInDisplayTimeout"),
    ),
    returns=OPT_IN,
    family="OPT_IN",
)

#: Seconds without a session of redirection after which consent is over: 1 to 15 minutes (vendor's guide, User Consent
#: General Flow).
LEAST_CODE_TIMEOUT, MOST_CODE_TIMEOUT = 60, 900

#: Seconds for which a code stays on the screen; 16 bits (Intel's MOF), which advises 300 at least.
MOST_DISPLAY_TIMEOUT = 65535

#: The states in which consent is given.
GIVEN = ("received", "in_session")
