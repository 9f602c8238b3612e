# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Sockets that only this machine can reach, and silence for addresses where nobody lives.

A wildcard socket is tied to the loopback interface. Silence is a socket filter that drops the client's first packet,
so that its connection times out as with an unplugged cable; the kernel grants such a filter to root only.
"""

from __future__ import annotations

import ctypes
import ipaddress
import socket
import struct
from collections.abc import Iterable

SO_ATTACH_FILTER, SO_DETACH_FILTER, SO_BINDTODEVICE = 26, 27, 25
BACKLOG = 4096
WILDCARD = "0.0.0.0"

LOAD_DESTINATION = (0x20, 0, 0, (-0x100000 + 16) & 0xFFFFFFFF)
"""BPF: load the destination address, 16 octets into the network header (linux/filter.h, SKF_NET_OFF)."""
PASS = (0x06, 0, 0, 0xFFFFFFFF)
DROP = (0x06, 0, 0, 0)
FILTER_LIMIT = 4096
"""Instructions that Linux takes (BPF_MAXINSNS)."""


WAY_OUT = "say --port, --tls-port or --rmcp-port with a number {0}, or 0 for none"


class CannotListen(OSError):
    """A port cannot be had; the text says which and what to do."""


def tcp_listener(address: str, port: int) -> socket.socket:
    return _bound(socket.SOCK_STREAM, address, port)


def udp_socket(address: str, port: int) -> socket.socket:
    return _bound(socket.SOCK_DGRAM, address, port)


def _bound(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, kind)
    try:
        if kind == socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if address == WILDCARD:
            made.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, b"lo\0")
        made.bind((address, port))
        if kind == socket.SOCK_STREAM:
            made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise CannotListen(error.errno, explain(error, kind, address, port)) from error
    made.setblocking(False)
    return made


def explain(error: OSError, kind: socket.SocketKind, address: str, port: int) -> str:
    name = "{0} port {1} on {2}".format("TCP" if kind == socket.SOCK_STREAM else "UDP", port, address)
    if isinstance(error, PermissionError):
        return "{0} needs root or CAP_NET_BIND_SERVICE; {1}".format(name, WAY_OUT.format("from 1024"))
    return "{0} cannot be had ({1}), another simulator may run; {2}".format(
        name, error.strerror, WAY_OUT.format("else")
    )


def ranges(addresses: Iterable[str]) -> list[tuple[int, int]]:
    """Addresses as sorted, inclusive ranges of numbers."""
    found: list[tuple[int, int]] = []
    for number in sorted({int(ipaddress.IPv4Address(address)) for address in addresses}):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def silence(listener: socket.socket, lively: Iterable[str]) -> bool:
    """Drop what is not sent to one of the `lively` addresses; False when the kernel does not grant the filter."""
    program = [LOAD_DESTINATION]
    for first, last in ranges(lively):
        program += [(0x35, 0, 2, first), (0x25, 1, 0, last), PASS]
    program.append(DROP)
    if len(program) > FILTER_LIMIT:
        return False
    octets = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(octets)
    filter_ = struct.pack("HL", len(program), ctypes.addressof(buffer))
    try:
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, filter_)
    except PermissionError:
        return False
    return True
