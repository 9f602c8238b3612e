# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP cuts a reply where it likes: the parser must come to the same end for every cut of the same bytes."""

from __future__ import annotations

import os
import random

from ansible_collections.outofband.amt.plugins.module_utils.errors import ProtocolError

from tests.fuzz.mutation import inputs
from tests.fuzz.replies import read_reply
from tests.fuzz.seeds import REPLIES

INPUTS = int(os.environ.get("FUZZ_INPUTS", "100000"))


def outcome(data: bytes, splits: tuple[int, ...] = ()) -> object:
    try:
        return read_reply(data, splits)
    except ProtocolError as error:
        return str(error)


def test_the_cuts_do_not_matter():
    chance = random.Random("cuts")
    for data in inputs(REPLIES, INPUTS, "splits"):
        splits = tuple(sorted(chance.randrange(len(data) + 1) for _cut in range(chance.randint(1, 6))))
        assert outcome(data, splits) == outcome(data), (data, splits)


def test_byte_by_byte_is_the_same_too():
    for data in inputs(REPLIES, INPUTS // 20, "bytes"):
        assert outcome(data, tuple(range(1, len(data)))) == outcome(data), data
