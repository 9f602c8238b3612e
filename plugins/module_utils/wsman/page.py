# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a web server says in a page of its own, as a line for a message."""

from __future__ import annotations

import html
import re

from ..harmless import one_line

LOOKED_AT = 4096  # bytes of a page
LONGEST = 200  # characters of a message
LONGEST_TITLE = 80

_UNSEEN = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE)
_BEGINNING = re.compile(
    r"(?:\s|<!--(?:(?!-->).)*-->|<\?xml[^<>]*>)*<(?:!doctype\s+html|html)\b", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>?")


def words(body: bytes) -> str:
    """The text of a page in HTML, or of one that is text, without what would harm a terminal; at most LONGEST long."""
    text = _beginning(body)
    if "<" in text:
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
    return _line(text, LONGEST)


def is_page(content_type: str, body: bytes) -> bool:
    """Whether an answer is for people's eyes, by what it says of itself or by how it begins."""
    said = content_type.partition(";")[0].strip().lower()
    return said in ("text/html", "application/xhtml+xml") or bool(_BEGINNING.match(_beginning(body)))


def title(body: bytes) -> str:
    """The beginning of what a page is called, or else of its text; made harmless too."""
    found = _TITLE.search(_beginning(body))
    return _line(html.unescape(found[1]) if found else "", LONGEST_TITLE) or _line(words(body), LONGEST_TITLE)


def _beginning(body: bytes) -> str:
    return body[:LOOKED_AT].decode("utf-8-sig", "replace").replace("\0", " ")


def _line(text: str, longest: int) -> str:
    line = one_line(" ".join(text.split()))
    return line if len(line) <= longest else line[: longest - 1] + "\u2026"
