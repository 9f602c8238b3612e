# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Text from devices made harmless for the people and programs that it is shown to.

What a device says is data from a stranger. A terminal obeys escape sequences, also those of one character (U+009B);
marks of writing direction show a text as another one; a spreadsheet takes a cell for a formula; a line feed forges a
line. Here such characters become visible, as Python would write them: `\\x1b`, `\\u202e`. Everything else stays as it
is, letters of every script included, and text without such characters is not changed at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
"""C0 and C1 but for line feed and tabulator (ECMA-48); a carriage return lets a line overwrite itself."""
DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks, embeddings, overrides and isolates of the bidirectional algorithm (Unicode UAX 9, table 4)."""
INVISIBLE = "\u00ad\u180e\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
"""Zero width, separators that some programs break lines at, deprecated formats, tags (Unicode, general category Cf)."""
BROKEN = "\ud800-\udfff\ufffe\uffff"
"""Halves of pairs, which no file in UTF-8 can hold, and what is no character."""

DANGEROUS = re.compile("[" + CONTROLS + DIRECTIONS + INVISIBLE + BROKEN + "]")
DANGEROUS_IN_A_LINE = re.compile("[\\t\\n" + CONTROLS + DIRECTIONS + INVISIBLE + BROKEN + "]")
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""What spreadsheets take for the beginning of a formula, the full-width forms too; they skip blanks before it."""
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def shown(text: str) -> str:
    """Text of several lines for a terminal, a page or a file."""
    return DANGEROUS.sub(_visible, text)


def one_line(text: str) -> str:
    """Text for a line of a log, a table or a message: it cannot begin another line."""
    return DANGEROUS_IN_A_LINE.sub(_visible, text)


def cell(value: Any) -> str:
    """A value for a cell of CSV. What a spreadsheet would run gets an apostrophe before it, which marks it as text."""
    text = "" if value is None else one_line(str(value))
    return "'" + text if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def harmless(value: Any) -> Any:
    """The same value with every text in it, keys included, as `shown` makes it. Tuples become lists, as in JSON."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {harmless(key): harmless(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [harmless(each) for each in value]
    return value


def _visible(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")
