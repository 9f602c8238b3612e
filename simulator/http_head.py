# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The head of a request as firmware takes it: programs for the host leave out the Host of HTTP/1.1, others send an
empty line too many after a body, and a proxy is told the whole address (RFC 9112, 2.2 and 3.2.2)."""

from __future__ import annotations

import re

LIMIT = 1 << 14
END = re.compile(rb"\n\r?\n")
HOST = re.compile(rb"^host[ \t]*:", re.IGNORECASE | re.MULTILINE)
FIRST_LINE = re.compile(rb"[^\r\n]*HTTP/1\.1\r?\n")
ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


class TooLong(Exception):
    """A request has more octets than anybody has room for."""


def is_whole(octets: bytes) -> bool:
    """Whether the head has come to its end, or begins as none does. Raises TooLong for one without an end."""
    ended = END.search(octets) is not None or b"" < octets[:1] < b"!"
    if not ended and len(octets) > LIMIT:
        raise TooLong
    return ended


def without_empty_lines(octets: bytes) -> bytes:
    return octets.lstrip(b"\r\n")


def path_of(target: str) -> str:
    """A request's target without the host that it may name."""
    return ORIGIN.sub("", target, count=1) or "/" if ORIGIN.match(target) else target


def with_host(octets: bytes) -> bytes:
    """What has come, with an empty Host in a head that has none. What is no request stays as it is."""
    first, end = FIRST_LINE.match(octets), END.search(octets)
    if first is None or end is None or HOST.search(octets, first.end(), end.start() + 1):
        return octets
    return octets[: first.end()] + b"Host:\r\n" + octets[first.end() :]
