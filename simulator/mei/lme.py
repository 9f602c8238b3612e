# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""LME: the host's way to the device's own HTTP, in channels of the port forwarding protocol. One host at a time."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from . import apf
from .channel import ChannelServer
from .client import FirmwareClient, Handled, Session
from .forwarding import Arrived, Closed, Disconnected, Forwarding, Opening, Room

if TYPE_CHECKING:
    from .engine import Engine

PLAIN, ENCRYPTED = 16992, 16993
PORTS, TLS_PORTS = (PLAIN, ENCRYPTED, 623, 664), (ENCRYPTED, 664)
"""What the host is asked to listen at, on a device that has a plain port for it and on one that has none (rpc-go)."""
NOT_JOURNALLED = ("channel_data", "window_adjust")


class LocalSession:
    """What runs over one connection of a host."""

    def __init__(self, engine: Engine, session: Session, left_open: bool) -> None:
        self.engine = engine
        self.session = session
        firmware = engine.firmware
        ports = TLS_PORTS if firmware.tls.enforced_locally else PORTS
        own = uuid.UUID(firmware.settings.uuid).bytes_le
        self.forwarding = Forwarding(own, ports, session.client.largest, left_open)
        self._servers: dict[int, ChannelServer] = {}
        self._unsent: dict[int, bytes] = {}
        self._ending: set[int] = set()

    def start(self) -> None:
        self.forwarding.start()
        self.flush()

    def flush(self) -> None:
        for message in self.forwarding.to_send():
            self.session.send(message)

    def receive(self, message: bytes) -> None:
        """What is to be said to it waits to be sent."""
        for event in self.forwarding.receive(message):
            if isinstance(event, Opening):
                self._open(event)
            elif isinstance(event, Arrived):
                self._servers[event.channel].receive(event.data)
                self.forwarding.consumed(event.channel, len(event.data))
            elif isinstance(event, Room):
                self._pump(event.channel)
            elif isinstance(event, Closed):
                self._forget(event.channel)
            elif isinstance(event, Disconnected):
                self.stop()

    def _open(self, event: Opening) -> None:
        number, device = event.channel, self.engine.device
        has_certificate = event.port == PLAIN or device.surroundings.files is not None
        if not (has_certificate and device.listens_locally(event.port)):
            self.forwarding.refuse(number)
            return
        self.forwarding.accept(number)
        self._unsent[number] = b""
        self._servers[number] = ChannelServer(
            device, event.port, number, lambda data: self._say(number, data), lambda: self._end(number)
        )

    def _say(self, number: int, data: bytes) -> None:
        if number in self._unsent:
            self._unsent[number] += data
            self._pump(number)
            self.flush()

    def _pump(self, number: int) -> None:
        """As much as the host has room for; a channel is closed when all is out."""
        waiting = self._unsent.get(number, b"")
        sent = self.forwarding.send(number, waiting)
        if number in self._unsent:
            self._unsent[number] = waiting[sent:]
        if number in self._ending and not self._unsent.get(number):
            self.forwarding.close(number)

    def _end(self, number: int) -> None:
        self._ending.add(number)
        self._pump(number)
        self.flush()

    def _forget(self, number: int) -> None:
        self._unsent.pop(number, None)
        self._ending.discard(number)
        server = self._servers.pop(number, None)
        if server is not None:
            server.close()

    def stop(self) -> None:
        for number in list(self._servers):
            self._forget(number)


class Lme(FirmwareClient):
    """`local` is what runs over the one connection; None without one. `left_open`: the one before had channels left."""

    name = "LME"
    guid = "6733a4db-0476-4e7b-b3af-bcfc29bee7a7"
    connections = 1
    largest = 4160

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.local: LocalSession | None = None
        self.left_open = False

    def opened(self, session: Session) -> None:
        self.local = LocalSession(self.engine, session, self.left_open)
        self.local.start()

    def closed(self, session: Session) -> None:
        if self.local is not None:
            self.left_open = bool(self.local.forwarding.channels)
            self.local.stop()
            self.local = None

    def command_of(self, message: bytes) -> str:
        name = apf.LAYOUTS.get(message[0], ("Unknown", ()))[0] if message else "Unreadable"
        return "" if name in NOT_JOURNALLED else name

    def handle(self, session: Session, message: bytes) -> Handled:
        if self.local is None:
            return Handled()
        self.local.receive(message)
        return Handled(self.local.forwarding.to_send())

    def refusal(self, message: bytes, status: int) -> bytes:
        try:
            opening = apf.parse(message)
        except apf.Malformed:
            return b""
        return apf.channel_refused(opening["sender"], status) if opening.name == "channel_open" else b""
