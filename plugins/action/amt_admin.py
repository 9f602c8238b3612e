# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's log-in. A password that is made here is kept before the firmware is told."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.escrow import LinesOfProgram
from ansible_collections.outofband.amt.plugins.module_utils.resource import Outcome
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.admin import Admin
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.admin_rotation import (
    KEPT_BACK,
    Rotation,
    check,
    told,
)
from ansible_collections.outofband.amt.plugins.plugin_utils.escrow_place import escrow_for
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ResourceAction


class ActionModule(ResourceAction):
    resource = Admin()
    own_options = KEPT_BACK

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self.host = str((task_vars or {}).get("inventory_hostname", ""))
        return super().run(tmp, task_vars)

    def check(self, wanted: dict[str, Any]) -> None:
        check(wanted)

    def carry_out(self, machine: Machine, wanted: dict[str, Any], secrets: list[str]) -> Outcome:
        name = wanted.get("record_as") or self.host
        escrow = escrow_for(wanted.get("escrow"), self._loader._vault, name, LinesOfProgram)
        rotation = Rotation(wanted, machine, escrow, self._task.check_mode)
        try:
            outcome = rotation.carry_out()
        except AmtError as error:
            raise told(error, rotation) from error
        finally:
            secrets += rotation.secret
        if rotation.password_in:
            outcome.facts["password_in"] = rotation.password_in
        return outcome
