# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware of the machine that this runs on: AMTHI, and WS-Man through LMS or LME (AMT.md 11.2, 12, 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from ..clock import Deadline, SystemClock
from ..errors import AmtError, AuthenticationRefused, Unreachable
from ..host.turns import alone
from ..machine import Machine
from ..mei import amthi, sysfs
from ..mei.device import Client as MeiClient
from ..mei.device import ClientBusy
from ..mei.guids import AMTHI, LME
from ..mei.lme import Lme
from ..mei.node import Node
from ..wsman import tls
from ..wsman.bytestream import ByteStream
from ..wsman.client import Client
from ..wsman.endpoint import PLAIN_PORT, TLS_PORT, Endpoint
from ..wsman.http import HttpRequest, HttpTransport, soap
from ..wsman.reply import HttpReply
from ..wsman.tcp import connect
from .listeners import address_of

HERE = "localhost"
ADMIN = "admin"
CONNECTS = 5.0
"""Seconds in which LMS must take a connection."""
HANDSHAKE = 20.0


class Engine:
    """Commands of AMTHI by name. Those that write are sent once."""

    def __init__(self, client: MeiClient) -> None:
        self._client = client

    def ask(self, name: str, *arguments: Any) -> Any:
        """Raises Refused by the status in the header, and whatever else `mei.device.Client.ask` raises."""
        answer = self._client.ask(amthi.request(name, *arguments), repeatable=not amthi.BY_NAME[name].writes)
        return amthi.read_response(name, answer)

    def close(self) -> None:
        self._client.close()


class Ports:
    """Streams to AMT's own ports from inside: through LMS where that listens, or else through LME.

    `lms`: port -> address at which LMS listens, or nothing.
    """

    def __init__(self, lme: Lme, lms: Callable[[int], str] = address_of, root: Path = Path("/")) -> None:
        self._lme = lme
        self._lms = lms
        self._root = root

    def carrier(self, port: int, deadline: Deadline) -> ByteStream:
        """Unreachable, or ClientBusy with the names of those that hold the engine."""
        address = self._lms(port)
        if address:
            try:
                return connect(address, port, min(CONNECTS, deadline.left()))
            except Unreachable as silent:
                return self._through_lme(port, deadline, "; LMS listens and does not answer: {0}".format(silent))
        return self._through_lme(port, deadline)

    def served(self) -> int:
        """The port to use: the plain one unless only TLS is offered. What is sent does not leave the machine."""
        return PLAIN_PORT if self.offers(PLAIN_PORT) else TLS_PORT

    def offers(self, port: int) -> bool:
        """Whether LMS listens there; where it does not run, whether the engine wants to be reached there."""
        listening = [each for each in (PLAIN_PORT, TLS_PORT) if self._lms(each)]
        if listening:
            return port in listening
        try:
            return self._lme.serves(port)
        except ClientBusy as busy:
            raise self._held(busy, "") from busy

    def open(self, endpoint: Endpoint, deadline: Deadline) -> ByteStream:
        """With TLS over it where the endpoint says so. AMT's own certificate is signed by nobody we know: that it is
        AMT is known from the way to it."""
        carrier = self.carrier(endpoint.port, deadline)
        if not endpoint.tls:
            return carrier
        try:
            return tls.start_tls(carrier, tls.make_context(endpoint, verify=False), endpoint, HANDSHAKE)
        except AmtError:
            carrier.close()
            raise

    def close(self) -> None:
        self._lme.close()

    def _through_lme(self, port: int, deadline: Deadline, besides: str = "") -> ByteStream:
        try:
            return self._lme.open(port, deadline)
        except ClientBusy as busy:
            raise self._held(busy, besides) from busy

    def _held(self, busy: ClientBusy, besides: str) -> ClientBusy:
        names = ["{command} (process {pid})".format(**row) for row in sysfs.holders(self._root)]
        who = "the engine's device is open in " + ", ".join(names) if names else "no process that we can see has it"
        hint = "start LMS (lms.service) and it will be used, or stop the program that holds LME"
        return ClientBusy("{0}: {1}{2}".format(busy, who, besides), hint)


class OsAdmin:
    """A transport that logs in as the local system account, whose password the engine tells and may change."""

    def __init__(self, engine: Engine, log_in: Callable[[str, str], HttpTransport]) -> None:
        self._engine = engine
        self._log_in = log_in
        self._password = ""
        self._inner: HttpTransport | None = None

    def current(self) -> int:
        return self._inner.current() if self._inner is not None else 0

    def post(self, body: bytes, only_on: int = 0, slow: bool = False) -> HttpReply:
        return self.send(soap(body), only_on, slow)

    def send(self, request: HttpRequest, only_on: int = 0, slow: bool = False) -> HttpReply:
        try:
            return self._transport().send(request, only_on, slow)
        except AuthenticationRefused:
            refused = self._password
            self.close()
            transport = self._transport()
            if self._password == refused:
                raise
            return transport.send(request, only_on, slow)

    def _transport(self) -> HttpTransport:
        if self._inner is None:
            account = self._engine.ask("local_system_account")
            self._password = account["password"]
            self._inner = self._log_in(account["user"], self._password)
        return self._inner

    def moved(self, changes: Mapping[str, Any]) -> OsAdmin:
        """The engine is where it was, and tells what has changed."""
        return self

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()
            self._inner = None


class LocalMachine(Machine):
    """WS-Man as the local system account; `engine` for AMTHI; `as_admin` for what only the administrator may."""

    def __init__(
        self, engine: Engine, ports: Ports, clock: SystemClock, deadline: Deadline, root: Path = Path("/")
    ) -> None:
        self.root = root
        self.engine = engine
        self.ports = ports
        transport = OsAdmin(engine, lambda user, password: self._transport(username=user, password=password))
        super().__init__(Client(transport, clock, deadline), clock, deadline)

    def as_admin(self, password_hash: str) -> Machine:
        """The caller closes it. Nothing is sent yet but what finding the port takes."""
        transport = self._transport(username=ADMIN, password_hash=password_hash)
        return Machine(Client(transport, self.clock, self.deadline), self.clock, self.deadline)

    def __enter__(self) -> LocalMachine:
        return self

    def alone(self) -> AbstractContextManager[None]:
        """For who has a client of the engine open, of which there is one. Raises InUse."""
        return alone(self.root, self.clock, self.deadline.left())

    def fingerprint(self) -> str:
        """SHA-256 of the certificate that AMT shows from inside, empty where it speaks no TLS: a pin for outside.

        Where it has a plain port inside too, as up to AMT 18, outside it may speak TLS only (from 16.1 on it does).
        """
        only = self.ports.served() == TLS_PORT
        if not only and not (self.engine.ask("security_parameters")["tls"] and self.ports.offers(TLS_PORT)):
            return ""
        try:
            stream = self.ports.open(Endpoint(HERE), self.deadline)
        except Unreachable:
            if only:
                raise
            return ""
        stream.close()
        return stream.fingerprint if isinstance(stream, tls.TlsStream) else ""

    def close(self) -> None:
        super().close()
        self.ports.close()
        self.engine.close()

    def forget(self) -> None:
        """Connections of before are of no use after the firmware changed its mode."""
        self.client.close()
        self.ports.close()
        self.engine.close()

    def _transport(self, username: str, password: str = "", password_hash: str = "") -> HttpTransport:
        port = self.ports.served()
        endpoint = Endpoint(
            HERE,
            port,
            username=username,
            password=password,
            password_hash=password_hash,
            tls=port == TLS_PORT,
            connect_timeout=HANDSHAKE,
        )
        return HttpTransport(endpoint, self.clock, self.deadline, lambda deadline: self.ports.open(endpoint, deadline))


def open_local(
    seconds: float,
    clock: SystemClock | None = None,
    open_node: Callable[[str], Node] = Node,
    lms: Callable[[int], str] = address_of,
    root: Path = Path("/"),
) -> LocalMachine:
    """This machine's firmware for `seconds`. Nothing is opened yet. Raises Unavailable where there is no engine."""
    clock = clock or SystemClock()
    device = sysfs.device(root)
    node = device["node"] if device else "/dev/mei0"
    engine = Engine(MeiClient(AMTHI, node, clock, open_node))
    ports = Ports(Lme(MeiClient(LME, node, clock, open_node), clock), lms, root)
    return LocalMachine(engine, ports, clock, Deadline(clock, seconds), root)
