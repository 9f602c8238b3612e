# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How often the firmware tells of itself, and what it answers to: AMT.md 5.1."""

from __future__ import annotations

from ...cim.network import GENERAL, LEAST_PRESENCE_INTERVAL, MOST_MINUTES
from ...option import Option, check_within
from ...resource import Settings, Values


class General(Settings):
    cim = GENERAL
    options = (
        Option("presence_interval", type="int", wire="PresenceNotificationInterval"),
        Option("address_family", choices=("ipv4", "ipv6"), wire="PreferredAddressFamily"),
        Option("wsman_only", type="bool", wire="WsmanOnlyMode"),
    )

    def check(self, wanted: Values) -> None:
        if wanted["presence_interval"] != 0:
            unit = "minutes, or 0 for no event"
            check_within("presence_interval", wanted["presence_interval"], LEAST_PRESENCE_INTERVAL, MOST_MINUTES, unit)
