# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that are served on a network."""

from __future__ import annotations

from simulator.pytest_plugin import fleet, simulator_state

__all__ = ["fleet", "simulator_state"]
