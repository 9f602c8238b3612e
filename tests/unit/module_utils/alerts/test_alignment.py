# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a log is in an archive already, judged by a log that really grows, wraps and is cleared."""

from __future__ import annotations

import random

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.alerts.alignment import fresh, overlap


def rows(text):
    return [letter.encode() for letter in text]


@pytest.mark.parametrize(
    ("archived", "records", "first", "joined"),
    [
        ("", "abc", 0, True),
        ("abc", "abc", 3, True),
        ("abc", "abcde", 3, True),
        ("abc", "bcde", 2, True),
        ("abc", "cd", 1, True),
        ("abc", "de", 0, False),
        ("abc", "", 0, True),
        ("a", "aaa", 1, True),
        ("aa", "aaa", 2, True),
        ("abab", "ababab", 4, True),
        ("xaab", "aabaab", 3, True),
    ],
)
def test_what_is_new(archived, records, first, joined):
    assert fresh(rows(archived), rows(records)) == (first, joined)


@pytest.mark.parametrize(
    ("records", "first", "joined"),
    [("ace", 2, False), ("aefg", 1, False), ("acdfgh", 4, True), ("abcdfx", 5, True), ("xyz", 0, False)],
)
def test_records_that_were_held_on_to_are_not_new(records, first, joined):
    assert fresh(rows("abcdf"), rows(records), kept=5) == (first, joined)


def test_after_a_clearing_of_our_own_only_what_was_held_on_to_is_old():
    assert fresh([], rows("aceab"), kept=5, older=rows("abcdf")) == (2, True)
    assert fresh([], rows("ab"), older=rows("ab")) == (0, True)


@pytest.mark.parametrize("seed", range(40))
def test_no_record_is_lost_and_none_is_double_however_alike_they_are(seed):
    """A log of a few places, of records of which many are alike, read now and then."""
    chance = random.Random(seed)
    happened, archive = [], []
    for _run in range(30):
        happened += [chance.choice("aab").encode() for _event in range(chance.randrange(5))]
        log = happened[-12:]
        found = fresh(archive[-12:], log)
        assert found.joined
        archive += log[found.first :]
        assert archive[-len(log) :] == log or not log
        assert len(archive) <= len(happened)
        if len(happened) <= 12:
            assert archive == happened


def test_long_and_uniform_logs_take_no_time_to_speak_of():
    same = [b"x"] * 20000
    assert overlap(same, same) == 20000
    assert overlap(same, [b"x"] * 19999 + [b"y"]) == 19999
