# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log in, by what, and what is switched on."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.security.admin import Admin
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.audit import Audit
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.certificates import Certificates
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.kerberos import Kerberos
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.posture import Posture
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.redirection import Redirection
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.time import Time
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.tls import Tls
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.tls_certificate import TlsCertificate
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.user_consent import UserConsent
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.users import Users

from tests import certificate_maker as made
from tests.capabilities.capability import Capability

STORE = "AMT_PublicKeyManagementService"


def clock(firmware):
    """Whether it is right to a few seconds, who set it, and whether the machine's own system may."""
    service = firmware.get("AMT_TimeSynchronizationService", {})
    return abs(firmware.timekeeping.offset) < 2, service["TimeSource"], service["LocalTimeSyncEnabled"] != 2


def store(firmware: Any) -> Any:
    """Without handles, which are whose turn it was."""
    rows = firmware.key_store.certificates.values()
    keys = [key.private_numbers().p for key in firmware.key_store.keys.values()]
    return sorted((row.octets, row.is_root) for row in rows), sorted(keys), sorted(firmware.revocations.lists)


def revoked(*serials: str) -> list[dict[str, Any]]:
    return [{"url": "http://pki.test/{0}".format(serial), "serials": [serial]} for serial in serials]


def with_key(name: str) -> dict[str, str]:
    return {"certificate": made.leaf(name, "One"), "private_key": made.key_pem(name)}


def names(*trusted: str) -> dict[str, list[str]]:
    return {"trusted_names": list(trusted)}


ISSUED = {"command": made.authority("Quick root"), "key_size": 1024}


def shown_by_tls(firmware: Any) -> str:
    shown = firmware.key_store.served
    return shown.parsed.subject.rfc4514_string() if shown else ""


CERTIFICATES = {
    "one": {"roots": [made.root("One")], "certificates": [with_key("a")], "revoked": revoked("0a1b")},
    "other": {"roots": [made.root("Two")], "certificates": [with_key("b")], "revoked": revoked("1", "2c")},
    "nothing": {"roots": [], "certificates": [], "revoked": []},
}


def audited(firmware: Any) -> Any:
    """Whether acts are recorded, and which; super-critical ones are in any case."""
    policy = firmware.audit_policy
    kinds = {code: critical for code, critical in policy.enabled.items() if code not in policy.always}
    return firmware.audit_log.state, kinds


def acts(plain: str, critical: str) -> list[dict[str, Any]]:
    return [{"name": plain, "critical": False}, {"name": critical, "critical": True}]


QUIET = {"enabled": False, "events": acts("consent", "network"), "purge": True}
WATCHED = {"enabled": True, "events": acts("wireless", "consent"), "purge": True}


def switches(firmware):
    """What is on, the screen's settings, and who is connected. The password is set where the port was closed before."""
    found = firmware.redirection
    screen = {name: found.kvm_settings[name] for name in ("Is5900PortEnabled", "SessionTimeout", "DefaultScreen")}
    switched = (found.features, found.listener_enabled, found.kvm_enabled, firmware.web_ui.enabled)
    return switched, screen, sorted(found.sessions)


def consent(firmware):
    """Who has to agree to what, for how long, and whether a code is on the screen."""
    found = firmware.consent
    return found.required, found.timeouts, found.state


OPEN = {"sol": True, "ider": False, "kvm": True, "listener": True, "port_5900": True, "web_ui": True}
SCREEN = {"session_timeout": 15, "screen": 1, "end_sessions": ["sol", "ider", "kvm"]}
CLOSED = {**dict.fromkeys(OPEN, False), "session_timeout": 0, "screen": 0, "end_sessions": ["sol", "ider", "kvm"]}


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


def posture(firmware: Any) -> Any:
    """Whether there is one, how it is hashed, and whose it is."""
    found = firmware.access_control
    return found.enabled, found.vendors, found.hash, found.signer


CAPABILITIES = (
    Capability(
        "amt_time",
        Time,
        {"of ours alone": {"local_sync": False}, "of either": {"local_sync": True}},
        clock,
        {"method": "SetHighAccuracyTimeSynch"},
        {
            "AMT_TimeSynchronizationService SetHighAccuracyTimeSynch": 1,
            "AMT_TimeSynchronizationService EnableLocalTimeSync": 1,
        },
        settings={"clock_offset": -3600},
    ),
    Capability(
        "amt_certificates",
        Certificates,
        {name: {**wish, "purge": True} for name, wish in CERTIFICATES.items()},
        look=store,
        write={"verb": "invoke", "method": "AddKey"},
        effects={
            STORE + " AddKey": 1,
            STORE + " AddCertificate": 1,
            STORE + " AddTrustedRootCertificate": 1,
            STORE + " ResetCRLList": 1,
            STORE + " AddCRL": 1,
        },
        settings={"tls": False},
    ),
    Capability(
        "amt_redirection",
        Redirection,
        {
            "closed": CLOSED,
            "open": {**OPEN, **SCREEN, "rfb_password": "Rfb-Pa55"},
        },
        switches,
        {"method": "TerminateSession"},
        {
            "AMT_RedirectionService TerminateSession": 1,
            "AMT_RedirectionService RequestStateChange": 1,
            "IPS_KVMRedirectionSettingData put": 1,
            "CIM_KVMRedirectionSAP RequestStateChange": 1,
            "AMT_RedirectionService put": 1,
            "AMT_WebUIService RequestStateChange": 1,
        },
        settings={"sessions": ["sol", "kvm"]},
        generations=("9", "11", "12", "15", "16"),
    ),
    Capability(
        "amt_consent",
        UserConsent,
        {
            "asked": {"policy": "all", "code_timeout": 60, "display_timeout": 3600, "consent": "requested"},
            "left alone": {"policy": "kvm", "code_timeout": 900, "display_timeout": 1800, "consent": "absent"},
        },
        consent,
        {"verb": "put"},
        {"IPS_OptInService put": 1, "IPS_OptInService StartOptIn": 1},
    ),
    Capability(
        "amt_audit",
        Audit,
        {"quiet": QUIET, "watched": WATCHED},
        audited,
        {"verb": "invoke", "method": "SetAuditPolicyBulk"},
        {"AMT_AuditPolicyRule SetAuditPolicyBulk": 3, "AMT_AuditLog RequestStateChange": 1},
    ),
    Capability(
        "amt_tls",
        Tls,
        {
            "consoles of one": {"remote": names("one.test"), "local": names()},
            "agents of two": {"remote": names(), "local": names("two.test", "three.test")},
            "both": {"remote": names("one.test"), "local": names("two.test")},
        },
        look=lambda firmware: firmware.tls.sides,
        write={"verb": "put"},
        effects={"AMT_TLSSettingData put": 1},
        settings={"tls": True},
    ),
    Capability(
        "amt_tls_certificate",
        TlsCertificate,
        {
            "for one": {"subject": "CN=one.test", **ISSUED},
            "for another": {"subject": "CN=another.test", **ISSUED},
        },
        look=shown_by_tls,
        write={"verb": "invoke", "method": "GenerateKeyPair"},
        effects={
            STORE + " GenerateKeyPair": 1,
            STORE + " GeneratePKCS10RequestEx": 1,
            STORE + " AddCertificate": 1,
            "AMT_TLSCredentialContext create": 1,
            "AMT_TLSSettingData put": 1,
            "AMT_SetupAndConfigurationService CommitChanges": 1,
        },
        settings={"tls": True, "durations": {"key_pair": 0}},
    ),
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
        "amt_posture",
        Posture,
        {
            "short": {"enabled": False, "vendors": "nap", "hash_algorithm": "sha256"},
            "long": {"enabled": False, "vendors": "nap", "hash_algorithm": "sha384"},
        },
        posture,
        write={"method": "SetEacOptions"},
        effects={"AMT_EndpointAccessControlService SetEacOptions": 1},
        generations=("9", "11", "12", "15", "16"),
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
