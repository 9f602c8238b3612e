# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One network port: which policy is active on it, and what that policy does with each packet.

Every filter of the active policy is tried. One that drops, or a rate limit that is used up, decides; else one that
passes; only a packet that no filter fits meets the default of its direction. Anti-spoofing comes before all of them.
Source: the vendor's reference guide, "Processing Network Packets with System Defense".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Optional

from ...packets import Packet
from .rows import ANTI_SPOOFING, COMPETITORS, DEFAULT_HANDLES, FALLBACK, RATE_LIMIT, TRANSMIT, Binding, Filter, Policy

WIRED, WIRELESS = 0, 1


@dataclass(frozen=True)
class Verdict:
    """`action` is pass or drop. `by` names the filter that decided, or is "default", "anti-spoofing" or "no policy";
    `policy` is the active policy's name and `handle` that of the filter, as events show it."""

    action: str
    by: str
    policy: str = ""
    handle: int = 0

    @property
    def passes(self) -> bool:
        return self.action == "pass"


@dataclass
class Tally:
    """What one filter met since the policy became active, or since its statistics were reset."""

    packets: int = 0
    matched: bool = False
    reported: bool = False
    second: int = -1
    in_second: int = 0


@dataclass
class Port:
    """`own_addresses` are those that anti-spoofing lets out; `report(handle)` raises an event."""

    number: int
    own_addresses: set[bytes]
    report: Callable[[int], None]
    bindings: dict[str, Binding] = field(default_factory=dict)
    active: Optional[Binding] = None
    tallies: dict[int, Tally] = field(default_factory=dict)
    snapshot: dict[int, Tally] = field(default_factory=dict)
    reset_at: Optional[float] = None

    def settle(self, now: float) -> None:
        """Let policies run out and others take over, each at its own time."""
        while self.active is not None and self.active.deadline is not None and self.active.deadline <= now:
            ended = self.active.deadline
            self.active.expired = True
            self.activate(self.candidate(), ended)
        self.activate(self.candidate(), now)

    def candidate(self) -> Optional[Binding]:
        """Of the enabled policies the one with the highest precedence; without any, the default."""
        enabled = [self.bindings[owner] for owner in COMPETITORS if owner in self.bindings]
        competing = [binding for binding in enabled if binding.competes]
        if competing:
            return max(competing, key=lambda binding: binding.policy.precedence)
        return self.bindings.get(FALLBACK)

    def activate(self, binding: Optional[Binding], at: float) -> None:
        if binding is self.active:
            return
        if self.active is not None:
            self.active.activated = None
        if binding is not None:
            binding.activated = at
        self.active = binding
        self.tallies, self.snapshot, self.reset_at = {}, {}, None

    def bind(self, owner: str, policy: Policy, now: float, enabled: bool = True) -> None:
        self.settle(now)
        self.bindings[owner] = Binding(owner, policy, enabled)
        self.settle(now)

    def unbind(self, owner: str, now: float) -> None:
        self.settle(now)
        self.bindings.pop(owner, None)
        self.settle(now)

    def enable(self, owner: str, enabled: bool, now: float) -> None:
        """Turn a binding on or off. Turning it on once more starts its time anew."""
        self.settle(now)
        binding = self.bindings.get(owner)
        if binding is not None and binding.enabled != enabled:
            binding.enabled, binding.expired = enabled, False
        self.settle(now)

    def judge(self, packet: Packet, direction: int, now: float) -> Verdict:
        """What becomes of a packet; counts it, and reports what asks for it."""
        self.settle(now)
        if self.active is None:
            return Verdict("pass", "no policy")
        policy = self.active.policy
        if direction == TRANSMIT and policy.anti_spoofing and self.is_spoofed(packet):
            self.touch(ANTI_SPOOFING, True)
            return Verdict("drop", "anti-spoofing", policy.name, ANTI_SPOOFING)
        fitting = [row for row in policy.filters if row.direction == direction and row.fits(packet)]
        if not fitting:
            return self.by_default(policy, direction)
        stops = [self.stops(row, now) for row in fitting]
        decisive = fitting[stops.index(True) if True in stops else 0]
        return Verdict("drop" if True in stops else "pass", decisive.name, policy.name, decisive.handle)

    def is_spoofed(self, packet: Packet) -> bool:
        """A source that is not ours. Unspecified and link-local ones pass: no address could be had without them."""
        source = packet.source
        if source is None or not any(source):
            return False
        if packet.version == 6 and source[0] == 0xFE and source[1] & 0xC0 == 0x80:
            return False
        known = {address for address in self.own_addresses if len(address) == len(source)}
        return bool(known) and source not in known

    def by_default(self, policy: Policy, direction: int) -> Verdict:
        handle = DEFAULT_HANDLES[direction]
        self.touch(handle, policy.default(direction, "MatchEvent"))
        action = "drop" if policy.default(direction, "Drop") else "pass"
        return Verdict(action, "default", policy.name, handle)

    def stops(self, row: Filter, now: float) -> bool:
        tally = self.touch(row.handle, row.fields["ActionEventOnMatch"])
        return row.drops or (row.profile == RATE_LIMIT and self.is_used_up(tally, row.limit, now))

    def is_used_up(self, tally: Tally, limit: int, now: float) -> bool:
        """In each second the first `limit` packets pass. Real firmware is less exact: a few more may."""
        if tally.second != int(now):
            tally.second, tally.in_second = int(now), 0
        tally.in_second += 1
        return tally.in_second > limit

    def touch(self, handle: int, with_event: bool) -> Tally:
        tally = self.tallies.setdefault(handle, Tally())
        tally.packets += 1
        tally.matched = True
        if with_event and not tally.reported:
            tally.reported = True
            self.report(handle)
        return tally

    def update_statistics(self, reset: bool, now: float) -> None:
        """Take a snapshot, let every filter report once more, and on request count from zero."""
        self.snapshot = {handle: Tally(tally.packets, tally.matched) for handle, tally in self.tallies.items()}
        self.rearm()
        if reset:
            for tally in self.tallies.values():
                tally.packets, tally.matched = 0, False
            self.reset_at = now

    def rearm(self) -> None:
        for tally in self.tallies.values():
            tally.reported = False
