# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The access control list: the users besides the administrator, each with a handle.

Handles are given out from the lowest that is free, so one may come to mean somebody else.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any, Optional

from ...digest import secret
from ...values import Instance
from ..domain import Domain, method
from .permissions import REALM_NUMBERS
from .users import ANY, DIGEST_SIZE, Account

SERVICE = "AMT_AuthorizationService"
COMPLETED, NOT_PERMITTED, MAX_LIMIT_REACHED, INVALID_INDEX, INVALID_PARAMETER = 0, 0x10, 0x17, 0x23, 0x24
INVALID_HANDLE, INVALID_REALM, DUPLICATE = 0x805, 0x807, 0x80A
MOST_DIGEST, MOST_KERBEROS, PAGE = 7, 32, 10
LONGEST_NAME, LONGEST_SID = 16, 28
RESERVED = ("admin", "administrator")
SYSTEM = "$$"
ADDED, MODIFIED, REMOVED = 1602, 1603, 1604


class Unfit(Exception):
    """`status`: what the method returns."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class AccessList(Domain):
    """`handles` by account, whose key among the users' accounts is a name, or the SID of a Kerberos user in
    hexadecimal digits."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.handles: dict[str, int] = {}

    @property
    def accounts(self) -> dict[str, Account]:
        accounts: dict[str, Account] = self.firmware.users.accounts
        return accounts

    def _others(self) -> list[str]:
        """Those of accounts that are gone have no handle any more."""
        others = [key for key in self.accounts if key != self.firmware.users.administrator]
        self.handles = {key: self.handles.get(key, 0) for key in others}
        for key in others:
            self.handles[key] = self.handles[key] or self._free_handle()
        return others

    def _free_handle(self) -> int:
        return next(number for number in count(1) if number not in self.handles.values())

    def _key(self, handle: int) -> Optional[str]:
        return next((key for key in self._others() if self.handles.get(key) == handle), None)

    @method(SERVICE, "EnumerateUserAclEntries")
    def enumerate(self, _present: Instance, StartIndex: int) -> Instance:
        """A page of handles, from an index that counts from 1."""
        found = sorted(self.handles[key] for key in self._others())
        if StartIndex < 1 or StartIndex > max(len(found), 1):
            return {"ReturnValue": INVALID_INDEX}
        page = found[StartIndex - 1 : StartIndex - 1 + PAGE]
        counts = {"TotalCount": len(found), "HandlesCount": len(page)}
        return {**counts, "Handles": page or None, "ReturnValue": COMPLETED}

    @method(SERVICE, "GetUserAclEntryEx")
    def entry(self, _present: Instance, Handle: int) -> Instance:
        key = self._key(Handle)
        if key is None:
            return {"ReturnValue": INVALID_HANDLE}
        account = self.accounts[key]
        who = {"KerberosUserSid": account.sid} if account.sid else {"DigestUsername": key}
        rights = {"AccessPermission": account.access, "Realms": sorted(account.realms) or None}
        return {**who, **rights, "ReturnValue": COMPLETED}

    @method(SERVICE, "GetAclEnabledState")
    def enabled(self, _present: Instance, Handle: int) -> Instance:
        key = self._key(Handle)
        if key is None:
            return {"ReturnValue": INVALID_HANDLE}
        return {"Enabled": self.accounts[key].enabled, "ReturnValue": COMPLETED}

    @method(SERVICE, "SetAclEnabledState", writes=True)
    def set_enabled(self, _present: Instance, Handle: int, Enabled: bool) -> int:
        key = self._key(Handle)
        if key is None:
            return INVALID_HANDLE
        self.accounts[key] = replace(self.accounts[key], enabled=Enabled)
        self.firmware.events.audit(MODIFIED)
        return COMPLETED

    @method(SERVICE, "AddUserAclEntryEx", writes=True)
    def add(
        self,
        _present: Instance,
        AccessPermission: int,
        DigestUsername: str = "",
        DigestPassword: bytes = b"",
        KerberosUserSid: bytes = b"",
        Realms: Optional[list[int]] = None,
    ) -> Instance:
        try:
            key = judged_key(DigestUsername, KerberosUserSid)
            if key in self.accounts:
                return {"ReturnValue": DUPLICATE}
            if not KerberosUserSid and len(DigestPassword) != DIGEST_SIZE:
                return {"ReturnValue": INVALID_PARAMETER}
            rights = judged_rights(AccessPermission, Realms)
            self._require_room(KerberosUserSid)
        except Unfit as unfit:
            return {"ReturnValue": unfit.status}
        self.handles[key] = handle = self._free_handle()
        self.accounts[key] = Account(None, secret=DigestPassword.hex(), sid=KerberosUserSid, **rights)
        self.firmware.events.audit(ADDED)
        return {"Handle": handle, "ReturnValue": COMPLETED}

    @method(SERVICE, "UpdateUserAclEntryEx", writes=True)
    def update(
        self,
        _present: Instance,
        Handle: int,
        AccessPermission: int,
        DigestUsername: str = "",
        DigestPassword: bytes = b"",
        KerberosUserSid: bytes = b"",
        Realms: Optional[list[int]] = None,
    ) -> int:
        """A digest user may get another name, which voids a password that is not sent along."""
        former = self._key(Handle)
        if former is None:
            return INVALID_HANDLE
        try:
            key = judged_key(DigestUsername, KerberosUserSid)
            if bool(KerberosUserSid) != bool(self.accounts[former].sid) or former.startswith(SYSTEM):
                return NOT_PERMITTED
            if key != former and key in self.accounts:
                return DUPLICATE
            if len(DigestPassword) not in (0, DIGEST_SIZE):
                return INVALID_PARAMETER
            rights = judged_rights(AccessPermission, Realms)
        except Unfit as unfit:
            return unfit.status
        account = replace(self.accounts.pop(former), sid=KerberosUserSid, **rights)
        if DigestPassword:
            account = replace(account, password=None, secret=DigestPassword.hex())
        elif key != former and account.password is not None:
            account = replace(
                account, password=None, secret=secret(former, self.firmware.digest_realm, account.password)
            )
        self.handles[key] = self.handles.pop(former)
        self.accounts[key] = account
        self.firmware.events.audit(MODIFIED)
        return COMPLETED

    @method(SERVICE, "RemoveUserAclEntry", writes=True)
    def remove(self, _present: Instance, Handle: int) -> int:
        key = self._key(Handle)
        if key is None:
            return INVALID_HANDLE
        if key.startswith(SYSTEM):
            return NOT_PERMITTED
        del self.accounts[key], self.handles[key]
        self.firmware.events.audit(REMOVED)
        return COMPLETED

    def _require_room(self, sid: bytes) -> None:
        held = [bool(self.accounts[key].sid) for key in self._others() if not key.startswith(SYSTEM)]
        if held.count(bool(sid)) >= (MOST_KERBEROS if sid else MOST_DIGEST):
            raise Unfit(MAX_LIMIT_REACHED)


def judged_key(name: str, sid: bytes) -> str:
    """Unfit where there is neither name nor SID, or both, or one that firmware does not take."""
    if bool(name) == bool(sid):
        raise Unfit(INVALID_PARAMETER)
    if sid:
        if len(sid) > LONGEST_SID or len(sid) % 4:
            raise Unfit(INVALID_PARAMETER)
        return sid.hex()
    fits = len(name) <= LONGEST_NAME and all("!" <= letter <= "~" and letter not in ':,<>&"' for letter in name)
    if not fits or name.lower() in RESERVED or name.startswith(SYSTEM):
        raise Unfit(INVALID_PARAMETER)
    return name


def judged_rights(access: int, realms: Optional[list[int]]) -> dict[str, Any]:
    if access > ANY or not realms:
        raise Unfit(INVALID_PARAMETER)
    if not set(realms) <= REALM_NUMBERS:
        raise Unfit(INVALID_REALM)
    return {"access": access, "realms": frozenset(realms)}
