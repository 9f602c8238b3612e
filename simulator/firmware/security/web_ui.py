# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The pages for browsers, which can be switched off: AMT_WebUIService."""

from __future__ import annotations

from typing import Any, Optional

from ...values import Instance, Interval
from ..domain import Domain, instances, method, service

NAME = "Intel(r) AMT Web UI Service"
ENABLED, DISABLED = 2, 3
COMPLETED, INVALID_PARAMETER = 0, 5


class WebUi(Domain):
    """`enabled`: whether there are pages. Without them the port still tells what it is."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.enabled = True

    @instances("AMT_WebUIService")
    def services(self) -> list[Instance]:
        state = ENABLED if self.enabled else DISABLED
        return [{**service("AMT_WebUIService", NAME), "EnabledState": state, "RequestedState": 12}]

    @method("AMT_WebUIService", "RequestStateChange", writes=True)
    def request(
        self, _present: Instance, RequestedState: Optional[int] = None, TimeoutPeriod: Optional[Interval] = None
    ) -> int:
        if RequestedState not in (ENABLED, DISABLED):
            return INVALID_PARAMETER
        self.enabled = RequestedState == ENABLED
        return COMPLETED
