# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of strangers: what is dangerous becomes visible, everything else stays."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.harmless import cell, harmless, one_line, shown

PLAIN = ["", "Dell Inc.", "Straße 5", "שלום", "مرحبا", "日本電気", "e\u0301", "a\tb\nc", "👩\u200d💻", "{{ x }} \\x1b"]


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_text_stays_as_it_is(text):
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b2J", "\\x9b2J"),
        ("gnp.\u202eexe", "gnp.\\u202eexe"),
        ("a\x00b", "a\\x00b"),
        ("ok\rfailed", "ok\\rfailed"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_obeys_or_hides_is_shown(text, seen):
    assert shown(text) == one_line(text) == seen


SEEN = "\t\n\u200c\u200d\u06dd\u070f\u0890\u0891\u08e2" + "".join(
    chr(each)
    for first, last in ((0x600, 0x605), (0x110BD, 0x110CD), (0x13430, 0x1345F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A))
    for each in range(first, last + 1)
)
"""Joiners, which are letters' business, and marks of numbers, hieroglyphs, shorthand and music, which are seen."""


def test_no_control_format_or_surrogate_character_is_left():
    """By Unicode's own categories."""
    left = shown("".join(map(chr, range(sys.maxunicode + 1))))
    assert {each for each in left if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= set(SEEN)


def test_a_line_stays_a_line():
    text = "x\nfatal: [pc-01]\u2028\x85\x0b\x0c\r\x1c\tend"
    assert one_line(text).splitlines() == [one_line(text)]
    assert "\t" not in one_line(text)


@pytest.mark.parametrize("text", ["=1+1", "+1 2", "-a", "@sum", " =x", "\uff1dx", "-1+cmd|x"])
def test_cells_are_no_formulas(text):
    assert cell(text) == "'" + text


@pytest.mark.parametrize(("value", "text"), [(None, ""), (-5, "-5"), (1.5, "1.5"), ("x=1", "x=1"), (True, "True")])
def test_other_cells_are_themselves(value, text):
    assert cell(value) == text


def test_everything_in_a_result_is_reached():
    told = {"\x1b": ["\u202e", ("\x9b", 5)], "n": None, "flag": True, "deep": {"a": {"b": "\x07"}}}
    assert harmless(told) == {
        "\\x1b": ["\\u202e", ["\\x9b", 5]],
        "n": None,
        "flag": True,
        "deep": {"a": {"b": "\\x07"}},
    }
