# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Policies and filters as people write them in a playbook, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cim.isolation import TIMEOUT_MAXIMUM
from ..errors import InvalidOption
from .addresses import (
    Ports,
    ethertype_word,
    protocol_word,
    read_addresses,
    read_ethertype,
    read_hardware_addresses,
    read_ports,
    read_protocol,
)
from .filters import Default, EthernetMatch, Filter, IpMatch, Match, Policy
from .naming import check_name

ETHERNET_WORDS = ("ethertype", "source_mac", "destination_mac", "vlan", "priority")
IP_WORDS = (
    "ip_version",
    "source",
    "destination",
    "protocol",
    "source_ports",
    "destination_ports",
    "dscp",
    "flow_label",
    "tcp_flags_on",
    "tcp_flags_off",
)
_UINT32 = 0xFFFFFFFF


def policy_from(words: Mapping[str, Any]) -> Policy:
    """A policy from a member of amt_defense_policies. InvalidOption names what cannot be used."""
    filters = tuple(filter_from(member) for member in words.get("filters") or ())
    for direction in ("transmit", "receive"):
        action = (words.get(direction) or {}).get("action", "pass")
        if action not in ("pass", "drop"):
            raise InvalidOption(direction, action, "the default of a direction is pass or drop")
    return Policy(
        name=str(words["name"]),
        filters=filters,
        transmit=_default(words.get("transmit")),
        receive=_default(words.get("receive")),
        precedence=_number(words, "precedence", _UINT32) or 0,
        anti_spoofing=_number(words, "anti_spoofing", _UINT32) or 0,
        timeout=_number(words, "timeout", TIMEOUT_MAXIMUM) or 0,
    )


def _default(words: Mapping[str, Any] | None) -> Default:
    given = words or {}
    return Default(given.get("action") or "pass", bool(given.get("count")), bool(given.get("event")))


def filter_from(words: Mapping[str, Any]) -> Filter:
    check_name(str(words["name"]), "name")
    if words.get("direction") not in ("out", "in"):
        raise InvalidOption("direction", words.get("direction"), "give out or in, seen from the machine")
    action, rate = words.get("action"), _number(words, "rate", _UINT32)
    if action not in ("pass", "drop", "limit"):
        raise InvalidOption("action", action, "give pass, drop or limit")
    if (action == "limit") != bool(rate):
        raise InvalidOption("rate", rate, "packets a second, above 0; it belongs to the action limit, which needs it")
    return Filter(
        name=str(words["name"]),
        direction=words["direction"],
        action=action,
        match=_match(words),
        count=bool(words.get("count")) and action != "limit",
        rate=rate,
        event=bool(words.get("event")),
    )


def _match(words: Mapping[str, Any]) -> Match:
    ethernet = [word for word in ETHERNET_WORDS if words.get(word) not in (None, [])]
    ip = [word for word in IP_WORDS if words.get(word) not in (None, [])]
    if ethernet and ip:
        raise InvalidOption(
            ip[0], words[ip[0]], "one filter compares Ethernet or IP headers; {0} is of Ethernet".format(ethernet[0])
        )
    if ethernet and "ethertype" not in ethernet:
        raise InvalidOption(ethernet[0], words[ethernet[0]], "a filter on Ethernet headers needs an ethertype")
    return _ethernet(words) if ethernet else _ip(words)


def _ethernet(words: Mapping[str, Any]) -> EthernetMatch:
    ends = {name: words.get(name) for name in ("source_mac", "destination_mac")}
    macs = {name: read_hardware_addresses(str(text), name) if text else None for name, text in ends.items()}
    return EthernetMatch(
        ethertype=read_ethertype(words["ethertype"], "ethertype"),
        source=macs["source_mac"],
        destination=macs["destination_mac"],
        vlan=_number(words, "vlan", 4095),
        priority=_number(words, "priority", 7),
    )


def _ip(words: Mapping[str, Any]) -> IpMatch:
    ends = {name: read_addresses(words[name], name) if words.get(name) else None for name in ("source", "destination")}
    version = _number(words, "ip_version", 6)
    if version not in (None, 4, 6):
        raise InvalidOption("ip_version", version, "give 4 or 6, or leave it out for both")
    implied = [end.version for end in ends.values() if end is not None]
    match = IpMatch(
        version=implied[0] if version is None and implied else version,
        source=ends["source"],
        destination=ends["destination"],
        protocol=read_protocol(words["protocol"], "protocol") if words.get("protocol") is not None else None,
        source_ports=_ports(words, "source_ports"),
        destination_ports=_ports(words, "destination_ports"),
        dscp=_numbers(words, "dscp", 63),
        flow_label=_number(words, "flow_label", 0xFFFFF),
        flags_on=_numbers(words, "tcp_flags_on", 0xFFFF),
        flags_off=_numbers(words, "tcp_flags_off", 0xFFFF),
    )
    match.check()
    return match


def _ports(words: Mapping[str, Any], name: str) -> Ports | None:
    return read_ports(str(words[name]), name) if words.get(name) is not None else None


def _number(words: Mapping[str, Any], name: str, largest: int) -> int | None:
    value = words.get(name)
    if value is None:
        return None
    if not 0 <= int(value) <= largest:
        raise InvalidOption(name, value, "give a number from 0 to {0}".format(largest))
    return int(value)


def _numbers(words: Mapping[str, Any], name: str, largest: int) -> tuple[int, ...]:
    numbers = sorted({int(value) for value in words.get(name) or ()})
    if numbers and not 0 <= numbers[0] <= numbers[-1] <= largest:
        raise InvalidOption(name, numbers, "give numbers from 0 to {0}".format(largest))
    return tuple(numbers)


def words_of_filter(rule: Filter) -> dict[str, Any]:
    """The words of a filter, without those that say nothing."""
    words: dict[str, Any] = {"name": rule.name, "direction": rule.direction, "action": rule.action}
    words.update(rate=rule.rate, count=rule.count or None, event=rule.event or None)
    match = rule.match
    words.update(_words_of_ethernet(match) if isinstance(match, EthernetMatch) else _words_of_ip(match))
    return {name: value for name, value in words.items() if value is not None}


def _words_of_ethernet(match: EthernetMatch) -> dict[str, Any]:
    return {
        "ethertype": ethertype_word(match.ethertype),
        "source_mac": None if match.source is None else str(match.source),
        "destination_mac": None if match.destination is None else str(match.destination),
        "vlan": match.vlan,
        "priority": match.priority,
    }


def _words_of_ip(match: IpMatch) -> dict[str, Any]:
    return {
        "ip_version": match.version,
        "source": None if match.source is None else str(match.source),
        "destination": None if match.destination is None else str(match.destination),
        "protocol": None if match.protocol is None else protocol_word(match.protocol),
        "source_ports": None if match.source_ports is None else str(match.source_ports),
        "destination_ports": None if match.destination_ports is None else str(match.destination_ports),
        "dscp": list(match.dscp) or None,
        "flow_label": match.flow_label,
        "tcp_flags_on": list(match.flags_on) or None,
        "tcp_flags_off": list(match.flags_off) or None,
    }


def words_of_policy(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "precedence": policy.precedence,
        "anti_spoofing": policy.anti_spoofing,
        "timeout": policy.timeout,
        "transmit": _words_of_default(policy.transmit),
        "receive": _words_of_default(policy.receive),
        "filters": [words_of_filter(rule) for rule in sorted(policy.filters, key=lambda rule: rule.name)],
    }


def _words_of_default(default: Default) -> dict[str, Any]:
    return {"action": default.action, "count": default.count, "event": default.event}
