# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which redirection is switched on: serial over LAN, drives, screen."""

from __future__ import annotations

import re
from typing import Any

from ...values import Epr, Instance
from .. import refusals
from ..domain import MANAGED_SYSTEM, Domain, instances, method, put, service
from ..selection import reference_to

COMPLETED, FAILED, INVALID_PARAMETER = 0, 4, 5
IDER, SOL = 1, 2
NONE = 32768
ENABLED, DISABLED, ENABLED_BUT_OFFLINE = 2, 3, 6
ENDS_IDER, ENDS_SOL = 0, 1
NOT_PERMITTED, INVALID_SESSION_TYPE, INVALID_PASSWORD, UNSUPPORTED = 0x10, 0x24, 0x806, 0x812
MOST_MINUTES, SCREENS = 255, 4
WITHOUT_PORT_5900 = (16, 1, 33)
# Eight characters: a capital, a small letter, a digit and another; no quotation mark, comma or colon (Intel's MOF).
RFB_PASSWORD = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[^A-Za-z0-9])[^\",:]{8}")
KVM_ACCESS_POINT = "KVM Redirection Service Access Point"


class Redirection(Domain):
    """`features` is the sum of IDER and SOL; `sessions` names what is open: sol, ider, kvm.

    Who switches one of them on or off is the administrator; the listener and what KVM does is the redirection realm's
    too (Intel's MOF; vendor's guide, Managing the KVM Feature).
    """

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.features = IDER | SOL if firmware.settings.redirection else 0
        self.listener_enabled = firmware.settings.redirection
        self.sessions: set[str] = set(firmware.settings.sessions)
        self.rfb_password = ""
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
        self.firmware.users.admit_administrator()
        wanted = RequestedState - NONE
        for feature, on, off in ((IDER, 1802, 1803), (SOL, 1806, 1807)):
            if (wanted ^ self.features) & feature:
                self.firmware.events.audit(on if wanted & feature else off)
        self.features = wanted
        self.sessions -= {name for name, feature in (("ider", IDER), ("sol", SOL)) if not wanted & feature}
        return COMPLETED

    @method("AMT_RedirectionService", "TerminateSession")
    def terminate(self, _present: Instance, SessionType: int = -1) -> int:
        if SessionType not in (ENDS_IDER, ENDS_SOL):
            return INVALID_SESSION_TYPE
        self.sessions.discard("ider" if SessionType == ENDS_IDER else "sol")
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
        self.firmware.users.admit_administrator()
        if not self.firmware.settings.kvm_in_mebx:
            return FAILED
        if RequestedState == DISABLED:
            self.sessions.discard("kvm")
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
            {
                **self.kvm_settings,
                "ElementName": name,
                "EnabledByMEBx": self.firmware.settings.kvm_in_mebx,
                "InstanceID": name,
                "RFBPassword": "",
            }
        ]

    @put("IPS_KVMRedirectionSettingData")
    def put_kvm_setting_data(self, _present: Instance, wanted: dict[str, Any]) -> None:
        password = wanted.get("RFBPassword", "")
        self.check_kvm(wanted, password)
        self.rfb_password = password or self.rfb_password
        self.kvm_settings = {name: wanted.get(name, value) for name, value in self.kvm_settings.items()}

    def check_kvm(self, wanted: dict[str, Any], password: str) -> None:
        """Port 5900 cannot be opened before there is a password for it."""
        opens = wanted.get("Is5900PortEnabled", False)
        if not self.firmware.settings.kvm_in_mebx:
            raise refusals.amt_status(NOT_PERMITTED)
        if (password or opens) and self.firmware.version >= WITHOUT_PORT_5900:
            raise refusals.amt_status(UNSUPPORTED)
        if password and not RFB_PASSWORD.fullmatch(password):
            raise refusals.amt_status(INVALID_PASSWORD)
        if opens and not (password or self.rfb_password):
            raise refusals.amt_status(INVALID_PASSWORD)
        if wanted.get("SessionTimeout", 0) > MOST_MINUTES:
            raise refusals.invalid_value("SessionTimeout")
        if wanted.get("DefaultScreen", 0) >= SCREENS:
            raise refusals.invalid_value("DefaultScreen")

    @method("IPS_KVMRedirectionSettingData", "TerminateSession")
    def terminate_kvm(self, _present: Instance) -> int:
        """For who sits at the machine alone (vendor's guide, Managing the KVM Feature)."""
        if not self.firmware.local:
            return NOT_PERMITTED
        self.sessions.discard("kvm")
        return COMPLETED
