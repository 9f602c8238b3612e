# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where a firmware is and how to log in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import InvalidOption

PLAIN_PORT = 16992
TLS_PORT = 16993
_NOT_IN_HOST = re.compile(r"[\s/@?#\[\]\x00-\x1f\x7f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
AUTHENTICATIONS = ("digest", "kerberos")


@dataclass(frozen=True)
class Endpoint:
    """`password_hash` is `digest.identity` of user, realm and password, where the password itself is not known.

    `fingerprint` is the SHA-256 of the leaf certificate, 64 hex digits, colons allowed. Times are seconds.

    `legacy_tls` admits what AMT 11 and older speak: TLS 1.0, RSA key exchange, unsafe renegotiation.
    `proxy_command` is the argument list of a program whose standard input and output are the byte stream.
    """

    host: str
    port: int = 0
    username: str = "admin"
    password: str = field(default="", repr=False)
    password_hash: str = field(default="", repr=False)
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
        self._check_place()
        self._check_log_in()
        for name in ("connect_timeout", "read_timeout", "deadline"):
            if getattr(self, name) <= 0:
                raise InvalidOption(name, getattr(self, name), "give a number of seconds above 0")
        plain = self.fingerprint.replace(":", "").lower()
        if plain and not re.fullmatch("[0-9a-f]{64}", plain):
            raise InvalidOption("fingerprint", self.fingerprint, "the SHA-256 of the leaf certificate is 64 hex digits")
        object.__setattr__(self, "fingerprint", plain)
        if not self.port:
            object.__setattr__(self, "port", TLS_PORT if self.tls else PLAIN_PORT)

    def _check_place(self) -> None:
        if not self.host or _NOT_IN_HOST.search(self.host):
            raise InvalidOption("host", self.host, "give a name or an IP address, without port or scheme")
        try:
            self.host.encode("idna")
        except UnicodeError:
            raise InvalidOption("host", self.host, "a part of the name is empty or too long") from None
        if not 0 <= self.port <= 65535:
            raise InvalidOption("port", self.port, "a TCP port is 1 to 65535; leave it out for 16993 (TLS) or 16992")
        if isinstance(self.proxy_command, str):
            raise InvalidOption("proxy_command", self.proxy_command, "give the program and its arguments as a list")

    def _check_log_in(self) -> None:
        if _CONTROL.search(self.username):
            raise InvalidOption("username", self.username, "control characters cannot be sent")
        if self.auth not in AUTHENTICATIONS:
            raise InvalidOption("auth", self.auth, "one of " + ", ".join(AUTHENTICATIONS))
        if self.client_key and not self.client_certificate:
            raise InvalidOption("client_key", self.client_key, "name the certificate that belongs to it too")
