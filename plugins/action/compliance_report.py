# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.fleet.compliance import (
    COLUMNS,
    compliance,
    compliance_rows,
    compliance_table,
    read_report,
)
from ansible_collections.outofband.amt.plugins.module_utils.fleet.table import aligned, comma_separated
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file
from ansible_collections.outofband.amt.plugins.plugin_utils.report_file import (
    destination,
    hosts_of,
    in_format,
    text_of,
    written,
)
from ansible_collections.outofband.amt.plugins.plugin_utils.report_page.page import compliance_page
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import FileAction

ENDINGS = {".html": "html", ".htm": "html", ".json": "json", ".csv": "csv"}
NUMBERS = ("made", "total", "answered", "compliant", "deviating", "unread")
LINE = (Option("name", required=True), Option("why"), Option("profile", type="dict"))


class ActionModule(FileAction):
    options = (
        Option("path"),
        Option("format", choices=("html", "json", "csv")),
        Option("outcome", default="amt_compliance"),
        Option("lines", type="list", elements="dict", options=LINE),
        Option("earlier"),
        Option("hosts", type="list", elements="str"),
        Option("title", default="Intel AMT compliance"),
    )

    def done(self, wanted: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        place, kind = destination(wanted, ENDINGS)
        with self.alone(place, wanted["earlier"]):
            return self.told(place, kind, wanted, task_vars)

    def alone(self, place: Path | None, earlier: str | None) -> AbstractContextManager[None]:
        """Where the report is what the next one begins with, it is read and replaced in one turn."""
        if place is None or not earlier or self._task.check_mode:
            return nullcontext()
        kept = controller_file.located(earlier).resolve() == place.resolve()
        return controller_file.alone_with("path", place) if kept else nullcontext()

    def told(self, place: Path | None, kind: str, wanted: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        hostvars = task_vars["hostvars"]
        names = hosts_of(wanted, task_vars)
        earlier = self.earlier(wanted["earlier"])
        told = compliance(names, hostvars, wanted["outcome"], wanted["lines"] or (), earlier)
        result = {**{key: told[key] for key in NUMBERS}, "changed": False, "table": aligned(compliance_table(told))}
        if place:
            result.update(written(place, self.content(kind, told, wanted["title"]), self._task.check_mode))
        return result

    @staticmethod
    def earlier(path: str | None) -> dict[str, Any] | None:
        """None where there is none, or none yet, as on the first night."""
        content = text_of(controller_file.located(path), "earlier") if path else ""
        return read_report("earlier", content) if content else None

    @staticmethod
    def content(kind: str, told: dict[str, Any], title: str) -> str:
        return in_format(
            kind, told, lambda: compliance_page(told, title), lambda: comma_separated(compliance_rows(told), COLUMNS)
        )
