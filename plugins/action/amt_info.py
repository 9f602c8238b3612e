# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.module_utils.resource import Outcome
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.plugin_utils.certificate import load_certificate
from ansible_collections.outofband.amt.plugins.plugin_utils.query import Query
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ResourceAction


class ActionModule(ResourceAction):
    resource = Inventory(load_certificate)
    own_options = (Option("query"),)

    def check(self, wanted: dict[str, Any]) -> None:
        if wanted["query"]:
            Query(wanted["query"])

    def result(self, outcome: Outcome, wanted: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {"changed": False, "amt": outcome.after, **outcome.facts}
        if wanted["query"]:
            result["result"] = Query(wanted["query"]).search(outcome.after)
        return result
