# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Questions to MKHI, the client for what the platform can do: firmware version and rules (AMT.md 12.4)."""

from __future__ import annotations

import struct

from ..errors import ProtocolError, Refused
from .reader import Reader

FWCAPS, GENERAL = 3, 0xFF
GET_RULE, GET_VERSION = 2, 2
RESPONSE = 0x80
SKU, ENABLED_FEATURES = 0, 32

FEATURES = {
    2: "amt",
    5: "psr",
    6: "cls",
    12: "pavp",
    14: "rca",
    17: "ipv6",
    18: "kvm",
    20: "medal",
    21: "tls",
    22: "cila",
}
"""Bits of SKU and ENABLED_FEATURES."""


def version_request() -> bytes:
    return bytes((GENERAL, GET_VERSION, 0, 0))


def rule_request(rule: int) -> bytes:
    return bytes((FWCAPS, GET_RULE, 0, 0)) + struct.pack("<I", rule)


def read_version(answer: bytes) -> str:
    """Of the code that runs: major.minor.hotfix.build. On the wire: minor, major, platform, build, hotfix."""
    reader = _accepted("the firmware version", GENERAL, GET_VERSION, answer)
    minor, major, _platform, build, hotfix = reader.u16(), reader.u8(), reader.u8(), reader.u16(), reader.u16()
    return "{0}.{1}.{2}.{3}".format(major, minor, hotfix, build)


def read_rule(rule: int, answer: bytes) -> bytes:
    reader = _accepted("the rule {0}".format(rule), FWCAPS, GET_RULE, answer)
    found = reader.u32()
    if found != rule:
        raise ProtocolError("MKHI answered the rule {0} with {1}".format(rule, found), sent=True)
    return reader.octets(reader.u8())


def read_features(rule: int, answer: bytes) -> dict[str, bool]:
    """Of the rules SKU and ENABLED_FEATURES, by name."""
    bits = int.from_bytes(read_rule(rule, answer), "little")
    return {name: bool(bits >> bit & 1) for bit, name in FEATURES.items()}


def _accepted(name: str, group: int, command: int, answer: bytes) -> Reader:
    reader = Reader(answer, "MKHI " + name)
    header = (reader.u8(), reader.u8())
    _reserved, result = reader.u8(), reader.u8()
    if header != (group, command | RESPONSE):
        raise ProtocolError("MKHI answered {0} with group {1} and command {2}".format(name, *header), sent=True)
    if result:
        raise Refused("MKHI " + name, "MKHI", result, "result {0}".format(result))
    return reader
