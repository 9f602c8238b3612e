# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import FileAction

ROOM = 2048
"""Octets that a line of a host may take; one of an isolation with many rules has some hundreds."""


class ActionModule(FileAction):
    options = (Option("path", required=True), Option("entry", type="dict"))

    def done(self, wanted: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        place = controller_file.located(wanted["path"])
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self._task.check_mode:
            controller_file.check_writable("path", place)
        elif wanted["entry"] is None:
            hosts = task_vars.get("ansible_play_batch") or [""]
            controller_file.make_sure_of_room("path", place, ROOM * len(hosts))
        else:
            controller_file.append_line("path", place, {**wanted["entry"], "when": now})
        return {"changed": wanted["entry"] is not None, "path": str(place)}
