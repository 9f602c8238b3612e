# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Networks, ranges and addresses as the first and the last address that they mean."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Union

from ..errors import InvalidOption

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
_ZONE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_LIKE_AN_ADDRESS = re.compile(r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


@dataclass(frozen=True)
class Span:
    """`zone` is the interface of addresses that are of one link only, as in `fe80::1%eth0`."""

    first: Address
    last: Address
    zone: str = ""

    @property
    def count(self) -> int:
        return int(self.last) - int(self.first) + 1

    def addresses(self) -> Iterator[str]:
        build, after = type(self.first), "%" + self.zone if self.zone else ""
        for number in range(int(self.first), int(self.last) + 1):
            yield str(build(number)) + after

    def holds(self, address: Address) -> bool:
        return self.first.version == address.version and int(self.first) <= int(address) <= int(self.last)


def address_and_zone(text: str) -> tuple[Address, str]:
    """ValueError for what is no address. An IPv4 address written as an IPv6 one is the IPv4 address."""
    written, percent, zone = text.strip().partition("%")
    address: Address = ipaddress.ip_address(written)
    if percent and (address.version == 4 or not _ZONE.fullmatch(zone)):
        raise ValueError(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped, ""
    return address, zone


def network_span(text: str, option: str = "networks", whole: bool = False) -> Span:
    """First and last address of `10.0.0.0/24` that a host can have, or of all its addresses; host bits may be set."""
    text = text.strip()
    if "/" not in text:
        raise InvalidOption(option, text, "write an address and a prefix length, {0}".format(_instead(text)))
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise InvalidOption(option, text, "write an address and a prefix length, such as 10.0.0.0/24") from None
    first, last = network[0], network[-1]
    if network.version == 4 and network.prefixlen < 31 and not whole:
        return Span(first + 1, last - 1)
    return Span(first, last)


def _instead(text: str) -> str:
    try:
        version = ipaddress.ip_address(text).version
    except ValueError:
        return "such as 10.0.0.0/24; single names and addresses belong in hosts"
    return "such as {0}/{1}; a single address belongs in hosts".format(text, 24 if version == 4 else 120)


def range_span(text: str, option: str = "ranges") -> Span:
    """`10.0.0.5-10.0.1.9`, or `10.0.0.5-99` where the end replaces the last number."""
    way_out = "write the first and the last address, such as 10.0.0.5-10.0.1.9 or 10.0.0.5-99"
    start, dash, end = (part.strip() for part in text.partition("-"))
    if not dash:
        raise InvalidOption(option, text, way_out)
    if end.isdigit() and ":" not in start:
        end = start.rpartition(".")[0] + "." + end
    try:
        (first, zone), (last, last_zone) = address_and_zone(start), address_and_zone(end)
    except ValueError:
        raise InvalidOption(option, text, way_out) from None
    if first.version != last.version or int(first) > int(last) or last_zone not in ("", zone):
        raise InvalidOption(option, text, "the first address must not come after the last")
    return Span(first, last, zone)


def any_span(text: str, option: str) -> Span | None:
    """The addresses that a word means without asking DNS, or None for a name."""
    if "/" in text and "://" not in text:
        return network_span(text, option, whole=option == "exclude")
    try:
        address, zone = address_and_zone(text)
    except ValueError:
        start = text.partition("-")[0].strip()
        return range_span(text, option) if "-" in text and is_address(start) else None
    if option != "exclude":
        _refuse_what_no_host_has(address, text, option)
    return Span(address, address, zone)


def _refuse_what_no_host_has(address: Address, text: str, option: str) -> None:
    if address.is_multicast:
        raise InvalidOption(option, text, "it is a multicast address, which no single host has")
    if address.is_unspecified or text == "255.255.255.255":
        raise InvalidOption(option, text, "no host has this address")


def is_address(text: str) -> bool:
    try:
        address_and_zone(text)
    except ValueError:
        return False
    return True


def looks_like_an_address(text: str) -> bool:
    return _LIKE_AN_ADDRESS.fullmatch(text) is not None


def is_within(address: str, spans: Iterable[Span]) -> bool:
    """An address is within a span whatever its zone."""
    if not spans:
        return False
    number = address_and_zone(address)[0]
    return any(span.holds(number) for span in spans)
