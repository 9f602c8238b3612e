# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Finds firmware on networks: a presence ping to everybody, and a look at the web server of whoever may be there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Callable, Optional

from .banner import Load, Looker, looker
from .device import Device, Limits, ports_to_try
from .pace import Pace, files_to_spare
from .presence import Hearing, Pong, presence
from .targets import Target

CONNECTIONS_EACH = 2


@dataclass
class Found:
    """In the order of the targets. `mute`: who answered no ping, took a connection and said nothing of use."""

    devices: list[Device]
    mute: list[Target]


@dataclass(frozen=True)
class Progress:
    """`settled` of `total` addresses need no more waiting; `found` counts devices, `mute` those that say nothing."""

    total: int
    settled: int
    found: int
    mute: int
    seconds: float


Tell = Callable[[Progress], None]


@dataclass
class Search:
    """One scan. `slots` are the connections that may be open at once."""

    devices: dict[str, Device]
    limits: Limits
    looking: Looker
    pace: Pace
    slots: asyncio.Semaphore
    waiting: asyncio.Queue[Optional[Device]] = field(default_factory=asyncio.Queue)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)

    async def run(self) -> None:
        opening = asyncio.ensure_future(self.look_at_all())
        try:
            await self.listen()
            self.waiting.put_nowait(None)
            await opening
        finally:
            opening.cancel()
            for task in self.under_way:
                task.cancel()

    async def listen(self) -> None:
        limits = self.limits
        if limits.ping:
            hearing = Hearing(self.heard, self.unheard)
            await presence(list(self.devices), limits.rmcp_port, self.pace, limits.ping_timeout, hearing)
        else:
            for address in self.devices:
                self.unheard(address)

    def heard(self, address: str, pong: Pong) -> None:
        self.devices[address].pong = pong
        self.look_later(address, self.limits.banner != "none")

    def unheard(self, address: str) -> None:
        self.look_later(address, self.limits.banner == "all")

    def look_later(self, address: str, wanted: bool) -> None:
        device = self.devices[address]
        if not wanted:
            self.settled.add(address)
        elif not device.looked_at:
            device.looked_at = True
            self.waiting.put_nowait(device)

    async def look_at_all(self) -> None:
        """Takes a turn and a slot before each connection, so that nobody who is connected waits for us."""
        while True:
            device = await self.waiting.get()
            if device is None:
                break
            pairs = ports_to_try(device, self.limits)
            for port, tls in pairs:
                await self.slots.acquire()
                await self.pace.turn()
                task = asyncio.ensure_future(self.look(device, port, tls))
                self.under_way.add(task)
                task.add_done_callback(self.ended)
        await asyncio.gather(*self.under_way)

    def ended(self, task: asyncio.Task[None]) -> None:
        self.slots.release()
        if task.cancelled() or task.exception() is None:
            self.under_way.discard(task)

    async def look(self, device: Device, port: int, tls: bool) -> None:
        seen = await self.looking.look(device.target.address, port, tls, patient=device.pong is not None)
        if seen.banner:
            device.banners = tuple(sorted((*device.banners, seen.banner), key=lambda each: not each.tls))
        if seen.mute:
            device.mute = (*device.mute, seen.port)
        self.settled.add(device.target.address)

    def progress(self, seconds: float) -> Progress:
        devices = self.devices.values()
        found = sum(device.found() for device in devices)
        mute = sum(bool(device.mute) and not device.found() for device in devices)
        return Progress(len(self.devices), len(self.settled), found, mute, seconds)


def estimate(count: int, limits: Limits) -> float:
    """Seconds that a scan of so many addresses takes where nobody is: the longest, hostile peers aside."""
    pings = 2 * count / limits.rate + limits.ping_timeout if limits.ping else 0.0
    if limits.banner != "all":
        return pings
    connections = count * (1 if limits.tls == "never" else CONNECTIONS_EACH)
    return pings + max(connections / limits.rate, connections / open_at_once(limits) * limits.connect_timeout)


def open_at_once(limits: Limits) -> int:
    return min(limits.concurrency * CONNECTIONS_EACH, files_to_spare())


def one_for_each_name(devices: list[Device]) -> list[Device]:
    """Of the addresses of a name the first whose web server answered, or else the first that was found.

    So does a connection, which takes the first that accepts. Who shows another certificate is another device.
    """
    best: dict[str, Device] = {}
    for device in sorted(devices, key=lambda each: not each.banners):
        best.setdefault(device.target.name, device)
    return [each for each in devices if not each.target.name or differs_or_is(each, best[each.target.name])]


def differs_or_is(device: Device, best: Device) -> bool:
    return device is best or bool(device.digest and best.digest and device.digest != best.digest)


async def tell_now_and_then(search: Search, tell: Tell, every: float) -> None:
    now = asyncio.get_running_loop().time
    begun = now()
    while True:
        await asyncio.sleep(every)
        tell(search.progress(now() - begun))


async def find(targets: list[Target], limits: Limits, load: Load, tell: Tell | None, every: float) -> Found:
    devices = {target.address: Device(target) for target in targets}
    looking = looker(limits.connect_timeout, limits.answer_timeout, load)
    search = Search(devices, limits, looking, Pace(limits.rate), asyncio.Semaphore(open_at_once(limits)))
    telling = asyncio.ensure_future(tell_now_and_then(search, tell, every)) if tell else None
    try:
        await search.run()
    finally:
        if telling:
            telling.cancel()
    return Found(
        one_for_each_name([device for device in devices.values() if device.found()]),
        [device.target for device in devices.values() if device.mute and not device.found()],
    )


def scan(targets: Iterable[Target], limits: Limits, load: Load, tell: Tell | None = None, every: float = 10.0) -> Found:
    """The devices among the targets, in the order of the targets. Sends no credentials.

    `tell` is called every so many seconds. Raises AmtError where this machine cannot open connections at all.
    """
    return asyncio.run(find(list(targets), limits, load, tell, every))
