# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One client's connection to one device: HTTP/1.1, log-in, and what is scripted to go wrong."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

import h11

from .delivery import SOAP_TYPE, Dropped, Message, deliver, reset
from .device import Device
from .digest import Login
from .faults import Script
from .http_head import TooLong, is_whole, path_of, with_host, without_empty_lines
from .journal import Journal, access
from .negotiate import NegotiateGuard, NegotiateRefused
from .service import Answer
from .soap_request import UNREACHABLE, Request, message_id, parse_request
from .stored_files import CLASS, VERBS, answer, is_proven, is_stored
from .values import Fault

RESTART_TAKES = 3.0
"""Seconds without listeners after a commit that changed TLS; "a few" is all that is known."""

BODY_LIMIT = 1 << 18

LOGIN_FAILED = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">\n'
    b"<html><head><title>Active Management Technology</title></head>\n"
    b"<body><h2>Log on failed: unknown user, wrong password, or the account is locked for now.</h2></body></html>\n"
)


NO_LOGIN = Login("none")


@dataclass
class Exchange:
    """A request as it was read, and what the journal will say about it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    started: float
    version: str = "1.1"
    verb: str = "http"
    request: Optional[Request] = None
    login: Login = NO_LOGIN
    answer: Optional[Answer] = None
    scripts: list[Script] = field(default_factory=list)
    restarts: int = 0

    def struck(self, fault: str) -> Optional[Script]:
        return next((script for script in self.scripts if script.fault == fault), None)


class Connection:
    """Serves requests, one after the other, until either side closes."""

    def __init__(
        self,
        device: Device,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        journal: Journal,
        number: int,
        port: int,
        negotiate: Optional[NegotiateGuard] = None,
    ) -> None:
        self.device = device
        self.reader = reader
        self.writer = writer
        self.journal = journal
        self.number = number
        self.port = port
        self.peer = ""
        self.local = False
        self.place = device.firmware.place
        self.negotiate = negotiate
        self.secret_of: Callable[[str], Optional[str]] = device.firmware.secret_of
        self.after_each: Callable[[Device], None] = do_nothing
        self.http = h11.Connection(h11.SERVER)
        self._unread = b""

    def come_from(self, peer: str) -> None:
        """Who it is that connects, over the network."""
        self.peer = peer

    def come_from_host(self, peer: str, secret_of: Callable[[str], Optional[str]]) -> None:
        """It is the host itself that connects: it knows other users, and finds other ports open."""
        self.peer, self.local, self.secret_of = peer, True, secret_of

    def _listens(self) -> bool:
        return self.device.listens_locally(self.port) if self.local else self.device.listens(self.port)

    def _left_behind(self) -> bool:
        """Whether the device has gone to another address since."""
        return not self.local and self.place != self.device.firmware.place

    async def serve(self) -> None:
        try:
            while await self._exchange():
                self._unread = self.http.trailing_data[0]
        except Dropped as dropped:
            if dropped.reset:
                reset(self.writer)
        except (h11.RemoteProtocolError, TooLong) as error:
            await self._refuse(error)
        except ConnectionError:
            pass
        finally:
            self.writer.close()

    async def _refuse(self, error: Exception) -> None:
        """What is no HTTP is answered and written down; who left in the middle is only written down."""
        status = 413 if isinstance(error, TooLong) else 400
        message = Message(status, [("Server", self.device.firmware.banner)], close=True)
        left = self.reader.at_eof() or self.device.is_mute() or not self._listens()
        self._record(Exchange("", "", {}, b"", time.monotonic(), verb="unreadable"), None if left else message)
        if not left:
            with contextlib.suppress(ConnectionError):
                await deliver(self.writer, message, [])

    async def _exchange(self) -> bool:
        """Serve one request; whether the connection lives on."""
        exchange = await self._read()
        if exchange is None:
            return False
        if self.device.is_mute():
            await self._hold()
            return False
        if not self._listens() or self._left_behind():
            raise Dropped(reset=True)
        exchange.restarts = self.device.firmware.listener_restarts
        message: Optional[Message] = None
        try:
            message = await self._answer(exchange)
        finally:
            self._record(exchange, message)
        self._afterwards(exchange)
        self.after_each(self.device)
        message.unsaid = exchange.method == "HEAD"
        await deliver(self.writer, message, exchange.scripts)
        return self._settle(message) and not self.device.is_away()

    async def _hold(self) -> None:
        """Take what comes and never answer."""
        while await self.reader.read(65536):
            pass

    async def _read(self) -> Optional[Exchange]:
        """The next whole request; None when the client closes or stays idle for too long.

        Raises h11.RemoteProtocolError and TooLong.
        """
        head, body, started = None, b"", time.monotonic()
        self.http = h11.Connection(h11.SERVER)
        self.http.receive_data(await self._head())
        while True:
            event = self.http.next_event()
            if event is h11.NEED_DATA:
                if self.http.they_are_waiting_for_100_continue:
                    self.writer.write(self.http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
                self.http.receive_data(await self._receive())
            elif isinstance(event, h11.Request):
                head, started = event, time.monotonic()
                if int(dict(head.headers).get(b"content-length", 0)) > BODY_LIMIT:
                    raise TooLong
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > BODY_LIMIT:
                    raise TooLong
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return exchange_of(head, body, started)
            else:
                return None

    async def _head(self) -> bytes:
        """What has come when the head of a request is whole, or as far as it will ever come."""
        octets = without_empty_lines(self._unread)
        while not is_whole(octets) and (more := await self._receive()):
            octets = without_empty_lines(octets + more)
        return with_host(octets)

    async def _receive(self) -> bytes:
        """What comes next; nothing when the client closes, or when it has been idle for too long.

        A timer of its own, because asyncio.wait_for may swallow a cancellation before Python 3.12.
        """
        loop = asyncio.get_running_loop()
        idle = loop.call_later(self.device.description.idle_timeout, self.writer.transport.close)
        try:
            return await self.reader.read(65536)
        finally:
            idle.cancel()

    def _settle(self, message: Message) -> bool:
        """Tell h11 what was sent, and learn whether the connection may be reused."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in message.headers]
        headers.append((b"connection", b"close") if message.close else (b"connection", b"keep-alive"))
        headers.append((b"content-length", b"0"))
        self.http.send(h11.Response(status_code=message.status, headers=headers))
        self.http.send(h11.EndOfMessage())
        return self.http.our_state is h11.DONE and self.http.their_state is h11.DONE

    async def _answer(self, exchange: Exchange) -> Message:
        if exchange.target == "/wsman" and exchange.method == "POST":
            return await self._wsman(exchange)
        if is_stored(exchange.target):
            return await self._stored(exchange)
        exchange.scripts = self.device.scripts.strike(exchange.verb, "", "", "none")
        await self._before(exchange)
        return self._busy() if exchange.struck("busy") else self._page(exchange)

    def _page(self, exchange: Exchange) -> Message:
        """The web interface, as far as discovery looks at it."""
        server = ("Server", self.device.firmware.banner)
        if exchange.method not in ("GET", "HEAD"):
            return Message(405, [server], close=True)
        if not self.device.firmware.has_pages:
            return Message(404, [server], close=True)
        if exchange.target == "/":
            return Message(303, [("Location", "/logon.htm"), ("Content-Type", "text/html"), server], close=True)
        if exchange.target == "/logon.htm":
            return Message(200, [("Content-Type", "text/html"), server], LOGIN_FAILED, close=True)
        return Message(404, [server], close=True)

    async def _wsman(self, exchange: Exchange) -> Message:
        refusal = self._parse(exchange)
        request = exchange.request
        cls, method = (request.cls, request.method) if request else ("", "")
        token = self._log_in(exchange)
        exchange.scripts = self.device.scripts.strike(exchange.verb, cls, method, exchange.login.outcome)
        await self._before(exchange)
        if exchange.struck("stale_nonce"):
            exchange.login = Login("stale", exchange.login.username)
        if exchange.struck("busy"):
            return self._busy()
        if exchange.login.outcome != "accepted":
            return self._challenge(exchange)
        exchange.answer = refusal or self._perform(exchange)
        headers = [("Content-Type", SOAP_TYPE), ("Server", self.device.firmware.banner)]
        if token:
            headers.append(("WWW-Authenticate", "Negotiate " + base64.b64encode(token).decode("ascii")))
        return Message(exchange.answer.status, headers, exchange.answer.body, chunked=exchange.version != "1.0")

    async def _stored(self, exchange: Exchange) -> Message:
        """Files beside WS-Man: its log-in, its faults, no SOAP."""
        exchange.verb = VERBS.get(exchange.method, "http")
        token = self._log_in(exchange)
        if not is_proven(exchange.target, exchange.headers.get("authorization", "")):
            exchange.login = Login("refused", exchange.login.username)
        exchange.scripts = self.device.scripts.strike(exchange.verb, CLASS, "", exchange.login.outcome)
        await self._before(exchange)
        if exchange.struck("stale_nonce"):
            exchange.login = Login("stale", exchange.login.username)
        if exchange.struck("busy") or exchange.struck("busy_fault"):
            return self._busy()
        if exchange.login.outcome != "accepted":
            return self._challenge(exchange)
        self._tell_who(exchange)
        struck = [script.fault for script in exchange.scripts]
        told = answer(self.device.firmware, exchange.method, exchange.target, exchange.headers, exchange.body, struck)
        exchange.answer = Answer(told.status, told.body, told.took_effect)
        proof = [("WWW-Authenticate", "Negotiate " + base64.b64encode(token).decode("ascii"))] if token else []
        return Message(told.status, [*told.headers, *proof, ("Server", self.device.firmware.banner)], told.body)

    def _busy(self) -> Message:
        return Message(503, [("Server", self.device.firmware.banner)], close=True)

    def _parse(self, exchange: Exchange) -> Optional[Answer]:
        try:
            exchange.request = parse_request(exchange.body)
            exchange.verb = exchange.request.verb
        except Fault as fault:
            exchange.verb = "unreadable"
            return self.device.powered.service.refusal(fault, message_id(exchange.body))
        return None

    async def _before(self, exchange: Exchange) -> None:
        delay = exchange.struck("delay")
        if delay:
            await asyncio.sleep(delay["seconds"])
        jump = exchange.struck("clock_jump")
        if jump:
            self.device.clock.jumped += jump["seconds"]
        if exchange.struck("drop_before_answer"):
            raise Dropped(reset=True)

    def _log_in(self, exchange: Exchange) -> bytes:
        """Fill in the exchange's login; the token is Kerberos's proof for the client."""
        header = exchange.headers.get("authorization", "")
        scheme = header.partition(" ")[0].lower()
        firmware = self.device.firmware
        if scheme == "negotiate" and self.negotiate is not None:
            return self._log_in_with_ticket(exchange, header)
        if scheme != "digest":
            return b""
        known = nobody if self.device.scripts.always("wrong_password") else self.secret_of
        exchange.login = self.device.powered.guard.check(
            header, exchange.method, exchange.body, firmware.digest_realm, known, self.device.clock.now()
        )
        if exchange.login.outcome == "refused":
            firmware.login_failed(exchange.login.username, self.peer)
        return b""

    def _log_in_with_ticket(self, exchange: Exchange, header: str) -> bytes:
        try:
            accepted = self.negotiate.check(header)
        except NegotiateRefused:
            exchange.login = Login("refused")
            return b""
        exchange.login = Login("accepted", accepted.username)
        return accepted.token

    def _challenge(self, exchange: Exchange) -> Message:
        """401; the firmware closes the connection after it."""
        firmware, stale = self.device.firmware, exchange.login.outcome == "stale"
        digest = self.device.powered.guard.challenge(firmware.digest_realm, self.device.clock.now(), stale)
        headers = [("WWW-Authenticate", digest)]
        if self.negotiate is not None:
            headers.append(("WWW-Authenticate", "Negotiate"))
        headers += [("Content-Type", "text/html"), ("Server", firmware.banner)]
        return Message(401, headers, LOGIN_FAILED, close=True)

    def _perform(self, exchange: Exchange) -> Answer:
        request, service = exchange.request, self.device.powered.service
        self._tell_who(exchange)
        for fault, refused in (
            ("busy_fault", Fault("TimedOut", "The operation has timed out.")),
            ("access_denied", Fault("AccessDenied", "The sender was not authorized to access the resource.")),
            ("unsupported", Fault("DestinationUnreachable", UNREACHABLE)),
        ):
            script = exchange.struck(fault)
            if script:
                refused.subcode = script.parameters.get("subcode", refused.subcode)
                return service.refusal(refused, request.message_id)
        writes = access(request.verb, request.method) == "write"
        worn = writes and exchange.struck("flash_write_limit") is not None
        return service.answer(request, flash_worn=worn, short_pulls=exchange.struck("short_pulls") is not None)

    def _tell_who(self, exchange: Exchange) -> None:
        firmware = self.device.firmware
        firmware.caller, firmware.caller_address, firmware.local = exchange.login.username, self.peer, self.local

    def _afterwards(self, exchange: Exchange) -> None:
        away = exchange.struck("restart_after")
        if away and exchange.answer is not None:
            self.device.go_away(away["seconds"])
        elif self.device.firmware.listener_restarts != exchange.restarts:
            self.device.go_away(RESTART_TAKES)
            if self.local and self.device.firmware.cuts_host_off:
                raise Dropped(reset=True)

    def _record(self, exchange: Exchange, message: Optional[Message]) -> None:
        """Before the answer leaves, so that a client that has it finds it in the journal."""
        request, answer = exchange.request, exchange.answer
        values: dict[str, Any] = {"cls": request.cls, "method": request.method} if request else {}
        if is_stored(exchange.target):
            values["cls"] = CLASS
        if answer:
            values.update(took_effect=answer.took_effect, subcode=answer.subcode)
        self.journal.add(
            at=self.device.clock.now(),
            device=self.device.name,
            address=self.device.address,
            port=self.port,
            connection=self.number,
            verb=exchange.verb,
            login=exchange.login.outcome,
            username=exchange.login.username,
            status=message.status if message else 0,
            fault=",".join(script.fault for script in exchange.scripts),
            took=round(time.monotonic() - exchange.started, 6),
            **values,
        )


def exchange_of(head: h11.Request, body: bytes, started: float) -> Exchange:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    method, target = head.method.decode("ascii"), path_of(head.target.decode("latin-1"))
    return Exchange(method, target, headers, body, started, head.http_version.decode("ascii"))


def do_nothing(device: Device) -> None:
    """Nobody wants to hear of each exchange."""


def nobody(username: str) -> None:
    """No user has a password that is accepted."""
