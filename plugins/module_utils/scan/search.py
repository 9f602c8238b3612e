# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Finds firmware on networks: a presence ping to everybody, then a look at the web server of whoever may be there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ..wsman.endpoint import PLAIN_PORT, TLS_PORT
from .banner import Banner, Load, Looker, looker
from .presence import RMCP_PORT, Pace, Pong, presence
from .targets import Target


@dataclass(frozen=True)
class Limits:
    """How to knock, and how hard. `rate` counts pings and connections a second; times are seconds.

    `banner`: connect to `all` addresses, to those that `answered` the ping, or to `none`.
    """

    ping: bool = True
    banner: str = "all"
    rmcp_port: int = RMCP_PORT
    plain_port: int = PLAIN_PORT
    tls_port: int = TLS_PORT
    rate: float = 2000.0
    concurrency: int = 256
    ping_timeout: float = 2.0
    connect_timeout: float = 3.0


@dataclass
class Device:
    """What one address told without a log-in. `banners` holds one entry per WS-Man port that answered, TLS first."""

    target: Target
    pong: Pong | None = None
    banners: tuple[Banner, ...] = ()

    def found(self) -> bool:
        return self.pong is not None or bool(self.banners)

    def variables(self) -> dict[str, Any]:
        """Plain values under the names that host variables have."""
        best = self.banners[0] if self.banners else None
        port = best.port if best else self.pong.port if self.pong else 0
        version = (best.version if best else "") or (self.pong.version if self.pong else "")
        values: dict[str, Any] = {
            "amt_host": self.target.address,
            "amt_name": self.target.name,
            "amt_port": port,
            "amt_tls": best.tls if best else port == TLS_PORT,
            "amt_version": version,
            "amt_generation": int(version.partition(".")[0]) if version else None,
            "amt_ports": [each.port for each in self.banners],
            "amt_ping": self.pong is not None,
            "amt_provisioning": self.pong.provisioning if self.pong else "",
        }
        if best and best.certificate:
            values.update(amt_tls_version=best.tls_version, amt_certificate=asdict(best.certificate))
        return values


def ports_to_try(device: Device, limits: Limits) -> list[tuple[int, bool]]:
    """(port, TLS) pairs, TLS first: those that the pong names, or both when it said nothing of use."""
    both = [(limits.tls_port, True), (limits.plain_port, False)]
    if device.pong is None or device.pong.both_ports:
        return both
    named = [pair for pair in both if pair[0] == device.pong.port]
    return named or both


async def look(devices: Iterator[Device], limits: Limits, pace: Pace, looking: Looker) -> None:
    """One of the workers that share an iterator: ask the ports of the next device until there are no more."""
    for device in devices:
        pairs = ports_to_try(device, limits)
        for _pair in pairs:
            await pace.turn()
        seen = await asyncio.gather(*(looking.look(device.target.address, port, tls) for port, tls in pairs))
        device.banners = tuple(each for each in seen if each)


async def look_at_all(devices: list[Device], limits: Limits, load: Load) -> None:
    shared, pace, looking = iter(devices), Pace(limits.rate), looker(limits.connect_timeout, load)
    workers = min(limits.concurrency, len(devices))
    await asyncio.gather(*(look(shared, limits, pace, looking) for _number in range(workers)))


async def find(targets: Iterable[Target], limits: Limits, load: Load) -> list[Device]:
    devices = [Device(target) for target in targets]
    if limits.ping:
        addresses = [device.target.address for device in devices]
        pongs = await presence(addresses, limits.rmcp_port, limits.rate, limits.ping_timeout)
        for device in devices:
            device.pong = pongs.get(device.target.address)
    if limits.banner != "none":
        await look_at_all([device for device in devices if device.pong or limits.banner == "all"], limits, load)
    return [device for device in devices if device.found()]


def scan(targets: Iterable[Target], limits: Limits, load: Load) -> list[Device]:
    """The devices among the targets, in the order of the targets. Sends no credentials."""
    return asyncio.run(find(targets, limits, load))
