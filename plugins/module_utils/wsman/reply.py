# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""HTTP/1.1 replies out of bytes (RFC 9112). Pure and incremental: any split of the same bytes gives the same result."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import ProtocolError
from .digest import TOKEN

HEAD_LIMIT = 32 * 1024  # bytes of status line and header fields, or of the trailer
FIELD_LIMIT = 100  # header fields
LINE_LIMIT = 1024  # bytes of a chunk's size line
REPLY_LIMIT = 4 * 1024 * 1024  # bytes of body, chunk framing included; firmware that is asked for 99999 sends less
INTERIM_LIMIT = 8  # replies of 1xx before the final one

_STATUS = re.compile(r"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\x00-\x08\x0a-\x1f\x7f]*)?")
_FIELD = re.compile(rf"({TOKEN}):([^\x00-\x08\x0a-\x1f\x7f]*)")
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?")
_MORE = -1


class HttpReply(NamedTuple):
    """Header names are lower case; fields of the same name are joined by ", "."""

    status: int
    headers: dict[str, str]
    body: bytes


class ReplyParser:
    """Feed bytes until `feed` is true, or call `end` when the peer has closed; then read `reply`.

    `keep_alive` tells whether the connection may carry another request, `excess` what came after the reply.
    Raises ProtocolError for everything that is malformed, ambiguous or over a limit.
    """

    def __init__(self, reply_limit: int = REPLY_LIMIT) -> None:
        self.reply: HttpReply | None = None
        self.keep_alive = False
        self.excess = b""
        self._reply_limit = reply_limit
        self._step = self._head
        self._pending = b""
        self._body = bytearray()
        self._left = 0
        self._size = 0
        self._interim = 0
        self._status = 0
        self._headers: dict[str, str] = {}

    @property
    def started(self) -> bool:
        """Whether any byte of a reply has come."""
        return bool(self._pending or self._status)

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; true when the reply is complete."""
        if self._pending:
            data = self._pending + data
            self._pending = b""
        at = 0
        while self.reply is None and at < len(data):
            after = self._step(data, at)
            if after == _MORE:
                self._pending = data[at:]
                return False
            at = after
        self.excess += data[at:]
        return self.reply is not None

    def end(self) -> bool:
        """The peer has closed; true when that completes the reply."""
        if self.reply is None and self._step == self._until_close:
            self._finish()
        return self.reply is not None

    def result(self) -> HttpReply:
        """The complete reply; ProtocolError while there is none."""
        if self.reply is None:
            raise ProtocolError("the answer is not complete")
        return self.reply

    def _head(self, data: bytes, at: int) -> int:
        end = _blank_line(data, at)
        if end == _MORE:
            return _MORE
        status_line, *fields = data[at:end].decode("latin-1").split("\r\n")
        match = _STATUS.fullmatch(status_line)
        if not match:
            raise ProtocolError("the answer does not begin with an HTTP/1.1 status line")
        self._status = int(match.group(2))
        self._headers = _parse_fields(fields)
        if self._status < 200:
            self._pass_over_interim()
        else:
            self._choose_framing(modern=match.group(1) == "1")
        return end + 4

    def _pass_over_interim(self) -> None:
        self._interim += 1
        if self._status == 101 or self._interim > INTERIM_LIMIT:
            raise ProtocolError("the device sent {0} where an answer was due".format(self._status))

    def _choose_framing(self, modern: bool) -> None:
        coding = self._headers.get("transfer-encoding")
        length = _content_length(self._headers.get("content-length"))
        words = [word.strip() for word in self._headers.get("connection", "").lower().split(",")]
        self.keep_alive = "close" not in words and (modern or "keep-alive" in words)
        if self._status in (204, 304):
            self._finish()
        elif coding is not None:
            if length is not None or coding.lower() != "chunked" or not modern:
                raise ProtocolError("the length of the answer is ambiguous: {0!r}".format(coding[:80]))
            self._step = self._chunk_line
        elif length is None:
            self.keep_alive = False
            self._step = self._until_close
        else:
            self._expect(length)
            self._step = self._sized
            if not length:
                self._finish()

    def _expect(self, count: int) -> None:
        self._size += count
        if self._size > self._reply_limit:
            raise ProtocolError("the answer is larger than {0} bytes".format(self._reply_limit))
        self._left = count

    def _take(self, data: bytes, at: int) -> int:
        part = data[at : at + self._left]
        self._body += part
        self._left -= len(part)
        return at + len(part)

    def _sized(self, data: bytes, at: int) -> int:
        at = self._take(data, at)
        if not self._left:
            self._finish()
        return at

    def _until_close(self, data: bytes, at: int) -> int:
        self._expect(len(data) - at)
        return self._take(data, at)

    def _chunk_line(self, data: bytes, at: int) -> int:
        end = data.find(b"\r\n", at, at + LINE_LIMIT + 2)
        if end < 0:
            if len(data) - at >= LINE_LIMIT + 2:
                raise ProtocolError("the size line of a chunk is longer than {0} bytes".format(LINE_LIMIT))
            return _MORE
        match = _CHUNK.fullmatch(data, at, end)
        if not match:
            raise ProtocolError("the size of a chunk is malformed")
        size = int(match.group(1), 16)
        self._size += end - at + 4
        self._expect(size)
        self._step = self._chunk if size else self._trailer
        return end + 2

    def _chunk(self, data: bytes, at: int) -> int:
        at = self._take(data, at)
        if not self._left:
            self._step = self._chunk_end
        return at

    def _chunk_end(self, data: bytes, at: int) -> int:
        if not b"\r\n".startswith(data[at : at + 2]):
            raise ProtocolError("a chunk is longer than its size line says")
        if len(data) - at < 2:
            return _MORE
        self._step = self._chunk_line
        return at + 2

    def _trailer(self, data: bytes, at: int) -> int:
        if data.startswith(b"\r\n", at):
            self._finish()
            return at + 2
        end = _blank_line(data, at)
        if end == _MORE:
            return _MORE
        _parse_fields(data[at:end].decode("latin-1").split("\r\n"))
        self._finish()
        return end + 4

    def _finish(self) -> None:
        self.reply = HttpReply(self._status, self._headers, bytes(self._body))
        self._body.clear()


def _blank_line(data: bytes, at: int) -> int:
    """Where the empty line begins that ends a head, or _MORE."""
    end = data.find(b"\r\n\r\n", at, at + HEAD_LIMIT + 4)
    if end < 0 and len(data) - at >= HEAD_LIMIT + 4:
        raise ProtocolError("the header of the answer is larger than {0} bytes".format(HEAD_LIMIT))
    return end


def _parse_fields(lines: list[str]) -> dict[str, str]:
    if len(lines) > FIELD_LIMIT:
        raise ProtocolError("the answer has more than {0} header fields".format(FIELD_LIMIT))
    fields: dict[str, str] = {}
    for line in lines:
        match = _FIELD.fullmatch(line)
        if not match:
            raise ProtocolError("a header field of the answer is malformed")
        name = match.group(1).lower()
        value = match.group(2).strip(" \t")
        fields[name] = fields[name] + ", " + value if name in fields else value
    return fields


def _content_length(value: str | None) -> int | None:
    if value is None:
        return None
    lengths = {part.strip(" \t") for part in value.split(",")}
    length = lengths.pop()
    if lengths or not _LENGTH.fullmatch(length):
        raise ProtocolError("the length of the answer is malformed or given twice")
    return int(length)
