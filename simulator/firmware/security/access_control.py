# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Endpoint access control: the posture that the firmware signs for Microsoft's NAP and, up to AMT 8, Cisco's NAC.

What the hash of a posture goes over is public by its fields and not by their octets: here it goes over some of them.
"""

from __future__ import annotations

import hashlib
import struct
from typing import Any, Optional

from ...values import Epr, Instance, Interval
from .. import refusals
from ..domain import Domain, create, delete, instances, method, put, service
from ..intake import require
from .key_store import handle_in

SERVICE, CONTEXT = "AMT_EndpointAccessControlService", "AMT_EACCredentialContext"
NAME = "Intel(r) AMT Endpoint Access Control Service"
UNTIL = 17
ENABLED, DISABLED = 2, 3
COMPLETED, NOT_PERMITTED, INVALID_PARAMETER, FAILED = 0, 0x10, 0x24, 2
NAC, NAP, BOTH = 1, 2, 3
NAC_UNTIL = 8
KEYS = ("CreationClassName", "Name", "SystemCreationClassName", "SystemName")
HASHES = {1: "sha1", 2: "sha256", 3: "sha384"}
BOOTS, AGENTS = 0, 1
SIGNER_SET, SWITCHED_ON, SWITCHED_OFF, COUNTERS_RESET, OPTIONS_SET = 2800, 2801, 2802, 2803, 2804


class AccessControl(Domain):
    """`signer` is the certificate that signs; `boots` how often the host has started since that was counted anew."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.enabled = False
        self.vendors, self.hash = NAP, 1
        self.signer: Optional[Epr] = None
        self.boots = 0
        self.resets: list[int] = []

    def on_boot(self, device: dict[str, Any]) -> None:
        self.boots += 1

    @instances(SERVICE, until=UNTIL)
    def services(self) -> list[Instance]:
        state = ENABLED if self.enabled else DISABLED
        return [{**service(SERVICE, NAME), "EnabledState": state, "RequestedState": 12}]

    @method(SERVICE, "RequestStateChange", writes=True)
    def request(
        self, _present: Instance, RequestedState: Optional[int] = None, TimeoutPeriod: Optional[Interval] = None
    ) -> int:
        if RequestedState not in (ENABLED, DISABLED):
            return 5
        wanted = RequestedState == ENABLED
        if wanted and self.signer is None:
            return FAILED
        if wanted != self.enabled:
            self.firmware.events.audit(SWITCHED_ON if wanted else SWITCHED_OFF)
        self.enabled = wanted
        return COMPLETED

    @method(SERVICE, "GetEacOptions")
    def options(self, _present: Instance) -> Any:
        return {"EacVendors": self.vendors, "PostureHashAlgorithm": self.hash, "ReturnValue": COMPLETED}

    @method(SERVICE, "SetEacOptions", writes=True)
    def set_options(self, _present: Instance, EacVendors: int, PostureHashAlgorithm: int) -> int:
        nac = self.firmware.personality.major <= NAC_UNTIL
        if EacVendors not in ((NAC, NAP, BOTH) if nac else (NAP,)) or PostureHashAlgorithm not in HASHES:
            return INVALID_PARAMETER
        self.vendors, self.hash = EacVendors, PostureHashAlgorithm
        self.firmware.events.audit(OPTIONS_SET, struct.pack(">I", EacVendors))
        return COMPLETED

    @method(SERVICE, "UpdatePostureState", writes=True)
    def update(self, _present: Instance, UpdateType: int) -> int:
        if UpdateType not in (BOOTS, AGENTS):
            return INVALID_PARAMETER
        if UpdateType == BOOTS:
            self.boots = 0
        self.resets.append(UpdateType)
        self.firmware.events.audit(COUNTERS_RESET)
        return COMPLETED

    @method(SERVICE, "GetPostureHash")
    def posture_hash(self, _present: Instance, PostureType: int) -> Any:
        if PostureType != 0:
            return INVALID_PARAMETER
        if not self.enabled:
            return NOT_PERMITTED
        fields = (self.firmware.settings.version, self.boots, self.firmware.tls.listens, self.firmware.web_ui.enabled)
        digest = hashlib.new(HASHES[self.hash], repr(fields).encode(), usedforsecurity=False).digest()
        return {"PostureChangeHash": digest, "ReturnValue": COMPLETED}

    @instances(CONTEXT, until=UNTIL)
    def contexts(self) -> list[Instance]:
        if self.signer is None:
            return []
        provider = Epr(SERVICE, {name: str(value) for name, value in service(SERVICE, NAME).items() if name in KEYS})
        return [{"ElementInContext": self.signer, "ElementProvidingContext": provider}]

    @create(CONTEXT)
    def create_context(self, wanted: dict[str, Any]) -> Instance:
        if self.signer is not None:
            raise refusals.already_exists()
        self.sign_by(wanted)
        return self.contexts()[0]

    @put(CONTEXT)
    def put_context(self, _present: Instance, wanted: dict[str, Any]) -> None:
        self.sign_by(wanted)

    @delete(CONTEXT)
    def delete_context(self, _present: Instance) -> None:
        if self.enabled:
            raise refusals.amt_status(NOT_PERMITTED)
        self.signer = None
        self.firmware.events.audit(SIGNER_SET)

    def sign_by(self, wanted: dict[str, Any]) -> None:
        """A certificate of the device's own, with its key."""
        require(("ElementInContext", "ElementProvidingContext"), wanted)
        store, handle = self.firmware.key_store, handle_in(wanted["ElementInContext"])
        stored = store.certificates.get(handle)
        if wanted["ElementProvidingContext"].resource != SERVICE:
            raise refusals.invalid_value("ElementProvidingContext")
        if stored is None or stored.is_root or (not stored.own and store.key_of(stored) is None):
            raise refusals.invalid_value("ElementInContext")
        self.signer = wanted["ElementInContext"]
        self.firmware.events.audit(SIGNER_SET)
