# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether AMT answers on this machine's own port, which it does when LMS carries it there. Nothing is logged in to."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl

HOST = "127.0.0.1"
PLAIN, TLS = 16992, 16993
SECONDS = 5.0
LEGACY = 0x4 | 0x40000
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT and SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION."""
MOST = 16384
"""Octets of an answer that are looked at."""
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
BANNER = re.compile(
    rb"^Server:[ \t]*(Intel\(R\) (?:Active Management Technology|Standard Manageability)[^\r\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
"""The second one is the name of a platform with a part of AMT's features (SKU standard_manageability)."""


def banner(seconds: float = SECONDS) -> str | None:
    """How AMT names itself, over TLS where it offers no other; None when nothing, or something else, answers."""
    for port, wrap in ((PLAIN, None), (TLS, _anybody())):
        found = _ask(port, wrap, seconds)
        if found:
            return found
    return None


def _anybody() -> ssl.SSLContext:
    """Any certificate will do, and what AMT 10 and older speak: no secret is sent, and a wrong peer only says something
    wrong about itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= LEGACY
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _ask(port: int, wrap: ssl.SSLContext | None, seconds: float) -> str | None:
    try:
        with contextlib.ExitStack() as open_things:
            stream = open_things.enter_context(socket.create_connection((HOST, port), seconds))
            if wrap is not None:
                stream = open_things.enter_context(wrap.wrap_socket(stream))
            stream.sendall(REQUEST)
            found = BANNER.search(_head(stream))
    except OSError:
        return None
    return found.group(1).decode("ascii", "replace").strip() if found else None


def _head(stream: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < MOST:
        piece = stream.recv(4096)
        if not piece:
            break
        head += piece
    return head
