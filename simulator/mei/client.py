# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a client of the engine is, and one host's connection to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .engine import Engine


class Host(Protocol):
    """Who holds a session: the kernel behind a link, or a test's node."""

    def deliver(self, session: Session, message: bytes) -> None: ...

    def dropped(self, session: Session) -> None:
        """The firmware has ended the session."""


@dataclass
class Handled:
    """What came of a message: answers to send, and the status for the journal."""

    answers: list[bytes] = field(default_factory=list)
    status: int = 0


class FirmwareClient:
    """A client of the engine. Each message of the host is handed to `handle`.

    `connections` at a time, 0 for a client with a fixed address that nobody connects to; `largest` message in octets.
    """

    name = ""
    guid = ""
    protocol = 1
    connections = 1
    fixed_address = 0
    largest = 512

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sessions: list[Session] = []

    @property
    def full(self) -> bool:
        return len(self.sessions) >= self.connections

    def opened(self, session: Session) -> None:
        """A host has connected."""

    def closed(self, session: Session) -> None:
        """A session is over, whoever ended it."""

    def command_of(self, message: bytes) -> str:
        """What the journal and scripted faults call a message; nothing for what neither cares about."""
        return ""

    def handle(self, session: Session, message: bytes) -> Handled:
        raise NotImplementedError

    def refusal(self, message: bytes, status: int) -> bytes:
        """The answer to a message that is refused; nothing where none would be."""
        return b""


class Session:
    """A host's connection to a client. Messages are whole."""

    def __init__(self, client: FirmwareClient, host: Host, number: int) -> None:
        self.client = client
        self.host = host
        self.number = number
        self.is_open = True

    def send(self, message: bytes) -> None:
        """To the host; what comes after the end is lost."""
        if self.is_open:
            self.host.deliver(self, message)

    def receive(self, message: bytes) -> None:
        """From the host."""
        if self.is_open:
            self.client.engine.receive(self, message)

    def close(self) -> None:
        """The host ends it."""
        if self.is_open:
            self.is_open = False
            self.client.sessions.remove(self)
            self.client.closed(self)

    def drop(self) -> None:
        """The firmware ends it."""
        if self.is_open:
            self.close()
            self.host.dropped(self)
