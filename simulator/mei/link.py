# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where a guest's MEI hardware ends: a Unix socket per device, and at it one guest at a time."""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Optional

from ..device import Device
from ..listening import CannotListen
from .bus import Bus
from .frames import BrokenStream, Frame, Reader

PIECE = 65536


class Link:
    """A device's socket. The guest that connected last is the one that counts."""

    def __init__(self, device: Device, path: Path) -> None:
        self.device = device
        self.path = path
        self.failures: list[BaseException] = []
        self._server: Optional[asyncio.AbstractServer] = None
        self._writer: Optional[asyncio.StreamWriter] = None

    async def start(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, str(self.path))
        except OSError as error:
            reason = "{0} cannot be had ({1}); say --mei with a short path that can be written".format(self.path, error)
            raise CannotListen(error.errno, reason) from error

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._hang_up()
            self.path.unlink(missing_ok=True)

    def _hang_up(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._hang_up()
        self._writer = writer

        def transmit(frame: Frame) -> None:
            if not writer.is_closing():
                writer.write(frame.pack())

        bus = Bus(self.device.engine, transmit)
        try:
            await self._listen(reader, bus)
        except (ConnectionError, BrokenStream, asyncio.CancelledError):
            pass
        except Exception as error:  # noqa: BLE001 - a mistake of the simulator, which `Simulation` makes a test fail by
            traceback.print_exception(type(error), error, error.__traceback__)
            self.failures.append(error)
        finally:
            bus.detach()
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader, bus: Bus) -> None:
        frames = Reader()
        while data := await reader.read(PIECE):
            for frame in frames.feed(data):
                bus.receive(frame)


class Links:
    """Sockets for all devices of a fleet: `folder/NAME.mei`."""

    def __init__(self, devices: list[Device], folder: Path) -> None:
        self.folder = folder
        self.links = {device.name: Link(device, folder / (device.name + ".mei")) for device in devices}

    @property
    def failures(self) -> list[BaseException]:
        return [error for link in self.links.values() for error in link.failures]

    async def start(self) -> None:
        if self.links:
            self.folder.mkdir(parents=True, exist_ok=True)
        for link in self.links.values():
            await link.start()

    async def stop(self) -> None:
        for link in self.links.values():
            await link.stop()
