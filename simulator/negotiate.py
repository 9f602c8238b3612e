# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Kerberos at the firmware's end (`Negotiate`, RFC 4559): a keytab decides whose tickets are good.

Needs the `gssapi` package, and only when a keytab is given.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Accepted:
    """`username` is the client's principal, `token` proves the server to it (may be empty)."""

    username: str
    token: bytes


class NegotiateRefused(Exception):
    """The ticket is not for this service, is too old, or is no ticket."""


class NegotiateGuard:
    """Accepts tickets for any service principal that the keytab holds, as AMT does for its SPNs."""

    def __init__(self, keytab: Path) -> None:
        import gssapi

        self._gssapi = gssapi
        self._credentials = gssapi.Credentials(usage="accept", store={"keytab": "FILE:{0}".format(keytab)})

    def check(self, header: str) -> Accepted:
        """Judge an Authorization header that starts with `Negotiate`; raise NegotiateRefused."""
        try:
            token = base64.b64decode(header.partition(" ")[2], validate=True)
        except binascii.Error as error:
            raise NegotiateRefused("not base64") from error
        try:
            context = self._gssapi.SecurityContext(creds=self._credentials, usage="accept")
            reply = context.step(token)
            complete = context.complete  # where gssapi raises what went wrong in a step that left a token to send
        except self._gssapi.exceptions.GSSError as error:
            raise NegotiateRefused(str(error)) from error
        if not complete:
            raise NegotiateRefused("a second round is not served")
        return Accepted(str(context.initiator_name), reply or b"")
