# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a firmware's web server tells anybody who connects: its `Server` header and, over TLS, its certificate."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Optional

from ..web_server import SERVER, any_certificate

HEAD_LIMIT = 16384
TALKS_AT_ONCE = 32
COMMON_NAME = "2.5.4.3"


@dataclass(frozen=True)
class Certificate:
    """`sha256` of the whole leaf in hex; `expires` as ISO 8601 in UTC. Empty texts where it cannot be read.

    The core has no reader of X.509: a front end brings one, as a `Load`.
    """

    sha256: str
    common_name: str = ""
    issuer: str = ""
    expires: str = ""


@dataclass(frozen=True)
class Banner:
    """`version` is empty when the header names the product without one; `tls_version` such as TLSv1.2, or empty."""

    port: int
    tls: bool
    version: str
    tls_version: str = ""
    certificate: Certificate | None = None


#: From DER to an object as `cryptography` has it (`subject`, `issuer`, `not_valid_after_utc`; before its release 42
#: `not_valid_after`, in UTC too), or None.
Load = Callable[[bytes], Optional[Any]]


def read_certificate(der: bytes, load: Load) -> Certificate:
    digest = hashlib.sha256(der).hexdigest()
    try:
        leaf = load(der)
        if leaf is None:
            return Certificate(digest)
        end = leaf.not_valid_after_utc if hasattr(leaf, "not_valid_after_utc") else leaf.not_valid_after
        expires = end.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Certificate(digest, common_name(leaf.subject), common_name(leaf.issuer), expires)
    except ValueError:
        return Certificate(digest)


def common_name(attributes: Iterable[Any]) -> str:
    return next((str(each.value) for each in attributes if each.oid.dotted_string == COMMON_NAME), "")


def parse_head(head: bytes) -> str | None:
    """The version in an AMT `Server` header, or None when the peer is something else."""
    found = SERVER.search(head)
    return found.group(2).decode() if found else None


async def read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError:
        return b""


@dataclass(frozen=True)
class Door:
    """A port of an address; `context` where it speaks TLS."""

    address: str
    port: int
    context: ssl.SSLContext | None
    load: Load

    async def connect(self) -> socket.socket:
        """Raises OSError when nobody takes the connection."""
        family, kind, protocol, _name, place = socket.getaddrinfo(self.address, self.port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, place)
        except BaseException:
            sock.close()
            raise
        return sock

    async def converse(self, sock: socket.socket) -> Banner | None:
        """What is said there on a connection, which is closed. Raises OSError when the peer leaves."""
        name = "" if self.context else None
        reader, writer = await asyncio.open_connection(
            sock=sock, limit=HEAD_LIMIT, ssl=self.context, server_hostname=name
        )
        try:
            return await self.ask(reader, writer)
        finally:
            writer.transport.abort()

    async def ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Banner | None:
        host = "[{0}]".format(self.address) if ":" in self.address else self.address
        writer.write("GET / HTTP/1.1\r\nHost: {0}:{1}\r\nConnection: close\r\n\r\n".format(host, self.port).encode())
        version = parse_head(await read_head(reader))
        if version is None:
            return None
        if not self.context:
            return Banner(self.port, False, version)
        secured = writer.get_extra_info("ssl_object")
        der = secured.getpeercert(binary_form=True)
        return Banner(self.port, True, version, secured.version() or "", self.certificate(der))

    def certificate(self, der: bytes | None) -> Certificate | None:
        return read_certificate(der, self.load) if der else None


@dataclass(frozen=True)
class Looker:
    """Connects to many at once and talks to a few at once: nobody times out because we are short of CPU ourselves.

    `timeout` seconds for a connection, and again for what is said on it.
    """

    context: ssl.SSLContext
    turns: asyncio.Semaphore
    timeout: float
    load: Load

    async def look(self, address: str, port: int, tls: bool) -> Banner | None:
        """None when nobody answers in time or the answer is not that of AMT."""
        door = Door(address, port, self.context if tls else None, self.load)
        try:
            sock = await asyncio.wait_for(door.connect(), self.timeout)
        except (OSError, asyncio.TimeoutError):
            return None
        try:
            async with self.turns:
                return await asyncio.wait_for(door.converse(sock), self.timeout)
        except (OSError, asyncio.TimeoutError):
            return None
        finally:
            sock.close()


def looker(timeout: float, load: Load) -> Looker:
    return Looker(any_certificate(), asyncio.Semaphore(TALKS_AT_ONCE), timeout, load)
