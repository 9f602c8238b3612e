# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of the event log in words: octets of real firmware, and each branch by what other people say of it."""

from __future__ import annotations

import base64
import re
import struct
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.alerts import platform_words as words
from ansible_collections.outofband.amt.plugins.module_utils.alerts.event_record import (
    BadRecord,
    at_least,
    described,
    is_empty,
    parse,
)

CAPTURES = Path(__file__).resolve().parents[5] / "shared" / "captures"


def record(sensor, data=b"", offset=0, event_type=0x6F, severity=8, entity=34, source=0x68, time=1):
    head = (0xFF, sensor, event_type, offset, source, severity, 0xFF, entity, 0)
    return struct.pack("<I9B8s", time, *head, data)


def test_recorded_records():
    path = CAPTURES / "amt" / "messagelog" / "getrecords.xml"
    if not path.exists():
        pytest.skip("no recordings here")
    texts = re.findall(r"RecordArray>([A-Za-z0-9+/=]+)<", path.read_text())
    events = [parse(base64.b64decode(text)) for text in texts]
    told = [described(event) for event in events]
    assert [event.time for event in events] == [0x6598C863, 0x65010622, 0x65010622]
    assert [each["kind"] for each in told] == ["login_failures", "firmware_progress", "firmware_progress"]
    assert [each["source"] for each in told] == ["management engine", "bios", "bios"]
    assert [each["severity"] for each in told] == ["critical", "monitor", "monitor"]
    assert told[0]["details"] == {"count": 10}
    assert told[1]["text"] == "BIOS: PCI is prepared"


CASES = [
    (record(5), "case_intrusion", "the case was opened", {}),
    (record(6, b"\xaa\x2c\x01"), "login_failures", "log-in failed 300 times; somebody may be guessing", {"count": 300}),
    (record(15, b"\x40\x08"), "firmware_error", "BIOS error: there is no medium to boot from", {"code": 8}),
    (record(15, b"\x40\x13", 2), "firmware_progress", "BIOS: the operating system is started", {"code": 19}),
    (record(15, b"\x40\xfe", 1), "firmware_progress", "BIOS: code 254", {"code": 254}),
    (record(15, b"\x40\x01", 3), "firmware_error", "the maker's own error of the BIOS", {}),
    (
        record(15, b"\xaa\x30\x05\x02", 3),
        "recovery",
        "recovery failed: TLS was refused",
        {"code": 5, "source": "https"},
    ),
    (
        record(15, b"\xaa\x30\x01\x08", 5),
        "recovery",
        "recovery: the boot option is added",
        {"code": 1, "source": "winre"},
    ),
    (record(15, b"\xaa\x40\x01\x02", 5), "erase", "erasing the disk began", {"code": 1, "part": "disk"}),
    (record(15, b"\xaa\x40\x02", 3), "erase", "erasing failed: the TPM cannot be erased", {"code": 2}),
    (
        record(18, bytes.fromhex("aa0403020106058800")[:7] + b"\x08", event_type=0x0A),
        "agent",
        "the agent 01020304-0506-… is expired",
        {"agent": "01020304-0506", "state": "expired"},
    ),
    (record(30), "no_boot_media", "there is no medium to boot from", {}),
    (record(32), "os_stop", "the operating system hangs, or power was lost", {}),
    (record(35, b"\x40"), "watchdog", "the BIOS hung before it was done", {}),
    (record(35), "watchdog", "the machine did not boot", {}),
    (
        record(36, b"\xaa\xff\xff\xff\xfa"),
        "filter_match",
        "a packet was spoofed at the port wired",
        {"filter": "spoofed", "port": "wired"},
    ),
    (
        record(36, b"\x01\0\0\x01\x02"),
        "filter_match",
        "filter 258 met a packet at the port 1",
        {"filter": 258, "port": "1"},
    ),
    (record(37), "firmware_started", "the machine's firmware started", {}),
    (record(192, b"\xaa\x30\x00"), "redirection", "a serial session over the network began", {}),
    (record(192, b"\0\0\x02"), "security_policy", "a security policy stopped traffic that is received", {}),
    (record(192, b"\0\0\x09"), "security_policy", "a security policy took effect", {}),
    (record(193, b"\xaa\x30"), "request", "the user asked for a remote connection", {}),
    (record(193, b"\xaa\x20\x04"), "hardware_asset", "the hardware inventory met an error", {}),
    (record(193, b"\xaa\x10\x02", event_type=0x71), "audit_log", "the audit log fills up", {"code": 2}),
    (record(193, b"\x01"), "request", "something was asked for at the machine", {}),
    (record(77, offset=3), "other", "sensor type 77, event type 111, offset 3", {}),
]


@pytest.mark.parametrize(("octets", "kind", "text", "details"), CASES)
def test_what_it_says(octets, kind, text, details):
    told = described(parse(octets))
    assert (told["kind"], told["text"], told["details"]) == (kind, text, details)
    assert kind in words.ALL_KINDS


@pytest.mark.parametrize("sensor", range(256))
def test_every_sensor_with_any_data_is_told(sensor):
    for data in (b"", b"\xaa" * 8, b"\xff" * 8, b"\xaa\x30" + b"\xff" * 6, b"\xaa\x40" + b"\xff" * 6):
        for offset in (0, 1, 3, 5, 255):
            told = described(parse(record(sensor, data, offset, entity=sensor, source=sensor, severity=sensor)))
            assert told["kind"] in words.ALL_KINDS
            assert told["text"]


def test_slots_that_nothing_was_written_to():
    assert is_empty(bytes(21))
    assert is_empty(record(6, time=0xFFFFFFFF))
    assert not is_empty(record(6))
    assert not is_empty(b"")


@pytest.mark.parametrize("octets", [b"", bytes(20), bytes(22)])
def test_octets_that_are_no_record(octets):
    with pytest.raises(BadRecord, match=str(len(octets))):
        parse(octets)


def test_at_least():
    assert at_least("critical") == ["critical", "fatal"]
    assert at_least("unspecified") == list(words.SEVERITIES)
