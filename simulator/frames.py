# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Ethernet frames for a flow that somebody asks about: "would 192.0.2.10 reach 198.51.100.7, tcp port 443?".

Formats and checksums as in RFC 791, 8200, 768, 9293, 792 and 4443, so that a real stack would take the frames.
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass
from typing import Optional, Union

from .packets import ARP, ICMP, ICMPV6, IPV4, IPV6, TCP, UDP

PROTOCOLS = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}
FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr")
HOST_MAC, PEER_MAC, BROADCAST = bytes.fromhex("00005e00530a"), bytes.fromhex("00005e00530b"), b"\xff" * 6
ECHO_REQUEST = {ICMP: 8, ICMPV6: 128}
EPHEMERAL_PORT = 49152
HIGHEST = {
    "source_port": 65535,
    "destination_port": 65535,
    "dscp": 63,
    "flow_label": 0xFFFFF,
    "vlan": 4095,
    "priority": 7,
}
Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


class NoFlow(ValueError):
    """The description of a flow cannot be used; the text says why."""


@dataclass(frozen=True)
class Flow:
    """One packet's worth of a flow. `protocol` is arp, icmp (of either version), tcp, udp or the number of an IP
    protocol; ports are only those of tcp and udp. `flags` are words of FLAGS.
    """

    source: str
    destination: str
    protocol: Union[str, int] = "tcp"
    source_port: int = EPHEMERAL_PORT
    destination_port: int = 0
    flags: tuple[str, ...] = ("syn",)
    dscp: int = 0
    flow_label: int = 0
    vlan: Optional[int] = None
    priority: int = 0
    source_mac: bytes = HOST_MAC
    destination_mac: bytes = PEER_MAC

    def frame(self) -> bytes:
        """Raises NoFlow for addresses, words or numbers that are none."""
        source, destination = address(self.source), address(self.destination)
        if source.version != destination.version:
            raise NoFlow("{0} and {1} are of different IP versions".format(source, destination))
        for name, most in HIGHEST.items():
            if not 0 <= (getattr(self, name) or 0) <= most:
                raise NoFlow("{0}: {1} is not between 0 and {2}".format(name, getattr(self, name), most))
        return self.assembled(source, destination)

    def assembled(self, source: Address, destination: Address) -> bytes:
        if self.protocol == "arp":
            return self.ethernet(ARP, arp_request(self.source_mac, source, destination), BROADCAST)
        number = self.number(source.version)
        payload = self.payload(number)
        payload = with_checksum(payload, number, source, destination)
        if source.version == 4:
            return self.ethernet(IPV4, ipv4(source, destination, number, self.dscp, payload))
        return self.ethernet(IPV6, ipv6(source, destination, number, self.dscp, self.flow_label, payload))

    def number(self, version: int) -> int:
        if isinstance(self.protocol, int) and 0 <= self.protocol <= 255:
            return self.protocol
        if self.protocol not in PROTOCOLS:
            raise NoFlow("{0!r} is no protocol: use arp, {1} or a number".format(self.protocol, ", ".join(PROTOCOLS)))
        if self.protocol == "icmp" and version == 6:
            return ICMPV6
        return PROTOCOLS[self.protocol]

    def payload(self, number: int) -> bytes:
        if number == TCP:
            unknown = set(self.flags) - set(FLAGS)
            if unknown:
                raise NoFlow("no such flags: {0}; use {1}".format(", ".join(sorted(unknown)), ", ".join(FLAGS)))
            flags = sum(1 << FLAGS.index(flag) for flag in set(self.flags))
            return struct.pack(">HHIIBBHHH", self.source_port, self.destination_port, 1, 0, 5 << 4, flags, 65535, 0, 0)
        if number == UDP:
            return struct.pack(">HHHH", self.source_port, self.destination_port, 8, 0)
        if number in ECHO_REQUEST:
            return struct.pack(">BBHHH", ECHO_REQUEST[number], 0, 0, 1, 1)
        return b""

    def ethernet(self, ethertype: int, payload: bytes, destination: Optional[bytes] = None) -> bytes:
        tag = b"" if self.vlan is None else struct.pack(">HH", 0x8100, self.priority << 13 | self.vlan)
        return (destination or self.destination_mac) + self.source_mac + tag + struct.pack(">H", ethertype) + payload


def address(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError as error:
        raise NoFlow("{0!r} is no IP address".format(text)) from error


def arp_request(mac: bytes, source: Address, wanted: Address) -> bytes:
    if source.version != 4:
        raise NoFlow("ARP is for IPv4: IPv6 asks with icmp")
    return struct.pack(">HHBBH", 1, IPV4, 6, 4, 1) + mac + source.packed + bytes(6) + wanted.packed


def ipv4(source: Address, destination: Address, protocol: int, dscp: int, payload: bytes) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, dscp << 2, 20 + len(payload), 0, 0x4000, 64, protocol, 0)
    head += source.packed + destination.packed
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(source: Address, destination: Address, protocol: int, dscp: int, label: int, payload: bytes) -> bytes:
    first = 6 << 28 | dscp << 22 | label
    return struct.pack(">IHBB", first, len(payload), protocol, 64) + source.packed + destination.packed + payload


CHECKSUM_AT = {TCP: 16, UDP: 6, ICMP: 2, ICMPV6: 2}


def with_checksum(payload: bytes, protocol: int, source: Address, destination: Address) -> bytes:
    if protocol not in CHECKSUM_AT:
        return payload
    pseudo = (
        b"" if protocol == ICMP else source.packed + destination.packed + struct.pack(">II", len(payload), protocol)
    )
    at = CHECKSUM_AT[protocol]
    total = checksum(pseudo + payload) or 0xFFFF
    return payload[:at] + struct.pack(">H", total) + payload[at + 2 :]


def checksum(octets: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    padded = octets + bytes(len(octets) % 2)
    total = sum(struct.unpack(">{0}H".format(len(padded) // 2), padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
