# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cable between a host and its network, with the firmware's filters in the middle."""

from __future__ import annotations

import os
import selectors
import threading
from typing import Callable

LARGEST_FRAME = 65536
Decide = Callable[[str, bytes], bool]


class Wire:
    """Carries frames between two tap descriptors as long as `decide(direction, frame)` lets them through.

    `frames` holds (direction, passed, frame) of everything that was seen.
    """

    def __init__(self, host: int, network: int, decide: Decide) -> None:
        self.ends = {host: ("transmit", network), network: ("receive", host)}
        self.decide = decide
        self.frames: list[tuple[str, bool, bytes]] = []
        self.ending, self.bell = os.pipe()
        self.thread = threading.Thread(target=self.carry, name="wire", daemon=True)
        self.thread.start()

    def carry(self) -> None:
        with selectors.DefaultSelector() as selector:
            for end in (*self.ends, self.ending):
                selector.register(end, selectors.EVENT_READ)
            while True:
                ready = [key.fd for key, _events in selector.select()]
                if self.ending in ready:
                    return
                for end in ready:
                    self.pass_on(end)

    def pass_on(self, end: int) -> None:
        direction, other = self.ends[end]
        frame = os.read(end, LARGEST_FRAME)
        passed = self.decide(direction, frame)
        self.frames.append((direction, passed, frame))
        if passed:
            try:
                os.write(other, frame)
            except BlockingIOError:
                return

    def stop(self) -> None:
        os.write(self.bell, b".")
        self.thread.join(60)
        assert not self.thread.is_alive()
        for descriptor in (*self.ends, self.ending, self.bell):
            os.close(descriptor)
