# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.resource import Outcome
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.isolation import Isolation, as_text
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ResourceAction


class ActionModule(ResourceAction):
    resource = Isolation()

    def result(self, outcome: Outcome, wanted: dict[str, Any]) -> dict[str, Any]:
        result = super().result(outcome, wanted)
        if "diff" in result:
            result["diff"] = {"before": as_text(outcome.before), "after": as_text(outcome.after)}
        return result
