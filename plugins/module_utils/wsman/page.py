# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a web server says in a page of its own, as a line for a message."""

from __future__ import annotations

import html
import re

from ..harmless import one_line

LOOKED_AT = 4096  # bytes of a page
LONGEST = 200  # characters of a message

_UNSEEN = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>?")


def words(body: bytes) -> str:
    """The text of a page in HTML, or of one that is text, without what would harm a terminal; at most LONGEST long."""
    text = body[:LOOKED_AT].decode("utf-8", "replace").replace("\0", " ")
    if "<" in text:
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
    line = one_line(" ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "\u2026"
