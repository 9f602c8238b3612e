# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where a firmware is and how to log in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import InvalidOption

PLAIN_PORT = 16992
TLS_PORT = 16993
AUTHENTICATIONS = ("digest", "kerberos")


@dataclass(frozen=True)
class Endpoint:
    """`fingerprint` is the SHA-256 of the leaf certificate, 64 hex digits, colons allowed. Times are seconds.

    `legacy_tls` admits what AMT 10 and older speak: TLS 1.0, RSA key exchange, unsafe renegotiation.
    `proxy_command` is the argument list of a program whose standard input and output are the byte stream.
    """

    host: str
    port: int = 0
    username: str = "admin"
    password: str = field(default="", repr=False)
    auth: str = "digest"
    tls: bool = True
    ca_file: str = ""
    fingerprint: str = ""
    client_certificate: str = ""
    client_key: str = ""
    legacy_tls: bool = False
    proxy_command: tuple[str, ...] = ()
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    deadline: float = 300.0

    def __post_init__(self) -> None:
        if not self.host:
            raise InvalidOption("host", self.host, "name the address of the firmware")
        if not 0 <= self.port <= 65535:
            raise InvalidOption("port", self.port, "a TCP port is 1 to 65535; leave it out for 16993 (TLS) or 16992")
        if self.auth not in AUTHENTICATIONS:
            raise InvalidOption("auth", self.auth, "one of " + ", ".join(AUTHENTICATIONS))
        for name in ("connect_timeout", "read_timeout", "deadline"):
            if getattr(self, name) <= 0:
                raise InvalidOption(name, getattr(self, name), "give a number of seconds above 0")
        plain = self.fingerprint.replace(":", "").lower()
        if plain and not re.fullmatch("[0-9a-f]{64}", plain):
            raise InvalidOption("fingerprint", self.fingerprint, "the SHA-256 of the leaf certificate is 64 hex digits")
        object.__setattr__(self, "fingerprint", plain)
        if not self.port:
            object.__setattr__(self, "port", TLS_PORT if self.tls else PLAIN_PORT)
