# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The character device of Linux's MEI driver. Every method raises OSError as the kernel answers."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import uuid

CONNECT = 0xC0104801
"""ioctl IOCTL_MEI_CONNECT_CLIENT: 16 bytes of GUID in; u32 largest message, u8 protocol version, 3 unused out."""


class Node:
    """One open descriptor, which carries one connection to one client."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)

    def connect(self, guid: str) -> int:
        """Bytes of the largest message that the client takes."""
        answer = fcntl.ioctl(self._descriptor, CONNECT, uuid.UUID(guid).bytes_le)
        return int(struct.unpack_from("<I", answer)[0])

    def write(self, message: bytes) -> int:
        return os.write(self._descriptor, message)

    def read(self, size: int, seconds: float) -> bytes:
        """One whole message. TimeoutError when none comes."""
        readable = select.poll()
        readable.register(self._descriptor, select.POLLIN)
        if not readable.poll(max(seconds, 0.0) * 1000):
            raise TimeoutError("nothing was received in time")
        return os.read(self._descriptor, size)

    def close(self) -> None:
        os.close(self._descriptor)
