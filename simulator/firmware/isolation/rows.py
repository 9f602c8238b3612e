# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What System Defense keeps: filters, policies, and which policy is bound to which port by whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from ...packets import Packet
from .matching import Condition, ethernet_conditions, ip_conditions

TRANSMIT, RECEIVE = 0, 1
STATISTICS_PASS, STATISTICS_DROP, RATE_LIMIT, PASS, DROP = range(5)
ETHERNET_FILTER, IP_FILTER = "AMT_Hdr8021Filter", "AMT_IPHeadersFilter"
# Handles of the filters that every policy has without being told, as event records show them.
RECEIVE_DEFAULT, TRANSMIT_DEFAULT, ANTI_SPOOFING = 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFA
DEFAULT_HANDLES = {TRANSMIT: TRANSMIT_DEFAULT, RECEIVE: RECEIVE_DEFAULT}
# Who may enable a policy on a port. Between equal precedences the choice is arbitrary [MOF]; here the first one wins.
SYSTEM_DEFENSE, AGENT_PRESENCE, ENVIRONMENT, FALLBACK = "system defense", "agent presence", "environment", "default"
COMPETITORS = (SYSTEM_DEFENSE, AGENT_PRESENCE, ENVIRONMENT)
MINUTE = 60.0


@dataclass
class Filter:
    """`fields` are the decoded properties that a Create gave."""

    handle: int
    cls: str
    fields: dict[str, Any]
    conditions: list[Condition] = field(default_factory=list)

    def __post_init__(self) -> None:
        build = ethernet_conditions if self.cls == ETHERNET_FILTER else ip_conditions
        self.conditions = build(self.fields)

    @property
    def name(self) -> str:
        return self.fields["Name"]

    @property
    def direction(self) -> int:
        return self.fields["FilterDirection"]

    @property
    def profile(self) -> int:
        return self.fields["FilterProfile"]

    @property
    def limit(self) -> int:
        """Packets per second of a rate limit."""
        return self.fields["FilterProfileData"]

    @property
    def drops(self) -> bool:
        return self.profile in (STATISTICS_DROP, DROP)

    @property
    def counts(self) -> bool:
        """Whether it takes one of the port's counters."""
        return self.profile in (STATISTICS_PASS, STATISTICS_DROP)

    @property
    def versions(self) -> tuple[int, ...]:
        """The IP versions whose filters it takes up: an Ethernet filter is counted among those of IPv4."""
        if self.cls == ETHERNET_FILTER:
            return (4,)
        return (self.fields["HdrIPVersion"],) if "HdrIPVersion" in self.fields else (4, 6)

    def fits(self, packet: Packet) -> bool:
        return all(condition(packet) for condition in self.conditions)


@dataclass
class Policy:
    """`timeout` is in minutes, 0 for none."""

    handle: int
    fields: dict[str, Any]
    filters: list[Filter]
    timeout: int = 0

    @property
    def name(self) -> str:
        return self.fields["PolicyName"]

    @property
    def precedence(self) -> int:
        return self.fields["PolicyPrecedence"]

    @property
    def anti_spoofing(self) -> bool:
        """What the numbers above zero tell apart is not known: each of them turns it on."""
        return self.fields.get("AntiSpoofingSupport", 0) > 0

    def default(self, direction: int, what: str) -> bool:
        """`what` is Drop, MatchEvent or Count."""
        return self.fields["{0}Default{1}".format("Tx" if direction == TRANSMIT else "Rx", what)]


@dataclass
class Binding:
    """A policy on a port. `expired`: its time ran out; only binding it anew helps."""

    owner: str
    policy: Policy
    enabled: bool = True
    expired: bool = False
    activated: Optional[float] = None

    @property
    def competes(self) -> bool:
        return self.enabled and not self.expired

    @property
    def deadline(self) -> Optional[float]:
        """When it stops being active. The policy for want of another has no end."""
        if self.activated is None or self.policy.timeout == 0 or self.owner == FALLBACK:
            return None
        return self.activated + self.policy.timeout * MINUTE
