# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The wireless adapter's port and service."""

from __future__ import annotations

from typing import Any

from ...values import Instance
from .. import refusals
from ..domain import AMT_SYSTEM, Domain, device, instances, method, put, service

DISABLED, ENABLED_IN_S0, ENABLED_ALWAYS = 3, 32768, 32769
COMPLETED, INVALID_PARAMETER = 0, 5
SYNC_MODES = (0, 1, 2, 3)


class Wifi(Domain):
    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.state = DISABLED
        self.values: dict[str, Any] = {
            "NoHostCsmeSoftwarePolicy": 0,
            "UEFIWiFiProfileShareEnabled": False,
            "localProfileSynchronizationEnabled": 0,
        }

    @property
    def last(self) -> str:
        """The name of the network by which the firmware has its link."""
        profiles = self.firmware.wifi_profiles
        return str(profiles.profiles[profiles.in_use].values["SSID"]) if profiles.in_use else ""

    @property
    def present(self) -> bool:
        return self.firmware.network.has_wireless

    @instances("CIM_WiFiPort")
    def ports(self) -> list[Instance]:
        """Newer firmware shows the port without an adapter too, with an address of zeros."""
        if not self.present and self.firmware.personality.major < 11:
            return []
        return [
            {
                **device("CIM_WiFiPort", "WiFi Port 0", "WiFi Port 0", AMT_SYSTEM),
                "EnabledState": self.state,
                "HealthState": 5,
                "LinkTechnology": 11,
                "PermanentAddress": self.firmware.network.wireless_mac.replace("-", ""),
                "PortType": 0,
                "RequestedState": self.state,
            }
        ]

    @method("CIM_WiFiPort", "RequestStateChange", writes=True)
    def request_state_change(self, _present: Instance, RequestedState: int = 0, TimeoutPeriod: Any = None) -> int:
        if RequestedState not in (DISABLED, ENABLED_IN_S0, ENABLED_ALWAYS):
            return INVALID_PARAMETER
        self.state = RequestedState
        return COMPLETED

    @instances("AMT_WiFiPortConfigurationService")
    def services(self) -> list[Instance]:
        if not self.present:
            return []
        name = "Intel(r) AMT WiFi Port Configuration Service"
        keys = service("AMT_WiFiPortConfigurationService", name, "Intel(r) AMT WiFiPort Configuration Service")
        state = {
            "EnabledState": 5,
            "HealthState": 5,
            "LastConnectedSsidUnderMeControl": self.last,
            "RequestedState": 12,
        }
        return [{**keys, **state, **self.values}]

    @put("AMT_WiFiPortConfigurationService")
    def put_service(self, _present: Instance, wanted: dict[str, Any]) -> None:
        if wanted.get("localProfileSynchronizationEnabled", 0) not in SYNC_MODES:
            raise refusals.invalid_value("localProfileSynchronizationEnabled")
        self.values.update({name: wanted[name] for name in self.values if name in wanted})
