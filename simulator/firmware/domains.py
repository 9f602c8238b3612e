# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Every domain by the name under which the firmware carries it. A domain may use those above it when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .alarms import Alarms
from .boot import Boot
from .consent import Consent
from .defense.domains import DOMAINS as DEFENSE
from .domain import Domain
from .events import Events
from .general import General
from .hashes import Hashes
from .inventory import Inventory
from .key_store import KeyStore
from .network import Network
from .os_watchdog import OsWatchdog
from .power import Power
from .redirection import Redirection
from .remote import Remote
from .schemes import Schemes
from .setup import Setup
from .setup_classes import SetupClasses
from .software import Software
from .storage import Storage
from .stores import Stores
from .timekeeping import Timekeeping
from .tls import Tls
from .users import Users
from .web_ui import WebUi
from .wifi import Wifi

DOMAINS: dict[str, type[Domain]] = {
    "timekeeping": Timekeeping,
    "events": Events,
    "users": Users,
    "power": Power,
    "boot": Boot,
    "alarms": Alarms,
    "redirection": Redirection,
    "consent": Consent,
    "general": General,
    "web_ui": WebUi,
    "network": Network,
    "wifi": Wifi,
    "remote": Remote,
    "tls": Tls,
    "key_store": KeyStore,
    "hashes": Hashes,
    "setup": Setup,
    "setup_classes": SetupClasses,
    "os_watchdog": OsWatchdog,
    "inventory": Inventory,
    "storage": Storage,
    "software": Software,
    "schemes": Schemes,
    "stores": Stores,
    **DEFENSE,
}


# What is gone when a device is no longer set up.
SET_UP = (
    "users",
    "alarms",
    "redirection",
    "consent",
    "general",
    "web_ui",
    "network",
    "wifi",
    "remote",
    "tls",
    "key_store",
    "hashes",
    "schemes",
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


# Whose instances an enumeration shows, in this order, where it is not those of the class alone.
SHOWN_BY: dict[str, tuple[str, ...]] = {
    "CIM_CredentialContext": ("AMT_TLSCredentialContext", "CIM_CredentialContext"),
    "CIM_Chip": ("CIM_Chip", "CIM_PhysicalMemory"),
    "CIM_PhysicalPackage": ("CIM_Card", "CIM_PhysicalPackage", "CIM_Chassis"),
    "CIM_ServiceAvailableToElement": ("CIM_AssociatedPowerManagementService",),
    "CIM_SystemPackaging": ("CIM_ComputerSystemPackage",),
}
