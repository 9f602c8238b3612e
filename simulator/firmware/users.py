# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Who may log in, and to do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional, Union

from ..values import Instance
from . import refusals
from .domain import Domain, instances, service
from .permissions import ADMINISTRATION, REALMS, realms_for


@dataclass(frozen=True)
class Account:
    password: str
    realms: frozenset[int]


def read_account(name: str, given: Union[str, Mapping[str, Any]]) -> Account:
    """An account from a password, which opens everything, or from a password and the names of realms.

    Raises ValueError for what is neither.
    """
    if isinstance(given, str):
        return Account(given, frozenset((ADMINISTRATION,)))
    if not isinstance(given, Mapping) or set(given) != {"password", "realms"}:
        raise ValueError("users: {0}: give a password, or `password` and `realms`".format(name))
    unknown = [realm for realm in given["realms"] if realm not in REALMS]
    if unknown:
        raise ValueError("users: {0}: {1!r} is none of {2}".format(name, unknown[0], ", ".join(REALMS)))
    return Account(str(given["password"]), frozenset(REALMS[realm] for realm in given["realms"]))


class Users(Domain):
    """`accounts` by name. A caller without one, as after a log-in by ticket, may do everything."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        given = {"admin": firmware.settings.password, **firmware.settings.users}
        self.accounts = {name: read_account(name, account) for name, account in given.items()}

    def password_of(self, username: str) -> Optional[str]:
        account = self.accounts.get(username)
        return account.password if account else None

    def admit(self, cls: str, changes: bool) -> None:
        """Raise AccessDenied when the caller lacks the realm."""
        account = self.accounts.get(self.firmware.caller)
        if account and not account.realms & realms_for(cls, changes):
            raise refusals.access_denied()

    @instances("AMT_AuthorizationService")
    def services(self) -> list[Instance]:
        keys = service("AMT_AuthorizationService", "Intel(r) AMT Authorization Service")
        return [{**keys, "AllowHttpQopAuthOnly": 1, "EnabledState": 5, "RequestedState": 12}]
