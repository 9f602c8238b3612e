# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MeshCentral reads the logs of a simulated device, and says of each record what we say of the same octets."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.alerts import platform_words as words
from ansible_collections.outofband.amt.plugins.module_utils.alerts.audit_record import described as describe_act
from ansible_collections.outofband.amt.plugins.module_utils.alerts.audit_record import parse as parse_act
from ansible_collections.outofband.amt.plugins.module_utils.alerts.audit_words import EVENTS
from ansible_collections.outofband.amt.plugins.module_utils.alerts.event_record import described, parse

from simulator.firmware.inventory.records import AuditRecord, Event
from tests.interop.meshcentral.test_meshcentral import ask

SEEN = (*words.KINDS, 99)
DATA = (
    bytes(8),
    bytes.fromhex("aa0a000000000000"),
    bytes.fromhex("4008000000000000"),
    bytes.fromhex("aa30000000000000"),
    bytes.fromhex("aa30020000000000"),
    bytes.fromhex("aa20040000000000"),
    bytes.fromhex("aafffffffa000000"),
    bytes.fromhex("aa04030201060508"),
)
MEANINGS = (
    ("Authentication failed", "login_failures"),
    ("Case intrusion", "case_intrusion"),
    ("No bootable media", "no_boot_media"),
    ("Operating system lockup", "os_stop"),
    ("BIOS POST", "watchdog"),
    ("System boot failure", "watchdog"),
    ("System firmware started", "firmware_started"),
    ("Security policy invoked", "security_policy"),
    ("User request for remote connection", "request"),
    ("HWA Error", "hardware_asset"),
    ("was matched on", "filter_match"),
    ("IDE-Redirection session", "redirection"),
    ("Serial Over LAN session", "redirection"),
)
"""What its sentences have in them -> the kind that we call it."""


def every_record() -> list[Event]:
    """But of those for which its decoder calls functions that it does not have, and falls over."""
    shapes = [
        (sensor, offset, data)
        for sensor in SEEN
        for offset in (0, 2, 3, 5)
        for data in DATA
        if not (data[0] == 0xAA and (sensor == 18 or (sensor == 15 and offset in (3, 5))))
    ]
    now = 1700000000
    return [
        Event(now + place, sensor, offset, 16, 0x68, place % 53, data)
        for place, (sensor, offset, data) in enumerate(shapes)
    ]


def test_events_are_what_it_says(fleet: Any) -> None:
    """Every sensor type with each form of data; 390 records at a time."""
    running = fleet([{"name": "pc", "generation": 15}])
    device = running.device("pc")
    events, met = every_record(), set()
    for first in range(0, len(events), 390 * 4):
        rows = events[first : first + 390 * 4]
        device.firmware.events.capacity = len(rows)
        device.firmware.events.platform[:] = rows
        (answer,) = ask(running, device, {"do": "events"})
        assert len(answer["body"]) == len(rows)
        for row, theirs in zip(reversed(rows), answer["body"]):
            ours = parse(row.pack())
            told = described(ours)
            numbers = (ours.device, ours.sensor, ours.type, ours.offset, ours.source, ours.severity, ours.entity)
            assert numbers == tuple(theirs[name] for name in NUMBERS)
            assert list(ours.data) == theirs["EventData"]
            assert datetime.fromisoformat(theirs["Time"].replace("Z", "+00:00")) == datetime.fromtimestamp(
                ours.time, timezone.utc
            )
            met |= agree(theirs.get("Desc") or "", told)
    assert met == {kind for _words, kind in MEANINGS}


NUMBERS = (
    "DeviceAddress",
    "EventSensorType",
    "EventType",
    "EventOffset",
    "EventSourceType",
    "EventSeverity",
    "Entity",
)


def agree(theirs: str, told: dict[str, Any]) -> set[str]:
    kinds = {kind for part, kind in MEANINGS if part in theirs}
    assert not kinds or told["kind"] in kinds, (theirs, told)
    if "Authentication failed" in theirs:
        assert re.findall(r"\d+", theirs) == [str(told["details"]["count"])]
    if re.match(r"Filter \d+", theirs) and isinstance(told["details"]["filter"], int):
        assert int(re.findall(r"\d+", theirs)[0]) == told["details"]["filter"]
    if theirs.startswith("Unknown Sensor Type"):
        assert told["kind"] in {*words.KINDS.values(), *words.SPLIT_KINDS, "other"}
    return kinds


def test_acts_are_what_it_says(fleet: Any) -> None:
    """Every event, by each kind of user. It takes a record for text, so that no octet here is above 127, and falls over
    the data of users."""
    running = fleet([{"name": "pc", "generation": 15}])
    device = running.device("pc")
    known = [*EVENTS, (22, 9)]
    log = device.firmware.audit_log
    log.records[:] = [
        AuditRecord(
            BEGIN + place,
            application * 100 + event,
            USERS[place % 2],
            ADDRESSES[place % 3],
            DATA_OF.get((application, event), b"\0\1"),
        )
        for place, (application, event) in enumerate(known)
    ]
    (answer,) = ask(running, device, {"do": "audit"})
    assert len(answer["body"]) == len(known)
    unlike = set()
    for row, theirs in zip(log.records, answer["body"]):
        ours = parse_act(row.pack())
        told = describe_act(ours)
        assert (ours.application, ours.event, ours.initiator) == tuple(
            theirs[name] for name in ("AuditAppID", "EventID", "InitiatorType")
        )
        assert (ours.user or "Local", ours.address) == (theirs["Initiator"], theirs["NetAddress"])
        assert list(ours.data) == theirs["Ex"]["data"]
        is_known = not theirs["Event"].startswith("#")
        assert is_known == ((ours.application, ours.event) in EVENTS), told
        if is_known and not words_of(theirs["Event"]) & words_of(told["event"] + " " + told["text"]):
            unlike.add(told["event"])
    assert unlike == {"security_admin.login_failed", "network.ip_changed"}


BEGIN = 0x65010100
DATA_OF = {(16, 2): b"", (16, 3): b"", (16, 4): b""}
USERS = ("admin", "")
ADDRESSES = ("192.0.2.10", "2001:db8::1", "")
SAME = {"modified": "changed", "ider": "drives", "sol": "serial", "kvm": "screen", "acl": "user", "certificate": "root"}


def words_of(text: str) -> set[str]:
    plain = re.sub(r"[^a-z]+", " ", text.lower().replace("opt-in", "consent").replace("eac", "posture endpoint"))
    return {SAME.get(word, word) for word in plain.split()} - {"a", "of", "the", "was", "to", "is", "set", "or"}
