# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""From rules to few filters: cut into boxes, join what can be joined, leave out what others cover. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .addresses import BITS, WITH_PORTS, Ports, spanning
from .filters import Default, EthernetMatch, Filter, IpMatch, Policy, one_range_at_most
from .limits import SIDES, Limits, counters_left, is_plain, is_wide
from .rules import Rule, Service

Span = tuple[int, int]
EVERY_PROTOCOL: Span = (0, 255)
EVERY_PORT: Span = (0, 0xFFFF)
DIRECTIONS = ("out", "in")


@dataclass(frozen=True)
class Box:
    """Packets of one direction and IP version, as four spans: protocol, remote address, remote port, local port."""

    direction: str
    version: int
    spans: tuple[Span, Span, Span, Span]
    label: str = ""

    def covers(self, other: Box) -> bool:
        return self.kind == other.kind and all(
            mine[0] <= theirs[0] and theirs[1] <= mine[1] for mine, theirs in zip(self.spans, other.spans)
        )

    @property
    def kind(self) -> tuple[str, int]:
        return (self.direction, self.version)

    @property
    def expressible(self) -> bool:
        """Whether one filter can say it: one protocol or all, ports of TCP and UDP only, one range of ports."""
        protocol, _address, remote, local = self.spans
        if protocol != EVERY_PROTOCOL and protocol[0] != protocol[1]:
            return False
        if (remote, local) != (EVERY_PORT, EVERY_PORT) and (
            protocol[0] != protocol[1] or protocol[0] not in WITH_PORTS
        ):
            return False
        return one_range_at_most(_ports(remote), _ports(local))


def _ports(span: Span) -> Ports | None:
    return None if span == EVERY_PORT else Ports(*span)


def _every_address(version: int) -> Span:
    return (0, (1 << BITS[version]) - 1)


def boxes(rules: Sequence[Rule]) -> list[Box]:
    """Both directions of every rule that is about IP."""
    return [box for rule in rules if rule.ethertype is None for version in rule.versions for box in _cut(rule, version)]


def _cut(rule: Rule, version: int) -> Iterable[Box]:
    peers = [
        (peer.first, _last(peer.first, peer.last, peer.mask, version)) for peer in rule.peers if peer.version == version
    ]
    label = re.sub("[^a-z0-9]", "", re.sub("^(to|from): ", "", rule.text.lower()))
    for peer in peers if rule.peers else [_every_address(version)]:
        for service in rule.services or (None,):
            if service is None:
                spans = (EVERY_PROTOCOL, peer, EVERY_PORT, EVERY_PORT)
                yield from (Box(direction, version, spans, label) for direction in DIRECTIONS)
            elif service.version in (None, version):
                yield from (Box(direction, version, _spans(rule, service, peer), label) for direction in DIRECTIONS)


def _last(first: int, last: int | None, mask: int | None, version: int) -> int:
    if mask is not None:
        return first | (mask ^ _every_address(version)[1])
    return first if last is None else last


def _spans(rule: Rule, service: Service, peer: Span) -> tuple[Span, Span, Span, Span]:
    server = (service.ports.first, service.ports.last) if service.ports else EVERY_PORT
    client = (service.client.first, service.client.last) if service.client else EVERY_PORT
    remote, local = (server, client) if rule.server == "remote" else (client, server)
    return ((service.protocol, service.protocol), peer, remote, local)


def joined(given: Sequence[Box]) -> list[Box]:
    """The same packets in boxes of which no two can be joined, and none is covered by others."""
    found: list[Box] = []
    for box in given:
        _add(found, box)
    for box in sorted(found, key=_size):
        others = [other for other in found if other is not box]
        if not _uncovered(box, [other for other in others if _overlaps(box, other)]):
            found = others
    return found


def _add(found: list[Box], box: Box) -> None:
    """Put a box among others; join it first with any that it can be joined with, and again as what that became."""
    for other in found:
        whole = _join(other, box)
        if whole is not None:
            found.remove(other)
            _add(found, whole)
            return
    found.append(box)


def _join(one: Box, other: Box) -> Box | None:
    """One expressible box of exactly the packets of both, or None."""
    if one.covers(other):
        return one
    if other.covers(one):
        return replace(other, label=one.label)
    differing = [index for index in range(4) if one.spans[index] != other.spans[index]]
    if one.kind != other.kind or len(differing) != 1:
        return None
    first, second = sorted((one.spans[differing[0]], other.spans[differing[0]]))
    if second[0] > first[1] + 1:
        return None
    spans = list(one.spans)
    spans[differing[0]] = (first[0], max(first[1], second[1]))
    whole = Box(one.direction, one.version, (spans[0], spans[1], spans[2], spans[3]), one.label)
    return whole if whole.expressible else None


def _size(box: Box) -> int:
    product = 1
    for first, last in box.spans:
        product *= last - first + 1
    return product


def _uncovered(box: Box, others: Sequence[Box]) -> bool:
    """Whether a box has packets that none of the others has."""
    if not others:
        return True
    rest = _without(box, others[0])
    return any(_uncovered(piece, others[1:]) for piece in rest)


def _overlaps(one: Box, other: Box) -> bool:
    return one.kind == other.kind and all(a[0] <= b[1] and b[0] <= a[1] for a, b in zip(one.spans, other.spans))


def _without(box: Box, cut: Box) -> list[Box]:
    """A box less another, in boxes that do not overlap."""
    if not _overlaps(box, cut):
        return [box]
    pieces, spans = [], list(box.spans)
    for index, (first, last) in enumerate(cut.spans):
        low, high = spans[index]
        for piece in ((low, first - 1), (last + 1, high)):
            if piece[0] <= piece[1]:
                part = [*spans[:index], piece, *spans[index + 1 :]]
                pieces.append(replace(box, spans=(part[0], part[1], part[2], part[3])))
        spans[index] = (max(low, first), min(high, last))
    return pieces


def _match(box: Box) -> IpMatch:
    protocol, peer, remote, local = box.spans
    peers = None if peer == _every_address(box.version) else spanning(box.version, *peer)
    outward = box.direction == "out"
    return IpMatch(
        version=box.version,
        source=None if outward else peers,
        destination=peers if outward else None,
        protocol=None if protocol == EVERY_PROTOCOL else protocol[0],
        source_ports=_ports(local if outward else remote),
        destination_ports=_ports(remote if outward else local),
    )


def _named(direction: str, match: EthernetMatch | IpMatch, label: str) -> Filter:
    """A filter whose name of at most 13 characters tells its rule, and differs where its content does."""
    rule = Filter("", direction, "pass", match)
    digest = base64.b32encode(hashlib.sha256(str(rule).encode()).digest()).decode("ascii").lower()
    return replace(rule, name="{0}.{1}".format(label[:6], digest[:6]))


def filters_of(rules: Sequence[Rule]) -> list[Filter]:
    """The filters that let exactly these rules pass."""
    frames = dict.fromkeys((rule.ethertype, rule.text) for rule in rules if rule.ethertype is not None)
    ethertypes = {number: text for number, text in reversed(list(frames)) if number is not None}
    made = [
        _named(direction, EthernetMatch(number), re.sub("[^a-z0-9]", "", text))
        for number, text in sorted(ethertypes.items())
        for direction in DIRECTIONS
    ]
    return made + [_named(box.direction, _match(box), box.label) for box in joined(boxes(rules))]


def isolation(
    rules: Sequence[Rule], port: str, limits: Limits, count: bool = True, event: bool = False, precedence: int = 0
) -> Policy:
    """A policy that passes what the rules name and drops everything else. With `count`, the defaults and as many
    filters as the port has counters for are counted, in the order of the rules."""
    rest = {side: Default("drop", count and _has_counter(side, port, limits), event) for side in DIRECTIONS}
    policy = Policy("", tuple(filters_of(rules)), rest["out"], rest["in"], precedence)
    return _counted(policy, port, limits) if count else policy


def _has_counter(direction: str, port: str, limits: Limits) -> bool:
    most = limits.port(port, "IPv4_Max{0}Counters".format(SIDES[direction]))
    return most is None or most > 0


def _counted(policy: Policy, port: str, limits: Limits) -> Policy:
    chosen: list[Filter] = []
    left = {direction: counters_left(policy, direction, port, limits) for direction in DIRECTIONS}
    for rule in policy.filters:
        plain, wide = left[rule.direction]
        cost = int(is_plain(rule)) + limits.ratio(port) * int(is_wide(rule))
        if (plain is None or plain >= cost) and (wide is None or wide >= int(is_wide(rule))):
            chosen.append(replace(rule, count=True))
            left[rule.direction] = (
                None if plain is None else plain - cost,
                None if wide is None else wide - int(is_wide(rule)),
            )
        else:
            chosen.append(rule)
    return replace(policy, filters=tuple(chosen))
