# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIDs as Windows prints them and as it keeps them; the octets are those of well-known ones."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.sids import (
    normal_sid,
    read_sid,
    shown_sid,
)

KNOWN = {
    "S-1-1-0": "010100000000000100000000",
    "S-1-5-18": "010100000000000512000000",
    "S-1-5-32-544": "01020000000000052000000020020000",
    "S-1-5-21-397955417-626881126-188441444-512": "010500000000000515000000" + "5951b81766725d2564633b0b" + "00020000",
    "S-1-0x123456789ABC-7": "0101123456789abc07000000",
}


@pytest.mark.parametrize(("text", "octets"), KNOWN.items())
def test_text_and_octets(text, octets):
    assert read_sid("sid", text).hex() == octets
    assert shown_sid(bytes.fromhex(octets)) == text


@pytest.mark.parametrize("text", ["s-1-5-18", " S-1-5-18 ", "S-1-05-018", "S-1-0x5-18"])
def test_one_sid_is_told_one_way(text):
    assert normal_sid("sid", text) == "S-1-5-18"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S-1-5",
        "S-2-5-18",
        "EXAMPLE\\ops",
        "S-1-5-4294967296",
        "S-1-5-18-",
        "S-1-x-1",
        "S-1-0x1000000000000-1",
        "ops",
    ],
)
def test_what_is_no_sid_is_refused_with_one_that_is(text):
    with pytest.raises(InvalidOption, match="S-1-5-21-"):
        read_sid("sid", text)


def test_a_sid_that_firmware_has_no_room_for_is_refused():
    assert len(read_sid("sid", "S-1-5-21-1-2-3-4")) == 28
    with pytest.raises(InvalidOption, match="room for 5 numbers"):
        read_sid("sid", "S-1-5-21-1-2-3-4-5")


@pytest.mark.parametrize("octets", ["", "0101000000000005", "020100000000000512000000", "010200000000000512000000"])
def test_octets_that_are_no_sid(octets):
    with pytest.raises(ValueError, match=r"b'"):
        shown_sid(bytes.fromhex(octets))
