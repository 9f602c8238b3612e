# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import ControllerAction, failure

ROOM = 2048
"""Octets that a line of a host may take; one of an isolation with many rules has some hundreds."""


class ActionModule(ControllerAction):
    options = (Option("path", required=True), Option("entry", type="dict"))

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        wanted, _secrets = self.begin(self.options, tmp, task_vars)
        place = controller_file.located(wanted["path"])
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            if self._task.check_mode:
                controller_file.check_writable("path", place)
            elif wanted["entry"] is None:
                hosts = (task_vars or {}).get("ansible_play_batch") or [""]
                controller_file.make_sure_of_room("path", place, ROOM * len(hosts))
            else:
                controller_file.append_line("path", place, {**wanted["entry"], "when": now})
        except AmtError as error:
            return failure(error)
        return {"changed": wanted["entry"] is not None, "path": str(place)}
