# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine remembers."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.event_log import EventLog

from tests.capabilities.capability import Capability


def event_log(firmware: Any) -> Any:
    """Whether anything is added to it."""
    return firmware.events.frozen


CAPABILITIES = (
    Capability(
        "amt_event_log",
        EventLog,
        {"frozen": {"frozen": True}, "thawed": {"frozen": False}},
        event_log,
        {"verb": "invoke", "method": "FreezeLog"},
        {"AMT_MessageLog FreezeLog": 1},
    ),
)
