# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The RMCP/ASF presence ping: one UDP datagram asks, one answers, and no log-in takes place.

Source: DMTF DSP0136 (ASF 2.0) 3.2.4 for the frame; what Intel AMT puts in the OEM bytes is in docs/protocols.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

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


class Pace:
    """At most `rate` turns a second, taken in bursts of a hundredth of a second, so that waiting costs no CPU."""

    BURST = 0.01

    def __init__(self, rate: float) -> None:
        self.interval = 1.0 / rate
        self.due = 0.0

    async def turn(self) -> None:
        now = asyncio.get_running_loop().time()
        self.due = max(self.due, now) + self.interval
        if self.due - now > self.BURST:
            await asyncio.sleep(self.due - now)


class Answers(asyncio.DatagramProtocol):
    """Takes the pongs of the addresses that were pinged; what anybody else sends is dropped."""

    def __init__(self, addresses: Iterable[str]) -> None:
        start = secrets.randbelow(TAGS)
        self.tags = {address: (start + number) % TAGS for number, address in enumerate(addresses)}
        self.pongs: dict[str, Pong] = {}

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        address = addr[0]
        if address not in self.tags or address in self.pongs:
            return
        pong = parse_pong(data, self.tags[address])
        if pong:
            self.pongs[address] = pong

    def silent(self) -> list[str]:
        return [address for address in self.tags if address not in self.pongs]


def open_socket(family: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    return sock


async def ping_family(family: int, addresses: list[str], port: int, pace: Pace, timeout: float) -> dict[str, Pong]:
    """Nothing where this machine has no network of that family: then it reaches none of them."""
    loop = asyncio.get_running_loop()
    try:
        sock = open_socket(family)
    except OSError:
        return {}
    transport, answers = await loop.create_datagram_endpoint(lambda: Answers(addresses), sock=sock)
    try:
        for _attempt in range(2):
            for address in answers.silent():
                await pace.turn()
                transport.sendto(ping(answers.tags[address]), (address, port))
            await quiet(answers, timeout / 2)
    finally:
        transport.close()
    return answers.pongs


async def quiet(answers: Answers, seconds: float) -> None:
    """Wait, but no longer than until everybody has answered."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while len(answers.pongs) < len(answers.tags) and loop.time() < end:
        await asyncio.sleep(min(0.05, max(end - loop.time(), 0)))


async def presence(addresses: list[str], port: int, rate: float, timeout: float) -> dict[str, Pong]:
    """Ping each address, and those that are silent once more; `timeout` seconds for the answers of both together."""
    pace = Pace(rate)
    pongs: dict[str, Pong] = {}
    for family, colon in ((socket.AF_INET, False), (socket.AF_INET6, True)):
        ours = [address for address in addresses if (":" in address) is colon]
        if ours:
            pongs.update(await ping_family(family, ours, port, pace, timeout))
    return pongs
