# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a firmware's web server tells anybody who connects: its `Server` header and, over TLS, its certificate."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Callable, Optional

from ..errors import AmtError
from ..web_server import SERVER, any_certificate
from .talk import Asking, AskingSecurely, Talk, talk

COMMON_NAME = "2.5.4.3"
LONGEST_NAME = 256
"""Characters of a certificate's names that are kept; X.520 allows a common name 64."""
ILL_MADE = (ValueError, TypeError, OverflowError, NotImplementedError)
"""What readers of X.509 raise at a certificate that somebody made up: `cryptography` a TypeError at a name in bits."""


@dataclass(frozen=True)
class Certificate:
    """`sha256` of the whole leaf in hex; `expires` as ISO 8601 in UTC. Empty texts where it cannot be read.

    Any peer may have made it up, so it is read by a library that a front end brings, as a `Load`.
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
    except ILL_MADE:
        return Certificate(digest)


def common_name(attributes: Iterable[Any]) -> str:
    named = (str(each.value) for each in attributes if each.oid.dotted_string == COMMON_NAME)
    return next(named, "")[:LONGEST_NAME]


def parse_head(head: bytes) -> str | None:
    """The version in an AMT `Server` header, or None when the peer is something else."""
    found = SERVER.search(head)
    return (found.group(2) or b"").decode() if found else None


@dataclass(frozen=True)
class Look:
    """What a port showed: a banner, or none. `mute`: it took the connection and did not end what it had to say."""

    port: int
    banner: Banner | None = None
    mute: bool = False


@dataclass(frozen=True)
class Looker:
    """`connect` seconds for a connection and again for all that is said on it, `answer` for its first octet.

    The time that the connection took is added to the latter: a network may be slow where the peer is not.
    """

    context: ssl.SSLContext
    connect: float
    answer: float
    load: Load

    async def look(self, address: str, port: int, tls: bool, patient: bool = False) -> Look:
        """A `patient` look waits for the first octet as long as for the rest."""
        loop = asyncio.get_running_loop()
        asking = AskingSecurely(request(address, port), self.context) if tls else Asking(request(address, port))
        try:
            sock, place = await open_socket(address, port)
        except OSError:
            return Look(port)
        begun = loop.time()
        try:
            await asyncio.wait_for(loop.sock_connect(sock, place), self.connect)
            answer = self.connect if patient else min(self.connect, self.answer + loop.time() - begun)
            talked = await talk(sock, asking, answer, self.connect)
        except (OSError, asyncio.TimeoutError):
            return Look(port)
        finally:
            sock.close()
        return self.seen(port, asking, talked)

    def seen(self, port: int, asking: Asking, talked: Talk) -> Look:
        version = parse_head(asking.head)
        if version is None:
            return Look(port, mute=talked.mute)
        if not isinstance(asking, AskingSecurely):
            return Look(port, Banner(port, False, version))
        certificate = read_certificate(asking.certificate, self.load) if asking.certificate else None
        return Look(port, Banner(port, True, version, asking.tls_version, certificate))


def request(address: str, port: int) -> bytes:
    host = address.partition("%")[0]
    host = "[{0}]".format(host) if ":" in host else host
    return "GET / HTTP/1.1\r\nHost: {0}:{1}\r\nConnection: close\r\n\r\n".format(host, port).encode()


OUT_OF_SOCKETS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
TRIES, PAUSE = 100, 0.1


async def open_socket(address: str, port: int) -> tuple[socket.socket, Any]:
    """A socket and where to connect it. Waits while this machine has none to give, for other conversations to end."""
    family, kind, protocol, _name, place = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )[0]
    for _try in range(TRIES):
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:
            if error.errno not in OUT_OF_SOCKETS:
                raise
            await asyncio.sleep(PAUSE)
        else:
            sock.setblocking(False)
            return sock, place
    hint = "raise its limit of open files (ulimit -n) or lower concurrency"
    raise AmtError("this machine gives the scan no more sockets", hint)


def looker(connect: float, answer: float, load: Load) -> Looker:
    context = any_certificate()
    context.options |= ssl.OP_NO_RENEGOTIATION
    return Looker(context, connect, answer, load)
