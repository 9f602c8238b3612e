# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How an answer's bytes reach the client: chunked as firmware does it, or spoilt in one of the scripted ways."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from .faults import Script

CHUNK = 1260
"""Octets of a chunk. Recorded replies show sizes of four hexadecimal digits and a short last chunk."""

NOT_HTTP = bytes(range(0x80, 0x100)) * 4

REASONS = {
    200: "OK",
    303: "See Other",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass
class Message:
    """An HTTP answer. A chunked one has no length; `close` ends the connection after it; `unsaid`: it answers HEAD."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    chunked: bool = False
    close: bool = False
    unsaid: bool = False

    def head(self) -> bytes:
        lines = ["HTTP/1.1 {0} {1}".format(self.status, REASONS[self.status])]
        lines += ["{0}: {1}".format(name, value) for name, value in self.headers]
        lines.append("Transfer-Encoding: chunked" if self.chunked else "Content-Length: {0}".format(len(self.body)))
        if self.close:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def payload(self) -> bytes:
        if self.unsaid:
            return b""
        if not self.chunked:
            return self.body
        pieces = [self.body[start : start + CHUNK] for start in range(0, len(self.body), CHUNK)]
        return b"".join(chunk(piece) for piece in pieces) + b"0\r\n\r\n"


def chunk(octets: bytes) -> bytes:
    return b"%04X\r\n%s\r\n" % (len(octets), octets)


class Dropped(Exception):
    """The connection must end now; `reset` says whether with RST."""

    def __init__(self, reset: bool) -> None:
        super().__init__("reset" if reset else "closed")
        self.reset = reset


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST instead of FIN."""
    endpoint = writer.get_extra_info("socket")
    if endpoint is not None and endpoint.fileno() >= 0:
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def deliver(writer: asyncio.StreamWriter, message: Message, scripts: list[Script]) -> None:
    """Send an answer, spoilt by the first script that spoils answers. Raises Dropped when the connection ends."""
    spoilt = [script for script in scripts if script.fault in SPOILERS]
    if not spoilt:
        writer.write(message.head() + message.payload())
        await writer.drain()
        return
    async for octets in SPOILERS[spoilt[0].fault](message, spoilt[0]):
        writer.write(octets)
        await writer.drain()


async def lost_answer(message: Message, script: Script) -> AsyncIterator[bytes]:
    raise Dropped(reset=True)
    yield b""


async def drop_during_answer(message: Message, script: Script) -> AsyncIterator[bytes]:
    yield message.head() + message.payload()[: len(message.payload()) // 2]
    await asyncio.sleep(0.05)
    raise Dropped(reset=True)


async def cut_chunk(message: Message, script: Script) -> AsyncIterator[bytes]:
    message.chunked = True
    yield message.head() + b"%04X\r\n" % len(message.body) + message.body[: len(message.body) // 2]
    raise Dropped(reset=False)


async def garbage(message: Message, script: Script) -> AsyncIterator[bytes]:
    yield NOT_HTTP
    raise Dropped(reset=False)


async def replaced(message: Message, body: bytes, content_type: str) -> AsyncIterator[bytes]:
    message.headers = [pair for pair in message.headers if pair[0] != "Content-Type"] + [("Content-Type", content_type)]
    message.body = body
    yield message.head() + message.payload()


SOAP_TYPE = "application/soap+xml; charset=UTF-8"


def html_answer(message: Message, script: Script) -> AsyncIterator[bytes]:
    return replaced(message, b"<!DOCTYPE html><html><body><h1>Welcome</h1></body></html>", "text/html")


def empty_answer(message: Message, script: Script) -> AsyncIterator[bytes]:
    return replaced(message, b"", SOAP_TYPE)


def malformed_xml(message: Message, script: Script) -> AsyncIterator[bytes]:
    return replaced(message, message.body[: len(message.body) * 2 // 3], SOAP_TYPE)


def deep_xml(message: Message, script: Script) -> AsyncIterator[bytes]:
    depth = script["depth"]
    return replaced(message, b"<a>" * depth + b"</a>" * depth, SOAP_TYPE)


def entities(message: Message, script: Script) -> AsyncIterator[bytes]:
    """Ten generations of tenfold entities, as far as the reader lets them."""
    rows = "".join('<!ENTITY e{0} "{1}">'.format(n, "&e{0};".format(n - 1) * 10) for n in range(1, 10))
    document = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ten">{0}]><a>&e9;</a>'.format(rows)
    return replaced(message, document.encode("ascii"), SOAP_TYPE)


async def endless_headers(message: Message, script: Script) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    line = b"X-Filler: " + b"f" * 1000 + b"\r\n"
    for _sent in range(0, script["bytes"], len(line)):
        yield line
    raise Dropped(reset=True)


async def endless_answer(message: Message, script: Script) -> AsyncIterator[bytes]:
    message.chunked = True
    yield message.head()
    piece = chunk(b" " * 16384)
    for _sent in range(0, script["bytes"], len(piece)):
        yield piece
    raise Dropped(reset=True)


async def trickle(message: Message, script: Script) -> AsyncIterator[bytes]:
    for octet in message.head() + message.payload():
        yield bytes((octet,))
        await asyncio.sleep(script["seconds"])


SPOILERS = {
    spoiler.__name__: spoiler
    for spoiler in (
        lost_answer,
        drop_during_answer,
        cut_chunk,
        garbage,
        html_answer,
        empty_answer,
        malformed_xml,
        deep_xml,
        entities,
        endless_headers,
        endless_answer,
        trickle,
    )
}
