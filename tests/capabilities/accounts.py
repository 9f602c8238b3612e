# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log in."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.security.admin import Admin
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.kerberos import Kerberos
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.users import Users

from tests.capabilities.capability import Capability

OPERATOR = {"name": "ops", "password": "Op3rator!", "realms": ["redirection", "remote_control"]}
ANYWHERE = {"access": "any", "enabled": True}
DOMAIN_ADMINS = {
    "sid": "S-1-5-21-1004336348-1177238915-682003330-512",
    "realms": ["administration"],
    "access": "network",
}


def users(firmware: Any) -> Any:
    """Who may log in besides the administrator, to do what, from where. Passwords are as good as their makers."""
    held = [(key, account) for key, account in firmware.users.accounts.items() if key != firmware.users.administrator]
    return sorted((key, each.access, tuple(sorted(each.realms)), each.enabled) for key, each in held)


def administrator(firmware: Any) -> Any:
    """The name, and what the firmware keeps of the password."""
    name = firmware.users.administrator
    return name, firmware.secret_of(name)


JOINED = {
    "enabled": True,
    "realm": "EXAMPLE.COM",
    "key_version": 3,
    "encryption": ["aes256", "aes128"],
    "clock_tolerance": 5,
    "spns": ["HTTP/pc-01.example.com:16992", "HTTP/pc-01.example.com:16993"],
    "password": "long and random, by Active Directory",
    "salt": "EXAMPLE.COMhostpc-01.example.com",
}
REPLACED = {**JOINED, "realm": "EXAMPLE.NET", "encryption": ["rc4"], "password": None, "master_key": "0f" * 16}


def kerberos(firmware: Any) -> Any:
    """Whether tickets are taken, and whose; the key, which no reply has."""
    settings = firmware.kerberos
    return settings.enabled and (sorted(map(str, settings.told.items())), settings.key)


CAPABILITIES = (
    Capability(
        "amt_users",
        Users,
        {
            "two": {"users": [{**OPERATOR, **ANYWHERE}, DOMAIN_ADMINS], "purge": True},
            "one, disabled": {"users": [{**OPERATOR, "access": "local", "enabled": False}], "purge": True},
            "nobody": {"users": [], "purge": True},
        },
        users,
        write={"verb": "invoke", "method": "AddUserAclEntryEx"},
        effects={
            "AMT_AuthorizationService RemoveUserAclEntry": 1,
            "AMT_AuthorizationService AddUserAclEntryEx": 2,
        },
        settings={"users": {"helpdesk": {"password": "Help-d3sk", "realms": ["hardware_asset"]}}},
    ),
    Capability(
        "amt_admin",
        Admin,
        {
            "another password": {"username": "admin", "password": "An0ther!Password"},
            "another name": {"username": "boss", "password": "B0ss's-Password"},
            "a third": {"username": "admin", "password": "Th1rd-Password"},
        },
        administrator,
        write={"verb": "invoke", "method": "SetAdminAclEntryEx"},
        effects={"AMT_AuthorizationService SetAdminAclEntryEx": 1},
        log_ins=3,
    ),
    Capability(
        "amt_kerberos",
        Kerberos,
        {"joined": JOINED, "elsewhere": REPLACED, "off": {"enabled": False}},
        kerberos,
        write={"verb": "put"},
        effects={"AMT_KerberosSettingData put": 1},
        before="elsewhere",
    ),
)
