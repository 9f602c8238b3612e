# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The firmware's side of the host bus: what the kernel's driver meets at the other end of the link.

After HELLO or RESET the engine says READY; then the host starts the bus, enumerates, connects. A message of the host
needs a credit of ours, and the other way round; one credit is good for one whole message. Nothing that a host sends
makes this raise: what makes no sense is ignored, as real firmware would at most reset.
"""

from __future__ import annotations

import struct
from collections import deque
from typing import Any, Callable, Optional

from . import frames, hbm, heci
from .client import FirmwareClient, Session
from .engine import ConnectionRefused, Engine
from .frames import Frame

INTEL, CURRENT_CHIPSET, LEGACY_CHIPSET = 0x8086, 0xA13A, 0x1E3A
"""PCI numbers by which the driver tells which protocol the watchdog speaks."""
STATUS_REGISTERS = (0x90000255, 0x09F10506, 0x20, 0x4000, 0x41F03, 0xC7E003CB)
SHOWS_VERSION, TAKES_ITS_TIME = 1, 1
ALLOWS_ADDING = 1
"""The flag of an enumeration by which a host says that it wants to be told of clients that come later."""


class Wire:
    """One connection over the link: what is on its way in both directions. `notifies`: the host asked for events."""

    def __init__(self, host: int, session: Session) -> None:
        self.host = host
        self.session = session
        self.credits = 0
        self.notifies = False
        self.waiting: deque[bytes] = deque()
        self.arriving = bytearray()


class Bus:
    """`transmit` takes frames for the guest. Deaf until the guest's relay has said HELLO."""

    def __init__(self, engine: Engine, transmit: Callable[[Frame], None]) -> None:
        self.engine = engine
        self.transmit = transmit
        self.greeted = False
        self.version = (0, 0)
        self.allows_adding = False
        self._wires: dict[tuple[int, int], Wire] = {}
        engine.hosts.append(self)

    def detach(self) -> None:
        """The link is gone; the firmware lives on."""
        self.engine.hosts.remove(self)
        self._forget()

    def receive(self, frame: Frame) -> None:
        if frame.kind == frames.HELLO:
            self.greeted = True
            self._forget()
            self._introduce()
        elif not self.greeted:
            return
        elif frame.kind == frames.RESET:
            self._forget()
            if self.engine.answers_reset and self.engine.is_ready:
                self.transmit(Frame(frames.READY))
        elif frame.kind == frames.STOPPED:
            self._forget()
        elif frame.kind == frames.MESSAGE:
            self._chunk(frame.data)

    def _introduce(self) -> None:
        """Who the hardware is, and that it is ready (unless it is not)."""
        legacy = self.engine.firmware.os_watchdog.protocol < 2
        chipset = LEGACY_CHIPSET if legacy else CURRENT_CHIPSET
        self.transmit(Frame(frames.CONFIG, struct.pack("<HHBB2x", INTEL, chipset, SHOWS_VERSION, TAKES_ITS_TIME)))
        self.transmit(Frame(frames.STATUS, struct.pack("<6I", *STATUS_REGISTERS)))
        if self.engine.is_ready and self.engine.answers_reset:
            self.transmit(Frame(frames.READY))

    def _forget(self) -> None:
        wires = list(self._wires.values())
        self._start_over()
        for wire in wires:
            wire.session.close()

    def _start_over(self) -> None:
        self._wires.clear()
        self.version, self.allows_adding = (0, 0), False

    def engine_reset(self) -> None:
        """The host answers this with a RESET of its own."""
        self._start_over()
        if self.greeted:
            self.transmit(Frame(frames.NOT_READY))

    def engine_ready(self) -> None:
        if self.greeted:
            self.transmit(Frame(frames.READY))

    def client_added(self, address: int) -> None:
        client = self.engine.clients.get(address)
        if client is not None and self.allows_adding:
            self._say("add", client=address, **described(client))

    def client_notifies(self, client: FirmwareClient) -> None:
        for (address, host), wire in list(self._wires.items()):
            if wire.session.client is client and wire.notifies:
                self._say("notification", client=address, host=host)

    def _say(self, name: str, **values: Any) -> None:
        self._message(0, 0, hbm.build(name, **values))

    def _message(self, client: int, host: int, message: bytes) -> None:
        for chunk in heci.split(client, host, message):
            self.transmit(Frame(frames.MESSAGE, chunk.pack()))

    def _chunk(self, octets: bytes) -> None:
        try:
            chunk = heci.parse(octets)
            if chunk.client == 0 and chunk.host == 0:
                message = hbm.parse(chunk.data)
                answer = getattr(self, "_on_" + message.name, None)
                if answer:
                    answer(message)
                return
        except (heci.BrokenChunk, hbm.Malformed):
            return
        self._arrived(chunk)

    def _arrived(self, chunk: heci.Chunk) -> None:
        wire = self._wires.get((chunk.client, chunk.host)) or self._unconnected(chunk)
        if wire is None:
            return
        if len(wire.arriving) + len(chunk.data) > wire.session.client.largest:
            wire.session.drop()
            return
        wire.arriving += chunk.data
        if not chunk.last:
            return
        message = bytes(wire.arriving)
        wire.arriving.clear()
        wire.session.receive(message)
        if wire.session.is_open and not wire.session.client.fixed_address:
            self._say("grant", client=chunk.client, host=chunk.host)

    def _unconnected(self, chunk: heci.Chunk) -> Optional[Wire]:
        """Clients with a fixed address take messages without a connection."""
        client = self.engine.clients.get(chunk.client)
        if client is None or not client.fixed_address:
            return None
        return self._wired(chunk.client, chunk.host, self.engine.make_session(client, self))

    def _wired(self, client: int, host: int, session: Session) -> Wire:
        wire = self._wires[client, host] = Wire(host, session)
        return wire

    def _place(self, session: Session) -> Optional[tuple[int, int]]:
        return next((place for place, wire in self._wires.items() if wire.session is session), None)

    def deliver(self, session: Session, message: bytes) -> None:
        place = self._place(session)
        if place is not None:
            self._wires[place].waiting.append(message)
            self._pump(place)

    def _pump(self, place: tuple[int, int]) -> None:
        """One credit is good for one whole message; a fixed address needs none."""
        wire = self._wires[place]
        free = bool(wire.session.client.fixed_address)
        while wire.waiting and (wire.credits or free):
            wire.credits -= 0 if free else 1
            self._message(place[0], place[1], wire.waiting.popleft())

    def dropped(self, session: Session) -> None:
        place = self._place(session)
        if place is not None:
            del self._wires[place]
            self._say("disconnect", client=place[0], host=place[1])

    def _on_start(self, message: hbm.BusMessage) -> None:
        """Newer hosts are told our version and come again with it, older ones are taken as they are."""
        own = self.engine.firmware.settings.bus_version
        asked = (message["major"], message["minor"])
        agreed = asked <= own
        self.version = asked if agreed else own
        self._say("started", supported=int(agreed), major=self.version[0], minor=self.version[1])

    def _on_stop(self, _message: hbm.BusMessage) -> None:
        self._say("stopped")

    def _on_enumerate(self, message: hbm.BusMessage) -> None:
        self.allows_adding = bool(message["flags"] & ALLOWS_ADDING)
        present = sum(1 << address for address in self.engine.clients)
        self._say("enumerated", present=present.to_bytes(32, "little"))

    def _on_describe(self, message: hbm.BusMessage) -> None:
        client = self.engine.clients.get(message["client"])
        values = described(client) if client else hbm.NO_PROPERTIES
        self._say("described", client=message["client"], status=0 if client else hbm.NOT_FOUND, **values)

    def _on_connect(self, message: hbm.BusMessage) -> None:
        client, host = message["client"], message["host"]
        if (client, host) in self._wires:
            self._say("connected", client=client, host=host, status=hbm.ALREADY_STARTED)
            return
        try:
            session = self.engine.connect(client, self)
        except ConnectionRefused as refused:
            self._say("connected", client=client, host=host, status=refused.status)
            return
        self._wired(client, host, session)
        self._say("connected", client=client, host=host, status=0)
        self._say("grant", client=client, host=host)
        session.client.opened(session)

    def _on_disconnect(self, message: hbm.BusMessage) -> None:
        client, host = message["client"], message["host"]
        wire = self._wires.pop((client, host), None)
        if wire:
            wire.session.close()
        self._say("disconnected", client=client, host=host, status=0)

    def _on_grant(self, message: hbm.BusMessage) -> None:
        place = (message["client"], message["host"])
        if place in self._wires:
            self._wires[place].credits += 1
            self._pump(place)

    def _on_notify(self, message: hbm.BusMessage) -> None:
        client, host, start = message["client"], message["host"], message["start"]
        wire = self._wires.get((client, host))
        if wire:
            wire.notifies = bool(start)
        self._say("notifying", client=client, host=host, status=0 if wire else hbm.NOT_FOUND, start=start)

    def _on_ring(self, _message: hbm.BusMessage) -> None:
        self._say("ring_answer", status=hbm.RING_NOT_GRANTED)

    def _on_capabilities(self, _message: hbm.BusMessage) -> None:
        """None of virtual tags, client DMA and the like."""
        self._say("capable", granted=bytes(3))


def described(client: FirmwareClient) -> dict[str, Any]:
    return hbm.properties(client.guid, client.protocol, client.connections, client.fixed_address, client.largest)
