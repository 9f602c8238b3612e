# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The machine that we run on, handed to the resources that manage it as a device is handed to the others."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from ..clock import SystemClock, standing_back
from .commands import Commands
from .turns import alone


@dataclass(frozen=True)
class System:
    """`root` is / but in tests; `commands` and `clock` are stood in for there."""

    root: Path = Path("/")
    commands: Commands = field(default_factory=Commands)
    clock: SystemClock = field(default_factory=SystemClock)

    def stand_back(self, turn: int) -> None:
        """As `Machine.stand_back`."""
        self.clock.sleep(standing_back(turn))

    def alone(self) -> AbstractContextManager[None]:
        """For who changes something. Raises InUse."""
        return alone(self.root, self.clock)
