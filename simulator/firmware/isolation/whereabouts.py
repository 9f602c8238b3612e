# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""On which network each port finds itself, and what environment detection makes of it."""

from __future__ import annotations

from typing import Any

from ..domain import Domain
from .rows import ENVIRONMENT

LOCAL_DOMAINS = 0


class Whereabouts(Domain):
    """`suffixes` are the DNS suffixes that each port's network hands out; `move` carries a port elsewhere."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.suffixes = dict.fromkeys(firmware.defense.ports, firmware.settings.domain)

    def move(self, port: int, suffix: str) -> None:
        """Connect a port to a network that calls itself `suffix`. Raises KeyError for a port that is not there."""
        self.suffixes[port]
        self.suffixes[port] = suffix
        self.settle()

    def is_outside(self, port: int) -> bool:
        """Without local domains everywhere is inside. Remote URLs, the other algorithm, are not looked at."""
        local, suffix = self.firmware.remote.suffixes, self.suffixes[port].lower()
        if self.firmware.remote.algorithm != LOCAL_DOMAINS or not local:
            return False
        return not any(suffix == own.lower() or suffix.endswith("." + own.lower()) for own in local)

    def settle(self) -> None:
        now = self.firmware.clock.now()
        for number, port in self.firmware.defense.ports.items():
            if ENVIRONMENT in port.bindings:
                port.enable(ENVIRONMENT, self.is_outside(number), now)
