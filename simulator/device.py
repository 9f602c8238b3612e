# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One simulated device: where it is, what firmware it has, what is scripted to go wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional

from .clock import DeviceClock
from .digest import DigestGuard
from .faults import FaultScripts
from .foreign import Foreign
from .journal import Journal
from .service import Service
from .values import FirmwareModel

if TYPE_CHECKING:
    from .mei.engine import Engine
    from .mei.node import Node

FirmwareFactory = Callable[..., FirmwareModel]


@dataclass
class Description:
    """A device as a fleet describes it. `settings` go to the firmware as they are.

    `certificate`: see `certificates.KINDS`. `client_ca`: file of the authority whose client certificates are demanded.
    `connections`: how many at a time. `idle_timeout`: seconds. `absence`: what a client meets while the firmware does
    not listen, `reset` or `silence`. `auth_int`: it offers `auth-int` before `auth`. `says`: a text in the place of
    every text of every class, keys excepted unless `says_keys`.
    """

    name: str
    address: str
    generation: str = "16"
    settings: dict[str, Any] = field(default_factory=dict)
    faults: tuple = ()
    certificate: str = "trusted"
    client_ca: Optional[str] = None
    connections: int = 8
    idle_timeout: float = 30.0
    absence: str = "reset"
    auth_int: bool = False
    says: str = ""
    says_keys: bool = False


def no_certificate(description: Description) -> bytes:
    """Nobody makes certificates."""
    return b""


@dataclass
class Surroundings:
    """What all devices of a fleet share: the journal, and for each device its certificate in DER and, with the key, as
    files (None where nobody makes certificates). `failures` are mistakes of the simulator that ended a connection."""

    journal: Journal = field(default_factory=Journal)
    certificate: Callable[[Description], bytes] = no_certificate
    files: Optional[Callable[[Description], tuple[Path, Path]]] = None
    failures: list[BaseException] = field(default_factory=list)


class Powered:
    """What exists only once somebody has spoken to the device: its firmware, nonces and enumerations."""

    def __init__(self, description: Description, clock: DeviceClock, build: FirmwareFactory) -> None:
        self.firmware = build(description.generation, clock, **description.settings)
        self.service = Service(self.firmware, clock, Foreign(description.says, description.says_keys))
        self.guard = DigestGuard(("auth-int", "auth") if description.auth_int else ("auth",))


class Device:
    """Cheap until it is used: a fleet may hold tens of thousands."""

    __slots__ = (
        "_build",
        "_engine",
        "_powered",
        "away_until",
        "clock",
        "connected",
        "description",
        "scripts",
        "surroundings",
    )

    def __init__(
        self, description: Description, clock, build: FirmwareFactory, surroundings: Optional[Surroundings] = None
    ) -> None:
        self.description = description
        self.surroundings = surroundings or Surroundings()
        self.clock = DeviceClock(clock)
        self.scripts = FaultScripts()
        self.connected = 0
        self.away_until = 0.0
        self._build = build
        self._powered: Optional[Powered] = None
        self._engine: Optional[Engine] = None
        for fault in description.faults:
            self.scripts.add(**fault)

    @property
    def name(self) -> str:
        return self.description.name

    @property
    def address(self) -> str:
        return self.description.address

    @property
    def powered(self) -> Powered:
        if self._powered is None:
            self._powered = Powered(self.description, self.clock, self._build)
            self._powered.firmware.certificate = self._certificate
        return self._powered

    def _certificate(self) -> bytes:
        return self.surroundings.certificate(self.description)

    @property
    def engine(self) -> Engine:
        """The management engine, as the host sees it."""
        if self._engine is None:
            from .mei.engine import Engine

            self._engine = Engine(self)
        return self._engine

    def mei(self, clock: Any = None) -> Node:
        """/dev/mei0 of the host, for a device that nobody serves; see `mei.node.Alone` for the clock."""
        from .mei.node import Alone, Node

        return Node(lambda: self.engine, Alone(clock))

    def hang_up_host(self) -> None:
        """End what the host has open, if it has anything."""
        if self._engine is not None:
            self._engine.forget_hosts()

    def restart_engine(self, seconds: float = 0.0) -> None:
        """Restart the management engine: as `go_away`, and the host loses its connections too."""
        self.go_away(seconds)
        self.engine.reset()

    @property
    def firmware(self) -> FirmwareModel:
        return self.powered.firmware

    @property
    def touched(self) -> bool:
        return self._powered is not None

    def is_mute(self) -> bool:
        """Whether it has stopped to answer on connections that exist already."""
        return self.scripts.always("unplugged") or self.scripts.always("hung")

    def is_away(self) -> bool:
        """Whether a scripted restart is under way."""
        return self.clock.now() < self.away_until

    def listens(self, port: int) -> bool:
        """Whether the device answers at one of AMT's own port numbers."""
        return not self.is_away() and self.firmware.listens(port)

    def listens_locally(self, port: int) -> bool:
        """The same, for who comes from the host itself."""
        return not self.is_away() and self.firmware.listens_locally(port)

    def go_away(self, seconds: float) -> None:
        """Restart the management engine: unreachable for a while, and every nonce is forgotten."""
        self.away_until = self.clock.now() + seconds
        self.powered.guard.forget()
        self.powered.service.enumerations.forget()
