# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Names of hosts as users write them, and all addresses that each has."""

from __future__ import annotations

import contextlib
import re
import socket
from typing import Any

from ..errors import InvalidOption
from .spans import looks_like_an_address

_LABEL = r"[^\W_](?:[\w-]{0,62})"
_NAME = re.compile(r"{0}(?:\.{0})*\.?".format(_LABEL))
_WITH_PORT = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^:\[\]]+):[0-9]+")


def checked_name(word: str) -> str:
    """A name without its last dot. Letters of any language are left to the resolver."""
    if "://" in word:
        raise InvalidOption("hosts", word, "give the name or the address, without https:// and path")
    if _WITH_PORT.fullmatch(word):
        raise InvalidOption("hosts", word, "give it without the port, which is said once in port and tls_port")
    if word.startswith("["):
        raise InvalidOption("hosts", word, "write the address without brackets")
    if looks_like_an_address(word):
        raise InvalidOption("hosts", word, "it looks like an address and is none")
    if not _NAME.fullmatch(word) or len(word) > 254:
        raise InvalidOption("hosts", word, "it is no host name: letters, digits and hyphens, and dots between them")
    return word.rstrip(".")


def resolve(name: str) -> list[str]:
    """All addresses of a name, in the resolver's order; none where there is none."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(_with_zone(place) for _family, _kind, _protocol, _name, place in found))


def _with_zone(place: Any) -> str:
    address, scope = str(place[0]), place[3] if len(place) > 3 else 0
    if scope and "%" not in address:
        with contextlib.suppress(OSError):
            return "{0}%{1}".format(address, socket.if_indextoname(scope))
    return address
