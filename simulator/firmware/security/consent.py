# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""User consent: a code on the machine's screen that the person in front of it reads out."""

from __future__ import annotations

import random
from typing import Any

from ...values import Instance
from .. import refusals
from ..domain import Domain, instances, method, put, service
from ..settings import CONSENT_POLICIES

COMPLETED, INVALID_STATE, BLOCKED = 0, 2, 3
NOT_STARTED, REQUESTED, DISPLAYED, RECEIVED, IN_SESSION = range(5)
TRIES = 3
LEAST_CODE_TIMEOUT, MOST_CODE_TIMEOUT = 60, 900
EVERYTHING = CONSENT_POLICIES["all"]
POLICY_NUMBERS = {0: 0, 1: 1, EVERYTHING: 2}


class Consent(Domain):
    """`code` is what the screen shows, or nothing; tests read it there."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.required = CONSENT_POLICIES[firmware.settings.consent]
        self.state = NOT_STARTED
        self.code = ""
        self.wrong = 0
        self.started = 0
        self.expires = 0.0
        self.timeouts = {"OptInCodeTimeout": 120, "OptInDisplayTimeout": 300}

    @property
    def given(self) -> bool:
        """Whether the next boot may be changed now."""
        self.settle()
        return self.required != EVERYTHING or self.state in (RECEIVED, IN_SESSION)

    @property
    def modifiable(self) -> bool:
        return self.firmware.setup.mode == "admin" and self.firmware.settings.consent_is_remote

    def settle(self) -> None:
        if self.state in (DISPLAYED, RECEIVED) and self.firmware.clock.now() >= self.expires:
            self.forget()

    def forget(self) -> None:
        """When consent ends, what was asked of the next boot ends with it (vendor's guide, Remote Control)."""
        if self.state == RECEIVED:
            self.firmware.boot.clear()
        self.state, self.code = NOT_STARTED, ""

    @instances("IPS_OptInService")
    def services(self) -> list[Instance]:
        keys = service("IPS_OptInService", "Intel(r) AMT OptIn Service")
        policy = {"CanModifyOptInPolicy": int(self.modifiable), "OptInRequired": self.required}
        return [{**keys, **self.timeouts, **policy, "OptInState": self.state}]

    @put("IPS_OptInService")
    def put_service(self, _present: Instance, wanted: dict[str, Any]) -> None:
        required = wanted.get("OptInRequired", self.required)
        if required not in POLICY_NUMBERS:
            raise refusals.invalid_value("OptInRequired")
        if required != self.required:
            if not self.modifiable:
                raise refusals.access_denied()
            self.firmware.events.audit(3000, bytes((POLICY_NUMBERS[self.required], POLICY_NUMBERS[required])))
        timeouts = {name: wanted.get(name, seconds) for name, seconds in self.timeouts.items()}
        self.check_timeouts(timeouts)
        self.required, self.timeouts = required, timeouts

    def check_timeouts(self, timeouts: dict[str, int]) -> None:
        """Read-only in client control mode: the MOF says so of that of the display."""
        if timeouts != self.timeouts and self.firmware.setup.mode != "admin":
            raise refusals.access_denied()
        if not LEAST_CODE_TIMEOUT <= timeouts["OptInCodeTimeout"] <= MOST_CODE_TIMEOUT:
            raise refusals.invalid_value("OptInCodeTimeout")

    @method("IPS_OptInService", "StartOptIn")
    def start(self, _present: Instance) -> int:
        if self.wrong >= TRIES:
            return BLOCKED
        if self.state != NOT_STARTED:
            return INVALID_STATE
        self.started += 1
        chance = random.Random("{0} {1}".format(self.firmware.settings.uuid, self.started))
        self.state, self.code = DISPLAYED, "{0:06d}".format(chance.randrange(10**6))
        self.expires = self.firmware.clock.now() + self.timeouts["OptInDisplayTimeout"]
        return COMPLETED

    @method("IPS_OptInService", "SendOptInCode")
    def send(self, _present: Instance, OptInCode: int = -1) -> int:
        if self.state != DISPLAYED:
            return INVALID_STATE
        if OptInCode == int(self.code):
            self.state, self.wrong = RECEIVED, 0
            self.expires = self.firmware.clock.now() + self.timeouts["OptInCodeTimeout"]
            self.firmware.events.audit(3001, b"\x00")
            return COMPLETED
        self.wrong += 1
        if self.wrong >= TRIES:
            self.forget()
            self.firmware.events.audit(3001, b"\x01")
            return BLOCKED
        return INVALID_STATE

    @method("IPS_OptInService", "CancelOptIn")
    def cancel(self, _present: Instance) -> int:
        if self.state not in (REQUESTED, DISPLAYED, RECEIVED):
            return INVALID_STATE
        self.forget()
        return COMPLETED
