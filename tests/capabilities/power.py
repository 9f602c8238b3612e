# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the firmware wakes the machine, and in which of its states it answers."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resources.power.alarms import Alarms
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power_scheme import PowerScheme

from tests.capabilities.capability import Capability

LATE = "2087-12-24T06:30:00Z"


def alarms(firmware: Any) -> Any:
    found = firmware.alarms.alarms.values()
    return sorted((each.element_name, each.start, each.interval, each.deletes_itself) for each in found)


def scheme(firmware: Any) -> Any:
    return firmware.schemes.current, firmware.general.values["IdleWakeTimeout"]


CAPABILITIES: tuple[Capability, ...] = (
    Capability(
        "amt_alarms",
        Alarms,
        {
            "nights": {
                "alarms": [
                    {"name": "patches", "at": LATE, "every": "1 day"},
                    {"name": "once", "at": "2088-01-01T06:30:00Z"},
                    {"name": "backup", "at": "2087-12-27T22:00:00Z", "every": "1 week", "delete_on_completion": False},
                ],
                "purge": True,
            },
            "other nights": {
                "alarms": [
                    {"name": "patches", "at": LATE, "every": "2 days"},
                    {"name": "scan", "at": LATE, "every": "12 hours"},
                    {"name": "once", "at": "2088-01-02T06:30:00Z", "delete_on_completion": False},
                ],
                "purge": True,
            },
            "sleep on": {"alarms": [], "purge": True},
        },
        look=alarms,
        write={"method": "AddAlarm"},
        effects={"AMT_AlarmClockService AddAlarm": 3},
    ),
    Capability(
        "amt_power_scheme",
        PowerScheme,
        {
            "only while it runs": {"while_off": "never", "idle_timeout": 3},
            "can be woken": {"while_asleep": "woken", "while_off": "woken", "idle_timeout": 60},
        },
        look=scheme,
        write={"verb": "put"},
        effects={"AMT_GeneralSettings put": 1, "AMT_SystemPowerScheme SetPowerScheme": 1},
    ),
)
