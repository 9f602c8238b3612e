# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""AMT_Hdr8021Filter and AMT_IPHeadersFilter: made and deleted, never changed."""

from __future__ import annotations

from typing import Any

from ...values import Epr, Instance
from ..domain import AMT_SYSTEM, Domain, create, delete, instances
from ..selection import reference_to
from . import checks, limits
from .rows import ETHERNET_FILTER, IP_FILTER, Filter
from .state import in_use, limit_reached

FILTER_ADDED, FILTER_REMOVED = 2500, 2501
ASSIGNED = ("InstanceID", "CreationClassName", "SystemName", "SystemCreationClassName")


class DefenseFilters(Domain):
    @instances(ETHERNET_FILTER)
    def ethernet_filters(self) -> list[Instance]:
        return self.shown(ETHERNET_FILTER)

    @instances(IP_FILTER)
    def ip_filters(self) -> list[Instance]:
        return self.shown(IP_FILTER)

    def shown(self, cls: str) -> list[Instance]:
        defense = self.firmware.defense
        rows = defense.filters.values() if defense.usable else ()
        return [shown(row) for row in rows if row.cls == cls]

    @create(ETHERNET_FILTER)
    def create_ethernet(self, wanted: dict[str, Any]) -> Instance:
        checks.check_filter(wanted)
        checks.check_ethernet(wanted)
        return self.add(ETHERNET_FILTER, wanted)

    @create(IP_FILTER)
    def create_ip(self, wanted: dict[str, Any]) -> Instance:
        checks.check_filter(wanted)
        checks.check_ip(wanted)
        return self.add(IP_FILTER, wanted)

    def add(self, cls: str, wanted: dict[str, Any]) -> Instance:
        defense = self.firmware.defense
        defense.check_usable()
        defense.check_unique(wanted["Name"], defense.filters.values())
        if len(defense.filters) >= limits.general(defense.limits)["GlobalMaxSupportedFilters"]:
            raise limit_reached()
        row = Filter(defense.next_handle(), cls, wanted)
        defense.filters[row.handle] = row
        self.firmware.events.audit(FILTER_ADDED)
        return shown(row)

    @delete(ETHERNET_FILTER)
    @delete(IP_FILTER)
    def remove(self, present: Instance) -> None:
        defense = self.firmware.defense
        handle = int(str(present["InstanceID"]))
        if any(row.handle == handle for policy in defense.policies.values() for row in policy.filters):
            raise in_use()
        del defense.filters[handle]
        self.firmware.events.audit(FILTER_REMOVED)


def shown(row: Filter) -> Instance:
    """What was given, with the keys that the firmware assigns."""
    return {
        **{name: value for name, value in row.fields.items() if name not in ASSIGNED},
        "CreationClassName": row.cls,
        "InstanceID": str(row.handle),
        "SystemCreationClassName": "CIM_ComputerSystem",
        "SystemName": AMT_SYSTEM,
    }


def filter_reference(row: Filter) -> Epr:
    return reference_to(row.cls, shown(row))
