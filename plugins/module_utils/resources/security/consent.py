# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether the user at the machine has to agree, and has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...cim.security import GIVEN, OPT_IN_SERVICE
from ...errors import ConsentRequired
from ...machine import Machine
from ..glance import glance

HOW = (
    "ask for consent with amt_consent (consent: requested), let the user read out the code that the screen shows, and "
    "send it (consent: given, with the code) before its time is over; in admin control mode the policy may be changed "
    "so that no consent is needed"
)


def consent_of(machine: Machine) -> dict[str, Any]:
    """`required`: by the policy `all`; `given`: now. None of both where this firmware does not tell."""
    service = glance(machine, OPT_IN_SERVICE)
    policy, state = str(service.get("OptInRequired")), service.get("OptInState")
    return {
        "required": {"none": False, "kvm": False, "all": True}.get(policy),
        "given": None if state is None else state in GIVEN,
    }


def is_missing(consent: dict[str, Any]) -> bool:
    return bool(consent["required"]) and consent["given"] is False


def consent_required(what: str, stays_armed: Sequence[str] = ()) -> ConsentRequired:
    """The error for want of consent; it names what somebody armed and is not taken back without."""
    sentence = "the firmware requires consent of the user at the machine for {0}".format(what)
    if stays_armed:
        sentence += "; until then {0} stays armed, and the next boot may carry it out".format(", ".join(stays_armed))
    return ConsentRequired(sentence, HOW)
