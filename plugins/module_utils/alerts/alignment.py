# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which records of a log are in an archive already. Pure.

Records have no number, and two may be alike to the last octet, as those of one second. What tells them apart is their
order: a log goes on where the archive ends, or begins within it because its oldest records were overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Fresh(NamedTuple):
    """`first`: index of the first record that is not archived. `joined`: the archive goes on there without a gap, or
    is empty; otherwise what was between was overwritten, or the log was cleared."""

    first: int
    joined: bool


def fresh(archived: Sequence[bytes], records: Sequence[bytes], kept: int = 0, older: Sequence[bytes] = ()) -> Fresh:
    """Both from the oldest on; `archived` may be the end of the archive. `kept`: how many old records a log may hold on
    to when it is cleared or overwritten; they stand in front. `older`: what the archive has from before the log was
    cleared by who writes it."""
    known = {*archived, *older}
    leading = 0
    while leading < min(kept, len(records)) and records[leading] in known:
        leading += 1
    if not archived:
        return Fresh(leading, True)
    for skipped in range(leading + 1):
        shared = overlap(archived, records[skipped:])
        if shared:
            return Fresh(skipped + shared, True)
    return Fresh(leading, not records)


def overlap(archived: Sequence[bytes], records: Sequence[bytes]) -> int:
    """The length of the longest end of `archived` that `records` begin with; in linear time (Knuth, Morris, Pratt)."""
    if not archived or not records:
        return 0
    borders = _borders(records)
    matched = 0
    for record in archived[-len(records) :]:
        while matched and (matched == len(records) or records[matched] != record):
            matched = borders[matched - 1]
        if records[matched] == record:
            matched += 1
    return matched


def _borders(records: Sequence[bytes]) -> list[int]:
    """For each beginning of `records` the length of its longest proper border."""
    borders = [0] * len(records)
    for place in range(1, len(records)):
        length = borders[place - 1]
        while length and records[place] != records[length]:
            length = borders[length - 1]
        borders[place] = length + 1 if records[place] == records[length] else 0
    return borders
