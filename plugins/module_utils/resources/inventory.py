# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the firmware tells about itself and the machine it sits in (AMT.md 3, 5, 6, 7). Reads only.

One exchange for each class with one instance, two (Enumerate, Pull) for a class with several. What this firmware does
not have is None or an empty list. Vendors' placeholders and padding are removed. Units are in the names of the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable

from ..cim import boot as boot_tables
from ..cim import general, hardware, power
from ..cim.filler import is_filler
from ..cim.schema import Properties
from ..errors import Fault, InvalidOption
from ..identity import uuid_of
from ..machine import Machine
from ..option import Option
from ..resource import Resource, Values
from ..wsman.values import Datetime
from .power import Power
from .storage_packages import packages_of

MADE = ("Manufacturer", "Model", "SerialNumber", "Version", "PartNumber")


def clean(value: Any) -> Any:
    """Text without padding; None for empty text and for what vendors leave where nobody filled in a value."""
    if isinstance(value, Datetime):
        return value.text
    if not isinstance(value, str):
        return value
    stripped = value.strip(" \t\r\n\0")
    return None if is_filler(stripped) else stripped


def snake(name: str) -> str:
    """SerialNumber -> serial_number."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


def pick(instance: Mapping[str, Any] | None, names: Iterable[str]) -> Values:
    return {snake(name): clean((instance or {}).get(name)) for name in names}


def system(machine: Machine) -> Values:
    package = machine.find(hardware.COMPUTER_SYSTEM_PACKAGE) or {}
    return {"uuid": uuid_of(package.get("PlatformGUID")), **pick(machine.find(hardware.CHASSIS), MADE[:4])}


def firmware(machine: Machine) -> Values:
    versions = {_named({}, row): clean(row.get("VersionString")) for row in machine.list(general.SOFTWARE_IDENTITY)}
    setup = machine.find(general.SETUP) or {}
    control = machine.find(general.HOST_BASED) or {}
    sku = str(versions.get("Sku") or "")
    return {
        "version": versions.get("AMT") or versions.get("AMT FW Core Version"),
        "versions": versions,
        "sku": [word for word, bit in general.SKU_BITS.items() if sku.isdecimal() and int(sku) >> bit & 1],
        "provisioning_state": setup.get("ProvisioningState"),
        "control_mode": control.get("CurrentControlMode"),
        "allowed_control_modes": control.get("AllowedControlModes", []),
    }


def network(machine: Machine) -> Values:
    settings = machine.get(general.GENERAL)
    names = {general.WIRED: "wired", general.WIRELESS: "wireless"}
    ports = {_named(names, row): _port(row) for row in _ports(machine)}
    host, domain = clean(settings.get("HostName")), clean(settings.get("DomainName"))
    return {
        "hostname": host,
        "domain": domain,
        "fqdn": ".".join(part for part in (host, domain) if part) or None,
        "shared_fqdn": settings.get("SharedFQDN"),
        "answers_ping": settings.get("PingResponseEnabled"),
        "answers_rmcp_ping": settings.get("RmcpPingResponseEnabled"),
        "ports": {name: port for name, port in ports.items() if port["mac"] is not None},
    }


def _ports(machine: Machine) -> list[Values]:
    """AMT 10 and older refuse to enumerate the ports, and answer Get (AMT.md 2.4)."""
    try:
        return [*machine.list(general.ETHERNET_PORT)]
    except Fault:
        each = (machine.find(general.ETHERNET_PORT, InstanceID=name) for name in (general.WIRED, general.WIRELESS))
        return [row for row in each if row is not None]


def _named(words: Mapping[str, str], row: Values) -> str:
    """The word for an instance, or its own name where there is no word."""
    name = row.get("InstanceID") or ""
    return words.get(name, name)


def _port(row: Values) -> Values:
    """`mac` is None for an adapter that is not there: such a port reads as all zeros."""
    mac = (row.get("MACAddress") or "").replace("-", ":").lower()
    return {
        "mac": mac if mac.strip("0:") else None,
        "link": row.get("LinkIsUp"),
        "dhcp": row.get("DHCPEnabled"),
        "ip": clean(row.get("IPAddress")),
        "netmask": clean(row.get("SubnetMask")),
        "gateway": clean(row.get("DefaultGateway")),
        "dns": [server for server in (clean(row.get("PrimaryDNS")), clean(row.get("SecondaryDNS"))) if server],
        "synced_with_os": row.get("IpSyncEnabled"),
        "connection": row.get("PhysicalConnectionType"),
    }


def power_state(machine: Machine) -> Values:
    """`state` and `available` in the words of the power resource."""
    reason = machine.find(power.BOOT_REASON) or {}
    return {
        **Power.look(machine, Properties.get),
        "boot_reason": reason.get("Reason"),
        "previous_sleep_state": reason.get("PreviousSxState"),
    }


def boot(machine: Machine) -> Values:
    capabilities = machine.find(boot_tables.BOOT_CAPABILITIES) or {}
    settings = machine.find(boot_tables.BOOT_SETTINGS) or {}
    words = {instance_id: word for word, instance_id in boot_tables.SOURCES.items()}
    return {
        "sources": [_named(words, row) for row in machine.list(boot_tables.BOOT_SOURCE)],
        "capabilities": sorted(name for name, value in capabilities.items() if value is True),
        "settings": {
            row.name: settings[row.name]
            for row in boot_tables.BOOT_SETTINGS.properties
            if row.name in settings and row.name not in ("InstanceID", "ElementName", "OwningEntity", "RSEPassword")
        },
    }


def bios(machine: Machine) -> Values:
    return pick(machine.find(hardware.BIOS), ("Manufacturer", "Version", "ReleaseDate"))


def board(machine: Machine) -> Values:
    return pick(machine.find(hardware.CARD), MADE[:4])


def processors(machine: Machine) -> list[Values]:
    chips = _parts(machine, hardware.CHIP)
    wires = {"MaxClockSpeed": "max_mhz", "CurrentClockSpeed": "mhz", "ExternalBusClockSpeed": "bus_mhz"}
    found = []
    for row in machine.list(hardware.PROCESSOR):
        values = {"device": row.get("DeviceID"), **pick(row, ("Role", "Family", "Stepping"))}
        values.update({key: row.get(name) or None for name, key in wires.items()})
        found.append({**values, "status": row.get("CPUStatus"), "cores": row.get("NumberOfEnabledCores"), "name": None})
    named = [chip for chip in chips if chip["version"] and chip["tag"].lower().startswith("cpu")]
    for values, chip in zip(found, named):
        values["name"] = chip["version"]
    return found


def _parts(machine: Machine, cim: Any) -> list[Values]:
    return [{**pick(row, MADE), "tag": row.get("Tag") or ""} for row in machine.list(cim)]


def memory(machine: Machine) -> list[Values]:
    """Fitted modules only: an empty slot reads as capacity 0."""
    return [_module(row) for row in machine.list(hardware.MEMORY) if row.get("Capacity")]


def _module(row: Values) -> Values:
    in_mhz = row.get("IsSpeedInMhz")
    speed = row.get("Speed") or None
    return {
        "slot": clean(row.get("BankLabel")) or clean(row.get("Tag")),
        "bytes": row["Capacity"],
        **pick(row, ("Manufacturer", "PartNumber", "SerialNumber")),
        "type": row.get("MemoryType"),
        "form_factor": row.get("FormFactor"),
        "mhz": row.get("ConfiguredMemoryClockSpeed") or (speed if in_mhz else None),
        "max_mhz": row.get("MaxMemorySpeed") or (speed if in_mhz else None),
        "cycle_ns": None if in_mhz else speed,
    }


def storage(machine: Machine) -> list[Values]:
    """Drives with what their packages tell: model and serial number."""
    drives = machine.list(hardware.MEDIA)
    packages = packages_of(machine, drives)
    return [
        {
            "device": row.get("DeviceID"),
            "bytes": (row.get("MaxMediaSize") or 0) * 1000 or None,
            **pick(packages.get(str(row.get("DeviceID"))), ("Manufacturer", "Model", "SerialNumber")),
        }
        for row in drives
    ]


def batteries(machine: Machine) -> list[Values]:
    return [
        {
            "device": row.get("DeviceID"),
            "design_mwh": row.get("DesignCapacity") or None,
            "design_mv": row.get("DesignVoltage") or None,
            "full_charge_mwh": row.get("FullChargeCapacity") or None,
            "charge_percent": row.get("EstimatedChargeRemaining") or None,
        }
        for row in machine.list(hardware.BATTERY)
    ]


def _listed(cim: Any, names: tuple[str, ...]) -> Callable[[Machine], list[Values]]:
    return lambda machine: [{"device": row.get("DeviceID"), **pick(row, names)} for row in machine.list(cim)]


#: Subset -> how it is read. The order is the order on the wire.
SUBSETS: dict[str, Callable[[Machine], Any]] = {
    "system": system,
    "firmware": firmware,
    "network": network,
    "power": power_state,
    "boot": boot,
    "bios": bios,
    "board": board,
    "processors": processors,
    "memory": memory,
    "storage": storage,
    "batteries": batteries,
    "fans": _listed(hardware.FAN, ("ElementName",)),
    "sensors": _listed(hardware.SENSOR, ("ElementName", "SensorType", "CurrentState")),
    "power_supplies": _listed(hardware.POWER_SUPPLY, ("ElementName", "TotalOutputPower")),
}
MIN = ("system", "firmware", "network", "power")
HARDWARE = tuple(SUBSETS)[5:]
GROUPS = {"all": tuple(SUBSETS), "min": MIN, "hardware": HARDWARE}


def chosen(gather_subset: Iterable[str]) -> list[str]:
    """The subsets asked for: `all`, `min`, `hardware`, single ones, and `!x` to leave out. InvalidOption for others."""
    included: set[str] = set()
    excluded: set[str] = set()
    for word in gather_subset:
        name = word.lstrip("!")
        if name not in GROUPS and name not in SUBSETS:
            raise InvalidOption(
                "gather_subset", word, "one of " + ", ".join([*GROUPS, *SUBSETS]) + ", or any with ! before"
            )
        (excluded if word.startswith("!") else included).update(GROUPS.get(name, (name,)))
    included = included or set(SUBSETS)
    return [name for name in SUBSETS if name in included - excluded]


class Inventory(Resource):
    options = (Option("gather_subset", type="list", elements="str", default=["min"]),)

    def check(self, wanted: Values) -> None:
        chosen(wanted["gather_subset"])

    def read(self, machine: Machine, wanted: Values) -> Values:
        return {name: SUBSETS[name](machine) for name in chosen(wanted["gather_subset"])}
