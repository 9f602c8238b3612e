# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""/dev/mei0 of a simulated machine without a kernel in between: connect to a client by its GUID, write and read.

Errors carry the driver's numbers: ENOTTY for a client that is not there, EBUSY for one that others hold, ENODEV once
the engine has restarted or ended the connection.
"""

from __future__ import annotations

import asyncio
import errno
import os
import queue
import time
import uuid
from collections.abc import Awaitable
from typing import Any, Callable, Optional, Protocol, Union

from . import hbm
from .client import FirmwareClient, Session
from .engine import ConnectionRefused, Engine

NUMBERS = {hbm.NOT_FOUND: errno.ENOTTY, hbm.OUT_OF_RESOURCES: errno.EBUSY, hbm.ALREADY_STARTED: errno.EBUSY}
QUIET, TURNS = 4, 400
"""Turns of an event loop in which nothing happens, one after the other, before everything is taken to be done; and all
the turns that it is given for that."""


class Runner(Protocol):
    """How a node reaches the event loop in which the firmware lives."""

    def call(self, function: Callable[[], Any]) -> Any: ...

    def wait(self, arrived: queue.SimpleQueue[bytes], seconds: float) -> Optional[bytes]:
        """The next message; None when it does not come in time."""

    def close(self) -> None:
        """Nobody will call any more."""


class Threaded:
    """For a fleet that is served in a thread of its own; `call` runs something there. Time is real."""

    def __init__(self, call: Callable[[Callable[[], Any]], Any]) -> None:
        self.call = call

    def wait(self, arrived: queue.SimpleQueue[bytes], seconds: float) -> Optional[bytes]:
        try:
            return arrived.get(timeout=seconds)
        except queue.Empty:
            return None

    def close(self) -> None:
        """The loop is somebody else's."""


class Counting(asyncio.SelectorEventLoop):
    """An event loop that knows how often something was put in line."""

    put = 0

    def call_soon(self, *arguments: Any, **settings: Any) -> asyncio.Handle:
        self.put += 1
        return super().call_soon(*arguments, **settings)


class Alone:
    """For a device that nobody serves: an event loop that only runs when somebody calls.

    With a `clock` that can sleep no real time passes: waiting for what does not come moves the clock.
    """

    def __init__(self, clock: Any = None) -> None:
        self.clock = clock
        self.loop = Counting()

    def call(self, function: Callable[[], Any]) -> Any:
        return self.run(self._called(function))

    async def _called(self, function: Callable[[], Any]) -> Any:
        result = function()
        await self._settled(lambda: False)
        return result

    async def _settled(self, enough: Callable[[], bool]) -> None:
        """Until everything is done, or this is enough. A turn puts its own continuation in line."""
        quiet = 0
        for _turn in range(TURNS):
            if quiet == QUIET or enough():
                return
            before = self.loop.put
            await asyncio.sleep(0)
            quiet = quiet + 1 if self.loop.put == before + 1 else 0

    def run(self, waited: Awaitable[Any]) -> Any:
        async def running() -> Any:
            return await waited

        return self.loop.run_until_complete(running())

    def wait(self, arrived: queue.SimpleQueue[bytes], seconds: float) -> Optional[bytes]:
        message: Optional[bytes] = self.run(self._waited(arrived, seconds))
        return message

    async def _waited(self, arrived: queue.SimpleQueue[bytes], seconds: float) -> Optional[bytes]:
        end = time.monotonic() + seconds
        await self._settled(lambda: not arrived.empty())
        while arrived.empty():
            if self.clock is not None:
                self.clock.sleep(seconds)
                return None
            if time.monotonic() >= end:
                return None
            await asyncio.sleep(0.001)
        return arrived.get()

    def close(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.call(do_nothing)
        self.loop.close()


def do_nothing() -> None:
    """Only let the loop turn."""


def gone() -> OSError:
    return OSError(errno.ENODEV, os.strerror(errno.ENODEV))


class NodeConnection:
    """One descriptor. `largest` and `protocol_version` are what the driver tells of a client."""

    def __init__(self, runner: Runner, engine: Engine, address: int) -> None:
        self._runner = runner
        self._arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._session: Session = runner.call(lambda: self._connect(engine, address))
        self.largest = self._session.client.largest
        self.protocol_version = self._session.client.protocol

    def _connect(self, engine: Engine, address: int) -> Session:
        session = engine.connect(address, self)
        session.client.opened(session)
        return session

    def deliver(self, session: Session, message: bytes) -> None:
        self._arrived.put(message)

    def dropped(self, session: Session) -> None:
        self._arrived.put(b"")

    def _check(self) -> None:
        if not self._session.is_open:
            raise gone()

    def write(self, message: bytes) -> int:
        """The octets that were written. Raises OSError."""
        self._check()
        if len(message) > self.largest:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        self._runner.call(lambda: self._session.receive(bytes(message)))
        return len(message)

    def read(self, seconds: float) -> bytes:
        """The next message. Raises TimeoutError and OSError."""
        if self._arrived.empty():
            self._check()
        message = self._runner.wait(self._arrived, seconds)
        if message is None:
            raise TimeoutError("nothing came in {0} seconds".format(seconds))
        if not message:
            raise gone()
        return message

    def close(self) -> None:
        self._runner.call(self._session.close)

    def __enter__(self) -> NodeConnection:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class Node:
    """A machine's MEI device. `close` it when the machine is gone: it ends every connection."""

    def __init__(self, engine: Callable[[], Engine], runner: Runner) -> None:
        self._engine = engine
        self._runner = runner

    def connect(self, guid: Union[str, bytes, uuid.UUID]) -> NodeConnection:
        """A connection to a client; a GUID as text, or in the mixed-endian octets that the driver takes."""
        if isinstance(guid, bytes):
            wanted = uuid.UUID(bytes_le=guid)
        else:
            wanted = guid if isinstance(guid, uuid.UUID) else uuid.UUID(guid)
        engine = self._runner.call(self._engine)
        if not engine.is_ready:
            raise gone()
        address = self._runner.call(lambda: address_of(engine.clients, wanted))
        try:
            return NodeConnection(self._runner, engine, address)
        except ConnectionRefused as refused:
            number = NUMBERS.get(refused.status, errno.EBUSY)
            raise OSError(number, os.strerror(number)) from None

    def close(self) -> None:
        self._runner.call(lambda: self._engine().forget_hosts())
        self._runner.close()


def address_of(clients: dict[int, FirmwareClient], guid: uuid.UUID) -> int:
    """Raises OSError for a client that is not there or takes no connections."""
    for address, client in clients.items():
        if uuid.UUID(client.guid) == guid and not client.fixed_address:
            return address
    raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
