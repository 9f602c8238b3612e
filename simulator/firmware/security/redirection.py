# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which redirection is switched on: serial over LAN, drives, screen."""

from __future__ import annotations

import re
from typing import Any

from ...values import Epr, Instance
from .. import refusals
from ..domain import (
    MANAGED_SYSTEM,
    Domain,
    instances,
    method,
    put,
    service,
)
from ..selection import reference_to

COMPLETED, INVALID_PARAMETER = 0, 5
IDER, SOL = 1, 2
NONE = 32768
ENABLED, DISABLED, ENABLED_BUT_OFFLINE = 2, 3, 6
INVALID_PASSWORD = 0x806
# Eight characters: a capital, a small letter, a digit and another; no quotation mark, comma or colon (Intel's MOF).
RFB_PASSWORD = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[^A-Za-z0-9])[^\",:]{8}")
KVM_ACCESS_POINT = "KVM Redirection Service Access Point"


class Redirection(Domain):
    """`features` is the sum of IDER and SOL; `sessions` names what is open: sol, ider, kvm."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.features = IDER | SOL if firmware.settings.redirection else 0
        self.listener_enabled = firmware.settings.redirection
        self.sessions: set[str] = set()
        self.kvm_enabled = firmware.settings.kvm
        self.kvm_requested = ENABLED if firmware.settings.kvm else DISABLED
        self.kvm_settings: dict[str, Any] = {
            "BackToBackFbMode": False,
            "DefaultScreen": 0,
            "DoubleBufferActive": False,
            "DoubleBufferEnabled": True,
            "GrayscalePixelFormatSupported": True,
            "InitialDecimationModeForLowRes": 2,
            "Is5900PortEnabled": False,
            "OptInPolicy": firmware.settings.consent != "none",
            "OptInPolicyTimeout": 300,
            "SessionTimeout": 3,
            "ZlibControlSupported": True,
        }

    @property
    def ider_enabled(self) -> bool:
        return bool(self.features & IDER) and self.listener_enabled

    @property
    def sol_enabled(self) -> bool:
        return bool(self.features & SOL) and self.listener_enabled

    @instances("AMT_RedirectionService")
    def services(self) -> list[Instance]:
        keys = service("AMT_RedirectionService", "Intel(r) AMT Redirection Service")
        return [{**keys, "EnabledState": NONE + self.features, "ListenerEnabled": self.listener_enabled}]

    @method("AMT_RedirectionService", "RequestStateChange", writes=True)
    def request_state_change(self, _present: Instance, RequestedState: int = 0, TimeoutPeriod: Any = None) -> int:
        if not NONE <= RequestedState <= NONE + (IDER | SOL):
            return INVALID_PARAMETER
        wanted = RequestedState - NONE
        for feature, on, off in ((IDER, 1802, 1803), (SOL, 1806, 1807)):
            if (wanted ^ self.features) & feature:
                self.firmware.events.audit(on if wanted & feature else off)
        self.features = wanted
        return COMPLETED

    @put("AMT_RedirectionService")
    def put_service(self, present: Instance, wanted: dict[str, Any]) -> None:
        if wanted.get("EnabledState", present["EnabledState"]) != present["EnabledState"]:
            self.request_state_change(present, wanted["EnabledState"])
        self.listener_enabled = wanted.get("ListenerEnabled", self.listener_enabled)

    @instances("IPS_SolSessionUsingPort")
    def sol_sessions(self) -> list[Instance]:
        return self.sessions_of("sol", reference_to("AMT_RedirectionService", self.services()[0]))

    @instances("IPS_IderSessionUsingPort")
    def ider_sessions(self) -> list[Instance]:
        return self.sessions_of("ider", reference_to("AMT_RedirectionService", self.services()[0]))

    @instances("IPS_KvmSessionUsingPort")
    def kvm_sessions(self) -> list[Instance]:
        return self.sessions_of("kvm", reference_to("CIM_RedirectionService", self.kvm_services()[0]))

    def sessions_of(self, kind: str, manager: Epr) -> list[Instance]:
        """The association of a session's service and the port that it came through (Intel's MOF)."""
        port = Epr("AMT_EthernetPortSettings", {"InstanceID": "Intel(r) AMT Ethernet Port Settings 0"})
        return [{"Antecedent": manager, "Dependent": port}] if kind in self.sessions else []

    @instances("CIM_KVMRedirectionSAP")
    def kvm_access_points(self) -> list[Instance]:
        keys = service("CIM_KVMRedirectionSAP", KVM_ACCESS_POINT, system=MANAGED_SYSTEM)
        state = ENABLED_BUT_OFFLINE if self.kvm_enabled else DISABLED
        return [{**keys, "EnabledState": state, "KVMProtocol": 4, "RequestedState": self.kvm_requested}]

    @method("CIM_KVMRedirectionSAP", "RequestStateChange", writes=True)
    def request_kvm_state(self, _present: Instance, RequestedState: int = 0, TimeoutPeriod: Any = None) -> int:
        if RequestedState not in (ENABLED, DISABLED):
            return INVALID_PARAMETER
        if self.kvm_enabled != (RequestedState == ENABLED):
            self.firmware.events.audit(1810 if RequestedState == ENABLED else 1811)
        self.kvm_enabled = RequestedState == ENABLED
        self.kvm_requested = RequestedState
        return COMPLETED

    @instances("CIM_RedirectionService")
    def kvm_services(self) -> list[Instance]:
        keys = service(
            "CIM_RedirectionService", "Intel(r) AMT KVM Redirection Service", "Intel(r) ME KVM Redirection Service"
        )
        state = ENABLED if self.kvm_enabled else DISABLED
        limits = {"MaxCurrentEnabledSAPs": 1, "RedirectionServiceType": [3], "SharingMode": 3}
        return [{**keys, **limits, "EnabledState": state, "RequestedState": 12}]

    @instances("IPS_KVMRedirectionSettingData")
    def kvm_setting_data(self) -> list[Instance]:
        name = "Intel(r) KVM Redirection Settings"
        return [
            {**self.kvm_settings, "ElementName": name, "EnabledByMEBx": True, "InstanceID": name, "RFBPassword": ""}
        ]

    @put("IPS_KVMRedirectionSettingData")
    def put_kvm_setting_data(self, _present: Instance, wanted: dict[str, Any]) -> None:
        password = wanted.get("RFBPassword", "")
        if password and not RFB_PASSWORD.fullmatch(password):
            raise refusals.amt_status(INVALID_PASSWORD)
        self.kvm_settings = {name: wanted.get(name, value) for name, value in self.kvm_settings.items()}
