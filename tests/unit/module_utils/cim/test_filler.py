# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands where nobody filled in a value, and what only looks like it."""

from __future__ import annotations

import uuid

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.filler import (
    UUIDS,
    is_filler,
    is_filler_serial,
    is_filler_uuid,
)
from hypothesis import given
from hypothesis import strategies as st

ANYWHERE = (
    "",
    " \t\0",
    "To Be Filled By O.E.M.",
    "to be filled by OEM",
    "To be filled by O.E.M. by More String",
    "Default string",
    "Default_String",
    "INVALID",
    "N/A",
    "(null string)",
    "Not Specified",
    "O.E.M.",
    "None",
    "System Serial Number",
    "Chassis Serial Number",
    "Asset Tag",
)


@pytest.mark.parametrize("text", ANYWHERE)
def test_filler_in_any_property(text):
    assert is_filler(text) and is_filler_serial(text)


SERIALS = (
    "0",
    "00000000",
    "xxxxxxxxxxx",
    "XXXXXXXXXX",
    "........",
    "$",
    "1234567890",
    "0123456789",
    "123456",
    "9876543210",
)


@pytest.mark.parametrize(
    "text",
    [
        *SERIALS,
        "SYS-1234567890",
        "SYS-9876543210",
        "MB-1234567890",
        "SN-12345",
        "Serial Number xxxxxx",
        "0123456789ABCDEF",
        "EVAL",
    ],
)
def test_filler_in_a_serial_number_only(text):
    assert is_filler_serial(text)
    assert not is_filler(text)


@pytest.mark.parametrize(
    "text",
    ["PF2ABCDE", "5CG1234ABC", "MJ0B7K2X", "123", "1234567891", "2021", "Nonesuch 7", "OptiPlex 7090", "00000001"],
)
def test_what_only_looks_like_it(text):
    assert not is_filler(text) and not is_filler_serial(text)


def test_a_serial_number_of_one_letter_is_no_identity_and_a_version_of_one_letter_is_one():
    assert is_filler_serial("A") and not is_filler("A")


@pytest.mark.parametrize("text", sorted(UUIDS))
def test_filler_uuids_in_either_order_of_bytes_and_writing(text):
    swapped = str(uuid.UUID(bytes_le=uuid.UUID(text).bytes))
    for written in (text, text.upper(), text.replace("-", ""), "{" + text + "}", swapped):
        assert is_filler_uuid(written), written


@pytest.mark.parametrize(
    "text",
    [
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "58585858-5858-5858-5858-585858585858",
        "4c4c4544-ffff-ffff-ffff-ffffffffffff",
        "",
        "To be filled by O.E.M.",
    ],
)
def test_uuids_that_are_none(text):
    assert is_filler_uuid(text)


@given(st.uuids(version=4))
def test_a_random_uuid_is_an_identity(made):
    assert not is_filler_uuid(str(made))


@given(st.text(max_size=60))
def test_any_text_is_judged(text):
    assert is_filler_serial(text) or not is_filler(text)
    is_filler_uuid(text)
