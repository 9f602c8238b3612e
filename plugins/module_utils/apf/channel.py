# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One channel of the port forwarding protocol: its two windows, what waits for room, and how far it is closed."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ProtocolError

LARGEST_WINDOW = 0xFFFFFFFF


class Channel:
    """`number` is ours, `peer` is theirs. `wanted`: the peer asked for it, and we have to answer."""

    def __init__(self, number: int, window: int) -> None:
        self.number = number
        self.peer = 0
        self.open = False
        self.wanted = False
        self.may_receive = window
        self.may_send = 0
        self.closing = False
        self.close_sent = False
        self.close_seen = False
        self._waiting = bytearray()

    def opened(self, peer: int, window: int) -> None:
        self.peer, self.may_send, self.open = peer, window, True

    def received(self, size: int) -> None:
        if size > self.may_receive:
            raise ProtocolError("the APF peer sent {0} bytes into a window of {1}".format(size, self.may_receive))
        self.may_receive -= size

    def widened(self, size: int) -> None:
        """By the peer, for what we send."""
        if self.may_send + size > LARGEST_WINDOW:
            raise ProtocolError("the APF peer opens a window of more than 32 bits")
        self.may_send += size

    def queue(self, data: bytes) -> None:
        self._waiting += data

    def packets(self, largest: int) -> Iterator[bytes]:
        """What may be sent now, in pieces of at most `largest` bytes."""
        while self.open and self._waiting and self.may_send:
            piece = bytes(self._waiting[: min(largest, self.may_send)])
            del self._waiting[: len(piece)]
            self.may_send -= len(piece)
            yield piece

    def close_due(self) -> bool:
        """True once, when our close is to be sent: everything before it has left, or the peer wants no more of it."""
        if not self.open or self.close_sent or not (self.close_seen or (self.closing and not self._waiting)):
            return False
        self.close_sent = True
        return True

    @property
    def waiting(self) -> int:
        """Bytes that wait for room in the peer's window."""
        return len(self._waiting)
