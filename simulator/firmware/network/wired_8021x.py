# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""802.1x on the wire: one profile, its certificates, and when it is in force."""

from __future__ import annotations

from typing import Any, Optional

from ...values import Epr, Instance
from .. import refusals
from ..domain import Domain, instances, method, put
from . import eap

SETTINGS, CONTEXT = "IPS_IEEE8021xSettings", "IPS_8021xCredentialContext"
NAME = "Intel(r) AMT: 8021X Settings"
WITH_CERTIFICATES, DISABLED, WITHOUT = 2, 3, 6
SINCE = 8
LONGEST_PXE_TIMEOUT = 86400
COMPLETED, INVALID_PARAMETER, NOT_FOUND = 0, 0x24, 0x814
ALWAYS_TOLD = ("Enabled", "AvailableInS0", "PxeTimeout")


class Wired8021x(Domain):
    """`values` of the settings, secrets too; `certificates` are those of the last SetCertificates."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.values: dict[str, Any] = {"AvailableInS0": True, "Enabled": DISABLED, "PxeTimeout": 120}
        self.certificates: list[Epr] = []

    @instances(SETTINGS, since=SINCE)
    def settings(self) -> list[Instance]:
        return [{**eap.shown(self.values), "ElementName": NAME, "InstanceID": NAME}]

    @put(SETTINGS, since=SINCE)
    def put_settings(self, _present: Instance, wanted: dict[str, Any]) -> None:
        """Whole, secrets too; once it is disabled nothing but that has to be sent."""
        if wanted["Enabled"] not in (WITH_CERTIFICATES, DISABLED, WITHOUT):
            raise refusals.invalid_value("Enabled")
        if wanted.get("PxeTimeout", 0) > LONGEST_PXE_TIMEOUT:
            raise refusals.invalid_value("PxeTimeout")
        own = {name: value for name, value in wanted.items() if name not in ("ElementName", "InstanceID")}
        if own["Enabled"] != DISABLED and not eap.is_sound(own):
            raise refusals.amt_status(INVALID_PARAMETER)
        kept = {name: self.values[name] for name in ALWAYS_TOLD}
        self.values = {**kept, **own}
        if own["Enabled"] != WITH_CERTIFICATES:
            self.certificates = []

    @method(SETTINGS, "SetCertificates", since=SINCE, writes=True)
    def set_certificates(
        self,
        _present: Instance,
        ServerCertificateIssuer: Optional[Epr] = None,
        ClientCertificate: Optional[Epr] = None,
    ) -> int:
        given = [each for each in (ServerCertificateIssuer, ClientCertificate) if each is not None]
        if self.values["Enabled"] != WITH_CERTIFICATES:
            return INVALID_PARAMETER
        if not all(self.firmware.key_store.has(each) for each in given):
            return NOT_FOUND
        if self.values.get("AuthenticationProtocol") in eap.WITH_CERTIFICATE and ClientCertificate is None:
            return INVALID_PARAMETER
        self.certificates = given
        return COMPLETED

    @instances(CONTEXT, since=SINCE)
    def contexts(self) -> list[Instance]:
        provider = Epr(SETTINGS, {"InstanceID": NAME})
        return [
            {"ElementInContext": certificate, "ElementProvidingContext": provider} for certificate in self.certificates
        ]

    @instances("AMT_8021XProfile")
    def older_profile(self) -> list[Instance]:
        """What the class of before still shows: it is not written here, and stays off."""
        name = "Intel(r) AMT 802.1x Profile"
        off = {"ActiveInS0": True, "Enabled": False, "PxeTimeout": 0}
        return [{"ElementName": name, "InstanceID": name + " 0", **off}]

    @instances("AMT_8021xCredentialContext")
    def older_contexts(self) -> list[Instance]:
        """Those of the class that was there before."""
        return []

    def uses(self, certificate: Epr) -> bool:
        return certificate in self.certificates
