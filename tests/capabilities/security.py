# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log in, by what, and what is switched on."""

from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.resources.security.time import Time

from tests.capabilities.capability import Capability


def clock(firmware):
    """Whether it is right to a few seconds, who set it, and whether the machine's own system may."""
    service = firmware.get("AMT_TimeSynchronizationService", {})
    return abs(firmware.timekeeping.offset) < 2, service["TimeSource"], service["LocalTimeSyncEnabled"] != 2


CAPABILITIES: tuple[Capability, ...] = (
    Capability(
        "amt_time",
        Time,
        {"of ours alone": {"local_sync": False}, "of either": {"local_sync": True}},
        clock,
        {"method": "SetHighAccuracyTimeSynch"},
        {
            "AMT_TimeSynchronizationService SetHighAccuracyTimeSynch": 1,
            "AMT_TimeSynchronizationService EnableLocalTimeSync": 1,
        },
        settings={"clock_offset": -3600},
    ),
)
