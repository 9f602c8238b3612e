# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a firmware's web server tells anybody who connects: its `Server` header and, over TLS, its certificate."""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from dataclasses import dataclass

from ..wsman.endpoint import Endpoint
from ..wsman.tls import make_context

HEAD_LIMIT = 16384
TALKS_AT_ONCE = 32
SERVER = re.compile(rb"(?im)^server:[ \t]*Intel\(R\) Active Management Technology[ \t]*([0-9.]*)")


@dataclass(frozen=True)
class Certificate:
    """`sha256` of the whole leaf in hex; `expires` as ISO 8601 in UTC. Empty texts where it cannot be read."""

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


def any_certificate() -> ssl.SSLContext:
    """A context that takes whatever the device shows, down to TLS 1.0: this only looks, and sends no secret."""
    return make_context(Endpoint("any", legacy_tls=True), verify=False)


def read_certificate(der: bytes) -> Certificate:
    from cryptography import x509  # comes with ansible-core, and takes a tenth of a second that few runs need
    from cryptography.x509.oid import NameOID

    def common_name(name: x509.Name) -> str:
        found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else ""

    digest = hashlib.sha256(der).hexdigest()
    try:
        leaf = x509.load_der_x509_certificate(der)
        expires = leaf.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Certificate(digest, common_name(leaf.subject), common_name(leaf.issuer), expires)
    except (ValueError, x509.InvalidVersion):
        return Certificate(digest)


def parse_head(head: bytes) -> str | None:
    """The version in an AMT `Server` header, or None when the peer is something else."""
    found = SERVER.search(head)
    return found.group(1).decode() if found else None


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

    async def ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Banner | None:
        """What is said there on an open connection. Raises OSError when the peer leaves."""
        if writer.is_closing():
            return None
        if self.context:
            await writer.start_tls(self.context)
        host = "[{0}]".format(self.address) if ":" in self.address else self.address
        writer.write("GET / HTTP/1.1\r\nHost: {0}:{1}\r\nConnection: close\r\n\r\n".format(host, self.port).encode())
        version = parse_head(await read_head(reader))
        if version is None:
            return None
        if not self.context:
            return Banner(self.port, False, version)
        secured = writer.get_extra_info("ssl_object")
        der = secured.getpeercert(binary_form=True)
        return Banner(self.port, True, version, secured.version() or "", read_certificate(der) if der else None)


@dataclass(frozen=True)
class Looker:
    """Connects to many at once and talks to a few at once: nobody times out because we are short of CPU ourselves.

    `timeout` seconds for a connection, and again for what is said on it.
    """

    context: ssl.SSLContext
    turns: asyncio.Semaphore
    timeout: float

    async def look(self, address: str, port: int, tls: bool) -> Banner | None:
        """None when nobody answers in time or the answer is not that of AMT."""
        door = Door(address, port, self.context if tls else None)
        try:
            connecting = asyncio.open_connection(address, port, limit=HEAD_LIMIT)
            reader, writer = await asyncio.wait_for(connecting, self.timeout)
        except (OSError, asyncio.TimeoutError):
            return None
        try:
            async with self.turns:
                return await asyncio.wait_for(door.ask(reader, writer), self.timeout)
        except (OSError, asyncio.TimeoutError):
            return None
        finally:
            writer.transport.abort()


def looker(timeout: float) -> Looker:
    return Looker(any_certificate(), asyncio.Semaphore(TALKS_AT_ONCE), timeout)
