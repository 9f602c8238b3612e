# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Answers to ASF presence pings over RMCP on UDP 623 (DMTF DSP0136, section 3.2).

One socket serves all addresses: the kernel tells which one was pinged (IP_PKTINFO), and the pong leaves from there.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Mapping
from typing import Optional

from .device import Device
from .journal import Journal
from .listening import WILDCARD, udp_socket

IP_PKTINFO, SO_RCVBUFFORCE = 8, 33
ROOM = 1 << 24
AT_A_TIME = 64
RMCP_ASF = b"\x06\x00\xff\x06"
ASF_IANA = struct.pack(">I", 4542)
INTEL_IANA = struct.pack(">I", 343)
PING, PONG = 0x80, 0x40
PACKET_INFO = struct.Struct("=I4s4s")


def make_room(opened: socket.socket) -> None:
    """Let pings wait while the machine is busy; only root may go beyond net.core.rmem_max."""
    try:
        opened.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)


def ping_tag(packet: bytes) -> Optional[int]:
    """The message tag of a presence ping; None when the packet is something else."""
    sound = len(packet) >= 12 and packet[0] == 6 and packet[3] == 6 and packet[4:8] == ASF_IANA and packet[8] == PING
    return packet[9] if sound else None


def pong(tag: int, port: int, version: tuple[int, int], state: int, both_ports: bool) -> bytes:
    """An answer as AMT lays it out. `state` is 0 before, 1 during and 2 after provisioning."""
    major, minor = version
    flags = state & 3 | (4 if both_ports else 0)
    oem = struct.pack(">HBB", port, major << 4 | minor, flags)
    return RMCP_ASF + ASF_IANA + bytes((PONG, tag, 0, 16)) + INTEL_IANA + oem + bytes((0x81, 0x20)) + bytes(6)


class PresenceResponder:
    """Answers for every device that is reachable and does not keep quiet."""

    def __init__(self, devices: Mapping[str, Device], journal: Journal, port: int, sockets_each: bool) -> None:
        self._devices = devices
        self._journal = journal
        self._port = port
        self._addresses = list(devices) if sockets_each else [WILDCARD]
        self._sockets: list[socket.socket] = []

    async def start(self) -> None:
        for address in self._addresses if self._port else []:
            opened = udp_socket(address, self._port)
            opened.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
            make_room(opened)
            self._sockets.append(opened)
            asyncio.get_running_loop().add_reader(opened, self._receive, opened)

    def stop(self) -> None:
        for opened in self._sockets:
            asyncio.get_running_loop().remove_reader(opened)
            opened.close()
        self._sockets.clear()

    def _receive(self, opened: socket.socket) -> None:
        """Answer what waits, but let connections have their turn too."""
        for _packet in range(AT_A_TIME):
            try:
                packet, ancillary, _flags, peer = opened.recvmsg(2048, 128)
            except (BlockingIOError, ConnectionError):
                return
            for _level, kind, octets in ancillary:
                if kind == IP_PKTINFO:
                    _interface, _local, dialled = PACKET_INFO.unpack(octets)
                    self._respond(opened, packet, peer, dialled)

    def _respond(self, opened: socket.socket, packet: bytes, peer: tuple, dialled: bytes) -> None:
        tag, device = ping_tag(packet), self._devices.get(socket.inet_ntoa(dialled))
        if tag is None or device is None:
            return
        answer = self._answer(device, tag)
        self._journal.add(
            at=device.clock.now(),
            device=device.name,
            address=device.address,
            port=self._port,
            connection=0,
            verb="presence",
            took_effect=False,
        )
        if answer is not None:
            sender = PACKET_INFO.pack(0, dialled, dialled)
            opened.sendmsg([answer], [(socket.IPPROTO_IP, IP_PKTINFO, sender)], 0, peer)

    def _answer(self, device: Device, tag: int) -> Optional[bytes]:
        if device.scripts.always("unplugged") or device.is_away():
            return None
        found = device.firmware.presence()
        return None if found is None else pong(tag, **found)
