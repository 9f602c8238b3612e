# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Whether AMT answers on this machine's own port, which it does when LMS carries it there. Nothing is logged in to."""

from __future__ import annotations

import contextlib
import socket
import ssl

from ..web_server import SERVER, any_certificate

HOST = "127.0.0.1"
PLAIN, TLS = 16992, 16993
SECONDS = 5.0
MOST = 16384
"""Octets of an answer that are looked at."""
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def banner(seconds: float = SECONDS) -> str | None:
    """How AMT names itself, over TLS where it offers no other; None when nothing, or something else, answers."""
    for port, wrap in ((PLAIN, None), (TLS, any_certificate())):
        found = _ask(port, wrap, seconds)
        if found:
            return found
    return None


def _ask(port: int, wrap: ssl.SSLContext | None, seconds: float) -> str | None:
    try:
        with contextlib.ExitStack() as open_things:
            stream = open_things.enter_context(socket.create_connection((HOST, port), seconds))
            if wrap is not None:
                stream = open_things.enter_context(wrap.wrap_socket(stream))
            stream.sendall(REQUEST)
            found = SERVER.search(_head(stream))
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
