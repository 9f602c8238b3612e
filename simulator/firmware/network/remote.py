# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where the device believes to be, and what it could do about it."""

from __future__ import annotations

from typing import Any

from ...values import Instance
from .. import refusals
from ..domain import (
    Domain,
    instances,
    put,
    service,
)

MOST_SUFFIXES = 5


class Remote(Domain):
    """`suffixes` are the domains that count as inside; none of them means always inside."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.algorithm = 0
        self.suffixes: list[str] = []

    @instances("AMT_EnvironmentDetectionSettingData")
    def environment(self) -> list[Instance]:
        name = "Intel(r) AMT Environment Detection Settings"
        identity = {"ElementName": name, "InstanceID": name}
        return [{**identity, "DetectionAlgorithm": self.algorithm, "DetectionStrings": self.suffixes or None}]

    @put("AMT_EnvironmentDetectionSettingData")
    def put_environment(self, _present: Instance, wanted: dict[str, Any]) -> None:
        suffixes = wanted.get("DetectionStrings", [])
        if len(suffixes) > MOST_SUFFIXES:
            raise refusals.invalid_value("DetectionStrings")
        if wanted["DetectionAlgorithm"] > 1:
            raise refusals.invalid_value("DetectionAlgorithm")
        self.algorithm, self.suffixes = wanted["DetectionAlgorithm"], suffixes

    @instances("AMT_RemoteAccessService")
    def services(self) -> list[Instance]:
        keys = service("AMT_RemoteAccessService", "Intel(r) AMT Remote Access Service")
        return [{**keys, "IsRemoteTunnelConnected": False, "RemoteTunnelKeepAliveTimeout": 4294967295}]

    @instances("AMT_RemoteAccessCapabilities")
    def capabilities(self) -> list[Instance]:
        name = "Intel(r) AMT:Remote Access Capabilities"
        limits = {"MaxMpsPerPolicy": 2, "MaxTotalMpServers": 6, "MaxTotalPolicies": 3, "MaxTotalProxyEntryPoints": 15}
        return [{"ElementName": name, "InstanceID": name, **limits}]

    @instances("AMT_UserInitiatedConnectionService")
    def user_initiated(self) -> list[Instance]:
        keys = service("AMT_UserInitiatedConnectionService", "Intel(r) AMT User Initiated Connection Service")
        reason = "" if self.firmware.personality.major >= 15 else None
        return [{**keys, "EnabledState": 32771, "LastConnectionReason": reason}]

    @instances("AMT_ManagementPresenceRemoteSAP")
    @instances("AMT_MPSUsernamePassword")
    @instances("AMT_RemoteAccessCredentialContext")
    @instances("AMT_RemoteAccessPolicyRule")
    @instances("AMT_RemoteAccessPolicyAppliesToMPS")
    def none(self) -> list[Instance]:
        """No server can be added. Consoles look whether there are any: MeshCentral gives up a device that refuses."""
        return []
