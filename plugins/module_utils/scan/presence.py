# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The RMCP/ASF presence ping: one UDP datagram asks, one answers, and no log-in takes place.

Source: DMTF DSP0136 (ASF 2.0) 3.2.4 for the frame; AMT.md 4 for what Intel AMT puts in the OEM bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from .pace import Pace

RMCP_PORT = 623
RMCP_HEADER = bytes((6, 0, 0, 6))  # version 1.0, reserved, sequence, class ASF
ASF_IANA = bytes((0, 0, 0x11, 0xBE))
PING, PONG = 0x80, 0x40
INTEL_IANA = bytes((0, 0, 1, 0x57))
SHORTEST_PONG = 22
DASH_SUPPORTED = 0x20
BOTH_PORTS = 0x04
PROVISIONING = {0: "pre", 1: "in", 2: "post"}
TAGS = 255
RECEIVE_BUFFER = 4 << 20


@dataclass(frozen=True)
class Pong:
    """`port`: the WS-Man port it names. `version`: empty where it does not tell. `provisioning`: pre, in or post."""

    port: int
    version: str
    provisioning: str
    both_ports: bool


@dataclass(frozen=True)
class Hearing:
    """Whom to tell: `heard` at once of a pong; `unheard` of who did not answer in its time, and is asked once more."""

    heard: Callable[[str, Pong], None]
    unheard: Callable[[str], None]


def ping(tag: int) -> bytes:
    return RMCP_HEADER + ASF_IANA + bytes((PING, tag, 0, 0))


def parse_pong(datagram: bytes, tag: int) -> Pong | None:
    """None for anything that is not the answer of an Intel AMT to the ping with this tag."""
    if len(datagram) < SHORTEST_PONG or datagram[0] != RMCP_HEADER[0] or datagram[3] & 0x1F != RMCP_HEADER[3]:
        return None
    if datagram[4:8] != ASF_IANA or datagram[8] != PONG or datagram[9] != tag or datagram[12:16] != INTEL_IANA:
        return None
    if not datagram[21] & DASH_SUPPORTED:
        return None
    version, state = datagram[18], datagram[19]
    return Pong(
        port=int.from_bytes(datagram[16:18], "big"),
        version="{0}.{1}".format(version >> 4, version & 0x0F) if version else "",
        provisioning=PROVISIONING.get(state & 3, ""),
        both_ports=bool(state & BOTH_PORTS),
    )


Place = tuple[str, int]


def place_of(address: str) -> Place:
    """An address without its zone, and the zone's number, 0 for none: as datagrams name their sender."""
    host, _percent, zone = address.partition("%")
    if not zone:
        return host, 0
    with contextlib.suppress(OSError):
        return host, socket.if_nametoindex(zone)
    return host, int(zone) if zone.isdecimal() else 0


class Answers(asyncio.DatagramProtocol):
    """Takes the pongs of the addresses that were pinged; what anybody else sends is dropped."""

    def __init__(self, addresses: Iterable[str], heard: Callable[[str, Pong], None]) -> None:
        start = secrets.randbelow(TAGS)
        self.tags = {address: (start + number) % TAGS for number, address in enumerate(addresses)}
        self.places = {place_of(address): address for address in self.tags}
        self.waited_for = set(self.tags)
        self.heard = heard

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        address = self.places.get((addr[0].partition("%")[0], addr[3] if len(addr) > 3 else 0))
        if address is None or address not in self.waited_for:
            return
        pong = parse_pong(data, self.tags[address])
        if pong:
            self.waited_for.discard(address)
            self.heard(address, pong)


def open_socket(family: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    return sock


@dataclass
class Round:
    """The pings of one family from one socket: `wait` seconds after the first, who is silent gets a second."""

    answers: Answers
    transport: asyncio.DatagramTransport
    port: int
    pace: Pace
    wait: float
    unheard: Callable[[str], None]

    async def ask_all(self) -> None:
        now = asyncio.get_running_loop().time
        asked: deque[tuple[float, str]] = deque()
        for address in self.answers.tags:
            await self.ask(address)
            asked.append((now() + self.wait, address))
            while asked[0][0] <= now():
                await self.ask_again(asked.popleft()[1])
                if not asked:
                    break
        for due, address in asked:
            await self.quiet(due)
            await self.ask_again(address)
        await self.quiet(now() + self.wait)

    async def ask(self, address: str) -> None:
        await self.pace.turn()
        self.transport.sendto(ping(self.answers.tags[address]), (address, self.port))

    async def ask_again(self, address: str) -> None:
        if address in self.answers.waited_for:
            self.unheard(address)
            await self.ask(address)

    async def quiet(self, end: float) -> None:
        """Wait, but no longer than until everybody has answered."""
        now = asyncio.get_running_loop().time
        while self.answers.waited_for and now() < end:
            await asyncio.sleep(min(0.05, max(end - now(), 0)))


async def ping_family(
    family: int, addresses: Sequence[str], port: int, pace: Pace, timeout: float, hearing: Hearing
) -> None:
    """Nobody is heard where this machine has no network of that family: then it reaches none of them."""
    try:
        sock = open_socket(family)
    except OSError:
        for address in addresses:
            hearing.unheard(address)
        return
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(lambda: Answers(addresses, hearing.heard), sock=sock)
    try:
        await Round(answers, transport, port, pace, timeout / 2, hearing.unheard).ask_all()
    finally:
        transport.close()


async def presence(addresses: Sequence[str], port: int, pace: Pace, timeout: float, hearing: Hearing) -> None:
    """Ping each address, and those that are silent once more; `timeout` seconds for the answers of both together."""
    families = ((socket.AF_INET, False), (socket.AF_INET6, True))
    ours = [(family, [each for each in addresses if (":" in each) is colon]) for family, colon in families]
    await asyncio.gather(*(ping_family(family, some, port, pace, timeout, hearing) for family, some in ours if some))
