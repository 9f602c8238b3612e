# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The device's clock (AMT.md 10.4) and the consent of the user at the machine (AMT.md 9.2; vendor's guide, User
Consent)."""

from __future__ import annotations

from .returns import OPT_IN, PT_STATUS
from .schema import CimClass, enum, integer

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
        integer("OptInCodeTimeout"),
        integer("OptInDisplayTimeout"),
    ),
    returns=OPT_IN,
    family="OPT_IN",
)

#: The states in which consent is given.
GIVEN = ("received", "in_session")
