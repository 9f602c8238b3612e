# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether a filter fits a packet. A property that a filter does not have fits everything [MOF].

A filter's properties become conditions once, when it is made; a packet is then asked each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...packets import TCP, Packet

Condition = Callable[[Packet], bool]
IPV6_LENGTH = 16
NO_PORT, LAST_PORT = 0, 0xFFFF


def ethernet_conditions(fields: dict[str, Any]) -> list[Condition]:
    """Of an AMT_Hdr8021Filter. VLAN and priority are those of the 802.1Q header, which has to be there."""
    conditions = [equals("ethertype", fields["HdrProtocolID8021"])]
    for attribute, side in (("source_mac", "Src"), ("destination_mac", "Dest")):
        address = fields.get("Hdr{0}MACAddr8021".format(side))
        if address is not None:
            conditions.append(under_mask(attribute, address, fields.get("Hdr{0}MACMask8021".format(side))))
    for attribute, name in (("priority", "HdrPriorityValue8021"), ("vlan", "HdrVLANID8021")):
        if name in fields:
            conditions.append(equals(attribute, fields[name]))
    return conditions


def ip_conditions(fields: dict[str, Any]) -> list[Condition]:
    """Of an AMT_IPHeadersFilter. Without a version it fits both; what is no IP packet it never fits."""
    conditions: list[Condition] = [lambda packet: packet.version is not None]
    if "HdrIPVersion" in fields:
        conditions.append(equals("version", fields["HdrIPVersion"]))
    for attribute, side in (("source", "Src"), ("destination", "Dest")):
        conditions += address_conditions(attribute, side, fields)
        conditions += port_conditions(attribute + "_port", side, fields)
    if "HdrProtocolID" in fields:
        conditions.append(equals("protocol", fields["HdrProtocolID"]))
    if "HdrDSCP" in fields:
        points = frozenset(fields["HdrDSCP"])
        conditions.append(lambda packet: packet.dscp in points)
    if "HdrFlowLabel" in fields:
        conditions.append(equals("flow_label", int.from_bytes(fields["HdrFlowLabel"], "big") & 0xFFFFF))
    return conditions + flag_conditions(fields)


def equals(attribute: str, wanted: Any) -> Condition:
    return lambda packet: getattr(packet, attribute) == wanted


def under_mask(attribute: str, address: bytes, mask: Any) -> Condition:
    bits = int.from_bytes(mask if mask is not None else b"\xff" * len(address), "big")
    wanted = int.from_bytes(address, "big") & bits

    def fits(packet: Packet) -> bool:
        found = getattr(packet, attribute)
        return found is not None and int.from_bytes(found, "big") & bits == wanted

    return fits


def address_conditions(attribute: str, side: str, fields: dict[str, Any]) -> list[Condition]:
    """An address alone, under a mask, or as the start of a range whose end is included.

    Four octets more than an IPv6 address has are a scope, which packets do not carry.
    """
    names = ("Hdr{0}Address{1}".format(side, what) for what in ("", "EndOfRange"))
    address, last = (fields[name][:IPV6_LENGTH] if name in fields else None for name in names)
    mask = fields.get("Hdr{0}Mask".format(side))
    if address is None:
        return []
    if last is None:
        return [under_mask(attribute, address, mask if mask is None else mask[:IPV6_LENGTH])]

    def lies_between(packet: Packet) -> bool:
        found = getattr(packet, attribute)
        return found is not None and address <= found <= last

    return [lies_between]


def port_conditions(attribute: str, side: str, fields: dict[str, Any]) -> list[Condition]:
    """Both bounds are included, and one that is left out is open. A packet without ports does not fit."""
    names = ("Hdr{0}PortStart".format(side), "Hdr{0}PortEnd".format(side))
    if not any(name in fields for name in names):
        return []
    first, last = fields.get(names[0], NO_PORT), fields.get(names[1], LAST_PORT)

    def lies_between(packet: Packet) -> bool:
        found = getattr(packet, attribute)
        return found is not None and first <= found <= last

    return [lies_between]


def flag_conditions(fields: dict[str, Any]) -> list[Condition]:
    """All of TCPFlagsOn are set and all of TCPFlagsOff are not. Flag n is bit n of the header's octet: FIN is 0, CWR 7
    (the numbers are not in the schema; taken for the order of the header)."""
    conditions: list[Condition] = []
    for name, on in (("TCPFlagsOn", True), ("TCPFlagsOff", False)):
        if name in fields:
            conditions.append(flags_are(sum(1 << bit for bit in set(fields[name])), on))
    return conditions


def flags_are(bits: int, on: bool) -> Condition:
    def fits(packet: Packet) -> bool:
        if packet.protocol != TCP or packet.tcp_flags is None:
            return False
        return packet.tcp_flags & bits == (bits if on else 0)

    return fits
