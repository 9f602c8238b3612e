# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""IPv6 of the wired interface (AMT.md 5.3): on or off, by which interface id, and fixed addresses beside those that
the network gives."""

from __future__ import annotations

from ...cim.network import ELEMENT_SETTING, INTERFACE_IDS, IPV6_PORT, NO_IPV6, WIRED_IPV6
from ...cim.schema import Properties
from ...errors import InvalidOption, lacking
from ...machine import Machine
from ...option import Option
from ...resource import Values
from .addresses import host_address, interface_id, router_address, servers, spelt

OPTIONS = (
    Option("enabled", type="bool"),
    Option("interface_id", choices=tuple(INTERFACE_IDS)),
    Option("manual_interface_id"),
    Option("address"),
    Option("router"),
    Option("dns", type="list", elements="str"),
)
SERVERS = ("PrimaryDNS", "SecondaryDNS")
WORDS = {"yes": True, "no": False}


def checked(given: Values | None) -> Values:
    """What is wished for, in one spelling. InvalidOption."""
    if given is None:
        return {}
    found = {name: value for name, value in given.items() if value is not None}
    for name, read in (("address", host_address), ("router", router_address)):
        if name in found:
            found[name] = NO_IPV6 if spelt(found[name]) is None else read("ipv6." + name, found[name], 6)
    if "dns" in found:
        found["dns"] = servers("ipv6.dns", found["dns"], 6)
    if "manual_interface_id" in found:
        found["manual_interface_id"] = interface_id("ipv6.manual_interface_id", found["manual_interface_id"])
        if found.get("interface_id", "manual") != "manual":
            way_out = "it goes with interface_id: manual"
            raise InvalidOption("ipv6.manual_interface_id", found["manual_interface_id"], way_out)
    return found


def read(machine: Machine) -> Values:
    """None where this firmware has no IPv6."""
    settings = machine.find(IPV6_PORT, InstanceID=WIRED_IPV6)
    if settings is None:
        return {"ipv6": None, "current_ipv6": []}
    chosen = settings.get("InterfaceIDType")
    own = {
        "enabled": _is_on(machine),
        "interface_id": chosen,
        "manual_interface_id": settings.get("ManualInterfaceID") if chosen == "manual" else None,
        "address": spelt(settings.get("IPv6Address")) or NO_IPV6,
        "router": spelt(settings.get("DefaultRouter")) or NO_IPV6,
        "dns": [found for found in (spelt(settings.get(name)) for name in SERVERS) if found],
    }
    return {"ipv6": own, "current_ipv6": _current(settings.get("CurrentAddressInfo") or [])}


def plan(present: Values | None, given: Values | None) -> Values | None:
    found = checked(given)
    if not found:
        return present
    if present is None:
        raise lacking("ipv6", IPV6_PORT.name)
    if "enabled" in found and present["enabled"] is None:
        raise lacking("ipv6.enabled", "switch for IPv6 that this user may see")
    planned = {**present, **found}
    if planned["interface_id"] != "manual":
        planned["manual_interface_id"] = None
    elif planned["manual_interface_id"] is None:
        raise InvalidOption("ipv6.interface_id", "manual", "it needs manual_interface_id too")
    return planned


def write(machine: Machine, present: Values, planned: Values) -> None:
    """The settings before the switch that puts them in force."""
    rest = {name: value for name, value in planned.items() if name != "enabled"}
    if any(present[name] != value for name, value in rest.items()):
        machine.modify(IPV6_PORT, _changes(planned), InstanceID=WIRED_IPV6)
    if planned["enabled"] != present["enabled"]:
        switch = _switch(machine)
        if switch is None:
            raise lacking("ipv6.enabled", "switch for IPv6 any more")
        keys = {name: switch[name] for name in ("ManagedElement", "SettingData")}
        machine.modify(ELEMENT_SETTING, {"IsCurrent": "yes" if planned["enabled"] else "no"}, **keys)


def _changes(planned: Values) -> Values:
    first, second = [*planned["dns"], NO_IPV6, NO_IPV6][:2]
    changes = {
        "InterfaceIDType": planned["interface_id"],
        "IPv6Address": planned["address"],
        "DefaultRouter": planned["router"],
        "PrimaryDNS": first,
        "SecondaryDNS": second,
    }
    if planned["manual_interface_id"]:
        changes["ManualInterfaceID"] = planned["manual_interface_id"]
    return changes


def _switch(machine: Machine) -> Properties | None:
    """What joins the wired port and its IPv6 settings."""
    ours = (IPV6_PORT.name, WIRED_IPV6)
    for row in machine.list(ELEMENT_SETTING):
        setting = row.known("SettingData")
        if setting is not None and (setting.class_name, setting.selectors.get("InstanceID")) == ours:
            return row
    return None


def _is_on(machine: Machine) -> bool | None:
    switch = _switch(machine)
    return None if switch is None else WORDS.get(switch.get("IsCurrent"))


def _current(entries_told: list[str]) -> list[str]:
    """The addresses in force: each entry is address, type, state."""
    entries = (entry.split(",")[0].strip() for entry in entries_told)
    return [found for found in (spelt(entry) for entry in entries) if found]
