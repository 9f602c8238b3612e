# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file, unfinished
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import FileAction


class ActionModule(FileAction):
    options = (
        Option("path", required=True),
        Option("name"),
        Option("state"),
        Option("hours", type="float", default=6.0),
        Option("back", type="bool", default=False),
    )

    def done(self, wanted: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        name = str(wanted["name"] or task_vars["inventory_hostname"])
        place, writes = controller_file.located(wanted["path"]), not self._task.check_mode
        if wanted["back"] and wanted["state"]:
            raise InvalidOption("back", True, "it is for a machine that is back in its state; leave state out")
        controller_file.check_replaceable("path", place)
        if wanted["back"]:
            unfinished.forget(place, name, writes)
        elif wanted["state"]:
            entry = unfinished.remember(place, name, wanted["state"], wanted["hours"] * 3600, writes)
            since = datetime.fromtimestamp(entry["since"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            return {"path": str(place), "state": entry["state"], "since": since, "earlier": entry["earlier"]}
        return {"path": str(place)}
