# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Who may log in, and to do what."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional, Union

from ...digest import ANYTHING, secret
from ...values import Instance
from .. import refusals
from ..domain import Domain, instances, method, service
from .permissions import ADMINISTRATION, REALMS, realms_for

LOCAL_ACCOUNT = "$$OsAdmin"
"""The account of the host's own system: good on this machine only, with a password that AMTHI hands out."""
LOCAL_CHANGES = re.compile(r"IPS_HostBasedSetupService|AMT_SetupAndConfigurationService|AMT_AgentPresence\w+")
DIGEST_SIZE = 16
COMPLETED, INVALID_PARAMETER, DUPLICATE = 0, 0x24, 0x80A


LOCAL, NETWORK, ANY = 0, 1, 2


@dataclass(frozen=True)
class Account:
    """With `secret`, firmware was never told the password: see `digest.secret`. `sid`: of a Kerberos user, who has
    neither. `access`: from where he may come."""

    password: Optional[str]
    realms: frozenset[int]
    secret: str = ""
    access: int = ANY
    enabled: bool = True
    sid: bytes = b""


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
    """`accounts` by name; none before the device is set up. A caller without one, as after a log-in by ticket, may do
    everything. `administrator` is the name of the first of them, `local_password` that of the host's own system."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        given = {"admin": firmware.settings.password, **firmware.settings.users}
        self.administrator = "admin"
        self.default_password = firmware.settings.control_mode == "none"
        self.local_password = ""
        self.accounts = {name: read_account(name, account) for name, account in given.items()}
        if self.default_password:
            self.accounts.clear()

    def password_of(self, username: str) -> Optional[str]:
        account = self.accounts.get(username)
        return account.password if account else None

    def secret_of(self, username: str) -> Optional[str]:
        account = self.accounts.get(username)
        if account is None:
            return None
        return account.secret or secret(username, self.firmware.digest_realm, account.password or "")

    def network_secret_of(self, username: str) -> Optional[str]:
        return self._secret_from(username, (NETWORK, ANY))

    def _secret_from(self, username: str, places: tuple[int, ...]) -> Optional[str]:
        account = self.accounts.get(username)
        if account is None or not account.enabled or account.access not in places:
            return None
        return self.secret_of(username)

    def local_secret_of(self, username: str) -> Optional[str]:
        """Until a change of the mode is through, users of the network are locked out (rpc-go)."""
        if username == LOCAL_ACCOUNT:
            return secret(username, self.firmware.digest_realm, self.local_password) if self.local_password else None
        return None if self.firmware.setup.is_changing else self._secret_from(username, (LOCAL, ANY))

    def certified_secret_of(self, username: str) -> Optional[str]:
        """Of somebody whose certificate a started set-up waited for: the certificate is proof enough."""
        return ANYTHING if username == self.administrator else None

    def is_local_account(self, username: str) -> bool:
        return username == LOCAL_ACCOUNT

    def make_local_account(self) -> tuple[str, str]:
        """Name and a fresh password of the host's own system; the one before is no longer good."""
        self.local_password = secrets.token_hex(16)
        return LOCAL_ACCOUNT, self.local_password

    def on_restart(self) -> None:
        self.local_password = ""

    def clear(self) -> None:
        """The device is no longer set up."""
        self.accounts.clear()
        self.administrator, self.default_password = "admin", True

    def set_administrator(self, username: str, hashed: str) -> None:
        """`hashed` is the secret in hexadecimal."""
        self.accounts.pop(self.administrator, None)
        self.administrator, self.default_password = username, False
        self.accounts[username] = Account(None, frozenset((ADMINISTRATION,)), hashed.lower())

    def admit(self, cls: str, changes: bool) -> None:
        """Raise AccessDenied when the caller lacks the realm."""
        if self.firmware.caller == LOCAL_ACCOUNT and changes and not LOCAL_CHANGES.fullmatch(cls):
            raise refusals.access_denied()
        account = self.accounts.get(self.firmware.caller)
        if account and not account.realms & realms_for(cls, changes):
            raise refusals.access_denied()

    def admit_administrator(self) -> None:
        """For what the realm of a feature does not do alone. Raise AccessDenied."""
        account = self.accounts.get(self.firmware.caller)
        if account and ADMINISTRATION not in account.realms:
            raise refusals.access_denied()

    @instances("AMT_AuthorizationService")
    def services(self) -> list[Instance]:
        keys = service("AMT_AuthorizationService", "Intel(r) AMT Authorization Service")
        return [{**keys, "AllowHttpQopAuthOnly": 1, "EnabledState": 5, "RequestedState": 12}]

    @method("AMT_AuthorizationService", "SetAdminAclEntryEx", writes=True)
    def set_admin_entry(self, _present: Instance, Username: str, DigestPassword: bytes) -> int:
        if len(DigestPassword) != DIGEST_SIZE or not Username or Username.startswith("$$"):
            return INVALID_PARAMETER
        if Username != self.administrator and Username in self.accounts:
            return DUPLICATE
        self.set_administrator(Username, DigestPassword.hex())
        self.firmware.setup.password_given()
        self.firmware.events.audit(1603)
        return COMPLETED

    @method("AMT_AuthorizationService", "GetAdminAclEntry")
    def admin_entry(self, _present: Instance) -> Instance:
        return {"Username": self.administrator, "ReturnValue": COMPLETED}

    @method("AMT_AuthorizationService", "GetAdminAclEntryStatus")
    def admin_entry_status(self, _present: Instance) -> Instance:
        """Whether the password is still the one of the factory, for who sits in front of the machine."""
        return {"IsDefault": not self.firmware.setup.mebx_password_set, "ReturnValue": COMPLETED}

    @method("AMT_AuthorizationService", "GetAdminNetAclEntryStatus")
    def admin_network_entry_status(self, _present: Instance) -> Instance:
        """The same for who comes over the network."""
        return {"IsDefault": self.default_password, "ReturnValue": COMPLETED}
