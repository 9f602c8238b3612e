# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.alerts.archive import Archive, Entry, place_for
from ansible_collections.outofband.amt.plugins.module_utils.fleet.logs import COLUMNS, log_rows, log_summary, log_table
from ansible_collections.outofband.amt.plugins.module_utils.fleet.table import aligned, comma_separated
from ansible_collections.outofband.amt.plugins.module_utils.option import Option, check_within
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file
from ansible_collections.outofband.amt.plugins.plugin_utils.report_file import destination, hosts_of, in_format, written
from ansible_collections.outofband.amt.plugins.plugin_utils.report_page.page import log_page
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import FileAction

ENDINGS = {".html": "html", ".htm": "html", ".json": "json", ".csv": "csv"}
NUMBERS = ("made", "days", "total", "answered", "records", "new", "grave")
MOST_LINES = 5000
"""Of each archive, from its end."""
LONGEST = 3650


class ActionModule(FileAction):
    options = (
        Option("path"),
        Option("format", choices=("html", "json", "csv")),
        Option("event_archive"),
        Option("audit_archive"),
        Option("outcomes", type="list", elements="str", default=["amt_events", "amt_acts"]),
        Option("days", type="int", default=30),
        Option("hosts", type="list", elements="str"),
        Option("title", default="Intel AMT logs"),
    )

    def done(self, wanted: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        check_within("days", wanted["days"], 1, LONGEST, "days")
        place, kind = destination(wanted, ENDINGS)
        hostvars = task_vars["hostvars"]
        names = hosts_of(wanted, task_vars)
        hosts = ((name, hostvars[name], [*self.archives(wanted, name)]) for name in names)
        told = log_summary(hosts, wanted["outcomes"], wanted["days"])
        result = {**{key: told[key] for key in NUMBERS}, "changed": False, "table": aligned(log_table(told))}
        if place:
            result.update(written(place, self.content(kind, told, wanted["title"]), self._task.check_mode))
        return result

    @staticmethod
    def archives(wanted: dict[str, Any], host: str) -> Iterator[Iterator[Entry]]:
        for log in ("event", "audit"):
            path = wanted[log + "_archive"]
            if path:
                about = {"host": host, "log": log}
                yield Archive(controller_file.located(place_for(path, host)), about).entries(MOST_LINES)

    @staticmethod
    def content(kind: str, told: dict[str, Any], title: str) -> str:
        return in_format(kind, told, lambda: log_page(told, title), lambda: comma_separated(log_rows(told), COLUMNS))
