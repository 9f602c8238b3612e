# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Filters and policies as the firmware evaluates them, and one line of text for each. Pure.

Semantics (vendor's guide, Processing Network Packets): there is no order. A packet is compared with every filter of
its direction. If one that matches is a drop, or a limit whose rate is exceeded, it is dropped; if another matches, it
passes; if none matches, the default of the direction decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union

from ..errors import InvalidOption
from .addresses import WITH_PORTS, Addresses, HardwareAddresses, Ports, ethertype_word, protocol_word
from .packet import Flow


@dataclass(frozen=True)
class EthernetMatch:
    ethertype: int
    source: HardwareAddresses | None = None
    destination: HardwareAddresses | None = None
    vlan: int | None = None
    priority: int | None = None

    def holds(self, flow: Flow) -> bool:
        return (
            self.ethertype == flow.ethertype
            and _within(self.source, flow.source_mac)
            and _within(self.destination, flow.destination_mac)
            and self.vlan in (None, flow.vlan)
            and self.priority in (None, flow.priority)
        )

    def __str__(self) -> str:
        words = ["ether", ethertype_word(self.ethertype)]
        words += ["from {0}".format(self.source)] if self.source is not None else []
        words += ["to {0}".format(self.destination)] if self.destination is not None else []
        words += ["vlan {0}".format(self.vlan)] if self.vlan is not None else []
        words += ["priority {0}".format(self.priority)] if self.priority is not None else []
        return " ".join(words)


@dataclass(frozen=True)
class IpMatch:
    """What is None or empty is not compared. TCP flags are the firmware's numbers, whose meaning is not published."""

    version: int | None = None
    source: Addresses | None = None
    destination: Addresses | None = None
    protocol: int | None = None
    source_ports: Ports | None = None
    destination_ports: Ports | None = None
    dscp: tuple[int, ...] = ()
    flow_label: int | None = None
    flags_on: tuple[int, ...] = ()
    flags_off: tuple[int, ...] = ()

    def check(self) -> None:
        """Refuse, with InvalidOption, what the schema forbids and what the hardware cannot compare."""
        if any(end is not None and end.version != self.version for end in (self.source, self.destination)):
            raise InvalidOption("ip_version", self.version, "it must be that of the addresses")
        if (self.source_ports or self.destination_ports) and self.protocol not in WITH_PORTS:
            raise InvalidOption("protocol", self.protocol, "ports need the protocol tcp or udp")
        if not one_range_at_most(self.source_ports, self.destination_ports):
            raise InvalidOption(
                "source_ports",
                str(self.source_ports),
                "the hardware compares a range at one end only, or one port at each end",
            )
        if (self.flags_on or self.flags_off) and self.protocol != 6:
            raise InvalidOption("tcp_flags_on", list(self.flags_on), "TCP flags need the protocol tcp")
        if self.flow_label is not None and self.version != 6:
            raise InvalidOption("flow_label", self.flow_label, "flow labels need ip_version 6")

    def holds(self, flow: Flow) -> bool:
        return (
            flow.version is not None
            and self.version in (None, flow.version)
            and self.protocol in (None, flow.protocol)
            and _within(self.source, flow.source)
            and _within(self.destination, flow.destination)
            and _within(self.source_ports, flow.source_port)
            and _within(self.destination_ports, flow.destination_port)
            and (not self.dscp or flow.dscp in self.dscp)
            and self.flow_label in (None, flow.flow_label)
            and set(self.flags_on) <= set(flow.tcp_flags)
            and not set(self.flags_off) & set(flow.tcp_flags)
        )

    def __str__(self) -> str:
        words = ["ip" if self.version is None else "ipv{0}".format(self.version)]
        words += [protocol_word(self.protocol)] if self.protocol is not None else []
        words += _end("from", self.source, self.source_ports) + _end("to", self.destination, self.destination_ports)
        words += ["dscp " + _numbers(self.dscp)] if self.dscp else []
        words += ["flow {0}".format(self.flow_label)] if self.flow_label is not None else []
        words += ["flags on " + _numbers(self.flags_on)] if self.flags_on else []
        words += ["flags off " + _numbers(self.flags_off)] if self.flags_off else []
        return " ".join(words)


def one_range_at_most(one: Ports | None, other: Ports | None) -> bool:
    """Whether the hardware can compare both: a range at one end only, or one port at each (the vendor's viewer)."""
    return one is None or other is None or (one.single and other.single)


def _within(allowed: Addresses | HardwareAddresses | Ports | None, number: int | None) -> bool:
    return allowed is None or (number is not None and allowed.holds(number))


def _end(word: str, addresses: Addresses | None, ports: Ports | None) -> list[str]:
    if addresses is None and ports is None:
        return []
    place = "any" if addresses is None else str(addresses)
    return [word, place] if ports is None else [word, place, "port", str(ports)]


def _numbers(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)


Match = Union[EthernetMatch, IpMatch]


@dataclass(frozen=True)
class Filter:
    """`direction` out or in, seen from the machine; `action` pass, drop or limit; `rate` packets a second."""

    name: str
    direction: str
    action: str
    match: Match
    count: bool = False
    rate: int | None = None
    event: bool = False

    def holds(self, flow: Flow) -> bool:
        return flow.direction == self.direction and self.match.holds(flow)

    @property
    def counted(self) -> bool:
        """Whether it uses a counter. A limit counts in order to limit."""
        return self.count or self.action == "limit"

    def __str__(self) -> str:
        words = [self.direction, self.action]
        words += ["to {0}/s".format(self.rate)] if self.action == "limit" else []
        words += [str(self.match)]
        words += ["count"] if self.count and self.action != "limit" else []
        words += ["event"] if self.event else []
        return " ".join(words)


@dataclass(frozen=True)
class Default:
    """What happens to packets of one direction that match no filter."""

    action: str = "pass"
    count: bool = False
    event: bool = False

    def line(self, direction: str) -> str:
        words = [direction, self.action, "everything else"]
        words += ["count"] if self.count else []
        words += ["event"] if self.event else []
        return " ".join(words)


@dataclass(frozen=True)
class Policy:
    """`timeout` in minutes, 0 is never. `anti_spoofing` is the firmware's number: 0 is none, the rest not published."""

    name: str
    filters: tuple[Filter, ...] = ()
    transmit: Default = field(default_factory=Default)
    receive: Default = field(default_factory=Default)
    precedence: int = 0
    anti_spoofing: int = 0
    timeout: int = 0

    def default(self, direction: str) -> Default:
        return self.transmit if direction == "out" else self.receive

    def lines(self) -> list[str]:
        """The policy as firewall rules, in an order that does not depend on how it was made."""
        lines = sorted(str(rule) for rule in self.filters)
        lines += ["out drop spoofed (anti-spoofing {0})".format(self.anti_spoofing)] if self.anti_spoofing else []
        return [*lines, self.transmit.line("out"), self.receive.line("in")]
