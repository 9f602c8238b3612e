# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where the device believes to be, and what it could do about it."""

from __future__ import annotations

import ipaddress
from typing import Any

from ...values import Instance
from .. import refusals
from ..domain import Domain, instances, method, put, service

MOST_SUFFIXES, LONGEST_SUFFIX = 5, 190
NOBODY = 32768
COMPLETED, INVALID_PARAMETER = 0, 5


def is_prefix(text: str) -> bool:
    try:
        return "/" in text and ipaddress.IPv6Network(text) is not None
    except ValueError:
        return False


class Remote(Domain):
    """`suffixes` are the domains that count as inside; none of them means always inside."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.algorithm = 0
        self.suffixes: list[str] = []
        self.prefixes: list[str] = []
        self.initiated = NOBODY + 3

    @instances("AMT_EnvironmentDetectionSettingData")
    def environment(self) -> list[Instance]:
        name = "Intel(r) AMT Environment Detection Settings"
        identity = {"ElementName": name, "InstanceID": name}
        detected = {
            "DetectionIPv6LocalPrefixes": self.prefixes or None,
            "DetectionStrings": self.suffixes or None,
        }
        return [{**identity, "DetectionAlgorithm": self.algorithm, **detected}]

    @put("AMT_EnvironmentDetectionSettingData")
    def put_environment(self, _present: Instance, wanted: dict[str, Any]) -> None:
        suffixes = wanted.get("DetectionStrings", [])
        if len(suffixes) > MOST_SUFFIXES or any(len(suffix) > LONGEST_SUFFIX for suffix in suffixes):
            raise refusals.invalid_value("DetectionStrings")
        if wanted["DetectionAlgorithm"] > 1:
            raise refusals.invalid_value("DetectionAlgorithm")
        prefixes = wanted.get("DetectionIPv6LocalPrefixes", [])
        if not all(is_prefix(prefix) for prefix in prefixes):
            raise refusals.invalid_value("DetectionIPv6LocalPrefixes")
        self.algorithm, self.suffixes, self.prefixes = wanted["DetectionAlgorithm"], suffixes, prefixes

    @instances("AMT_UserInitiatedConnectionService")
    def user_initiated(self) -> list[Instance]:
        keys = service("AMT_UserInitiatedConnectionService", "Intel(r) AMT User Initiated Connection Service")
        reason = "" if self.firmware.personality.major >= 15 else None
        return [{**keys, "EnabledState": self.initiated, "LastConnectionReason": reason}]

    @method("AMT_UserInitiatedConnectionService", "RequestStateChange", writes=True)
    def request_user_initiated(self, _present: Instance, RequestedState: int = 0, TimeoutPeriod: Any = None) -> int:
        if not NOBODY <= RequestedState <= NOBODY + 3:
            return INVALID_PARAMETER
        self.initiated = RequestedState
        return COMPLETED
