# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP replies through the incremental parser, in one piece or in several."""

from __future__ import annotations

from typing import Optional

from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply, ReplyParser

Read = tuple[Optional[HttpReply], bool, bytes]


def read_reply(data: bytes, splits: tuple[int, ...] = ()) -> Read:
    """The reply or None while it is not complete, whether the connection may be kept, and what came after it."""
    parser = ReplyParser()
    for start, end in zip((0, *splits), (*splits, len(data))):
        parser.feed(data[start:end])
    parser.end()
    return parser.reply, parser.keep_alive, parser.excess
