# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Addresses that somebody wishes an interface to have: whether they can be, and in one spelling. InvalidOption."""

from __future__ import annotations

import ipaddress
import re
from typing import Union

from ...errors import InvalidOption

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

NOBODY_S = ("is_multicast", "is_loopback", "is_unspecified", "is_reserved")
INTERFACE_ID = re.compile("[0-9A-Fa-f]{16}")
MOST_SERVERS = 2


def host_address(option: str, value: str, version: int) -> str:
    """One that a machine can have, in its shortest form."""
    address = _read(option, value, version)
    if any(getattr(address, name) for name in NOBODY_S) or value == "255.255.255.255":
        raise InvalidOption(option, value, "no machine can have this address")
    if version == 6 and address.is_link_local:
        raise InvalidOption(option, value, "the firmware makes its link-local address by itself; give another one")
    return str(address)


def router_address(option: str, value: str, version: int) -> str:
    """As `host_address`; a router may be named by its link-local one."""
    address = _read(option, value, version)
    return str(address) if version == 6 and address.is_link_local else host_address(option, value, version)


def servers(option: str, values: list[str], version: int) -> list[str]:
    found = [router_address(option, value, version) for value in values]
    if len(found) > MOST_SERVERS or len(set(found)) < len(found):
        raise InvalidOption(option, ", ".join(values), "the firmware has room for two different ones")
    return found


def netmask(option: str, value: str) -> str:
    """Dotted, from that or from the length of the prefix."""
    try:
        network = ipaddress.IPv4Network("0.0.0.0/" + value.lstrip("/"))
    except ValueError:
        network = None
    if network is None or not 1 <= network.prefixlen <= 30 or not _is_mask(value, network):
        raise InvalidOption(option, value, "give a mask such as 255.255.255.0, or the length of the prefix, 1 to 30")
    return str(network.netmask)


def _is_mask(value: str, network: ipaddress.IPv4Network) -> bool:
    """Not the inverse of one, which the standard library takes too."""
    return "." not in value or value == str(network.netmask)


def check_net(address: str, mask: str, gateway: str | None) -> None:
    """The address can be had in its net, and the gateway is another one of the same."""
    net = ipaddress.IPv4Network((address, mask), strict=False)
    if address in (str(net.network_address), str(net.broadcast_address)):
        raise InvalidOption("address", address, "it is that of the whole net {0}, not of a machine in it".format(net))
    if gateway is not None and (ipaddress.IPv4Address(gateway) not in net or gateway == address):
        way_out = "it is not another address in the net of address and netmask, {0}".format(net)
        raise InvalidOption("gateway", gateway, way_out)


def interface_id(option: str, value: str) -> str:
    plain = value.replace(":", "").replace("-", "")
    if not INTERFACE_ID.fullmatch(plain) or not plain.strip("0"):
        raise InvalidOption(option, value, "give 16 hexadecimal digits that are not all 0")
    return plain.upper()


def spelt(value: str | None) -> str | None:
    """What a device says in its shortest form; None for no address, and as it is for what is none."""
    try:
        address = ipaddress.ip_address(value or "::")
    except ValueError:
        return value
    return None if address.is_unspecified else str(address)


def _read(option: str, value: str, version: int) -> Address:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        address = None
    if address is None or address.version != version or "%" in value:
        example = "192.0.2.10" if version == 4 else "2001:db8::10"
        raise InvalidOption(option, value, "give an IPv{0} address such as {1}".format(version, example))
    return address
