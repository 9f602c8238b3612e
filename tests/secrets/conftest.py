# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from simulator.pytest_plugin import fleet, simulator_state
from tests.integration.conftest import controller, simulate

__all__ = ["controller", "fleet", "simulate", "simulator_state"]
