# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Every domain by the name under which the firmware carries it. A domain may use those above it when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Optional

from .domain import Domain
from .host.hashes import Hashes
from .host.os_watchdog import OsWatchdog
from .host.setup import Setup
from .host.setup_classes import SetupClasses
from .inventory.audit_log import AuditLog
from .inventory.events import Events
from .inventory.inventory import Inventory
from .inventory.software import Software
from .inventory.storage import Storage
from .isolation.domains import DOMAINS as DEFENSE
from .network.general import General
from .network.ipv6 import Ipv6
from .network.network import Network
from .network.proxies import Proxies
from .network.remote import Remote
from .network.tunnels import Tunnels
from .network.wifi import Wifi
from .network.wifi_profiles import WifiProfiles
from .network.wired_8021x import Wired8021x
from .power.alarms import Alarms
from .power.boot import Boot
from .power.power import Power
from .power.schemes import Schemes
from .security.access_control import AccessControl
from .security.access_list import AccessList
from .security.audit_policy import AuditPolicy
from .security.consent import Consent
from .security.kerberos import Kerberos
from .security.key_store import KeyStore
from .security.on_die import OnDie
from .security.redirection import Redirection
from .security.revocations import Revocations
from .security.timekeeping import Timekeeping
from .security.tls import Tls
from .security.users import Users
from .security.web_ui import WebUi
from .storage.data_blocks import STORE, DataBlocks
from .storage.data_store import ADMINISTRATION, DataStore
from .storage.data_store import UNTIL as STORE_UNTIL
from .storage.stores import Stores
from .storage.web_storage import WebStorage

DOMAINS: dict[str, type[Domain]] = {
    "timekeeping": Timekeeping,
    "events": Events,
    "audit_log": AuditLog,
    "audit_policy": AuditPolicy,
    "users": Users,
    "access_list": AccessList,
    "kerberos": Kerberos,
    "power": Power,
    "boot": Boot,
    "alarms": Alarms,
    "redirection": Redirection,
    "consent": Consent,
    "general": General,
    "web_ui": WebUi,
    "network": Network,
    "ipv6": Ipv6,
    "wifi": Wifi,
    "wifi_profiles": WifiProfiles,
    "wired_8021x": Wired8021x,
    "remote": Remote,
    "tunnels": Tunnels,
    "proxies": Proxies,
    "tls": Tls,
    "key_store": KeyStore,
    "revocations": Revocations,
    "on_die": OnDie,
    "access_control": AccessControl,
    "hashes": Hashes,
    "setup": Setup,
    "setup_classes": SetupClasses,
    "os_watchdog": OsWatchdog,
    "inventory": Inventory,
    "storage": Storage,
    "software": Software,
    "schemes": Schemes,
    "stores": Stores,
    "web_storage": WebStorage,
    "data_store": DataStore,
    "data_blocks": DataBlocks,
    **DEFENSE,
}


STORE_CLASSES = (ADMINISTRATION, STORE)


# What is gone when a device is no longer set up.
SET_UP = (
    "users",
    "access_list",
    "kerberos",
    "alarms",
    "redirection",
    "consent",
    "general",
    "web_ui",
    "network",
    "ipv6",
    "wifi",
    "wifi_profiles",
    "wired_8021x",
    "remote",
    "tunnels",
    "proxies",
    "tls",
    "key_store",
    "revocations",
    "access_control",
    "hashes",
    "schemes",
    "web_storage",
    "data_store",
    "data_blocks",
    *DEFENSE,
)


@dataclass(frozen=True)
class Answer:
    """Which function of which domain answers a request."""

    domain: str
    function: str
    writes: bool


@cache
def rulebook(major: int) -> dict[tuple[str, str, str], Answer]:
    """What one generation answers, by (verb, class, method). A later domain takes a class over from an earlier one."""
    book = {}
    for name, kind in DOMAINS.items():
        for attribute in dir(kind):
            for rule in getattr(getattr(kind, attribute), "rules", ()):
                if rule.holds_for(major):
                    book[rule.verb, rule.cls, rule.method] = Answer(name, attribute, rule.writes)
    return book


def rules_of(major: int, data_store: Optional[bool]) -> Mapping[tuple[str, str, str], Answer]:
    """The same for one device, which may have the third-party data store of others, or none."""
    book = rulebook(major)
    if data_store is None:
        return book
    kept = {key: answer for key, answer in book.items() if key[1] not in STORE_CLASSES}
    lent = {key: answer for key, answer in rulebook(STORE_UNTIL).items() if key[1] in STORE_CLASSES}
    return {**kept, **lent} if data_store else kept


# Whose instances an enumeration shows, in this order, where it is not those of the class alone.
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "CIM_CredentialContext": ("AMT_TLSCredentialContext", "CIM_CredentialContext"),
    "CIM_Chip": ("CIM_Chip", "CIM_PhysicalMemory"),
    "CIM_PhysicalPackage": ("CIM_Card", "CIM_PhysicalPackage", "CIM_Chassis"),
    "CIM_ServiceAvailableToElement": ("CIM_AssociatedPowerManagementService",),
    "CIM_SystemPackaging": ("CIM_ComputerSystemPackage",),
}
