# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resource import Outcome
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation_info import IsolationInfo
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ResourceAction


class ActionModule(ResourceAction):
    resource = IsolationInfo()

    def check(self, wanted: dict[str, Any]) -> None:
        """Check mode only reads."""
        if self._task.check_mode:
            wanted["snapshot"] = False

    def result(self, outcome: Outcome, wanted: dict[str, Any]) -> dict[str, Any]:
        return {"changed": False, "ports": outcome.after, **outcome.facts}
