# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where a firmware is and how to log in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import unusable
from ..x509.fingerprint import plain_fingerprint

PLAIN_PORT = 16992
TLS_PORT = 16993
LONGEST_WAIT = 7 * 86400.0  # seconds
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?")  # after IDNA; firmware is also named with _
_ADDRESS = re.compile(r"[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.-]+)?")
_WITH_PORT = re.compile(r"(?:[^:]+|\[[^\]]+\]):[0-9]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_UTF8 = re.compile("[\ud800-\udfff]")
AUTHENTICATIONS = ("digest", "kerberos")


@dataclass(frozen=True)
class Endpoint:
    """`password_hash` is `digest.identity` of user, realm and password, where the password itself is not known.

    `fingerprint` is the SHA-256 of the leaf certificate, 64 hex digits, colons allowed. Times are seconds.

    `uuid` is that of the machine that has to answer, as its operating system prints it; empty for whichever does.
    `legacy_tls` admits what AMT 11 and older speak: TLS 1.0, RSA key exchange, unsafe renegotiation.
    `connect_timeout` is for a connection to stand, and again for each answer until one is no demand to log in;
    `read_timeout` for all later ones, and for a first request that may take long.
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
    uuid: str = ""
    client_certificate: str = ""
    client_key: str = ""
    legacy_tls: bool = False
    proxy_command: tuple[str, ...] = ()
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    deadline: float = 300.0

    def __post_init__(self) -> None:
        self._check_place()
        self._check_log_in()
        for name in ("connect_timeout", "read_timeout", "deadline"):
            if not 0 < getattr(self, name) <= LONGEST_WAIT:
                raise unusable(name, getattr(self, name), "give a number of seconds above 0, at most a week of them")
        plain = plain_fingerprint(self.fingerprint)
        if self.fingerprint.replace(":", "") and not plain:
            raise unusable("fingerprint", self.fingerprint, "the SHA-256 of the leaf certificate is 64 hex digits")
        object.__setattr__(self, "fingerprint", plain)
        object.__setattr__(self, "uuid", _uuid(self.uuid))
        if not self.port:
            object.__setattr__(self, "port", TLS_PORT if self.tls else PLAIN_PORT)

    def _check_place(self) -> None:
        if _WITH_PORT.fullmatch(self.host):
            raise unusable("host", self.host, "it has a port in it; the port is an option of its own, `port`")
        if not _ADDRESS.fullmatch(self.host) and not _NAME.fullmatch(_ascii(self.host)):
            raise unusable("host", self.host, "give a name or an IP address, without port, scheme or brackets")
        if not 0 <= self.port <= 65535:
            raise unusable("port", self.port, "a TCP port is 1 to 65535; leave it out for 16993 (TLS) or 16992")
        if isinstance(self.proxy_command, str):
            raise unusable("proxy_command", self.proxy_command, "give the program and its arguments as a list")
        for name in ("proxy_command", "ca_file", "client_certificate", "client_key"):
            if "\0" in "".join(getattr(self, name)):
                raise unusable(name, getattr(self, name), "there is a NUL character in it")

    def _check_log_in(self) -> None:
        trouble = _unsendable(self.username)
        if trouble:
            raise unusable("username", self.username, trouble)
        trouble = _unsendable(self.password)
        if trouble:
            raise unusable("password", "the password", trouble)
        if self.auth not in AUTHENTICATIONS:
            raise unusable("auth", self.auth, "one of " + ", ".join(AUTHENTICATIONS))
        if self.client_key and not self.client_certificate:
            raise unusable("client_key", self.client_key, "name the certificate that belongs to it too")

    def moved(self, **changes: Any) -> Endpoint:
        """The same device with something about its log-in changed. One of AMT's two ports follows `tls`.

        InvalidOption where a proxy command leads to the place of before.
        """
        if self.port in (PLAIN_PORT, TLS_PORT) and changes.get("tls", self.tls) != self.tls:
            changes.setdefault("port", 0)
        if "password" in changes:
            changes.setdefault("password_hash", "")
        found = replace(self, **changes)
        if self.proxy_command == found.proxy_command != () and (self.host, self.port) != (found.host, found.port):
            raise unusable("proxy_command", self.proxy_command, "it leads to one port alone, and the device moves")
        return found

    def check_credentials(self) -> None:
        """InvalidOption where there is nothing to log in with. An empty password is a wrong one too."""
        if self.auth == "digest" and not (self.password or self.password_hash):
            raise unusable("password", "", "it is missing, and none was tried; set it, best from a vault")
        if self.auth == "digest" and not self.username:
            raise unusable("username", "", "it is empty; the built-in one is admin")


def uuid_groups(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _uuid(text: str) -> str:
    digits = text.strip().strip("{}").replace("-", "").lower()
    if digits and not re.fullmatch("[0-9a-f]{32}", digits):
        raise unusable("uuid", text, "a UUID is 32 hex digits, as 4c4c4544-0042-4810-8054-b7c04f4d3258")
    return uuid_groups(digits) if digits else ""


def _ascii(host: str) -> str:
    """The name as the resolver gets it: full-width and compatibility characters may turn into others."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise unusable("host", host, "a part of the name is empty, too long, or has what no name may have") from None


def _unsendable(text: str) -> str:
    """Why a text cannot be a credential, or nothing."""
    if text.endswith(("\n", "\r")):
        return "it ends in a line feed, as what echo or an editor writes does; write it without, such as with printf"
    if _CONTROL.search(text):
        return "control characters cannot be sent"
    return "it is not in UTF-8" if _NOT_UTF8.search(text) else ""
