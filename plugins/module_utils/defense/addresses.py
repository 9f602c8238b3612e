# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Addresses, ports and protocols as filters compare them, and in the words that people write. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Union

from ..errors import InvalidOption

BITS = {4: 32, 6: 128}

#: IANA protocol numbers that have a word. `icmp` is that of IPv4, `icmpv6` that of IPv6.
PROTOCOLS = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "sctp": 132}

#: Protocols whose ports a filter can compare; vendor's guide, Networking Packet Structures.
WITH_PORTS = (PROTOCOLS["tcp"], PROTOCOLS["udp"])

#: IEEE 802 numbers that have a word.
ETHERTYPES = {"ip": 0x0800, "arp": 0x0806, "ipv6": 0x86DD, "eapol": 0x888E, "lldp": 0x88CC}

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


def address_of(number: int, version: int) -> Address:
    return ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number)


@dataclass(frozen=True)
class Addresses:
    """Those of one IP version, as numbers: exactly `first`, or `first` to `last`, or those equal to it under `mask`."""

    version: int
    first: int
    last: int | None = None
    mask: int | None = None

    def holds(self, number: int) -> bool:
        if self.mask is not None:
            return number & self.mask == self.first
        return self.first <= number <= (self.first if self.last is None else self.last)

    def __str__(self) -> str:
        first = address_of(self.first, self.version)
        if self.last is not None:
            return "{0}-{1}".format(first, address_of(self.last, self.version))
        if self.mask is None:
            return str(first)
        width = prefix_length(self.mask, self.version)
        return "{0}/{1}".format(first, address_of(self.mask, self.version) if width is None else width)


def prefix_length(mask: int, version: int) -> int | None:
    """How many leading ones a mask has, or None where other ones follow."""
    length = bin(mask).count("1")
    return length if mask == prefix_mask(length, version) else None


def prefix_mask(length: int, version: int) -> int:
    return ((1 << length) - 1) << (BITS[version] - length)


def masked(version: int, number: int, mask: int) -> Addresses:
    """In the one form that these addresses have here: a mask of ones only is none."""
    if mask == (1 << BITS[version]) - 1:
        return Addresses(version, number)
    return Addresses(version, number & mask, mask=mask)


def spanning(version: int, first: int, last: int) -> Addresses:
    """From first to last, as a prefix where it is one."""
    size = last - first + 1
    if size & (size - 1) == 0 and first % size == 0:
        return masked(version, first, prefix_mask(BITS[version] - size.bit_length() + 1, version))
    return Addresses(version, first, last)


_SPAN = re.compile(r"\s*(?P<first>[^-/\s]+)\s*(?:(?P<join>[-/])\s*(?P<second>[^-/\s]+)\s*)?")


def read_addresses(text: str, option: str) -> Addresses:
    """`10.0.5.20`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, `10.0.0.1/255.0.255.255`, and the same of IPv6."""
    matched = _SPAN.fullmatch(str(text))
    try:
        if matched is None:
            raise ValueError(text)
        return _addresses(matched["first"], matched["join"], matched["second"] or "")
    except ValueError:
        raise InvalidOption(
            option, text, "give an address, address/length, address/mask or first-last of one IP version"
        ) from None


def _addresses(first: str, join: str | None, second: str) -> Addresses:
    start = ipaddress.ip_address(first)
    version, number = start.version, int(start)
    if join is None:
        return Addresses(version, number)
    if join == "/" and second.isdigit():
        return masked(version, number, int(ipaddress.ip_network("{0}/{1}".format(first, second), strict=False).netmask))
    end = ipaddress.ip_address(second)
    if end.version != version or (join == "-" and int(end) < number):
        raise ValueError(second)
    return (masked if join == "/" else spanning)(version, number, int(end))


@dataclass(frozen=True)
class Ports:
    """Inclusive at both ends."""

    first: int
    last: int

    def holds(self, port: int) -> bool:
        return self.first <= port <= self.last

    @property
    def single(self) -> bool:
        return self.first == self.last

    def __str__(self) -> str:
        return str(self.first) if self.single else "{0}-{1}".format(self.first, self.last)


def read_ports(text: str, option: str) -> Ports:
    """`443` or `8000-8100`."""
    matched = re.fullmatch(r"\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*", str(text))
    if matched:
        first = int(matched[1])
        last = int(matched[2]) if matched[2] else first
        if first <= last <= 0xFFFF:
            return Ports(first, last)
    raise InvalidOption(option, text, "give a port from 0 to 65535, or first-last")


def read_protocol(text: object, option: str) -> int:
    word = str(text).strip().lower()
    number = PROTOCOLS.get(word, int(word) if re.fullmatch(r"\d{1,3}", word) else -1)
    if not 0 <= number <= 255:
        raise InvalidOption(option, text, "give a number from 0 to 255, or one of " + ", ".join(PROTOCOLS))
    return number


def protocol_word(number: int) -> str:
    return next((word for word, known in PROTOCOLS.items() if known == number), str(number))


def read_ethertype(text: object, option: str) -> int:
    word = str(text).strip().lower()
    number = ETHERTYPES.get(word, -1)
    if number < 0 and re.fullmatch(r"0x[0-9a-f]{1,4}|\d{1,5}", word):
        number = int(word, 0) if word.startswith("0x") else int(word)
    if not 0 <= number <= 0xFFFF:
        raise InvalidOption(option, text, "give a number such as 0x88cc, or one of " + ", ".join(ETHERTYPES))
    return number


def ethertype_word(number: int) -> str:
    return next((word for word, known in ETHERTYPES.items() if known == number), "0x{0:04x}".format(number))


@dataclass(frozen=True)
class HardwareAddresses:
    """Those equal to `first` under `mask`, 48 bits each."""

    first: int
    mask: int = 0xFFFFFFFFFFFF

    def holds(self, number: int) -> bool:
        return number & self.mask == self.first & self.mask

    def __str__(self) -> str:
        text = mac_text(self.first)
        return text if self.mask == 0xFFFFFFFFFFFF else "{0}/{1}".format(text, mac_text(self.mask))


def mac_text(number: int) -> str:
    return ":".join("{0:02x}".format(octet) for octet in number.to_bytes(6, "big"))


def read_mac(text: str, option: str) -> int:
    digits = re.sub("[-:.]", "", text.strip().lower())
    if not re.fullmatch("[0-9a-f]{12}", digits):
        raise InvalidOption(option, text, "give six octets such as 00:1b:21:00:00:01")
    return int(digits, 16)


def read_hardware_addresses(text: str, option: str) -> HardwareAddresses:
    """`00:1b:21:00:00:01`, or with a mask: `00:1b:21:00:00:00/ff:ff:ff:00:00:00`."""
    address, _slash, mask = text.partition("/")
    if not mask:
        return HardwareAddresses(read_mac(address, option))
    bits = read_mac(mask, option)
    return HardwareAddresses(read_mac(address, option) & bits, bits)
