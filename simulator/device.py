# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One simulated device: where it is, what firmware it has, what is scripted to go wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from .clock import DeviceClock
from .digest import DigestGuard
from .faults import FaultScripts
from .service import Service
from .values import FirmwareModel

FirmwareFactory = Callable[..., FirmwareModel]

AUTH_INT_SINCE = 16
"""AMT 16.1 offers auth-int before auth; 15.0 and older offer auth alone."""


@dataclass
class Description:
    """A device as a fleet describes it. `settings` go to the firmware as they are.

    `certificate`: see `certificates.KINDS`. `client_ca`: file of the authority whose client certificates are demanded.
    `connections`: how many at a time. `idle_timeout`: seconds. `absence`: what a client meets while the firmware does
    not listen, `reset` or `silence`.
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


class Powered:
    """What exists only once somebody has spoken to the device: its firmware, nonces and enumerations."""

    def __init__(self, description: Description, clock: DeviceClock, build: FirmwareFactory) -> None:
        self.firmware = build(description.generation, clock, **description.settings)
        self.service = Service(self.firmware, clock)
        offers = ("auth-int", "auth") if self.firmware.version[0] >= AUTH_INT_SINCE else ("auth",)
        self.guard = DigestGuard(offers)


class Device:
    """Cheap until it is used: a fleet may hold tens of thousands."""

    __slots__ = ("_build", "_powered", "away_until", "clock", "connected", "description", "scripts")

    def __init__(self, description: Description, clock, build: FirmwareFactory) -> None:
        self.description = description
        self.clock = DeviceClock(clock)
        self.scripts = FaultScripts()
        self.connected = 0
        self.away_until = 0.0
        self._build = build
        self._powered: Optional[Powered] = None
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
        return self._powered

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

    def go_away(self, seconds: float) -> None:
        """Restart the management engine: unreachable for a while, and every nonce is forgotten."""
        self.away_until = self.clock.now() + seconds
        self.powered.guard.forget()
        self.powered.service.enumerations.forget()
