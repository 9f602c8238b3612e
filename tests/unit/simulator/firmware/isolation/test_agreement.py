# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people wrote, what `defense_verdict` foretells and what a simulated device does to frames is the same.

The meaning of an allow list is worked out a third time here, from the module's documentation alone.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from ansible_collections.outofband.amt.plugins.filter import defense_verdict as plugin
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation

from simulator.frames import FLAGS, Flow
from tests.in_process import machine

LISTS, PACKETS = 130, 400
POLICIES, FRAMES = 80, 250
pytestmark = pytest.mark.once

ROOM = {"IPv4_MaxTxFilters": 250, "IPv4_MaxRxFilters": 250, "IPv6_MaxTxFilters": 100, "IPv6_MaxRxFilters": 100}
HOST = {4: "192.0.2.10", 6: "2001:db8::10"}
AREAS = (
    "10.0.5.20",
    "10.0.0.0/8",
    "10.0.5.1-10.0.5.9",
    "192.168.7.0/24",
    "2001:db8:1::5",
    "2001:db8:1::/48",
    "2001:db8:2::1-2001:db8:2::9",
)
PEERS = {
    4: ["10.0.5.20", "10.0.5.21", "10.255.255.255", "11.0.0.0", "10.0.5.1", "10.0.5.9", "10.0.5.10", "192.168.7.0"],
    6: ["2001:db8:1::5", "2001:db8:1:ffff::1", "2001:db8:2::1", "2001:db8:2::9", "2001:db8:2::a", "2001:db8:3::"],
}
SERVICES = ("tcp/443", "udp/4000-4010", "tcp/1-1023", "tcp", "udp", "icmp", "protocol/47", "dns", "ntp", None)
KNOWN = {"dns": ((6, 53, 53), (17, 53, 53)), "ntp": ((17, 123, 123),)}
PORTS = (1, 22, 53, 67, 68, 123, 443, 444, 546, 547, 1023, 1024, 3999, 4000, 4010, 4011, 50000)
NUMBERS = {"tcp": 6, "udp": 17}


@dataclass(frozen=True)
class Packet:
    """`outward`: the host sends. `peer` is the other end; `protocol` None is ARP."""

    outward: bool
    version: int
    peer: str
    protocol: int | None
    near: int
    far: int
    flags: tuple = ()

    def ends(self) -> tuple[Any, Any]:
        pair = (HOST[self.version], self.peer)
        return pair if self.outward else pair[::-1]

    def ports(self) -> tuple[int, int]:
        return (self.near, self.far) if self.outward else (self.far, self.near)

    def frame(self, **more) -> bytes:
        protocol = "arp" if self.protocol is None else self.protocol
        words = tuple(FLAGS[number] for number in self.flags)
        return Flow(*self.ends(), protocol, *self.ports(), flags=words, **more).frame()

    def flow(self, **more) -> dict[str, Any]:
        direction = {"direction": "out" if self.outward else "in"}
        if self.protocol is None:
            return {**direction, "ethertype": "arp", **more}
        source, destination = self.ends()
        found = {**direction, "source": source, "destination": destination, "protocol": str(self.protocol), **more}
        if self.protocol in (6, 17):
            found["source_port"], found["destination_port"] = self.ports()
        return {**found, "tcp_flags": list(self.flags)} if self.protocol == 6 else found


def packet(random: Random) -> Packet:
    version = random.choice((4, 6))
    protocol = random.choice((6, 6, 17, 17, 1 if version == 4 else 58, 47))
    if version == 4 and random.random() < 0.05:
        protocol = None
    flags = tuple(sorted(random.sample(range(8), random.randrange(4)))) if protocol == 6 else ()
    ports = random.choice(PORTS), random.choice(PORTS)
    return Packet(random.random() < 0.5, version, random.choice(PEERS[version]), protocol, *ports, flags)


def within(area: str | None, peer: str) -> bool:
    address = ipaddress.ip_address(peer)
    if area is None:
        return True
    if "-" in area:
        first, last = map(ipaddress.ip_address, area.split("-"))
        return first.version == address.version and first <= address <= last
    return address in ipaddress.ip_network(area)


def is_of(service: str | None, found: Packet, port: int) -> bool:
    """Whether a packet whose server has this port belongs to a service."""
    if service is None:
        return True
    if service == "icmp":
        return found.protocol == (1 if found.version == 4 else 58)
    if service in KNOWN:
        return any(found.protocol == number and low <= port <= high for number, low, high in KNOWN[service])
    name, _slash, numbers = service.partition("/")
    if name == "protocol":
        return found.protocol == int(numbers)
    low, _dash, high = numbers.partition("-")
    return found.protocol == NUMBERS[name] and (not numbers or int(low) <= port <= int(high or low))


@dataclass(frozen=True)
class Rule:
    """`side` is to or from: who has the server's port. Or a word alone."""

    side: str
    areas: tuple[str | None, ...] = ()
    services: tuple[str | None, ...] = ()

    def text(self) -> str | dict[str, str]:
        if not self.areas:
            return self.side
        words = [area or "any" for area in self.areas] + [service for service in self.services if service]
        return {self.side: ", ".join(words)}

    def about(self, version: int) -> bool:
        if self.side == "arp":
            return False
        return not self.areas or any(area is None or (":" in area) == (version == 6) for area in self.areas)

    def passes(self, found: Packet) -> bool:
        if self.side == "arp" or found.protocol is None:
            return self.side == "arp" and found.protocol is None
        if self.side == "dhcp":
            ports = (68, 67) if found.version == 4 else (546, 547)
            return found.protocol == 17 and (found.near, found.far) == ports
        port = found.far if self.side == "to" else found.near
        return any(within(area, found.peer) for area in self.areas) and any(
            is_of(service, found, port) for service in self.services
        )


def rule(random: Random) -> Rule:
    if random.random() < 0.2:
        return Rule(random.choice(("arp", "dhcp")))
    areas = random.sample(AREAS, random.randint(1, 2)) if random.random() < 0.8 else [None]
    services = random.sample([each for each in SERVICES if each], random.randint(1, 2))
    return Rule(random.choice(("to", "from")), tuple(areas), tuple(services) if random.random() < 0.9 else (None,))


def meant(rules: list[Rule], found: Packet) -> bool:
    """Neighbours are found with ARP, and with ICMPv6 where a rule is about IPv6."""
    if found.protocol is None:
        return True
    if found.protocol == 58 and any(each.about(6) for each in rules):
        return True
    return any(each.passes(found) for each in rules)


def simulated(resource, **given):
    """The firmware of a device that the resource has been applied to."""
    device = machine(wireless=False, address=HOST[4], defense=ROOM)
    wanted = {**{option.name: option.default for option in resource.options}, **given}
    converge(resource, device, wanted)
    firmware = device.client.transport.service.firmware
    firmware.defense.ports[0].own_addresses.add(ipaddress.ip_address(HOST[6]).packed)
    return firmware


def oracle(policy):
    """What the filter `defense_verdict` does, with the policy read once for many flows."""
    read = plugin._policy(policy, {})
    return lambda flow: plugin.verdict(read, plugin.read_flow(flow)).action


def way(found: Packet) -> str:
    return "transmit" if found.outward else "receive"


def test_words_verdict_and_device_agree_on_52000_packets():
    random = Random(20261121)
    met = {True: 0, False: 0}
    for _list in range(LISTS):
        rules = [rule(random) for _each in range(random.randint(1, 5))]
        allow = [each.text() for each in rules]
        firmware = simulated(Isolation(), state="isolated", allow=allow, force=True)
        foretell = oracle(allow)
        for _packet in range(PACKETS):
            found = packet(random)
            wanted = meant(rules, found)
            met[wanted] += 1
            assert (foretell(found.flow()) == "pass") is wanted, (allow, found)
            assert firmware.filter_packet(0, way(found), found.frame()).passes is wanted, (allow, found)
    assert sum(met.values()) >= 50_000
    assert min(met.values()) >= 10_000, "both answers have to occur"


def random_filter(random: Random, number: int) -> dict[str, Any]:
    head = {
        "name": "f{0}".format(number),
        "direction": random.choice(("out", "in")),
        "action": random.choice(("pass", "drop")),
    }
    if random.random() < 0.2:
        return {**head, **random_ethernet(random)}
    return {**head, **random_ip(random)}


def random_ethernet(random: Random) -> dict[str, Any]:
    chosen: dict[str, Any] = {"ethertype": random.choice(("ip", "arp", "ipv6"))}
    if random.random() < 0.3:
        chosen["vlan"] = random.choice((0, 7))
    if random.random() < 0.3:
        chosen["priority"] = random.choice((0, 3))
    if random.random() < 0.2:
        chosen["source_mac"] = random.choice(("00:00:5e:00:53:0a", "00:00:5e:00:53:00/ff:ff:ff:ff:ff:fe"))
    return chosen


def random_ip(random: Random) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    version = random.choice((4, 6))
    areas = [area for area in AREAS if (":" in area) == (version == 6)]
    if random.random() < 0.5:
        chosen["ip_version"] = version
        chosen[random.choice(("source", "destination"))] = random.choice(areas)
        if version == 4 and random.random() < 0.2:
            chosen["destination"] = "0.0.0.9/0.0.0.255"
    if random.random() < 0.7:
        chosen["protocol"] = random.choice(("tcp", "udp", "icmp", "icmpv6", "gre"))
    if chosen.get("protocol") in ("tcp", "udp") and random.random() < 0.6:
        chosen[random.choice(("source_ports", "destination_ports"))] = random.choice(("443", "1-1023", "4000-65535"))
    if chosen.get("protocol") == "tcp" and random.random() < 0.5:
        on, off = random.sample(range(8), 2)
        chosen.update({"tcp_flags_on": [on], "tcp_flags_off": [off]})
    if random.random() < 0.2:
        chosen["dscp"] = random.sample((0, 10, 46), 2)
    if version == 6 and chosen.get("ip_version", 6) == 6 and random.random() < 0.2:
        chosen.update({"ip_version": 6, "flow_label": random.choice((0, 0xABCDE))})
    return chosen


def random_policy(random: Random) -> dict[str, Any]:
    return {
        "name": "any",
        "filters": [random_filter(random, number) for number in range(random.randint(0, 8))],
        "transmit": {"action": random.choice(("pass", "drop"))},
        "receive": {"action": random.choice(("pass", "drop"))},
        "anti_spoofing": random.choice((0, 0, 1)),
    }


def header(random: Random, found: Packet) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a frame has beside: for the frame, and for the verdict's flow."""
    frame: dict[str, Any] = {}
    mac = random.choice(("00:00:5e:00:53:0a", "00:00:5e:00:53:0b", "00:00:5e:00:53:01"))
    flow: dict[str, Any] = {"source_mac": mac}
    if random.random() < 0.5:
        frame.update(vlan=random.choice((0, 7)), priority=random.choice((0, 3)))
        flow.update(frame)
    if found.protocol is not None:
        point = random.choice((0, 10, 46))
        frame["dscp"] = flow["dscp"] = point
        if found.version == 6:
            frame["flow_label"] = flow["flow_label"] = random.choice((0, 0xABCDE))
        flow["spoofed"] = False
    return {**frame, "source_mac": bytes.fromhex(mac.replace(":", ""))}, flow


def test_verdict_and_device_agree_on_random_policies():
    random = Random(11)
    met = {"pass": 0, "drop": 0}
    for _each in range(POLICIES):
        policy = random_policy(random)
        firmware = simulated(DefensePolicies(), policies=[{**policy, "ports": ["wired"]}])
        foretell = oracle(policy)
        for _frame in range(FRAMES):
            found = packet(random)
            frame, flow = header(random, found)
            foretold = foretell(found.flow(**flow))
            met[foretold] += 1
            done = firmware.filter_packet(0, way(found), found.frame(**frame))
            assert done.action == foretold, (policy, found, flow, done)
    assert sum(met.values()) == POLICIES * FRAMES
    assert min(met.values()) >= 4_000, "both answers have to occur"


def test_a_forged_source_is_foretold():
    policy = {"name": "any", "filters": [{"name": "all", "direction": "out", "action": "pass"}], "anti_spoofing": 1}
    firmware = simulated(DefensePolicies(), policies=[{**policy, "ports": ["wired"]}])
    for source, spoofed in ((HOST[4], False), ("192.0.2.11", True)):
        frame = Flow(source, "10.0.5.20", destination_port=443).frame()
        flow = {"direction": "out", "source": source, "destination": "10.0.5.20", "protocol": "tcp", "spoofed": spoofed}
        assert firmware.filter_packet(0, "transmit", frame).action == plugin.defense_verdict(policy, flow)["action"]
