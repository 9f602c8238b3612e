# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the firmware refuses in a new filter or policy. Raises Fault.

Sources: the vendor's schema (lengths, ranges, what excludes what), its reference guide (what is mandatory, names of 16
characters), and for the combinations of ports the notes that MeshCommander publishes on its matching rules.
"""

from __future__ import annotations

from typing import Any

from ...packets import TCP, UDP
from .. import refusals
from ..intake import require
from .rows import RATE_LIMIT, RECEIVE

NAME_LENGTH = 16
FILTER_KEYS = ("InstanceID", "Name", "CreationClassName", "SystemName", "SystemCreationClassName")
ADDRESS_LENGTHS = {4: (4,), 6: (16, 20)}
SIDES = ("Src", "Dest")
HIGHEST = {"HdrPriorityValue8021": 7, "HdrVLANID8021": 4095, "FilterDirection": RECEIVE, "FilterProfile": 4}
LAST_FLAG, LAST_POINT = 7, 63


def check_name(name: str, value: str) -> None:
    if not 1 <= len(value) <= NAME_LENGTH:
        raise refusals.invalid_value(name)


def check_filter(wanted: dict[str, Any]) -> None:
    """What both kinds of filters have in common. The keys have to be there, whatever their values."""
    require(FILTER_KEYS, wanted)
    check_name("Name", wanted["Name"])
    for name, highest in HIGHEST.items():
        if wanted.get(name, 0) > highest:
            raise refusals.invalid_value(name)
    if wanted["FilterProfile"] == RATE_LIMIT:
        require(("FilterProfileData",), wanted)
        if wanted["FilterProfileData"] == 0:
            raise refusals.invalid_value("FilterProfileData")
    elif wanted.get("FilterProfileData", 0) != 0:
        raise refusals.invalid_value("FilterProfileData")


def check_ethernet(wanted: dict[str, Any]) -> None:
    for side in SIDES:
        address, mask = ("Hdr{0}MAC{1}8021".format(side, what) for what in ("Addr", "Mask"))
        for name in (address, mask):
            if name in wanted and len(wanted[name]) != 6:
                raise refusals.invalid_value(name)
        if mask in wanted:
            require((address,), wanted)


def check_ip(wanted: dict[str, Any]) -> None:
    if "HdrIPVersion" in wanted and wanted["HdrIPVersion"] not in ADDRESS_LENGTHS:
        raise refusals.invalid_value("HdrIPVersion")
    for side in SIDES:
        check_address(side, wanted)
    check_ports(wanted)
    if any(point > LAST_POINT for point in wanted.get("HdrDSCP", ())):
        raise refusals.invalid_value("HdrDSCP")
    check_label(wanted)
    check_flags(wanted)


def check_address(side: str, wanted: dict[str, Any]) -> None:
    """An address needs a version; its mask and its end of range need the address, and exclude each other."""
    address, last, mask = ("Hdr{0}{1}".format(side, what) for what in ("Address", "AddressEndOfRange", "Mask"))
    given = [name for name in (address, last, mask) if name in wanted]
    if not given:
        return
    require(("HdrIPVersion", address), wanted)
    if last in wanted and mask in wanted:
        raise refusals.invalid_value(mask)
    for name in given:
        if len(wanted[name]) not in ADDRESS_LENGTHS[wanted["HdrIPVersion"]]:
            raise refusals.invalid_value(name)
    if last in wanted and wanted[last] < wanted[address]:
        raise refusals.invalid_value(last)


def check_ports(wanted: dict[str, Any]) -> None:
    """Ports are those of TCP or UDP, and only one side may have more than one of them."""
    ranges = 0
    for side in SIDES:
        names = ("Hdr{0}PortStart".format(side), "Hdr{0}PortEnd".format(side))
        if not any(name in wanted for name in names):
            continue
        if wanted.get("HdrProtocolID") not in (TCP, UDP):
            raise refusals.invalid_value(next(name for name in names if name in wanted))
        first, last = wanted.get(names[0], 0), wanted.get(names[1], 0xFFFF)
        if first > last:
            raise refusals.invalid_value(names[1])
        ranges += 1 if first == last else 2
    if ranges > 2:
        raise refusals.invalid_value("HdrDestPortStart")


def check_label(wanted: dict[str, Any]) -> None:
    """20 bits, right-adjusted in three octets, of IPv6 alone."""
    label = wanted.get("HdrFlowLabel")
    if label is not None and (len(label) != 3 or label[0] > 15 or wanted.get("HdrIPVersion", 6) != 6):
        raise refusals.invalid_value("HdrFlowLabel")


def check_flags(wanted: dict[str, Any]) -> None:
    for name in ("TCPFlagsOn", "TCPFlagsOff"):
        if name in wanted and (wanted.get("HdrProtocolID") != TCP or max(wanted[name]) > LAST_FLAG):
            raise refusals.invalid_value(name)
    if set(wanted.get("TCPFlagsOn", ())) & set(wanted.get("TCPFlagsOff", ())):
        raise refusals.invalid_value("TCPFlagsOff")
