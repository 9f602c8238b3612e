# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Who may log in. The realms of other users than admin are not enforced yet: all may do everything."""

from __future__ import annotations

from typing import Any, Optional

from ..values import Instance
from .domain import Domain, instances, service


class Users(Domain):
    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.passwords: dict[str, str] = {"admin": firmware.settings.password, **firmware.settings.users}

    def password_of(self, username: str) -> Optional[str]:
        return self.passwords.get(username)

    @instances("AMT_AuthorizationService")
    def services(self) -> list[Instance]:
        keys = service("AMT_AuthorizationService", "Intel(r) AMT Authorization Service")
        return [{**keys, "AllowHttpQopAuthOnly": 1, "EnabledState": 5, "RequestedState": 12}]
