# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the firmware tells about itself and the machine it sits in (AMT.md 3, 5, 6, 7). Reads only.

One exchange for each class with one instance, two (Enumerate, Pull) for a class with several. What this firmware does
not have is None or an empty list, and so is what could not be read, which `unread` lists. Vendors' filler and padding
are removed. Units are in the names of the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Callable

from ...cim import inventory as hardware
from ...cim import power
from ...cim.host import HOST_BASED, SETUP
from ...cim.network import ETHERNET_PORT, GENERAL, WIRED, WIRELESS
from ...cim.schema import Properties
from ...cim.sku import sku_words
from ...errors import InvalidOption, Unreadable
from ...identity import uuid_of
from ...option import Option
from ...resource import Reader, Values
from ...scan.banner import Load, read_certificate
from ...survey import Survey
from ..power.power import Power
from . import hardware as parts
from .shown import clean, identity, made
from .wake import wake


def system(machine: Survey) -> Values:
    package = machine.find(hardware.COMPUTER_SYSTEM_PACKAGE) or {}
    guid = package.get("PlatformGUID")
    uuid = uuid_of(guid)
    if guid and uuid is None:
        machine.unread.note(Unreadable(hardware.COMPUTER_SYSTEM_PACKAGE.name, "PlatformGUID", "is no UUID"))
    who, about = identity(uuid), made(machine.find(hardware.CHASSIS), parts.MADE[:4])
    return {**who, **about, "filler": {**who["filler"], **about["filler"]}}


def firmware(machine: Survey) -> Values:
    rows = machine.list(hardware.SOFTWARE_IDENTITY)
    versions = {row["InstanceID"]: clean(row.get("VersionString")) for row in rows}
    versions.pop(None, None)
    setup = machine.find(SETUP) or {}
    control = machine.find(HOST_BASED) or {}
    return {
        "version": versions.get("AMT") or versions.get("AMT FW Core Version"),
        "versions": versions,
        "sku": sku_words(versions.get("Sku") or "") or [],
        "provisioning_state": setup.get("ProvisioningState"),
        "control_mode": control.get("CurrentControlMode"),
        "allowed_control_modes": control.get("AllowedControlModes", []),
    }


def network(machine: Survey) -> Values:
    settings = machine.get(GENERAL)
    words = {WIRED: "wired", WIRELESS: "wireless"}
    ports = {_named(words, row): _port(row) for row in machine.list(ETHERNET_PORT)}
    name, domain = clean(settings.get("HostName")), clean(settings.get("DomainName"))
    return {
        "hostname": name,
        "domain": domain,
        "fqdn": None if settings.lacks("HostName", "DomainName") else ".".join(filter(None, (name, domain))) or None,
        "shared_fqdn": settings.get("SharedFQDN"),
        "answers_ping": settings.get("PingResponseEnabled"),
        "answers_rmcp_ping": settings.get("RmcpPingResponseEnabled"),
        "idle_timeout_minutes": settings.get("IdleWakeTimeout"),
        "ports": {name: port for name, port in ports.items() if name and port is not None},
    }


def _named(words: Mapping[str, str], row: Values) -> str:
    """The word for an instance, or its own name where there is no word; empty where it cannot be read."""
    name = row["InstanceID"] or ""
    return words.get(name, name)


def _port(row: Values) -> Values | None:
    """None for an adapter that is not there: such a port reads as all zeros."""
    mac = clean(row["MACAddress"])
    if mac is not None and not mac.strip("0:-"):
        return None
    return {
        "mac": mac and mac.replace("-", ":").lower(),
        "link": row.get("LinkIsUp"),
        "link_policy": row.get("LinkPolicy"),
        "dhcp": row.get("DHCPEnabled"),
        "ip": clean(row.get("IPAddress")),
        "netmask": clean(row.get("SubnetMask")),
        "gateway": clean(row.get("DefaultGateway")),
        "dns": [server for server in (clean(row.get("PrimaryDNS")), clean(row.get("SecondaryDNS"))) if server],
        "synced_with_os": row.get("IpSyncEnabled"),
        "connection": row.get("PhysicalConnectionType"),
    }


def power_state(machine: Survey) -> Values:
    """`state` and `available` in the words of the power resource."""
    reason = machine.find(power.BOOT_REASON) or {}
    return {
        **Power.look(machine, Properties.get),
        "boot_reason": reason.get("Reason"),
        "previous_sleep_state": reason.get("PreviousSxState"),
    }


def boot(machine: Survey) -> Values:
    capabilities = machine.find(power.BOOT_CAPABILITIES) or {}
    settings = machine.find(power.BOOT_SETTINGS) or {}
    words = {instance_id: word for word, instance_id in power.SOURCES.items()}
    return {
        "sources": [*filter(None, (_named(words, row) for row in machine.list(power.BOOT_SOURCE)))],
        "capabilities": [row.name for row in power.BOOT_CAPABILITIES.properties if capabilities.get(row.name) is True],
        "settings": {
            row.name: settings.get(row.name)
            for row in power.BOOT_SETTINGS.properties
            if row.name in settings and row.name not in ("InstanceID", "ElementName", "OwningEntity", "RSEPassword")
        },
    }


#: Subset -> how it is read. The order is the order on the wire.
SUBSETS: dict[str, Callable[[Survey], Any]] = {
    "system": system,
    "firmware": firmware,
    "network": network,
    "power": power_state,
    "wake": wake,
    "boot": boot,
    "bios": parts.bios,
    "board": parts.board,
    "processors": parts.processors,
    "memory": parts.memory,
    "storage": parts.storage,
    "batteries": parts.batteries,
    "fans": parts.listed(hardware.FAN, ("ElementName",)),
    "sensors": parts.listed(hardware.SENSOR, ("ElementName", "SensorType", "CurrentState")),
    "power_supplies": parts.listed(hardware.POWER_SUPPLY, ("ElementName", "TotalOutputPower")),
}
MIN = ("system", "firmware", "network", "power")
HARDWARE = tuple(SUBSETS)[tuple(SUBSETS).index("bios") :]
GROUPS = {"all": tuple(SUBSETS), "min": MIN, "hardware": HARDWARE}


def chosen(gather_subset: Iterable[str]) -> list[str]:
    """The subsets asked for, as ansible.builtin.setup has it: `!all` leaves `min`, `!all` and `!min` leave nothing, and
    what is named stays whatever is left out. Names alone are just these; leaving out alone leaves the rest."""
    included: set[str] = set()
    excluded: set[str] = set()
    named: set[str] = set()
    words = list(gather_subset)
    for word in words:
        name = word.removeprefix("!")
        if name not in GROUPS and name not in SUBSETS:
            raise InvalidOption(
                "gather_subset", word, "one of " + ", ".join([*GROUPS, *SUBSETS]) + ", or any with ! before"
            )
        if word == "!all":
            included.update(MIN)
            excluded.update(set(SUBSETS) - set(MIN))
        elif word.startswith("!"):
            excluded.update(GROUPS.get(name, (name,)))
        else:
            included.update(GROUPS.get(name, (name,)))
            named.update({name} & set(SUBSETS))
    return [name for name in SUBSETS if name in (included or set(SUBSETS)) - (excluded - named)]


class Inventory(Reader):
    """`load` reads X.509 for it; without one, of the device's certificate only the fingerprint is told."""

    options = (Option("gather_subset", type="list", elements="str", default=["min"]), *Reader.options)

    def __init__(self, load: Load = lambda _der: None) -> None:
        self._load = load

    def check(self, wanted: Values) -> None:
        chosen(wanted["gather_subset"])

    def survey(self, machine: Survey, wanted: Values) -> Values:
        found: Values = {
            name: machine.part(name, partial(SUBSETS[name], machine)) for name in chosen(wanted["gather_subset"])
        }
        if found.get("network") is not None:
            found["network"]["certificate"] = self._certificate(machine)
        return found

    def _certificate(self, machine: Survey) -> Values | None:
        """That of the connection at hand; None without TLS."""
        return asdict(read_certificate(machine.certificate, self._load)) if machine.certificate else None
