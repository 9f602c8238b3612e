# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A record of the event log in words: 21 octets, little-endian (AMT.md 15.1; [2] MeshCentral, go-wsman-messages)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable

from . import platform_words as words

SIZE = 21
_NO_TIME = (0, 0xFFFFFFFF)
"""A slot with one of these is empty, whatever else it holds ([HW], AMT.md 15.1)."""
_ANY = 0xAA
"""Data 0: the two octets that follow tell what it is (vendor's guide)."""


class BadRecord(ValueError):
    """The octets are no record."""


@dataclass(frozen=True)
class Event:
    """Numbers as they are on the wire. `time`: seconds since 1970."""

    time: int
    device: int
    sensor: int
    type: int
    offset: int
    source: int
    severity: int
    sensor_number: int
    entity: int
    instance: int
    data: bytes


def parse(octets: bytes) -> Event:
    """Raises BadRecord."""
    if len(octets) != SIZE:
        raise BadRecord("it has {0} octets, and a record has {1}".format(len(octets), SIZE))
    return Event(*struct.unpack("<I9B8s", octets))


def is_empty(octets: bytes) -> bool:
    """Whether it is a slot that nothing was written to. Such slots are part of what some firmware returns."""
    return len(octets) == SIZE and struct.unpack_from("<I", octets)[0] in _NO_TIME


def described(event: Event) -> dict[str, Any]:
    """severity, kind, source, entity, text, details, and the numbers that these were made from; without the time."""
    kind, sentence, details = _READERS.get(event.sensor, _plain)(event)
    return {
        "severity": next(
            (word for word, number in words.SEVERITIES.items() if number == event.severity), "unspecified"
        ),
        "kind": kind,
        "source": _source(event),
        "entity": words.ENTITIES.get(event.entity, str(event.entity)),
        "instance": event.instance,
        "text": sentence,
        "details": details,
        "sensor": event.sensor,
        "event_type": event.type,
        "offset": event.offset,
        "data": event.data.hex(),
    }


Told = tuple[str, str, dict[str, Any]]


def _source(event: Event) -> str:
    """Who tells. ASF is spoken by the BIOS and by the engine, which are told apart by the part that it is about."""
    if event.entity in words.ENGINE:
        return "management engine"
    begins = event.source & ~7
    return "bios" if begins == words.ASF else words.SOURCES.get(begins, str(event.source))


def _plain(event: Event) -> Told:
    kind = words.KINDS.get(event.sensor, "other")
    sentence = words.SENTENCES.get(kind, words.SENTENCES["other"])
    return kind, sentence.format(sensor=event.sensor, type=event.type, offset=event.offset), {}


def _logins(event: Event) -> Told:
    count = int.from_bytes(event.data[1:3], "little")
    return "login_failures", "log-in failed {0} times; somebody may be guessing".format(count), {"count": count}


def _named(table: dict[int, str], code: int) -> str:
    return table.get(code, "code {0}".format(code))


def _firmware(event: Event) -> Told:
    for code, read in _OEM:
        if event.offset in (3, 5) and event.data[:2] == bytes((_ANY, code)):
            return read(event)
    is_error = event.offset in (0, 3)
    kind = "firmware_error" if is_error else "firmware_progress"
    if event.offset in (3, 5):
        return kind, "the maker's own {0} of the BIOS".format("error" if is_error else "step"), {}
    code = event.data[1]
    table = words.FIRMWARE_ERRORS if is_error else words.FIRMWARE_PROGRESS
    return kind, "{0}: {1}".format("BIOS error" if is_error else "BIOS", _named(table, code)), {"code": code}


def _recovery(event: Event) -> Told:
    code, detail = event.data[2], event.data[3]
    details: dict[str, Any] = {"code": code, "source": words.RECOVERY_SOURCES.get(detail, detail)}
    if event.offset == 3:
        return "recovery", "recovery failed: {0}".format(_named(words.RECOVERY_ERRORS, code)), details
    return "recovery", "recovery: {0}".format(_named(words.RECOVERY_STEPS, code)), details


def _erase(event: Event) -> Told:
    code, detail = event.data[2], event.data[3]
    part = words.ERASE_PARTS.get(detail, "part {0}".format(detail))
    if event.offset == 3:
        return "erase", "erasing failed: {0}".format(_named(words.ERASE_ERRORS, code)), {"code": code}
    return "erase", _named(words.ERASE_STEPS, code).format(part), {"code": code, "part": part}


_OEM: tuple[tuple[int, Callable[[Event], Told]], ...] = ((0x30, _recovery), (0x40, _erase))


def _agent(event: Event) -> Told:
    if event.data[0] != _ANY:
        return _plain(event)
    first, second = event.data[4:0:-1].hex(), event.data[6:4:-1].hex()
    agent = "{0}-{1}".format(first, second)
    state = words.AGENT_STATES.get(event.data[7], str(event.data[7]))
    return "agent", "the agent {0}-… is {1}".format(agent, state), {"agent": agent, "state": state}


def _watchdog(event: Event) -> Told:
    if event.data[0] == 64:
        return "watchdog", "the BIOS hung before it was done", {}
    return _plain(event)


def _filter(event: Event) -> Told:
    handle = int.from_bytes(event.data[1:5], "big")
    named = words.OWN_FILTERS.get(handle)
    port = "wired" if event.data[0] == _ANY else str(event.data[0])
    details = {"filter": named or handle, "port": port}
    what = "a packet was {0}".format(named) if named else "filter {0} met a packet".format(handle)
    return "filter_match", "{0} at the port {1}".format(what, port), details


def _policy(event: Event) -> Told:
    code = event.data[2]
    if event.offset == 0 and event.data[:2] == bytes((_ANY, 0x30)) and code in words.SESSIONS:
        return "redirection", words.SESSIONS[code], {}
    direction = {0: "sent", 2: "received"}.get(code)
    if direction:
        return "security_policy", "a security policy stopped traffic that is {0}".format(direction), {}
    return _plain(event)


def _request(event: Event) -> Told:
    if event.type == words.AUDIT_FILLS:
        return "audit_log", words.SENTENCES["audit_log"], {"code": event.data[2]}
    known = words.REQUESTS.get((event.data[0], event.data[1], event.data[2], event.data[3]))
    return (known[0], known[1], {}) if known else _plain(event)


_READERS: dict[int, Callable[[Event], Told]] = {
    6: _logins,
    words.FIRMWARE: _firmware,
    words.AGENT: _agent,
    35: _watchdog,
    36: _filter,
    words.POLICY: _policy,
    words.REQUEST: _request,
}


def at_least(severity: str) -> Sequence[str]:
    """The words of that severity and of worse ones."""
    least = words.SEVERITIES[severity]
    return [word for word, number in words.SEVERITIES.items() if number >= least]
