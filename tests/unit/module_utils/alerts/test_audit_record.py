# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of the audit log in words: octets of real firmware, and each form by what other people say of it."""

from __future__ import annotations

import base64
import re
import struct
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.alerts import audit_data
from ansible_collections.outofband.amt.plugins.module_utils.alerts.audit_record import described, parse
from ansible_collections.outofband.amt.plugins.module_utils.alerts.audit_words import EVENTS, name_of, numbers_of
from ansible_collections.outofband.amt.plugins.module_utils.alerts.event_record import BadRecord

CAPTURES = Path(__file__).resolve().parents[5] / "shared" / "captures"
BY_ADMIN = b"\0\5admin"
HERE = b"\0\x0a192.0.2.10"


def record(application=16, event=5, who=BY_ADMIN, where=HERE, data=b""):
    head = struct.pack(">HH", application, event)
    return head + who + struct.pack(">I", 1700000000) + where + bytes((len(data),)) + data


def test_recorded_records():
    """An update of the firmware, by the machine itself, when nobody had set the clock yet."""
    path = CAPTURES / "amt" / "auditlog" / "readrecords.xml"
    if not path.exists():
        pytest.skip("no recordings here")
    texts = re.findall(r"EventRecords>([A-Za-z0-9+/=]+)<", path.read_text())
    acts = [parse(base64.b64decode(text)) for text in texts]
    assert [act.time for act in acts] == [0x3FF4CD6E, 0x3FF4CD6F]
    told = described(acts[0])
    assert (told["event"], told["by"], told["address"]) == ("firmware_update.updated", "local", None)
    assert told["details"] == {"old": "12.0.40.1433", "new": "12.0.36.1428"}


DOMAIN = bytes.fromhex("010400000000000515000000bc4edc3bc30c2c46ea56a628")


@pytest.mark.parametrize(
    ("who", "by", "login"),
    [
        (BY_ADMIN, "admin", "digest"),
        (b"\0\6admin\0", "admin", "digest"),
        (b"\0\0", "digest", "digest"),
        (
            b"\1" + struct.pack(">I", 512) + bytes((len(DOMAIN),)) + DOMAIN,
            "S-1-5-21-1004293820-1177291971-681989866-512",
            "kerberos",
        ),
        (b"\1" + struct.pack(">I", 7) + b"\2\xab\xcd", "abcd-7", "kerberos"),
        (b"\2", "local", "local"),
        (b"\3", "kvm_port", "kvm_port"),
    ],
)
def test_who_it_was(who, by, login):
    told = described(parse(record(who=who)))
    assert (told["by"], told["login"], told["address"]) == (by, login, "192.0.2.10")


@pytest.mark.parametrize(
    ("application", "event", "data", "details"),
    [
        (16, 1, b"\5\2", {"method": "host_based_admin"}),
        (16, 2, b"\0\4test", {"user": "test"}),
        (16, 3, b"\x22\0\4test", {"changed": ["password", "sid"], "user": "test"}),
        (16, 5, b"\1", {"where": "mebx"}),
        (16, 6, b"\1\0\4test", {"enabled": True, "user": "test"}),
        (16, 7, b"\2\0", {"network": "mutual", "local": "off"}),
        (16, 8, b"M\xf5\xa0", {"serial": "4df5a0"}),
        (16, 13, b"\5", {"clock_tolerance": 5}),
        (16, 17, b"\0\0\0\3\1", {"realm": "administration", "mode": "log_in"}),
        (16, 19, b"\4", {"by": "network_wsman"}),
        (20, 5, b"\2", {"reason": "initialization"}),
        (21, 0, struct.pack(">I", 1700000000), {"new": "2023-11-14T22:13:20+00:00"}),
        (22, 0, struct.pack(">IB5I", 0, 1, 0, 0, 0, 0, 0), {"port": 0, "dhcp": True}),
        (
            22,
            0,
            struct.pack(">IB", 0, 0) + bytes.fromhex("c0000207ffffff00c0000201c0000235c0000236"),
            {
                "port": 0,
                "dhcp": False,
                "ip": "192.0.2.7",
                "netmask": "255.255.255.0",
                "gateway": "192.0.2.1",
                "dns": "192.0.2.53",
                "secondary_dns": "192.0.2.54",
            },
        ),
        (22, 1, b"\3pc2", {"new": "pc2"}),
        (24, 0, b"\1\1\0\xc0\0\2\7", {"policy": 1, "address": "192.0.2.7"}),
        (24, 3, b"\1", {"frozen": True}),
        (25, 1, b"\0\0\1\2", {"filter": 258}),
        (27, 0, b"corp".ljust(32, b"\0") + b"\7\4home", {"ssid": "corp", "priority": 7, "name": "home"}),
        (30, 0, b"\0\2", {"old": "none", "new": "all"}),
        (30, 1, b"\1", {"outcome": "wrong_three_times"}),
        (30, 0, b"\0", {}),
        (22, 1, b"\x09pc2", {}),
        (99, 1, b"\1", {}),
    ],
)
def test_what_it_says_besides(application, event, data, details):
    assert described(parse(record(application, event, data=data)))["details"] == details


@pytest.mark.parametrize("numbers", sorted(audit_data._READERS))
def test_data_of_any_length_is_no_trouble(numbers):
    for length in range(40):
        assert isinstance(audit_data.details_of(*numbers, b"\xff" * length), dict)
        assert isinstance(audit_data.details_of(*numbers, bytes(length)), dict)


def test_every_beginning_of_a_record_is_none():
    whole = record(data=b"\1")
    for length in range(len(whole)):
        with pytest.raises(BadRecord, match="ends within"):
            parse(whole[:length])
    with pytest.raises(BadRecord, match="2 octets follow"):
        parse(whole + b"\0\0")
    with pytest.raises(BadRecord, match="kind 9"):
        parse(record(who=b"\x09"))


def test_names_are_numbers_and_back():
    for numbers, row in EVENTS.items():
        assert numbers_of(row.name) == numbers
        assert name_of(*numbers) == row.name
    assert (name_of(22, 77), numbers_of("network.77")) == ("network.77", (22, 77))
    assert (name_of(77, 1), numbers_of("77.1")) == ("77.1", (77, 1))
    for text in ("", "network", "network.", "network.x", "nothing.1", "network.70000", "network.-1"):
        assert numbers_of(text) is None


def test_what_nobody_knows_is_told_by_numbers():
    told = described(parse(record(77, 1, data=b"\1\2")))
    assert (told["event"], told["text"], told["data"]) == ("77.1", "event 1 of application 77", "0102")
