# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos on the controller: pywinrm brings the tickets, the bytes go the same way as with digest.

Every request carries a ticket of its own (RFC 4559), whatever connection it travels on.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AuthenticationRefused,
    DeadlineExceeded,
    InvalidOption,
    ProtocolError,
    Unreachable,
)
from ansible_collections.outofband.amt.plugins.module_utils.identity import expecting
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client, Exchange
from ansible_collections.outofband.amt.plugins.module_utils.wsman.connection import Opener
from ansible_collections.outofband.amt.plugins.module_utils.wsman.digest import parse_challenges
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import PATH, UNAUTHORIZED, HttpRequest, Transport
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply

from .kerberos_cache import CredentialCache

BUILT_IN_USER = "admin"  # known to AMT alone and to no realm: as a principal it stands for whoever holds the ticket
_INSTALL = "install it on the controller: pip install 'pywinrm[kerberos]' (Debian: with libkrb5-dev and gcc)"
_UNKNOWN_SERVICE = -1765328377  # KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN
_NO_TICKET = "get a ticket with kinit on the controller, or give the principal's password"
_NO_SERVICE = (
    "host must be the name under which the firmware is registered in the directory, not an address or an alias"
)
_NOT_JOINED = "the firmware must be joined to the domain (AMT_KerberosSettingData); until then use digest"


def open_kerberos_machine(
    endpoint: Endpoint, clock: SystemClock | None = None, observe: Callable[[Exchange], None] | None = None
) -> Machine:
    """A machine at an endpoint with Kerberos. Nothing is sent yet. InvalidOption when pywinrm is missing."""
    clock = clock or SystemClock()
    deadline = Deadline(clock, endpoint.deadline)
    transport = KerberosTransport(endpoint, clock, deadline)
    return Machine(Client(transport, clock, deadline, observe, expecting(endpoint.uuid)), clock, deadline)


def service_names(endpoint: Endpoint) -> list[tuple[str, str]]:
    """(service, host) of the principals under which a firmware may be registered, the likeliest first."""
    host = endpoint.host.partition("%")[0].rstrip(".")
    with_port = "{0}:{1}".format(host, endpoint.port)
    names = [("HTTP", with_port), ("HTTPS", with_port)] if endpoint.tls else [("HTTP", with_port)]
    return [*names, ("HTTP", host)]


class KerberosTransport(Transport):
    """Sends a fresh ticket with each request, and checks the firmware's proof that it could read it."""

    def __init__(
        self,
        endpoint: Endpoint,
        clock: SystemClock | None = None,
        deadline: Deadline | None = None,
        opener: Opener | None = None,
    ) -> None:
        super().__init__(endpoint, clock, deadline, opener)
        self._url = "http{0}://{1}:{2}{3}".format("s" * endpoint.tls, endpoint.host, endpoint.port, PATH)
        self._cache = CredentialCache(endpoint.username, endpoint.password)
        self._authenticators = [self._authenticator(*name) for name in service_names(endpoint)]

    def close(self) -> None:
        super().close()
        self._cache.close()

    def answer(self, request: HttpRequest, ready: bool) -> HttpReply:
        ticket = self._ticket()
        reply = self.exchange(request, ticket, ready)
        offered = reply.headers.get("www-authenticate", "")
        if reply.status != UNAUTHORIZED:
            self._check_proof(offered)
        elif all(challenge.scheme != "negotiate" for challenge in parse_challenges(offered)):
            raise AuthenticationRefused("{0} does not accept Kerberos".format(self.endpoint.host), _NOT_JOINED)
        return reply

    def _authenticator(self, service: str, host: str) -> Any:
        """pywinrm's Kerberos for one service principal. It knows no ports, and takes any host name that it is told."""
        try:
            from winrm import transport as pywinrm
            from winrm.exceptions import WinRMError
        except ImportError:
            raise InvalidOption("auth", "kerberos", "the Python package pywinrm is missing; " + _INSTALL) from None
        user = self.endpoint.username
        principal = None if self.endpoint.password or user == BUILT_IN_USER else user
        try:
            return (
                pywinrm.Transport(
                    endpoint=self._url,
                    auth_method="kerberos",
                    username=principal,
                    service=service,
                    kerberos_hostname_override=host,
                    message_encryption="never",
                    ca_trust_path=None,
                    proxy=None,
                )
                .build_session()
                .auth
            )
        except WinRMError as error:
            raise InvalidOption("auth", "kerberos", "{0}; {1}".format(error, _INSTALL)) from None

    def _ticket(self) -> str:
        """For the first service name that the realm knows; the others are forgotten then."""
        seconds = min(self.endpoint.connect_timeout, self.deadline.left())
        if seconds <= 0:
            raise DeadlineExceeded("the time for the whole task has passed", "allow more time with deadline")
        with self._cache.in_force(seconds):
            while True:
                try:
                    return str(self._authenticators[0].generate_request_header(None, self.endpoint.host, True))
                except OSError as error:
                    reason, number = _reason(error)
                    if number != _UNKNOWN_SERVICE or len(self._authenticators) == 1:
                        raise self._no_ticket(reason, number) from error
                    del self._authenticators[0]

    def _no_ticket(self, reason: str, number: int) -> Unreachable:
        hint = _NO_SERVICE if number == _UNKNOWN_SERVICE else _NO_TICKET
        return Unreachable("no Kerberos ticket for {0}: {1}".format(self.endpoint.host, reason), hint)

    def _check_proof(self, offered: str) -> None:
        """RFC 4559, 4.2: the token beside the reply. Without one, TLS must have told us whom we speak to."""
        if offered.lower().startswith("negotiate "):
            answer = SimpleNamespace(url=self._url, headers={"www-authenticate": offered})
            if self._authenticators[0].authenticate_server(answer):
                return
        elif self.endpoint.tls:
            return
        message = "{0} answered and did not prove that it is the machine that the ticket is for".format(
            self.endpoint.host
        )
        raise ProtocolError(message, "use TLS, and check that nobody else has this address", sent=True)


def _reason(error: OSError) -> tuple[str, int]:
    """What the Kerberos library said, in words and as a number, out of pywinrm's KerberosExchangeError."""
    said = getattr(error.__context__, "args", ())
    if said and isinstance(said[-1], tuple) and len(said[-1]) == 2:
        return str(said[-1][0]), int(said[-1][1])
    return str(error), 0
