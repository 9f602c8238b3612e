# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Octets that XML forbids, as firmware passes them on from a BIOS: a bell in an asset tag, 0xFF for what is not set."""

from __future__ import annotations

import re
from collections.abc import Iterator

ILLEGIBLE = "\ufffd"
"""Stands for each such character, so that a text shows that something was there."""

_RAW = re.compile(b"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_REFERENCE = re.compile(rb"&#(?:0*([0-9]{1,7})|[xX]0*([0-9A-Fa-f]{1,6}));")
_TABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), ILLEGIBLE)
_PIECE = 65536
_MARK = ILLEGIBLE.encode("utf-8")


def legible(document: bytes) -> bytes:
    """The same document in UTF-8, ILLEGIBLE in place of what no XML 1.0 document may hold, without zeros at its end."""
    document = document.rstrip(b"\0")
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        document = document.decode("utf-8", "replace").encode("utf-8")
    if _RAW.search(document):
        document = document.decode("utf-8").translate(_TABLE).encode("utf-8")
    return b"".join(_pieces(document)) if b"&#" in document else document


def _pieces(document: bytes) -> Iterator[bytes]:
    """What the references are replaced in, cut before a reference: a list of a million of them takes its memory."""
    start = 0
    while start < len(document):
        end = start + _PIECE
        if end < len(document):
            cut = document.rfind(b"&", start + 1, end)
            end = cut if cut > start else end
        yield _REFERENCE.sub(_referred, document[start:end])
        start = end


def _referred(found: re.Match[bytes]) -> bytes:
    code = int(found[1]) if found[1] else int(found[2], 16)
    return found[0] if _allowed(code) else _MARK


def _allowed(code: int) -> bool:
    """Production 2, Char, of XML 1.0."""
    return code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xDFFF < code < 0xFFFE or 0xFFFF < code < 0x110000
