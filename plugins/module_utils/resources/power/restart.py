# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How to tell that a system which was asked to restart has done so, though it is on before and after."""

from __future__ import annotations

from typing import Any

from ...cim.power import BOOT_CONFIGURATION, BOOT_REASON, ELEMENT_SETTINGS
from ...machine import Machine
from ...wsman.values import Reference
from ..glance import glance, glance_all


def override_is_pending(machine: Machine) -> bool | None:
    """Whether the next boot, and only that, uses the boot configuration; None where firmware does not tell."""
    rows = glance_all(machine, ELEMENT_SETTINGS)
    if rows is None:
        return None
    roles = [row.get("IsNext") for row in rows if _is_of_boot(row.get("SettingData"))]
    return "next_single_use" in roles


def _is_of_boot(value: Any) -> bool:
    return isinstance(value, Reference) and value.class_name == BOOT_CONFIGURATION.name


class Restart:
    """Signs of a restart, each enough: a boot used up the override; the reason of the last boot is another one; the
    machine went off, or stopped offering what needs a running system, and is back.

    The last sign alone would take a local service that is restarted for the system. Made before the request is sent.
    """

    def __init__(self, machine: Machine, needs_system: tuple[str, ...]) -> None:
        self.machine = machine
        self.needs_system = needs_system
        self.pending = override_is_pending(machine)
        self.reason = glance(machine, BOOT_REASON)
        self.went = False

    def is_seen(self, power: dict[str, Any]) -> bool:
        """Whether it has happened, by `power` as it is now."""
        runs = power["state"] == "on" and any(request in power["available"] for request in self.needs_system)
        if runs and self.went:
            return True
        self.went = self.went or (power["state"] != "unknown" and not runs)
        return power["state"] == "on" and (self._used_override() or self._has_other_reason())

    def _used_override(self) -> bool:
        return bool(self.pending) and override_is_pending(self.machine) is False

    def _has_other_reason(self) -> bool:
        now = glance(self.machine, BOOT_REASON)
        return bool(self.reason) and bool(now) and now != self.reason
