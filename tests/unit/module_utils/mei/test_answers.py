# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions and answers of AMTHI and MKHI against bytes written by hand."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import ProtocolError, Refused
from ansible_collections.outofband.amt.plugins.module_utils.mei import amthi, mkhi

from tests.unit.module_utils.mei import answers


def test_every_command_is_here():
    assert set(answers.AMTHI) == set(amthi.BY_NAME)


@pytest.mark.parametrize("name", answers.AMTHI)
def test_an_answer_is_read(name):
    answer, expected = answers.AMTHI[name]
    assert amthi.read_response(name, answer) == expected


@pytest.mark.parametrize("name", answers.AMTHI)
def test_an_answer_cut_anywhere_is_an_error(name):
    answer = answers.AMTHI[name][0]
    for size in range(len(answer)):
        with pytest.raises(ProtocolError):
            amthi.read_response(name, answer[:size])


@pytest.mark.parametrize("name", ["uuid", "code_versions", "fqdn", "lan_interface", "dns_suffixes", "certificate_hash"])
def test_less_data_than_the_layout_is_an_error_even_when_the_header_agrees(name):
    answer = answers.AMTHI[name][0]
    short = answer[:8] + bytes((answer[8] - 2,)) + answer[9:-2]
    with pytest.raises(ProtocolError, match="ends"):
        amthi.read_response(name, short)


@pytest.mark.parametrize(
    ("name", "arguments", "wire"),
    [
        ("code_versions", (), "01010000 1a000004 00000000"),
        ("lan_interface", (1,), "01010000 48000004 04000000 01000000"),
        ("certificate_hash", (7,), "01010000 2d000004 04000000 07000000"),
        ("unprovision", (0,), "01010000 10000004 04000000 00000000"),
        ("stop_configuration", (), "01010000 5e000004 00000000"),
        ("local_system_account", (), "01010000 67000004 28000000" + "00" * 40),
        ("set_dns_suffix", ("a.test",), "01010000 2f000004 08000000 0600 612e74657374"),
        (
            "start_secure_setup",
            (2, answers.HASH, 0, 0),
            "01010000 8b000004 86010000 02" + answers.HASH.hex() + "00" * (32 + 5 + 320),
        ),
    ],
)
def test_a_request(name, arguments, wire):
    assert amthi.request(name, *arguments) == bytes.fromhex(wire)


def test_a_hash_in_digits_is_understood_too():
    digits = answers.HASH.hex().encode()
    assert amthi.read_response("start_secure_setup", answers.amthi(0x8B, "02", digits))["hash"] == answers.HASH.hex()


def test_the_status_of_the_header_decides():
    with pytest.raises(Refused) as caught:
        amthi.read_response("fqdn", answers.REFUSED)
    assert (caught.value.family, caught.value.code, caught.value.name) == ("PT_STATUS", 0x10, "NOT_PERMITTED")


def test_a_status_of_unknown_meaning_is_told_by_number():
    with pytest.raises(Refused, match="0xfff"):
        amthi.read_response("uuid", bytes.fromhex("01010000 5c008004 04000000 ff0f0000"))


def test_the_answer_to_another_question_is_refused():
    with pytest.raises(ProtocolError, match="answered uuid"):
        amthi.read_response("uuid", answers.AMTHI["fqdn"][0])


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(ProtocolError, match="counts"):
        amthi.read_response("certificate_hash_handles", answers.amthi(0x2C, "ffffffff"))


def test_a_name_after_the_length_of_its_first_part():
    answer = answers.amthi(0x56, "00000000" * 4, "02000000", answers.ansi(b"pc.example"))
    assert amthi.read_response("fqdn", answer)["name"] == "pc.example"


def test_the_kind_of_hash_in_one_octet():
    answer, expected = answers.AMTHI["setup_audit"]
    assert answer[16:23] == bytes.fromhex("01010002000000")
    assert amthi.read_response("setup_audit", answers.amthi(0x50, "010100 02", answers.SETUP)) == expected


def test_a_time_that_is_not_valid_is_none():
    spoilt = answers.SETUP[:114] + b"\0" + answers.SETUP[115:]
    assert amthi.read_response("setup_audit", answers.amthi(0x50, "010100 02000000", spoilt))["time"] is None


def test_an_answer_with_more_than_the_summary():
    answer = answers.amthi(0x8E, "01", bytes(26), bytes(500)[:200])
    assert amthi.read_response("cira_log", answer)["tunnel_open"] is False


def test_a_command_of_another_kind():
    assert amthi.request("state", bytes.fromhex(answers.LINK)).hex() == "010100000100000110000000" + answers.LINK


def test_a_word_without_a_name_is_a_number():
    assert amthi.read_response("control_mode", answers.amthi(0x6B, "09000000")) == 9


def test_text_that_is_not_ascii_stays_visible():
    assert amthi.read_response("power_policy", answers.amthi(0x47, "0200 41ff")) == "A\\xff"


def test_the_version_of_the_engine():
    assert mkhi.version_request() == bytes.fromhex("ff020000")
    assert mkhi.read_version(answers.MKHI_VERSION) == "16.1.25.2124"


def test_enabled_features():
    assert mkhi.rule_request(mkhi.ENABLED_FEATURES) == bytes.fromhex("03020000 20000000")
    found = mkhi.read_features(mkhi.ENABLED_FEATURES, answers.MKHI_FEATURES)
    assert [name for name, enabled in found.items() if enabled] == ["amt", "kvm", "tls"]


def test_mkhi_refuses():
    with pytest.raises(Refused):
        mkhi.read_rule(99, answers.MKHI_REFUSED)


@pytest.mark.parametrize(
    "answer", ["", "038200", "ff820000 20000000", "03820000 1d000000 00", "03820000 20000000 05 01"]
)
def test_what_is_no_answer_of_mkhi(answer):
    with pytest.raises(ProtocolError):
        mkhi.read_rule(32, bytes.fromhex(answer))


def test_a_set_up_without_a_certificate_has_no_hash():
    """Zeros where the digest would be, whatever the algorithm is said to be."""
    spoilt = bytes(64) + answers.SETUP[64:]
    found = amthi.read_response("setup_audit", answers.amthi(0x50, "010100 02", spoilt))
    assert (found["algorithm"], found["hash"]) == (None, None)
