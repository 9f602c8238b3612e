# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One listening socket per port for the whole fleet; the address that is dialled names the device."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Optional

from .certificates import TlsContexts
from .connection import Connection
from .delivery import NOT_HTTP
from .device import Device
from .journal import Journal
from .listening import WILDCARD, silence, tcp_listener
from .negotiate import NegotiateGuard

HANDSHAKE_TIMEOUT = 30.0


@dataclass(frozen=True)
class Ports:
    """Where to listen; 0 leaves a plane out. The firmware believes that it listens on AMT's own numbers."""

    plain: int = 16992
    tls: int = 16993
    presence: int = 623


AMT_PORTS = Ports()
AMT_PLAIN, AMT_TLS = AMT_PORTS.plain, AMT_PORTS.tls


class Server:
    """Accepts for a fleet. With `sockets_each` every device has sockets of its own, so that one can be refused."""

    def __init__(
        self,
        devices: Iterable[Device],
        journal: Journal,
        contexts: TlsContexts,
        ports: Ports,
        sockets_each: bool = False,
        negotiate: Optional[NegotiateGuard] = None,
    ) -> None:
        self.devices = {device.address: device for device in devices}
        self._places = dict(self.devices)
        self.journal = journal
        self.contexts = contexts
        self.ports = ports
        self.sockets_each = sockets_each
        self.negotiate = negotiate
        self._listeners: dict[tuple[str, int], socket.socket] = {}
        self._acceptors: dict[tuple[str, int], asyncio.Task] = {}
        self._serving: set[asyncio.Task] = set()
        self._connections = 0
        self.failures: list[BaseException] = []
        """Errors of the simulator itself, which ended a connection."""

    async def start(self) -> None:
        addresses = list(self.devices) if self.sockets_each else [WILDCARD]
        for port in (self.ports.plain, self.ports.tls):
            for address in addresses if port else []:
                self._open(address, port)
        self.refresh()

    def _open(self, address: str, port: int) -> None:
        listener = tcp_listener(address, port)
        self._listeners[address, port] = listener
        self._acceptors[address, port] = asyncio.get_running_loop().create_task(self._accept(listener, port))

    def _shut(self, address: str, port: int) -> None:
        self._acceptors.pop((address, port)).cancel()
        self._listeners.pop((address, port)).close()

    def refresh(self) -> None:
        """Make the sockets agree with the scripted faults: silence the unplugged, refuse the refusing."""
        for listener in self._listeners.values():
            silence(listener, self._lively())
        for device in self.devices.values():
            self._align(device)

    def _align(self, device: Device) -> None:
        """Open and shut a device's own sockets: none for a plane that is off. A device that sleeps keeps its own."""
        if not self.sockets_each:
            return
        now = device.clock.now()
        for port in filter(None, (self.ports.plain, self.ports.tls)):
            off = device.firmware.reachable_at(now) and not device.firmware.listens(self._own_port(port))
            wanted = not (off or device.scripts.always("refuse"))
            place = (device.address, port)
            if wanted and place not in self._listeners:
                self._open(*place)
            elif not wanted and place in self._listeners:
                self._shut(*place)

    def _after(self, device: Device) -> None:
        self._follow(device)
        self._align(device)

    def _follow(self, device: Device) -> None:
        """Serve a device that was given another address there, and no more where it was."""
        place = device.firmware.place
        if (
            self.sockets_each
            or not place.startswith("127.")
            or self._places.get(place) is device
            or place in self._places
        ):
            return
        self._places = {address: each for address, each in self._places.items() if each is not device}
        self._places[place] = device
        self.refresh()

    def _lively(self) -> list[str]:
        return [address for address, device in self._places.items() if not device.scripts.always("unplugged")]

    def _listens(self, device: Device, port: int) -> bool:
        return device.listens(self._own_port(port))

    def _own_port(self, port: int) -> int:
        """AMT's number of the port that stands in for it here."""
        return AMT_TLS if port == self.ports.tls else AMT_PLAIN

    async def stop(self) -> None:
        for address, port in list(self._listeners):
            self._shut(address, port)
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _accept(self, listener: socket.socket, port: int) -> None:
        loop = asyncio.get_running_loop()
        while True:
            client, _peer = await loop.sock_accept(listener)
            task = loop.create_task(self._serve(client, port))
            self._serving.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task) -> None:
        self._serving.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.failures.append(error)
            traceback.print_exception(type(error), error, error.__traceback__)

    async def _serve(self, client: socket.socket, port: int) -> None:
        address = client.getsockname()[0]
        device = self._places.get(address)
        with contextlib.closing(client):
            if device is None or not address.startswith("127."):
                rst(client)
                return
            if await self._turned_away(device, client, port):
                return
            device.connected += 1
            try:
                await self._converse(device, client, port)
            finally:
                device.connected -= 1

    async def _turned_away(self, device: Device, client: socket.socket, port: int) -> bool:
        """Apply what goes wrong at connecting; True when the connection is over."""
        struck = device.scripts.strike_connection()
        if struck:
            self.journal.add(
                at=device.clock.now(),
                device=device.name,
                address=device.address,
                port=self._own_port(port),
                connection=self._connections,
                verb="connect",
                fault=",".join(script.fault for script in struck),
            )
        faults = {script.fault for script in struck}
        absent = not self._listens(device, port)
        if faults & {"unplugged", "hung"} or (absent and device.description.absence == "silence"):
            await self._hold(client)
        elif "tls_broken" in faults and port == self.ports.tls:
            await asyncio.get_running_loop().sock_sendall(client, NOT_HTTP)
        elif "refuse" in faults or self._full(device) or absent:
            rst(client)
        else:
            return False
        return True

    def _full(self, device: Device) -> bool:
        return device.connected >= device.description.connections

    async def _hold(self, client: socket.socket) -> None:
        """Take what comes and never answer."""
        with contextlib.suppress(ConnectionError):
            while await asyncio.get_running_loop().sock_recv(client, 65536):
                pass

    async def _converse(self, device: Device, client: socket.socket, port: int) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1 << 17)
        protocol = asyncio.StreamReaderProtocol(reader)
        tls: dict = {}
        firmware = device.firmware
        demand = firmware.tls_demand() if port == self.ports.tls else None
        if port == self.ports.tls:
            context = self.contexts.get(device.description, firmware.tls_versions, firmware.tls_identity, demand)
            tls = {"ssl": context, "ssl_handshake_timeout": HANDSHAKE_TIMEOUT}
        try:
            transport, _protocol = await loop.connect_accepted_socket(lambda: protocol, client, **tls)
        except (ssl.SSLError, ConnectionError, asyncio.TimeoutError):
            return
        if demand is not None:
            presented = transport.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
            if demand.objection(presented, firmware.device_time()):
                transport.abort()
                return
        self._connections += 1
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        own_port = self._own_port(port)
        connection = Connection(device, reader, writer, self.journal, self._connections, own_port, self.negotiate)
        connection.come_from(writer.get_extra_info("peername")[0])
        connection.after_each = self._after
        await connection.serve()
        with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.TimeoutError):
            await writer.wait_closed()


def rst(client: socket.socket) -> None:
    """Make the coming close a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
