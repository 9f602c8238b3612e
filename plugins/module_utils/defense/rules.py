# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An allow list in people's words: `dns`, `to: 10.0.5.20, tcp/443`, `from: 10.0.9.0/24, ssh`. Pure.

A rule is about conversations, so it lets both directions pass: `to` those in which the machine is the client, `from`
those in which it is the server. The hardware keeps no state; what it compares of a conversation is the server's port.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidOption
from .addresses import (
    ETHERTYPES,
    PROTOCOLS,
    WITH_PORTS,
    Addresses,
    Ports,
    prefix_length,
    read_addresses,
    read_ethertype,
    read_ports,
    read_protocol,
)
from .packet import Flow

OPTION = "allow"


@dataclass(frozen=True)
class Service:
    """`ports` are the server's, `client` the client's; `version` limits it to one of IP."""

    protocol: int
    ports: Ports | None = None
    client: Ports | None = None
    version: int | None = None


def _port(protocol: str, port: int) -> Service:
    return Service(PROTOCOLS[protocol], Ports(port, port))


#: Words for services; ports: IANA. `icmp` is all of ICMP and ICMPv6, because filters cannot tell its kinds apart.
SERVICES = {
    "dns": (_port("udp", 53), _port("tcp", 53)),
    "ntp": (_port("udp", 123),),
    "dhcp": (
        Service(PROTOCOLS["udp"], Ports(67, 67), Ports(68, 68), 4),
        Service(PROTOCOLS["udp"], Ports(547, 547), Ports(546, 546), 6),
    ),
    "icmp": (Service(PROTOCOLS["icmp"], version=4), Service(PROTOCOLS["icmpv6"], version=6)),
    "ssh": (_port("tcp", 22),),
    "http": (_port("tcp", 80),),
    "https": (_port("tcp", 443),),
    "ldap": (_port("tcp", 389),),
    "ldaps": (_port("tcp", 636),),
    "kerberos": (_port("tcp", 88), _port("udp", 88)),
    "smb": (_port("tcp", 445),),
}

#: Words for frames that are not IP.
FRAMES = ("arp", "eapol", "lldp")

_HOST = re.compile(
    r"(?=.*[A-Za-z])[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?"
)


@dataclass(frozen=True)
class Rule:
    """`text` as it was written; `server`: which end has the service's port, remote or local. No `peers`: any address of
    `versions`. No `services`: everything. With an `ethertype` it is about frames that are not IP."""

    text: str
    server: str = "remote"
    peers: tuple[Addresses, ...] = ()
    versions: tuple[int, ...] = ()
    services: tuple[Service, ...] = ()
    ethertype: int | None = None

    def passes(self, flow: Flow) -> bool:
        """Whether these words let a packet through: the meaning of the rule, without the filters made of it."""
        if self.ethertype is not None:
            return flow.ethertype == self.ethertype
        if flow.version not in self.versions:
            return False
        outward = flow.direction == "out"
        peer = flow.destination if outward else flow.source
        if self.peers and not any(p.version == flow.version and peer is not None and p.holds(peer) for p in self.peers):
            return False
        ends = (flow.source_port, flow.destination_port)
        server, client = (ends[1], ends[0]) if outward == (self.server == "remote") else ends
        return not self.services or any(_serves(service, flow, server, client) for service in self.services)


def _serves(service: Service, flow: Flow, server: int | None, client: int | None) -> bool:
    return (
        service.protocol == flow.protocol
        and service.version in (None, flow.version)
        and (service.ports is None or (server is not None and service.ports.holds(server)))
        and (service.client is None or (client is not None and service.client.holds(client)))
    )


def passes(rules: Iterable[Rule], flow: Flow) -> bool:
    """What isolation with these rules does with a packet: pass what one of them names, drop everything else."""
    return any(rule.passes(flow) for rule in rules)


def hosts_in(allow: Sequence[Any]) -> list[str]:
    """The host names that a list mentions and that must be resolved. InvalidOption where an entry cannot be read."""
    names: list[str] = []
    for entry in allow:
        _verb, parts = _split(entry)
        names += [part for part in parts if _is_host(part) and part not in names]
    return names


def read_rules(allow: Sequence[Any], addresses: Mapping[str, Sequence[str]], versions: Sequence[int]) -> list[Rule]:
    """Rules from a list. `addresses`: those of each host name; `versions` of IP: 4, 6 or both."""
    return [_read(entry, addresses, tuple(versions)) for entry in allow]


def neighbours(rules: Sequence[Rule]) -> list[Rule]:
    """What conversations of these rules need on the local network: ARP, and for IPv6 its neighbour discovery."""
    needed = [Rule("arp", ethertype=ETHERTYPES["arp"])]
    if any(_reaches_version_6(rule) for rule in rules):
        needed.append(Rule("neighbours", versions=(6,), services=(Service(PROTOCOLS["icmpv6"], version=6),)))
    return needed


def _reaches_version_6(rule: Rule) -> bool:
    if rule.ethertype is not None or 6 not in rule.versions:
        return False
    return not rule.peers or any(peer.version == 6 for peer in rule.peers)


def _split(entry: Any) -> tuple[str, list[str]]:
    """(`to`, `from` or a word, the parts after it)."""
    if isinstance(entry, Mapping):
        if len(entry) != 1:
            raise InvalidOption(OPTION, dict(entry), "give one rule, such as `to: 10.0.5.20, tcp/443`")
        verb, text = next(iter(entry.items()))
    else:
        verb, _separator, text = str(entry).strip().partition(":" if re.match(r"\s*\w+\s*:(\s|$)", str(entry)) else " ")
    verb = str(verb).strip().lower()
    texts = text if isinstance(text, (list, tuple)) else str(text).split(",")
    parts = [str(part).strip() for part in texts if str(part).strip()]
    if verb not in ("to", "from", *SERVICES, *FRAMES) and not (_service_text(verb) and not parts):
        words = ", ".join(("to", "from", *SERVICES, *FRAMES))
        raise InvalidOption(
            OPTION, entry, "a rule starts with one of {0}; or is a service such as tcp/443".format(words)
        )
    if verb in ("to", "from") and not parts:
        raise InvalidOption(OPTION, entry, "say to or from which address, such as `to: 10.0.5.20, tcp/443`")
    return verb, parts


def _service_text(text: str) -> bool:
    protocol, slash, _ports = text.partition("/")
    return protocol in PROTOCOLS or (bool(slash) and protocol in ("protocol", "ethertype"))


def _is_host(part: str) -> bool:
    if part.lower() in SERVICES or part.lower() == "any" or _service_text(part.lower()):
        return False
    return not _is_address(part) and bool(_HOST.fullmatch(part))


def _is_address(part: str) -> bool:
    try:
        read_addresses(part, OPTION)
    except InvalidOption:
        return False
    return True


def _read(entry: Any, addresses: Mapping[str, Sequence[str]], versions: tuple[int, ...]) -> Rule:
    verb, parts = _split(entry)
    text = "{0}: {1}".format(verb, ", ".join(parts)) if parts else verb
    if verb in FRAMES or verb.startswith("ethertype/"):
        if parts:
            raise InvalidOption(OPTION, entry, "{0} is not IP and takes no addresses".format(verb))
        return Rule(text, ethertype=read_ethertype(verb.rpartition("/")[2], OPTION))
    services = [] if verb in ("to", "from") else list(_services(verb))
    peers: list[Addresses] = []
    for part in parts:
        if part.lower() in SERVICES or _service_text(part.lower()):
            services += _services(part.lower())
        elif part.lower() != "any":
            peers += _peers(part, addresses, versions)
    server = "local" if verb == "from" else "remote"
    return Rule(text, server, tuple(peers), versions, tuple(services))


def _services(text: str) -> tuple[Service, ...]:
    if text in SERVICES:
        return SERVICES[text]
    protocol, slash, ports = text.partition("/")
    if protocol == "protocol":
        return (Service(read_protocol(ports, OPTION)),)
    number = PROTOCOLS.get(protocol)
    if number is None or (slash and number not in WITH_PORTS):
        raise InvalidOption(OPTION, text, "ports need tcp or udp; another protocol is given as protocol/47")
    return (Service(number, read_ports(ports, OPTION) if slash else None),)


def _peers(part: str, addresses: Mapping[str, Sequence[str]], versions: tuple[int, ...]) -> list[Addresses]:
    if not _is_host(part):
        return [_peer(part, versions)]
    if part not in addresses:
        raise InvalidOption(OPTION, part, "its addresses are not known: resolve it first, or give an address")
    numbers = sorted({ipaddress.ip_address(text) for text in addresses[part]}, key=lambda a: (a.version, int(a)))
    found = [Addresses(number.version, int(number)) for number in numbers if number.version in versions]
    if not found:
        raise InvalidOption(OPTION, part, "it has no address of IP version {0}".format(_or(versions)))
    return found


def _peer(part: str, versions: tuple[int, ...]) -> Addresses:
    found = read_addresses(part, OPTION)
    if found.version not in versions:
        raise InvalidOption(
            OPTION, part, "it is not of IP version {0}, which is all that was asked".format(_or(versions))
        )
    if found.mask is not None and prefix_length(found.mask, found.version) is None:
        raise InvalidOption(OPTION, part, "give a prefix or a range; defense policies take masks with holes")
    return found


def _or(versions: Iterable[int]) -> str:
    return " or ".join(str(version) for version in versions)
