# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A channel to one of the device's ports, from the host: HTTP as over the network, with or without TLS."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Callable, Optional

from ..connection import Connection
from .local_tls import LocalTls, TlsFailed, context, demand_certificate, show

if TYPE_CHECKING:
    from ..device import Device

TLS_PORT = 16993
PIECE = 4096
HOST = "127.0.0.1"


def tls_for(device: Device) -> LocalTls:
    """While a set-up is started the client has to show its certificate, and with mutual TLS always."""
    firmware = device.firmware
    certificate, key = device.surroundings.files(device.description)
    made = context(certificate, key, firmware.setup.session is not None)
    identity, demand = firmware.tls_identity, firmware.tls_demand(local=True)
    if identity is not None:
        show(made, identity)
    if demand is not None:
        demand_certificate(made, demand)
    return LocalTls(made)


class ChannelServer:
    """Serves one channel. `say` takes octets for the host, `end` tells that no more will come.

    The HTTP behind it is a Connection of its own, at the other end of a socket pair. TLS ends without saying so: rpc-go
    would take what comes late from one channel for the beginning of the next.
    """

    def __init__(self, device: Device, port: int, number: int, say: Callable[[bytes], None], end: Callable[[], None]):
        self.device = device
        self.port = port
        self.number = number
        self._say = say
        self._end = end
        self._tls: Optional[LocalTls] = tls_for(device) if port == TLS_PORT else None
        self._waiting = b""
        self._ended = False
        self._writer: Optional[asyncio.StreamWriter] = None
        self._tasks: set[asyncio.Task[None]] = set()
        if self._tls is None:
            self._begin(device.firmware.local_secret_of)

    def _begin(self, secret_of: Callable[[str], Optional[str]]) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(secret_of))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.device.surroundings.failures.append(error)
        self._finish()

    async def _serve(self, secret_of: Callable[[str], Optional[str]]) -> None:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        other_reader, other_writer = await asyncio.open_connection(sock=theirs)
        connection = Connection(
            self.device, other_reader, other_writer, self.device.surroundings.journal, self.number, self.port
        )
        connection.come_from_host(HOST, secret_of)
        serving = asyncio.get_running_loop().create_task(connection.serve())
        try:
            writer.write(self._waiting)
            self._writer = writer
            with contextlib.suppress(ConnectionError):
                while data := await reader.read(PIECE):
                    self._answer(data)
            await serving
        finally:
            serving.cancel()
            writer.close()

    def _answer(self, plain: bytes) -> None:
        if self._tls is not None:
            self._tls.send(plain)
            self._say(self._tls.to_send())
        else:
            self._say(plain)

    def receive(self, data: bytes) -> None:
        """From the host."""
        plain = self._decrypted(self._tls, data) if self._tls is not None else data
        if self._writer is None:
            self._waiting += plain
        elif plain and not self._writer.is_closing():
            self._writer.write(plain)

    def _decrypted(self, tls: LocalTls, data: bytes) -> bytes:
        shaken = tls.established
        try:
            plain = tls.receive(data)
            if tls.established and not shaken:
                self._begin(self._secrets(tls))
        except TlsFailed:
            self._say(tls.to_send())
            self._finish()
            return b""
        self._say(tls.to_send())
        return plain

    def _secrets(self, tls: LocalTls) -> Callable[[str], Optional[str]]:
        """Who may log in: with a certificate that was waited for the administrator, without one the host's users."""
        presented, firmware = tls.presented(), self.device.firmware
        demand = firmware.tls_demand(local=True)
        if demand is not None:
            if not presented or demand.objection(presented[0], firmware.device_time()):
                raise TlsFailed("a certificate that is not let in")
            return firmware.local_secret_of
        if presented is None:
            return firmware.local_secret_of
        if not self.device.firmware.setup.admits(presented):
            raise TlsFailed("a certificate that nobody waited for")
        return self.device.firmware.users.certified_secret_of

    def _finish(self) -> None:
        if not self._ended:
            self._ended = True
            self._end()

    def close(self) -> None:
        """The host is gone."""
        self._ended = True
        if self._writer is not None:
            self._writer.close()
        for task in list(self._tasks):
            task.cancel()
