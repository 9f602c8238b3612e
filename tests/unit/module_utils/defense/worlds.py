# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random allow lists, policies and packets from small worlds, so that most of them meet."""

from __future__ import annotations

from random import Random

from ansible_collections.outofband.amt.plugins.module_utils.defense.packet import Flow

V4 = [0x0A000500 + last for last in range(24)]
V6 = [0xFD000000000000000000000000000000 + last for last in range(24)]
PORTS = [22, 53, 67, 68, 80, 123, 443, 444, 546, 547, 8000, 8001, 8002, 8003, 49152]
PROTOCOLS = [1, 6, 17, 47, 58]
ETHERTYPES = [0x0806, 0x88CC, 0x888E]
MACS = [0x001B21000000 + last for last in range(4)]


def dotted(number: int) -> str:
    return ".".join(str(octet) for octet in number.to_bytes(4, "big"))


def address_text(random: Random, version: int) -> str:
    kind = random.choice(("one", "prefix", "span", "any"))
    if version == 4:
        first, last = sorted(random.choices(V4, k=2))
        texts = {"one": dotted(first), "prefix": "{0}/{1}".format(dotted(first), random.choice((27, 29, 30, 31)))}
        texts["span"] = "{0}-{1}".format(dotted(first), dotted(last))
    else:
        first, last = sorted(random.choices(range(24), k=2))
        texts = {"one": "fd00::{0:x}".format(first), "span": "fd00::{0:x}-fd00::{1:x}".format(first, last)}
        texts["prefix"] = "fd00::{0:x}/{1}".format(first, random.choice((123, 125, 126)))
    return texts.get(kind, "any")


def service_text(random: Random) -> str:
    first, last = sorted(random.choices(PORTS, k=2))
    return random.choice(
        (
            "tcp/{0}".format(first),
            "udp/{0}".format(first),
            "tcp/{0}-{1}".format(first, last),
            "udp/{0}-{1}".format(first, last),
            "tcp",
            "udp",
            "dns",
            "ntp",
            "icmp",
            "gre",
        )
    )


def entry(random: Random) -> object:
    """One entry of an allow list."""
    kind = random.randrange(10)
    if kind < 3:
        return random.choice(
            ("dns", "ntp", "dhcp", "arp", "icmp", "lldp", "https", "tcp/8000-8002", "ethertype/0x888e")
        )
    addresses = [address_text(random, random.choice((4, 4, 6))) for _each in range(random.randint(1, 2))]
    services = [service_text(random) for _each in range(random.randrange(3))]
    return {random.choice(("to", "to", "from")): ", ".join(addresses + services)}


def allow_list(random: Random) -> list:
    return [entry(random) for _each in range(random.randrange(1, 6))]


def flow(random: Random) -> Flow:
    direction = random.choice(("out", "in"))
    common = {
        "direction": direction,
        "source_mac": random.choice(MACS),
        "destination_mac": random.choice(MACS),
        "vlan": random.choice((None, 1, 2)),
        "priority": random.choice((None, 0, 7)),
    }
    if random.random() < 0.15:
        return Flow(ethertype=random.choice(ETHERTYPES), **common)
    version = random.choice((4, 4, 6))
    protocol = random.choice(PROTOCOLS)
    world = V4 if version == 4 else V6
    ported = protocol in (6, 17)
    return Flow(
        ethertype=0x0800 if version == 4 else 0x86DD,
        version=version,
        source=random.choice(world),
        destination=random.choice(world),
        protocol=protocol,
        source_port=random.choice(PORTS) if ported else None,
        destination_port=random.choice(PORTS) if ported else None,
        dscp=random.choice((0, 10, 46)),
        flow_label=random.choice((0, 7)) if version == 6 else None,
        tcp_flags=tuple(sorted(random.sample(range(6), random.randrange(3)))) if protocol == 6 else (),
        rate=random.choice((0.0, 5.0, 50.0)),
        **common,
    )


def filter_words(random: Random, name: str) -> dict:
    """One filter of amt_defense_policies."""
    action = random.choice(("pass", "pass", "drop", "limit"))
    words = {"name": name, "direction": random.choice(("out", "in")), "action": action, "event": random.random() < 0.2}
    words.update({"rate": 10} if action == "limit" else {"count": random.random() < 0.4})
    if random.random() < 0.25:
        words["ethertype"] = random.choice(ETHERTYPES + [0x0800, 0x86DD])
        words.update({"vlan": random.choice((1, 2))} if random.random() < 0.3 else {})
        words.update({"priority": random.choice((0, 7))} if random.random() < 0.3 else {})
        words.update({"source_mac": "00:1b:21:00:00:00/ff:ff:ff:ff:ff:fe"} if random.random() < 0.3 else {})
        return words
    version = random.choice((4, 4, 6, None))
    words["ip_version"] = version
    for end in ("source", "destination"):
        text = address_text(random, version) if version and random.random() < 0.4 else "any"
        words.update({end: text} if text != "any" else {})
    protocol = random.choice(PROTOCOLS + [None])
    words["protocol"] = protocol
    if protocol in (6, 17) and random.random() < 0.7:
        words[random.choice(("source_ports", "destination_ports"))] = random.choice(("443", "8000-8002", "0-1023"))
    if protocol == 6 and random.random() < 0.3:
        words[random.choice(("tcp_flags_on", "tcp_flags_off"))] = [random.randrange(6)]
    words.update({"dscp": [10, 46]} if random.random() < 0.1 else {})
    words.update({"flow_label": 7} if version == 6 and random.random() < 0.2 else {})
    return {key: value for key, value in words.items() if value is not None}


def policy_words(random: Random, name: str = "p") -> dict:
    filters = [filter_words(random, "{0}f{1}".format(name, number)) for number in range(random.randrange(6))]
    defaults = {
        side: {"action": random.choice(("pass", "drop")), "count": random.random() < 0.5, "event": False}
        for side in ("transmit", "receive")
    }
    return {"name": name, "filters": filters, "precedence": random.randrange(9), **defaults}
