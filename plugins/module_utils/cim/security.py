# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Consent of the user at the machine (AMT.md 9.2; vendor's guide, User Consent)."""

from __future__ import annotations

from .returns import OPT_IN
from .schema import CimClass, enum, integer

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
