# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A question about one flow of a simulated host, and what its System Defense answers.

    {"to": "198.51.100.7", "protocol": "tcp", "port": 443}          the host sends
    {"from": "198.51.100.7", "protocol": "icmp"}                    the host is sent to

`host` is the host's own address (that of the device without it, so IPv6 needs it) and `interface` wired or wireless.
The rest is as in `frames.Flow`. The packet counts: it moves counters, uses up rate limits and raises events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .firmware import Firmware
from .frames import Flow, NoFlow

INTERFACES = {"wired": 0, "wireless": 1}
TEXTS = ("to", "from", "host", "interface")
NUMBERS = ("port", "source_port", "dscp", "flow_label", "vlan", "priority")
KEYS = (*TEXTS, *NUMBERS, "protocol", "flags")


def ask(firmware: Firmware, question: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict, with the direction that the packet took. Raises NoFlow for a question that cannot be asked."""
    check(question)
    port = INTERFACES[question.get("interface", "wired")]
    if port not in firmware.defense.ports:
        raise NoFlow("this device has no wireless interface")
    direction = "transmit" if "to" in question else "receive"
    host = question.get("host", firmware.settings.address)
    ends = (host, question["to"]) if direction == "transmit" else (question["from"], host)
    frame = flow_between(*ends, question).frame()
    return {"direction": direction, **asdict(firmware.filter_packet(port, direction, frame))}


def check(question: Mapping[str, Any]) -> None:
    for name, value in question.items():
        if name not in KEYS:
            raise NoFlow("a flow has no {0!r}: use {1}".format(name, ", ".join(KEYS)))
        if not isinstance(value, kind_of(name)) or isinstance(value, bool):
            raise NoFlow("{0}: {1!r} cannot be used".format(name, value))
    if ("to" in question) == ("from" in question):
        raise NoFlow("say where the packet goes `to` or where it comes `from`")
    if question.get("interface", "wired") not in INTERFACES:
        raise NoFlow("interface is {0!r}: use {1}".format(question["interface"], ", ".join(INTERFACES)))
    if not all(isinstance(flag, str) for flag in question.get("flags", [])):
        raise NoFlow("flags: write a list of words")


def kind_of(name: str) -> Any:
    if name in NUMBERS:
        return int
    return {"protocol": (str, int), "flags": list}.get(name, str)


def flow_between(source: str, destination: str, question: Mapping[str, Any]) -> Flow:
    given = {name: question[name] for name in (*NUMBERS[1:], "protocol") if name in question}
    if "port" in question:
        given["destination_port"] = question["port"]
    if "flags" in question:
        given["flags"] = tuple(question["flags"])
    return Flow(source, destination, **given)
