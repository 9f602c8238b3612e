# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Filters and policies as the properties of their classes, and back. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from ..cim.isolation import ETHERNET_FILTER, IP_FILTER
from ..cim.schema import CimClass
from ..errors import ProtocolError
from .addresses import BITS, Addresses, HardwareAddresses, Ports, masked, spanning
from .filters import Default, EthernetMatch, Filter, IpMatch, Match, Policy

#: Keys that a creation must have and that the firmware fills in; vendor's guide, Create an IP Filter.
_GIVEN_BY_FIRMWARE = ("InstanceID", "CreationClassName", "SystemName", "SystemCreationClassName")

#: (action, counted) -> FilterProfile
_PROFILES = {
    ("pass", True): "count_pass",
    ("drop", True): "count_drop",
    ("pass", False): "pass",
    ("drop", False): "drop",
    ("limit", True): "limit",
}
_ACTIONS = {profile: key for key, profile in _PROFILES.items()}
_ENDS = {"Src": "source", "Dest": "destination"}


def filter_class(rule: Filter) -> CimClass:
    return ETHERNET_FILTER if isinstance(rule.match, EthernetMatch) else IP_FILTER


def filter_properties(rule: Filter, device_name: str) -> dict[str, Any]:
    """What a filter is created with: absent where nothing is compared, sorted by name."""
    values: dict[str, Any] = dict.fromkeys(_GIVEN_BY_FIRMWARE, "0")
    values.update(
        Name=device_name,
        FilterProfile=_PROFILES[rule.action, rule.counted],
        FilterDirection=rule.direction,
        ActionEventOnMatch=rule.event,
        FilterProfileData=rule.rate,
    )
    match = rule.match
    values.update(_ethernet(match) if isinstance(match, EthernetMatch) else _ip(match))
    return {name: values[name] for name in sorted(values) if values[name] is not None}


def _ethernet(match: EthernetMatch) -> dict[str, Any]:
    values: dict[str, Any] = {
        "HdrProtocolID8021": match.ethertype,
        "HdrPriorityValue8021": match.priority,
        "HdrVLANID8021": match.vlan,
    }
    for end, name in _ENDS.items():
        addresses: HardwareAddresses | None = getattr(match, name)
        if addresses is not None:
            values["Hdr{0}MACAddr8021".format(end)] = addresses.first.to_bytes(6, "big")
            values["Hdr{0}MACMask8021".format(end)] = addresses.mask.to_bytes(6, "big")
    return values


def _ip(match: IpMatch) -> dict[str, Any]:
    values: dict[str, Any] = {
        "HdrIPVersion": match.version,
        "HdrProtocolID": match.protocol,
        "HdrDSCP": list(match.dscp) or None,
        "HdrFlowLabel": None if match.flow_label is None else "{0:06X}".format(match.flow_label),
        "TCPFlagsOn": list(match.flags_on) or None,
        "TCPFlagsOff": list(match.flags_off) or None,
    }
    for end, name in _ENDS.items():
        addresses: Addresses | None = getattr(match, name)
        if addresses is not None:
            values["Hdr{0}Address".format(end)] = _hexadecimal(addresses.first, addresses.version)
            values["Hdr{0}AddressEndOfRange".format(end)] = _hexadecimal(addresses.last, addresses.version)
            values["Hdr{0}Mask".format(end)] = _hexadecimal(addresses.mask, addresses.version)
        ports: Ports | None = getattr(match, name + "_ports")
        if ports is not None:
            values["Hdr{0}PortStart".format(end)], values["Hdr{0}PortEnd".format(end)] = ports.first, ports.last
    return values


def _hexadecimal(number: int | None, version: int) -> str | None:
    return None if number is None else "{0:0{1}X}".format(number, BITS[version] // 4)


def read_filter(cim: CimClass, row: Mapping[str, Any], name: str) -> Filter:
    """A filter of a device, called `name`. ProtocolError where its properties are not what the schema allows."""
    profile = row.get("FilterProfile")
    if profile not in _ACTIONS or row.get("FilterDirection") not in ("out", "in"):
        raise ProtocolError(
            "filter {0!r} has profile {1!r} and direction {2!r}".format(
                row.get("Name"), profile, row.get("FilterDirection")
            )
        )
    action, counted = _ACTIONS[profile]
    match: Match = _read_ethernet(row) if cim is ETHERNET_FILTER else _read_ip(row)
    return Filter(
        name=name,
        direction=row["FilterDirection"],
        action=action,
        match=match,
        count=counted and action != "limit",
        rate=row.get("FilterProfileData") if action == "limit" else None,
        event=bool(row.get("ActionEventOnMatch")),
    )


def _read_ethernet(row: Mapping[str, Any]) -> EthernetMatch:
    ends: dict[str, HardwareAddresses | None] = {}
    for end, name in _ENDS.items():
        address = row.get("Hdr{0}MACAddr8021".format(end))
        mask = row.get("Hdr{0}MACMask8021".format(end)) or b"\xff" * 6
        bits = int.from_bytes(mask, "big")
        ends[name] = HardwareAddresses(int.from_bytes(address, "big") & bits, bits) if address else None
    return EthernetMatch(
        row.get("HdrProtocolID8021", 0),
        ends["source"],
        ends["destination"],
        row.get("HdrVLANID8021"),
        row.get("HdrPriorityValue8021"),
    )


def _read_ip(row: Mapping[str, Any]) -> IpMatch:
    label = row.get("HdrFlowLabel")
    try:
        return IpMatch(
            version=row.get("HdrIPVersion"),
            source=_read_addresses(row, "Src"),
            destination=_read_addresses(row, "Dest"),
            protocol=row.get("HdrProtocolID"),
            source_ports=_read_ports(row, "Src"),
            destination_ports=_read_ports(row, "Dest"),
            dscp=tuple(sorted(row.get("HdrDSCP") or ())),
            flow_label=_number(_octets(label)) if label else None,
            flags_on=tuple(sorted(row.get("TCPFlagsOn") or ())),
            flags_off=tuple(sorted(row.get("TCPFlagsOff") or ())),
        )
    except ValueError:
        raise ProtocolError("filter {0!r} holds an address that is not hexadecimal".format(row.get("Name"))) from None


def _read_addresses(row: Mapping[str, Any], end: str) -> Addresses | None:
    address = row.get("Hdr{0}Address".format(end))
    if not address:
        return None
    first = _octets(address)
    version = 6 if len(first) > 4 else 4
    last, mask = row.get("Hdr{0}AddressEndOfRange".format(end)), row.get("Hdr{0}Mask".format(end))
    if last:
        return spanning(version, _number(first), _number(_octets(last)))
    return masked(version, _number(first), _number(_octets(mask)) if mask else (1 << BITS[version]) - 1)


def _octets(text: str) -> bytes:
    """Octets of 3, 4 or 16: written as hexadecimal, and read as that or as base64, in which firmware has others."""
    if re.fullmatch("(?:[0-9A-Fa-f]{2}){3,4}|[0-9A-Fa-f]{32}", text):
        return bytes.fromhex(text)
    octets = base64.b64decode(text, validate=True)
    if len(octets) not in (3, 4, 16):
        raise ValueError(text)
    return octets


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def _read_ports(row: Mapping[str, Any], end: str) -> Ports | None:
    first, last = row.get("Hdr{0}PortStart".format(end)), row.get("Hdr{0}PortEnd".format(end))
    if first is None and last is None:
        return None
    return Ports(0 if first is None else first, 0xFFFF if last is None else last)


def policy_properties(policy: Policy, device_name: str, handles: list[int]) -> dict[str, Any]:
    """What a policy is created with. Its timeout is set afterwards, by a method."""
    values: dict[str, Any] = {
        "InstanceID": "0",
        "PolicyName": device_name,
        "PolicyPrecedence": policy.precedence,
        "FilterCreationHandles": sorted(handles) or None,
        "AntiSpoofingSupport": policy.anti_spoofing or None,
    }
    for side, default in (("Tx", policy.transmit), ("Rx", policy.receive)):
        values[side + "DefaultDrop"] = default.action == "drop"
        values[side + "DefaultMatchEvent"] = default.event
        values[side + "DefaultCount"] = default.count
    return {name: values[name] for name in sorted(values) if values[name] is not None}


def read_policy(row: Mapping[str, Any], name: str, filters: tuple[Filter, ...], timeout: int = 0) -> Policy:
    return Policy(
        name=name,
        filters=filters,
        transmit=_read_default(row, "Tx"),
        receive=_read_default(row, "Rx"),
        precedence=row.get("PolicyPrecedence") or 0,
        anti_spoofing=row.get("AntiSpoofingSupport") or 0,
        timeout=timeout,
    )


def _read_default(row: Mapping[str, Any], side: str) -> Default:
    return Default(
        "drop" if row.get(side + "DefaultDrop") else "pass",
        bool(row.get(side + "DefaultCount")),
        bool(row.get(side + "DefaultMatchEvent")),
    )
