# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Who may log in (AMT.md 10.1)."""

from __future__ import annotations

from .realms import NUMBERS
from .returns import PT_STATUS
from .schema import CimClass, boolean, enum, integer, octets, text

#: AddUserAclEntryEx, AccessPermission: from where a user may come (vendor's schema).
ACCESS = {"local": 0, "network": 1, "any": 2}

#: Of those besides the administrator (limits of the vendor's own profile editor, SCS 11 and 12). No source tells of
#: others on another generation.
MOST_DIGEST_USERS, MOST_KERBEROS_USERS = 7, 32

LONGEST_USER_NAME = 16
"""Characters, printable ASCII without NOT_IN_USER_NAMES and blanks (vendor's schema; SCS)."""
NOT_IN_USER_NAMES = ':,<>&"'
SYSTEM_ACCOUNT = "$$"
"""How the name of an account begins that the firmware has made: it can be disabled, and not removed."""
RESERVED_USER_NAMES = ("admin", "administrator")

LONGEST_SID = 28
"""Octets of KerberosUserSid (vendor's schema)."""

AUTHORIZATION = CimClass(
    "AMT_AuthorizationService",
    returns=PT_STATUS,
    family="PT_STATUS",
    arguments=(
        integer("StartIndex"),
        integer("TotalCount"),
        integer("HandlesCount"),
        integer("Handles", many=True),
        integer("Handle"),
        text("Username"),
        text("DigestUsername"),
        octets("DigestPassword"),
        octets("KerberosUserSid"),
        enum("AccessPermission", words=ACCESS),
        enum("Realms", many=True, words=NUMBERS),
        boolean("Enabled"),
        boolean("IsDefault"),
    ),
)
