# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Unix socket in front of a simulated machine's MEI: who connects names a client by its GUID and exchanges messages.

Everything is framed by a length of 32 bits, big-endian. The answer to the GUID is empty, or says why not.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from pathlib import Path
from typing import Any, Optional

POLL = 0.05


def read_frame(stream: socket.socket) -> Optional[bytes]:
    head = read_exactly(stream, 4)
    return None if head is None else read_exactly(stream, struct.unpack(">I", head)[0])


def read_exactly(stream: socket.socket, size: int) -> Optional[bytes]:
    octets = b""
    while len(octets) < size:
        piece = stream.recv(size - len(octets))
        if not piece:
            return None
        octets += piece
    return octets


def framed(message: bytes) -> bytes:
    return struct.pack(">I", len(message)) + message


class Bridge:
    """Serves until its context ends. `node` is what `device.mei()` gives."""

    def __init__(self, node: Any, path: Path) -> None:
        self.node = node
        self.path = path
        self._over = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Bridge:
        self._listener.bind(str(self.path))
        self._listener.listen()
        self._start(self._accept)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, target: Any, *arguments: Any) -> None:
        self._threads.append(threading.Thread(target=target, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over.is_set():
                stream, _peer = self._listener.accept()
                self._start(self._serve, stream)

    def _serve(self, stream: socket.socket) -> None:
        with stream:
            guid = read_frame(stream)
            try:
                connection = self.node.connect((guid or b"").decode())
            except OSError as error:
                stream.sendall(framed(str(error).encode()))
                return
            with connection:
                stream.sendall(framed(b""))
                reading = threading.Thread(target=self._forward, args=(connection, stream), daemon=True)
                reading.start()
                with contextlib.suppress(OSError):
                    while (message := read_frame(stream)) is not None:
                        connection.write(message)

    def _forward(self, connection: Any, stream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not self._over.is_set():
                try:
                    stream.sendall(framed(connection.read(POLL)))
                except TimeoutError:
                    continue
