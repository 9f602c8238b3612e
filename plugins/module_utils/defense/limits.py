# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a device can hold, what a policy needs of it, and which of its needs are not met. Pure.

AMT.md 8.1, 8.2; the vendor's schema of the capability classes. What the schema leaves open is counted against the
policy, so that what fits here fits there: a limit uses a counter, anti-spoofing uses a filter that transmits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..cim.isolation import FILTERS_IN_POLICY
from .filters import EthernetMatch, Filter, Policy

SIDES = {"out": "Tx", "in": "Rx"}


@dataclass(frozen=True)
class Limits:
    """None: the firmware does not tell, and decides for itself. `ports`: wired or wireless -> the row of
    AMT_NetworkPortSystemDefenseCapabilities."""

    policies: int | None = None
    filters: int | None = None
    ports: dict[str, dict[str, Any]] = field(default_factory=dict)

    def port(self, name: str, limit: str) -> int | None:
        value = self.ports.get(name, {}).get(limit)
        return None if value is None else int(value)

    def ratio(self, port: str) -> int:
        """How many IPv4 filters or counters one of IPv6 takes the place of."""
        return max(1, self.port(port, "IPv6_to_IPv4_Ratio") or 1)


@dataclass(frozen=True)
class Need:
    """Filters or counters of one direction: `plain` ones, `wide` ones that IPv6 packets are compared with, and what
    defaults and anti-spoofing add."""

    plain: int
    wide: int
    besides: int

    def total(self, ratio: int) -> int:
        return self.plain + self.wide * ratio + self.besides


def is_wide(rule: Filter) -> bool:
    return not isinstance(rule.match, EthernetMatch) and rule.match.version in (None, 6)


def is_plain(rule: Filter) -> bool:
    return isinstance(rule.match, EthernetMatch) or rule.match.version in (None, 4)


def _need(rules: Iterable[Filter], besides: int) -> Need:
    chosen = list(rules)
    return Need(sum(map(is_plain, chosen)), sum(map(is_wide, chosen)), besides)


def filters_needed(policy: Policy, direction: str) -> Need:
    spoofing = 1 if policy.anti_spoofing and direction == "out" else 0
    return _need((rule for rule in policy.filters if rule.direction == direction), 1 + spoofing)


def counters_needed(policy: Policy, direction: str) -> Need:
    counted = (rule for rule in policy.filters if rule.direction == direction and rule.counted)
    return _need(counted, int(policy.default(direction).count))


def counters_left(policy: Policy, direction: str, port: str, limits: Limits) -> tuple[int | None, int | None]:
    """How many more IPv4 and IPv6 counters a port has for a direction of this policy. None: no limit is known."""
    need, side = counters_needed(policy, direction), SIDES[direction]
    most, wide = (
        limits.port(port, "IPv4_Max{0}Counters".format(side)),
        limits.port(port, "IPv6_Max{0}Counters".format(side)),
    )
    return (
        None if most is None else most - need.total(limits.ratio(port)),
        None if wide is None else wide - need.wide,
    )


def port_misfits(policy: Policy, port: str, limits: Limits) -> list[str]:
    """A sentence for each limit of a port that a policy exceeds."""
    found: list[str] = []
    for direction in ("out", "in"):
        found += _exceeded("filters", filters_needed(policy, direction), direction, port, limits)
        found += _exceeded("counters", counters_needed(policy, direction), direction, port, limits)
    if policy.anti_spoofing:
        capable = [limits.ports.get(port, {}).get("{0}_AntiSpoofingCapable".format(ip)) for ip in ("IPv4", "IPv6")]
        found += ["the {0} port cannot tell spoofed packets".format(port)] if capable == [False, False] else []
    return found


def _exceeded(kind: str, need: Need, direction: str, port: str, limits: Limits) -> list[str]:
    limit = "Max{0}{1}".format(SIDES[direction], kind.capitalize())
    most, most_wide, ratio = limits.port(port, "IPv4_" + limit), limits.port(port, "IPv6_" + limit), limits.ratio(port)
    found = []
    if most is not None and need.total(ratio) > most:
        found.append(
            "direction {0} needs {1} {2} and the {3} port has {4} (IPv4_{5}): {6} for IPv4 and Ethernet, {7} for IPv6 "
            "at {8} each, {9} for the default".format(
                direction, need.total(ratio), kind, port, most, limit, need.plain, need.wide, ratio, need.besides
            )
        )
    if most_wide is not None and need.wide > most_wide:
        found.append(
            "direction {0} needs {1} IPv6 {2} and the {3} port has {4} (IPv6_{5})".format(
                direction, need.wide, kind, port, most_wide, limit
            )
        )
    return found


def device_misfits(limits: Limits, policies: int, filters: int, largest: int) -> list[str]:
    """A sentence for each limit of the whole device that is exceeded while old and new exist side by side. `policies`
    and `filters`: how many exist then; `largest`: the filters of the largest policy."""
    found = []
    if limits.policies is not None and policies > limits.policies:
        found.append(_side_by_side(policies, "policies", limits.policies, "GlobalMaxSupportedPolicies"))
    if limits.filters is not None and filters > limits.filters:
        found.append(_side_by_side(filters, "filters", limits.filters, "GlobalMaxSupportedFilters"))
    if largest > FILTERS_IN_POLICY:
        found.append("a policy needs {0} filters and can list {1}".format(largest, FILTERS_IN_POLICY))
    return found


def _side_by_side(count: int, kind: str, most: int, limit: str) -> str:
    return "the device needs {0} {1}, those included that are there already, and can hold {2} ({3})".format(
        count, kind, most, limit
    )
