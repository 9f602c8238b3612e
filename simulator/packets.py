# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a packet filter sees of an Ethernet frame.

Formats: IEEE 802.3 and 802.1Q; RFC 791 and 2474 (IPv4, DSCP), 8200 and 6437 (IPv6, flow label), 768, 9293 and 4443.
A field that the frame does not have, or that is cut off, is None: no filter that asks for it fits.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Optional

IPV4, ARP, IPV6 = 0x0800, 0x0806, 0x86DD
VLAN_TAGS = frozenset((0x8100, 0x88A8))
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION_OPTIONS = 0, 43, 44, 51, 60
MOBILITY, HIP, SHIM6 = 135, 139, 140
EXTENSIONS = frozenset((HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION_OPTIONS, MOBILITY, HIP, SHIM6))
ETHERNET_HEADER = 14


class NoFrame(ValueError):
    """Too short for an Ethernet header."""


@dataclass(frozen=True)
class Packet:
    """Addresses are octets, everything else numbers. `ethertype` is that behind any VLAN tags, the outermost of which
    gives `vlan` and `priority`. `protocol` is that behind any extension headers. A later fragment has no ports.
    """

    destination_mac: bytes
    source_mac: bytes
    ethertype: int
    vlan: Optional[int] = None
    priority: Optional[int] = None
    version: Optional[int] = None
    source: Optional[bytes] = None
    destination: Optional[bytes] = None
    protocol: Optional[int] = None
    dscp: Optional[int] = None
    flow_label: Optional[int] = None
    source_port: Optional[int] = None
    destination_port: Optional[int] = None
    tcp_flags: Optional[int] = None
    icmp_type: Optional[int] = None


def parse(frame: bytes) -> Packet:
    """Raises NoFrame for what is shorter than an Ethernet header; padding and the checksum at the end do not matter."""
    if len(frame) < ETHERNET_HEADER:
        raise NoFrame("{0} octets are no Ethernet frame".format(len(frame)))
    vlan, priority, at = None, None, 12
    while (ethertype := _number(frame, at)) in VLAN_TAGS and len(frame) >= at + 6:
        tag = _number(frame, at + 2)
        if vlan is None:
            vlan, priority = tag & 0xFFF, tag >> 13
        at += 4
    packet = Packet(frame[:6], frame[6:12], ethertype, vlan, priority)
    if ethertype == IPV4:
        return _ipv4(packet, frame[at + 2 :])
    if ethertype == IPV6:
        return _ipv6(packet, frame[at + 2 :])
    return packet


def _number(octets: bytes, at: int) -> int:
    return int.from_bytes(octets[at : at + 2], "big")


def _ipv4(packet: Packet, octets: bytes) -> Packet:
    header = (octets[0] & 15) * 4 if octets else 0
    if header < 20 or len(octets) < header or octets[0] >> 4 != 4:
        return packet
    found = replace(
        packet,
        version=4,
        source=octets[12:16],
        destination=octets[16:20],
        protocol=octets[9],
        dscp=octets[1] >> 2,
    )
    length = min(max(_number(octets, 2), header), len(octets))
    later_fragment = _number(octets, 6) & 0x1FFF
    return found if later_fragment else _transport(found, octets[header:length])


def _ipv6(packet: Packet, octets: bytes) -> Packet:
    if len(octets) < 40 or octets[0] >> 4 != 6:
        return packet
    first = struct.unpack_from(">I", octets)[0]
    found = replace(
        packet,
        version=6,
        source=octets[8:24],
        destination=octets[24:40],
        dscp=first >> 22 & 0x3F,
        flow_label=first & 0xFFFFF,
    )
    payload = octets[40 : 40 + _number(octets, 4)]
    protocol, payload, whole = _skip_extensions(octets[6], payload)
    found = replace(found, protocol=protocol)
    return _transport(found, payload) if whole else found


def _skip_extensions(kind: int, octets: bytes) -> tuple[Optional[int], bytes, bool]:
    """The protocol behind the extension headers (None if they are cut off), its octets, and whether it begins there."""
    while kind in EXTENSIONS:
        if len(octets) < 8:
            return None, b"", False
        following = octets[0]
        if kind == FRAGMENT:
            if _number(octets, 2) >> 3:
                return following, b"", False
            length = 8
        elif kind == AUTHENTICATION:
            length = (octets[1] + 2) * 4
        else:
            length = (octets[1] + 1) * 8
        kind, octets = following, octets[length:]
    return kind, octets, True


def _transport(packet: Packet, octets: bytes) -> Packet:
    if packet.protocol in (TCP, UDP) and len(octets) >= 4:
        flags = octets[13] if packet.protocol == TCP and len(octets) >= 14 else None
        return replace(packet, source_port=_number(octets, 0), destination_port=_number(octets, 2), tcp_flags=flags)
    if packet.protocol in (ICMP, ICMPV6) and octets:
        return replace(packet, icmp_type=octets[0])
    return packet
