# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A management engine behind a device node that is none: it answers from a table and fails as the driver does."""

from __future__ import annotations

import os


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.slept = []

    def now(self):
        return sum(self.slept)

    def sleep(self, seconds):
        self.slept.append(seconds)


class Engine:
    """`clients`: by GUID, request -> answer. `trouble`: by step (open, connect, write, read), error numbers in the
    order in which they strike; 0 lets one call pass."""

    def __init__(self, clients, largest=2048, **trouble):
        self.clients = clients
        self.largest = largest
        self.trouble = {step: list(numbers) for step, numbers in trouble.items()}
        self.asked = []
        self.open = 0

    def strike(self, step):
        number = self.trouble[step].pop(0) if self.trouble.get(step) else 0
        if number:
            raise OSError(number, os.strerror(number))

    def open_node(self, path):
        self.strike("open")
        self.open += 1
        return EngineNode(self)


class EngineNode:
    def __init__(self, engine):
        self.engine = engine
        self.answers = None
        self.answer = None

    def connect(self, guid):
        self.engine.strike("connect")
        if guid not in self.engine.clients:
            raise OSError(25, "Inappropriate ioctl for device")
        self.answers = self.engine.clients[guid]
        return self.engine.largest

    def write(self, message):
        self.engine.strike("write")
        self.engine.asked.append(message)
        self.answer = self.answers.get(message)
        return len(message)

    def read(self, size, seconds):
        self.engine.strike("read")
        if self.answer is None:
            raise TimeoutError("nothing was received in time")
        return self.answer[:size]

    def close(self):
        self.engine.open -= 1
