# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How much of System Defense a device has room for, and how much of it a policy takes.

8 policies and 80 filters are in the vendor's high-level API documentation, 62 filters in a policy in its class
reference. That a port has room for 31 filters and the default in each direction follows from the 62; counters and the
share of IPv6 are assumptions. The setting `defense` of a device replaces any of them by the schema's own names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...values import Instance
from .rows import RECEIVE, TRANSMIT, Policy

FILTERS_IN_POLICY = 62
GENERAL = {"GlobalMaxSupportedPolicies": 8, "GlobalMaxSupportedFilters": 80}
PORT = {
    "IPv4_MaxTxFilters": 32,
    "IPv4_MaxTxCounters": 32,
    "IPv4_MaxRxFilters": 32,
    "IPv4_MaxRxCounters": 32,
    "IPv4_AntiSpoofingCapable": True,
    "IPv6_MaxTxFilters": 15,
    "IPv6_MaxTxCounters": 15,
    "IPv6_MaxRxFilters": 15,
    "IPv6_MaxRxCounters": 15,
    "IPv6_AntiSpoofingCapable": True,
    "IPv6_to_IPv4_Ratio": 2,
}
SUPPORTED, UNIQUE_NAMES, WIRELESS = "supported", "unique_names", "wireless"
SWITCHES = {SUPPORTED: True, UNIQUE_NAMES: False}
SIDES = {TRANSMIT: "Tx", RECEIVE: "Rx"}


def check(given: Mapping[str, Any]) -> None:
    """Raises ValueError for a name or a value that is no limit; `wireless` holds limits of that port alone."""
    known = {**GENERAL, **PORT, **SWITCHES}
    for name, value in given.items():
        if name == WIRELESS and isinstance(value, Mapping):
            check({inner: limit for inner, limit in value.items() if inner in PORT})
            unknown = set(value) - set(PORT)
            if unknown:
                raise ValueError("defense: wireless: no such limit: " + ", ".join(sorted(unknown)))
        elif name not in known:
            raise ValueError("defense: no such limit: {0}; there are {1}".format(name, ", ".join(known)))
        elif type(value) is not type(known[name]) or (not isinstance(value, bool) and value < 0):
            raise ValueError("defense: {0}: {1!r} is no {2}".format(name, value, type(known[name]).__name__))


def of_port(given: Mapping[str, Any], wireless: bool) -> dict[str, Any]:
    own = given.get(WIRELESS, {}) if wireless else {}
    return {name: own.get(name, given.get(name, value)) for name, value in PORT.items()}


def general(given: Mapping[str, Any]) -> dict[str, int]:
    return {name: given.get(name, value) for name, value in GENERAL.items()}


def switch(given: Mapping[str, Any], name: str) -> bool:
    return given.get(name, SWITCHES[name])


def fits(policy: Policy, limits: Mapping[str, Any]) -> bool:
    """Whether a port has room for a policy. The default of a direction takes a filter, and a counter if it counts."""
    if policy.anti_spoofing and not (limits["IPv4_AntiSpoofingCapable"] or limits["IPv6_AntiSpoofingCapable"]):
        return False
    return all(
        has_room(limits, SIDES[direction], what, *taken(policy, direction, what))
        for direction in (TRANSMIT, RECEIVE)
        for what in ("Filters", "Counters")
    )


def taken(policy: Policy, direction: int, what: str) -> tuple[int, int]:
    """Filters or counters in one direction, for IPv4 (with the default's own) and for IPv6."""
    rows = [row for row in policy.filters if row.direction == direction]
    if what == "Counters":
        rows = [row for row in rows if row.counts]
    own = 1 if what == "Filters" or policy.default(direction, "Count") else 0
    return own + sum(4 in row.versions for row in rows), sum(6 in row.versions for row in rows)


def has_room(limits: Mapping[str, Any], side: str, what: str, ipv4: int, ipv6: int) -> bool:
    """An IPv6 filter (or counter) also takes the room of a few of IPv4's."""
    together = ipv4 + ipv6 * limits["IPv6_to_IPv4_Ratio"]
    most4, most6 = (limits["IPv{0}_Max{1}{2}".format(version, side, what)] for version in (4, 6))
    return together <= most4 and ipv6 <= most6


def capabilities(port: int, limits: Mapping[str, Any]) -> Instance:
    name = "Intel(r) AMT Network Port System Defense Capabilities"
    return {"ElementName": name, "InstanceID": "{0} {1}".format(name, port), **limits}
