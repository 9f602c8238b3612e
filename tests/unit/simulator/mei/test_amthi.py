# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AMTHI tells, octet by octet, as the layouts of other people's readers have it."""

from __future__ import annotations

import struct

import pytest

from tests.unit.simulator.mei.lme_host import AMTHI
from tests.unit.simulator.provisioning import trusted

SETTINGS = {
    "uuid": "00112233-4455-4677-8899-aabbccddeeff",
    "mac": "00-00-5E-00-53-07",
    "address": "192.0.2.10",
    "hostname": "pc-7",
    "domain": "lab.test",
    "dns_suffix": "example.test",
    "platform": "notebook",
    "default_hashes": False,
    "trusted_hashes": trusted(),
}


@pytest.fixture
def asked(make):
    """asked(number, payload="", **settings): status and data, in hexadecimal."""
    nodes = []

    def ask(number, payload="", generation="12", **settings):
        nodes.append(make(generation, **{**SETTINGS, **settings}).mei())
        octets = bytes.fromhex(payload)
        with nodes[-1].connect(AMTHI) as client:
            client.write(struct.pack("<BBHII", 1, 1, 0, number, len(octets)) + octets)
            answer = client.read(1)
        major, minor, reserved, command, length, status = struct.unpack_from("<BBHIII", answer)
        assert (major, minor, reserved, command) == (1, 1, 0, number | 0x00800000)
        assert length == len(answer) - 12
        return status, answer[16:].hex()

    yield ask
    for node in nodes:
        node.close()


def text(value):
    return struct.pack("<H", len(value)).hex() + value.encode().hex()


def words(*values):
    return struct.pack("<{0}I".format(len(values)), *values).hex()


MAC = "00005e005307"
LEASED = words(2, 0xC000020A, 0xFFFFFF00, 0xC0000201, 0xC0000201, 0xC0000202)
ROOT = trusted()["test root"]
ANSWERS = [
    (0x06, "", LEASED + text("lab.test")),
    (0x08, "", words(1, 0)),
    (0x11, "", words(2)),
    (0x1B, "", words(1, 0, 1, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)),
    (0x25, "", MAC + MAC),
    (0x2C, "", words(1, 1)),
    (0x2D, words(1), words(0, 1) + ROOT + "00" * 32 + "02" + text("test root")),
    (0x30, "", words(1)),
    (0x36, "", text("example.test")),
    (0x3E, "", "0000"),
    (0x46, "", words(0, 0, 0) + "0000"),
    (0x48, words(0), words(1, 0xC000020A, 1) + "0201" + MAC),
    (0x49, words(0), words(0, 0, 0, 0)),
    (0x49, words(2), words(2, 1)),
    (0x49, words(4), words(4, 0)),
    (0x4A, "", words(1, 0)),
    (0x4D, "", words(0)),
    (0x4E, "", "f326" + "00" * 46 + "0000"),
    (0x52, words(0), "00" * 46 * 3 + words(0)),
    (0x56, "", words(1, 0, 1440, 900, 4) + text("pc-7.lab.test")),
    (0x58, "", words(7)),
    (0x5C, "", "33221100" + "5544" + "7746" + "8899aabbccddeeff"),
    (0x6B, "", words(2)),
    (0x84, "", words(0)),
]


@pytest.mark.parametrize(("operation", "payload", "data"), ANSWERS, ids=lambda value: None)
def test_a_read(asked, operation, payload, data):
    assert asked(0x04000000 | operation, payload) == (0, data)


def test_state_of_amt(asked):
    for identifier in ("00" * 16, "00" * 15 + "01"):
        assert asked(0x01000001, identifier) == (0, identifier + words(5) + "0100010100")
    assert asked(0x01000001, "11" * 16)[0] == 0x24


def test_code_versions(asked):
    status, data = asked(0x0400001A)
    octets = bytes.fromhex(data)
    assert status == 0
    assert octets[:65] == b"N34ET55W (1.55 )".ljust(65, b"\0")
    (count,) = struct.unpack_from("<I", octets, 65)
    rows = [struct.unpack_from("<H20sH20s", octets, 69 + 44 * number) for number in range(count)]
    told = {name[:size].decode(): value[:length].decode() for size, name, length, value in rows}
    assert (told["AMT"], told["Sku"], told["Build Number"]) == ("12.0.85", "16392", "1919")
    assert len(octets) == 69 + 44 * count


def test_the_cira_log_is_as_long_as_its_layout(asked):
    status, data = asked(0x0400008E, "00", generation="16")
    assert (status, len(data) // 2, set(data)) == (0, 1 + 27 + 545 + 2208, {"0"})
    assert asked(0x0400008E, "00")[0] == 1


def test_control_mode_of_others(asked):
    assert asked(0x0400006B, control_mode="none") == (0, words(0))
    assert asked(0x0400006B, control_mode="client") == (0, words(1))
    assert asked(0x04000011, control_mode="none") == (0, words(0))


@pytest.mark.parametrize(
    ("number", "payload", "status"),
    [
        (0x04000048, words(2), 0x23),
        (0x04000049, words(9), 0x24),
        (0x0400002D, words(9), 0x805),
        (0x0400002D, "", 4),
        (0x04000011, "00", 4),
        (0x040000FF, "", 1),
        (0x04000052, words(9), 0x23),
    ],
)
def test_refusals(asked, number, payload, status):
    assert asked(number, payload) == (status, "")


@pytest.mark.parametrize(
    ("request_octets", "answer"),
    [
        ("", "0101000000008000" + "04000000" + "04000000"),
        ("0101000011", "0101000011008000" + "04000000" + "04000000"),
        ("02010000" + "11000004" + "00000000", "0101000011008004" + "04000000" + "1d000000"),
        ("01010000" + "11000004" + "05000000", "0101000011008004" + "04000000" + "04000000"),
    ],
)
def test_headers_that_are_wrong_get_a_status(make, request_octets, answer):
    node = make().mei()
    with node.connect(AMTHI) as client:
        client.write(bytes.fromhex(request_octets))
        assert client.read(1).hex() == answer
    node.close()


@pytest.mark.parametrize("told", ["pc-8.lab.test", "pc-8.lab.test\0", "pc-8.lab.test\0\0"])
def test_a_name_may_have_its_end_counted(make, told):
    """Programs in C count the NUL: what the network is told of the name has none."""
    device = make("12", **SETTINGS)
    octets = bytes.fromhex(text(told))
    with device.mei().connect(AMTHI) as client:
        client.write(struct.pack("<BBHII", 1, 1, 0, 0x0400005B, len(octets)) + octets)
        assert client.read(1)[12:16] == bytes(4)
    assert device.firmware.get("AMT_GeneralSettings", {})["HostOSFQDN"] == "pc-8.lab.test"
