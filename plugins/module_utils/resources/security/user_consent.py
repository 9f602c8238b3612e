# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""When the user at the machine has to agree, and the dialogue in which he does: AMT.md 9.2."""

from __future__ import annotations

import re
from typing import Any

from ...cim.host import HOST_BASED
from ...cim.security import GIVEN, LEAST_CODE_TIMEOUT, MOST_CODE_TIMEOUT, MOST_DISPLAY_TIMEOUT, OPT_IN_SERVICE, POLICIES
from ...errors import InvalidOption, Refused, Unavailable
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Settings, Values
from ..glance import glance

ABSENT, REQUESTED = "absent", "requested"
#: OptInState -> the dialogue in people's words.
DIALOGUE = {"not_started": ABSENT, "requested": REQUESTED, "displayed": REQUESTED, **dict.fromkeys(GIVEN, "given")}
SIX_DIGITS = re.compile("[0-9]{6}")
SETTLED = ("policy", "code_timeout", "display_timeout")
REFUSED = {
    "BLOCKED": "too many wrong codes: the request is over, and another one is to be made with consent: requested",
    "INVALID_STATE": "the code is another one, or its time is over: read state, and ask the user again",
    "FAILED": "the code is another one: ask the user again",
}
BY_CLIENT_MODE = "{0} is as client control mode has it, in which the user consents to everything"
BY_MEBX = "the consent policy cannot be changed from the network: the machine's firmware menu (MEBx) keeps it"


class UserConsent(Settings):
    """`consent`: a code is on the machine's screen, or was given back to the firmware. Where the policy has nobody
    consent, nobody is asked."""

    cim = OPT_IN_SERVICE
    options = (
        Option("policy", choices=tuple(POLICIES), wire="OptInRequired"),
        Option("code_timeout", type="int", wire="OptInCodeTimeout"),
        Option("display_timeout", type="int", wire="OptInDisplayTimeout"),
        Option("consent", choices=(ABSENT, REQUESTED, "given")),
        Option("code", secret=True),
    )
    aside = ("state", "can_modify_policy", "control_mode")

    def check(self, wanted: Values) -> None:
        check_within("code_timeout", wanted["code_timeout"], LEAST_CODE_TIMEOUT, MOST_CODE_TIMEOUT, "seconds")
        check_within("display_timeout", wanted["display_timeout"], 1, MOST_DISPLAY_TIMEOUT, "seconds")
        code = wanted["code"]
        if code is not None and wanted["consent"] != "given":
            raise InvalidOption("code", "the code", "it goes with consent: given")
        if code is not None and not SIX_DIGITS.fullmatch(code):
            raise InvalidOption("code", "the code", "it has six digits; in YAML put it in quotes")

    def read(self, machine: Machine, wanted: Values) -> Values:
        service = machine.get(OPT_IN_SERVICE)
        state, can_modify = service.get("OptInState"), service.get("CanModifyOptInPolicy")
        asks = any(wanted[name] is not None for name in SETTLED) and not can_modify
        return {
            **self.told(service),
            "consent": DIALOGUE.get(state),
            "state": state,
            "can_modify_policy": None if can_modify is None else bool(can_modify),
            "control_mode": glance(machine, HOST_BASED).get("CurrentControlMode") if asks else None,
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        settled = {name: value for name, value in wanted.items() if name in SETTLED}
        planned = super().plan(present, settled)
        self._refuse_what_is_kept(present, planned)
        if wanted["consent"] is not None and not (planned["policy"] == "none" and wanted["consent"] != ABSENT):
            planned["consent"] = wanted["consent"]
        if planned["consent"] == "given" and present["consent"] != "given":
            planned["code"] = _code_for(present, wanted)
        if planned["consent"] == REQUESTED and present["consent"] == "given":
            planned["consent"] = "given"
        return planned

    @staticmethod
    def _refuse_what_is_kept(present: Values, planned: Values) -> None:
        changed = [name for name in SETTLED if planned[name] != present[name]]
        if changed and present["control_mode"] == "client":
            raise Unavailable(BY_CLIENT_MODE.format(changed[0]), "admin control mode can change it", option=changed[0])
        if "policy" in changed and present["can_modify_policy"] is False:
            raise Unavailable(BY_MEBX, "somebody at the machine has to allow it there", option="policy")

    def export(self, present: Values) -> Values:
        """Without the dialogue, which is between two people and not how a device is set up."""
        return {name: value for name, value in super().export(present).items() if name in SETTLED}

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        if planned["consent"] == ABSENT != present["consent"]:
            machine.invoke(OPT_IN_SERVICE, "CancelOptIn")
        changes = self.changes(present, planned)
        if changes:
            machine.modify(OPT_IN_SERVICE, changes)
        if planned["consent"] == REQUESTED != present["consent"]:
            machine.invoke(OPT_IN_SERVICE, "StartOptIn")
        if planned.get("code") is not None:
            _send(machine, planned["code"])


def _code_for(present: Values, wanted: Values) -> Any:
    if wanted["code"] is None:
        raise InvalidOption("consent", "given", "give the code that the user reads from the machine's screen")
    if present["consent"] != REQUESTED:
        raise Unavailable("no code is on the machine's screen", "ask for one first, with consent: requested")
    return wanted["code"]


def _send(machine: Machine, code: str) -> None:
    """As a number, whose zeros in front are of no account."""
    try:
        machine.invoke(OPT_IN_SERVICE, "SendOptInCode", {"OptInCode": int(code)})
    except Refused as refusal:
        refusal.hint = REFUSED.get(refusal.name, refusal.hint)
        raise
