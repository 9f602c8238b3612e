# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reply parser: what it reads, what it refuses, and that it does not matter how the bytes are split."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import ProtocolError
from ansible_collections.outofband.amt.plugins.module_utils.wsman import reply as limits
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import ReplyParser
from hypothesis import example, given
from hypothesis import strategies as st

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def parse(data, *splits, limit=limits.REPLY_LIMIT):
    """(status, headers, body, keep_alive, excess), None for an incomplete reply, or the class of the error."""
    parser = ReplyParser(limit)
    try:
        for start, end in zip((0, *splits), (*splits, len(data))):
            parser.feed(data[start:end])
        parser.end()
    except ProtocolError as error:
        return str(error)
    return parser.reply and (*parser.reply, parser.keep_alive, parser.excess)


@pytest.mark.parametrize(
    ("data", "status", "body", "keep_alive"),
    [
        (OK + b"Content-Length: 3\r\n\r\nabc", 200, b"abc", True),
        (OK + b"Content-Length: 0\r\n\r\n", 200, b"", True),
        (OK + b"Content-Length: 3, 3\r\n\r\nabc", 200, b"abc", True),
        (OK + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc", True),
        (OK + b"Content-Length: 3\r\nConnection: Close\r\n\r\nabc", 200, b"abc", False),
        (OK + b"Content-Length: 3\r\nConnection: x, close\r\n\r\nabc", 200, b"abc", False),
        (OK + b"\r\nabc", 200, b"abc", False),
        (OK + b"\r\n", 200, b"", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 200, b"a", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: Keep-Alive\r\n\r\na", 200, b"a", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 401\r\nContent-Length: 0\r\n\r\n", 401, b"", True),
        (b"HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n", 401, b"", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\na", 200, b"a", True),
        (b"HTTP/1.1 102 Wait\r\nX: y\r\n\r\n" * 3 + OK + b"Content-Length: 1\r\n\r\na", 200, b"a", True),
        (CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", 200, b"abc", True),
        (CHUNKED + b"0\r\n\r\n", 200, b"", True),
        (CHUNKED + b"0003 \r\nabc\r\n1;x=y\r\nd\r\nA\r\n0123456789\r\n000\r\n\r\n", 200, b"abcd0123456789", True),
        (CHUNKED + b"1\r\na\r\n0\r\nChecksum: 1\r\nOther: 2\r\n\r\n", 200, b"a", True),
        (OK + b"transfer-encoding: Chunked \r\n\r\n0\r\n\r\n", 200, b"", True),
    ],
)
def test_replies(data, status, body, keep_alive):
    assert parse(data)[0] == status
    assert parse(data)[2:] == (body, keep_alive, b"")
    assert parse(data, *range(1, len(data))) == parse(data)


def test_fields_of_one_name_are_joined_and_names_are_lower_case():
    data = (
        OK + b"WWW-Authenticate: Negotiate\r\nX-Y: \t z \r\nwww-authenticate: Digest a=b\r\nContent-Length: 0\r\n\r\n"
    )
    assert parse(data)[1] == {"www-authenticate": "Negotiate, Digest a=b", "x-y": "z", "content-length": "0"}


def test_what_follows_the_reply_is_kept_apart():
    data = OK + b"Content-Length: 1\r\n\r\naHTTP/1.1"
    assert parse(data)[2:] == (b"a", True, b"HTTP/1.1")
    assert parse(data, *range(1, len(data))) == parse(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        OK + b"Content-Length: 3\r\n\r\nab",
        CHUNKED,
        CHUNKED + b"3",
        CHUNKED + b"3\r\nab",
        CHUNKED + b"3\r\nabc\r",
        CHUNKED + b"0\r\n",
        CHUNKED + b"0\r\nX: y\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_incomplete_replies(data):
    assert parse(data) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"HTTP/1.1 200 OK\n\n\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 600 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.1 200 \x00\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        OK + b"X y\r\n\r\n",
        OK + b": y\r\n\r\n",
        OK + b"X : y\r\n\r\n",
        OK + b" X: y\r\n\r\n",
        OK + b"X: a\r\n b\r\n\r\n",
        OK + b"X: a\nb\r\n\r\n",
        OK + b"X: a\x00\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: +1\r\n\r\n",
        OK + b"Content-Length: 1 1\r\n\r\n",
        OK + b"Content-Length: 0x1\r\n\r\n",
        OK + b"Content-Length: \xb2\r\n\r\n",
        OK + b"Content-Length: \r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        OK + b"Transfer-Encoding: gzip\r\n\r\n",
        OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n",
        OK + b"Transfer-Encoding: \r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"\r\n",
        CHUNKED + b"g\r\n",
        CHUNKED + b"-1\r\n",
        CHUNKED + b"0x1\r\n",
        CHUNKED + b" 1\r\na\r\n",
        CHUNKED + b"1\na\r\n0\r\n",
        CHUNKED + b"1\r\nab\r\n",
        CHUNKED + b"1\r\na\r\r\n",
        CHUNKED + b"0\r\nbad trailer\r\n\r\n",
        CHUNKED + b"0\r\nX: a\r\n b\r\n\r\n",
    ],
)
def test_malformed_replies(data):
    assert isinstance(parse(data), str)
    assert parse(data, *range(1, len(data))) == parse(data)


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        (lambda excess: OK + b"X: " + b"y" * (limits.HEAD_LIMIT - len(OK) - 3 + excess) + b"\r\n\r\n", True),
        (lambda excess: OK + b"X: y\r\n" * (limits.FIELD_LIMIT - 1 + excess) + b"Content-Length: 0\r\n\r\n", True),
        (lambda excess: OK + b"Content-Length: %d\r\n\r\n" % (99 + excess) + b"y" * (99 + excess), True),
        (lambda excess: OK + b"\r\n" + b"y" * (99 + excess), True),
        (lambda excess: CHUNKED + b"5a;%s\r\n" % (b"x" * excess) + b"y" * 90 + b"\r\n0\r\n\r\n", False),
        (lambda excess: CHUNKED + b"1;%s\r\ny\r\n0\r\n\r\n" % (b"x" * (limits.LINE_LIMIT - 2 + excess)), None),
        (lambda excess: b"HTTP/1.1 100 X\r\n\r\n" * (limits.INTERIM_LIMIT + excess) + OK + b"\r\n", True),
        (lambda excess: CHUNKED + b"0\r\nX: " + b"y" * (limits.HEAD_LIMIT - 3 + excess) + b"\r\n\r\n", None),
    ],
)
def test_limits_hold_to_the_byte(data, fits):
    limit = limits.REPLY_LIMIT if fits is None else 99 if fits else 90 + 3 + 4 + 1 + 4
    exact, over = data(0), data(1)
    assert parse(exact, limit=limit)[0] == 200
    assert isinstance(parse(over, limit=limit), str)
    for step in (1, 7, 1000):
        assert parse(exact, *range(step, len(exact), step), limit=limit) == parse(exact, limit=limit)
        assert parse(over, *range(step, len(over), step), limit=limit) == parse(over, limit=limit)


def test_an_endless_header_and_an_endless_size_line_are_cut_off():
    assert "larger" in parse(b"x" * (limits.HEAD_LIMIT + 4))
    assert "longer" in parse(CHUNKED + b"1" * (limits.LINE_LIMIT + 2))


FRAGMENTS = [
    OK, CHUNKED, b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 401 No\r\n", b"Content-Length: 5\r\n", b"\r\n", b"0\r\n",
    b"\r\n\r\n", b"5\r\nabcde\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b"X: y\r\n", b"abcde",
]  # fmt: skip
PIECES = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=8), max_size=10).map(b"".join)


@given(PIECES, st.data())
@example(CHUNKED + b"5\r\nabcde\r\n0\r\nX: y\r\n\r\nmore", None)
def test_the_split_does_not_matter(data, drawn):
    cuts = st.lists(st.integers(0, len(data)), max_size=6)
    splits = range(1, len(data)) if drawn is None else sorted(drawn.draw(cuts))
    assert parse(data, *splits) == parse(data)


@given(st.binary(max_size=20000), st.lists(st.integers(1, 5000), max_size=20), st.booleans())
def test_every_body_comes_back(body, sizes, trailer):
    data, rest = CHUNKED, body
    for size in sizes:
        part, rest = rest[:size], rest[size:]
        data += b"%X\r\n%s\r\n" % (len(part), part) if part else b""
    data += b"%x\r\n%s\r\n" % (len(rest), rest) if rest else b""
    data += b"0\r\nX: y\r\n\r\n" if trailer else b"0\r\n\r\n"
    assert parse(data)[2:] == (body, True, b"")
    sized = OK + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    assert parse(sized)[2:] == (body, True, b"")
