# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access control list: what is given, what is refused, and who is let in."""

from __future__ import annotations

import base64
import hashlib

import pytest

SERVICE = "AMT_AuthorizationService"
SID = base64.b64encode(bytes.fromhex("01020000000000052000000020020000")).decode()
DIGEST = base64.b64encode(bytes(16)).decode()
DUPLICATE, INVALID_HANDLE, INVALID_REALM, INVALID_PARAMETER, NOT_PERMITTED, FULL = 0x80A, 0x805, 0x807, 0x24, 0x10, 0x17


def call(firmware, method, *fields):
    return firmware.invoke(SERVICE, {}, method, [(name, str(value)) for name, value in fields])


def digest_user(name="ops", realms=(5,), access=2, password=DIGEST):
    given = [("DigestUsername", name), ("DigestPassword", password), ("AccessPermission", access)]
    return [*given, *(("Realms", realm) for realm in realms)]


def add(firmware, *fields):
    return call(firmware, "AddUserAclEntryEx", *fields)


def status(firmware, method, *fields):
    return call(firmware, method, *fields)["ReturnValue"]


def kerberos_user(sid=SID):
    return [("KerberosUserSid", sid), ("AccessPermission", 1), ("Realms", 3)]


def test_handles_are_given_again(make):
    firmware = make()
    assert [add(firmware, *digest_user(name))["Handle"] for name in ("a", "b")] == [1, 2]
    assert status(firmware, "RemoveUserAclEntry", ("Handle", 1)) == 0
    assert add(firmware, *kerberos_user())["Handle"] == 1
    entry = call(firmware, "GetUserAclEntryEx", ("Handle", 1))
    assert entry == {
        "KerberosUserSid": base64.b64decode(SID),
        "AccessPermission": 1,
        "Realms": [3],
        "ReturnValue": 0,
    }
    assert call(firmware, "GetUserAclEntryEx", ("Handle", 2))["DigestUsername"] == "b"


def test_pages(make):
    firmware = make(users={"user{0}".format(number): "Other2!x" for number in range(23)})
    pages = [call(firmware, "EnumerateUserAclEntries", ("StartIndex", index)) for index in (1, 11, 21)]
    assert [page["HandlesCount"] for page in pages] == [10, 10, 3]
    assert {page["TotalCount"] for page in pages} == {23}
    assert sorted(handle for page in pages for handle in page["Handles"]) == list(range(1, 24))
    assert status(firmware, "EnumerateUserAclEntries", ("StartIndex", 24)) == 0x23
    nobody = {"TotalCount": 0, "HandlesCount": 0, "ReturnValue": 0}
    assert call(make(), "EnumerateUserAclEntries", ("StartIndex", 1)) == nobody


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        (digest_user("admin"), INVALID_PARAMETER),
        (digest_user("$$x"), INVALID_PARAMETER),
        (digest_user("a:b"), INVALID_PARAMETER),
        (digest_user("a" * 17), INVALID_PARAMETER),
        (digest_user(password="AAAA"), INVALID_PARAMETER),
        (digest_user(realms=()), INVALID_PARAMETER),
        (digest_user(realms=(22,)), INVALID_REALM),
        (digest_user(access=3), INVALID_PARAMETER),
        ([*digest_user(), ("KerberosUserSid", SID)], INVALID_PARAMETER),
        ([("AccessPermission", 2), ("Realms", 5)], INVALID_PARAMETER),
        (kerberos_user(base64.b64encode(bytes(32)).decode()), INVALID_PARAMETER),
        (kerberos_user(base64.b64encode(bytes(13)).decode()), INVALID_PARAMETER),
    ],
)
def test_refusals(make, fields, refusal):
    firmware = make()
    assert add(firmware, *fields) == {"ReturnValue": refusal}
    assert list(firmware.users.accounts) == ["admin"]


def test_one_name_once_and_seven_in_all(make):
    firmware = make()
    for number in range(7):
        assert add(firmware, *digest_user("user{0}".format(number)))["ReturnValue"] == 0
    assert add(firmware, *digest_user("user3"))["ReturnValue"] == DUPLICATE
    assert add(firmware, *digest_user("user8"))["ReturnValue"] == FULL
    assert add(firmware, *kerberos_user())["ReturnValue"] == 0
    assert add(firmware, *kerberos_user())["ReturnValue"] == DUPLICATE


def test_an_update_under_another_name_voids_the_password(make):
    firmware = make(users={"ops": "Other2!x"})
    was = firmware.secret_of("ops")
    given = [("Handle", 1), ("DigestUsername", "ops"), ("AccessPermission", 2), ("Realms", 5)]
    assert status(firmware, "UpdateUserAclEntryEx", *given) == 0
    assert firmware.secret_of("ops") == was
    given[1] = ("DigestUsername", "other")
    assert status(firmware, "UpdateUserAclEntryEx", *given) == 0
    right = hashlib.md5("other:{0}:Other2!x".format(firmware.digest_realm).encode()).hexdigest()
    assert firmware.secret_of("ops") is None
    assert firmware.secret_of("other") != right
    kind = [("Handle", 1), *kerberos_user()]
    assert status(firmware, "UpdateUserAclEntryEx", *kind) == NOT_PERMITTED


def test_who_is_let_in_from_where(make):
    firmware = make(users={"ops": "Other2!x"})
    for access, (network, local) in {0: (False, True), 1: (True, False), 2: (True, True)}.items():
        given = [("Handle", 1), ("DigestUsername", "ops"), ("AccessPermission", access), ("Realms", 5)]
        assert status(firmware, "UpdateUserAclEntryEx", *given) == 0
        assert (bool(firmware.secret_of("ops")), bool(firmware.local_secret_of("ops"))) == (network, local)
    assert status(firmware, "SetAclEnabledState", ("Handle", 1), ("Enabled", "false")) == 0
    assert call(firmware, "GetAclEnabledState", ("Handle", 1))["Enabled"] is False
    assert firmware.secret_of("ops") is None


def test_nobody_has_the_handle(make):
    firmware = make()
    for method in ("GetUserAclEntryEx", "RemoveUserAclEntry", "GetAclEnabledState"):
        assert status(firmware, method, ("Handle", 1)) == INVALID_HANDLE
    assert status(firmware, "SetAclEnabledState", ("Handle", 1), ("Enabled", "true")) == INVALID_HANDLE


def test_the_administrator_has_no_handle_and_takes_nobody_s_name(make):
    firmware = make(users={"ops": "Other2!x"})
    assert call(firmware, "GetUserAclEntryEx", ("Handle", 1))["DigestUsername"] == "ops"
    assert status(firmware, "SetAdminAclEntryEx", ("Username", "ops"), ("DigestPassword", DIGEST)) == DUPLICATE
    assert status(firmware, "SetAdminAclEntryEx", ("Username", "boss"), ("DigestPassword", DIGEST)) == 0
    assert call(firmware, "EnumerateUserAclEntries", ("StartIndex", 1))["TotalCount"] == 1


def test_changes_are_in_the_audit_log(make):
    firmware = make()
    firmware.audit_log.state = 2
    add(firmware, *digest_user())
    status(firmware, "SetAclEnabledState", ("Handle", 1), ("Enabled", "false"))
    status(firmware, "RemoveUserAclEntry", ("Handle", 1))
    assert [record.code for record in firmware.events.audited] == [1602, 1603, 1604]
