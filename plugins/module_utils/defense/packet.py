# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A packet, as far as filters look at it: from people's words or from numbers. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidOption
from .addresses import ETHERTYPES, WITH_PORTS, read_ethertype, read_mac, read_protocol

KEYS = (
    "direction",
    "ethertype",
    "source",
    "destination",
    "protocol",
    "source_port",
    "destination_port",
    "source_mac",
    "destination_mac",
    "vlan",
    "priority",
    "dscp",
    "flow_label",
    "tcp_flags",
    "rate",
    "spoofed",
)


@dataclass(frozen=True)
class Flow:
    """`direction` out or in; addresses as numbers; `rate` packets a second of this kind; `spoofed`: the source address
    is not the machine's own. What is None is not known, and no filter that compares it matches."""

    direction: str
    ethertype: int
    version: int | None = None
    source: int | None = None
    destination: int | None = None
    protocol: int | None = None
    source_port: int | None = None
    destination_port: int | None = None
    source_mac: int | None = None
    destination_mac: int | None = None
    vlan: int | None = None
    priority: int | None = None
    dscp: int = 0
    flow_label: int | None = None
    tcp_flags: tuple[int, ...] = ()
    rate: float = 0.0
    spoofed: bool = False


def read_flow(words: Mapping[str, Any]) -> Flow:
    """A flow from people's words. InvalidOption names what cannot be used."""
    unknown = [key for key in words if key not in KEYS]
    if unknown:
        raise InvalidOption("flow", unknown[0], "the keys of a flow are " + ", ".join(KEYS))
    if words.get("direction") not in ("out", "in"):
        raise InvalidOption("direction", words.get("direction"), "give out or in, seen from the machine")
    ends = {name: _address(words.get(name), name) for name in ("source", "destination")}
    version = _version(words, ends)
    protocol = words.get("protocol")
    flow = Flow(
        direction=words["direction"],
        ethertype=_ethertype(words, version),
        version=version,
        source=int(ends["source"]) if ends["source"] is not None else None,
        destination=int(ends["destination"]) if ends["destination"] is not None else None,
        protocol=None if protocol is None else read_protocol(protocol, "protocol"),
        source_mac=_mac(words, "source_mac"),
        destination_mac=_mac(words, "destination_mac"),
        dscp=_number(words, "dscp", 63) or 0,
        vlan=_number(words, "vlan", 4095),
        priority=_number(words, "priority", 7),
        source_port=_number(words, "source_port", 0xFFFF),
        destination_port=_number(words, "destination_port", 0xFFFF),
        flow_label=_number(words, "flow_label", 0xFFFFF),
        tcp_flags=tuple(words.get("tcp_flags") or ()),
        rate=float(words.get("rate") or 0.0),
        spoofed=bool(words.get("spoofed", False)),
    )
    if (flow.source_port, flow.destination_port) != (None, None) and flow.protocol not in WITH_PORTS:
        raise InvalidOption("protocol", protocol, "ports need the protocol tcp or udp")
    return flow


def _address(text: Any, name: str) -> Any:
    try:
        return None if text is None else ipaddress.ip_address(str(text).strip())
    except ValueError:
        raise InvalidOption(name, text, "give one IPv4 or IPv6 address") from None


def _version(words: Mapping[str, Any], ends: Mapping[str, Any]) -> int | None:
    versions = {end.version for end in ends.values() if end is not None}
    if len(versions) > 1:
        raise InvalidOption("destination", words["destination"], "both addresses must be of one IP version")
    if versions:
        return int(versions.pop())
    named = words.get("ethertype")
    number = None if named is None else read_ethertype(named, "ethertype")
    return {ETHERTYPES["ip"]: 4, ETHERTYPES["ipv6"]: 6}.get(number) if number is not None else None


def _ethertype(words: Mapping[str, Any], version: int | None) -> int:
    by_version = {4: ETHERTYPES["ip"], 6: ETHERTYPES["ipv6"]}
    named = words.get("ethertype")
    if named is None and version is None:
        raise InvalidOption("flow", dict(words), "it needs addresses, or an ethertype such as arp")
    if named is None:
        return by_version[version or 4]
    number = read_ethertype(named, "ethertype")
    if version is not None and number != by_version[version]:
        raise InvalidOption("ethertype", named, "it is not that of the addresses")
    return number


def _mac(words: Mapping[str, Any], name: str) -> int | None:
    return None if words.get(name) is None else read_mac(str(words[name]), name)


def _number(words: Mapping[str, Any], name: str, largest: int) -> int | None:
    value = words.get(name)
    if value is None:
        return None
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= largest:
        raise InvalidOption(name, value, "give a number from 0 to {0}".format(largest))
    return number
