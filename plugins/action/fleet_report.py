# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.loader import connection_loader
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.fleet.report import Row, fleet, problem_of
from ansible_collections.outofband.amt.plugins.module_utils.fleet.table import (
    comma_separated,
    device_table,
    problem_table,
)
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.plugin_utils import controller_file
from ansible_collections.outofband.amt.plugins.plugin_utils.fleet_inventory import (
    added_to,
    as_file,
    connection_variables,
    inventory,
    moved,
    written_before,
)
from ansible_collections.outofband.amt.plugins.plugin_utils.loaded_once import CONNECTION
from ansible_collections.outofband.amt.plugins.plugin_utils.report_file import (
    destination,
    hosts_of,
    in_format,
    text_of,
    written,
)
from ansible_collections.outofband.amt.plugins.plugin_utils.report_page.page import page
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import FileAction, display

ENDINGS = {".html": "html", ".htm": "html", ".json": "json", ".csv": "csv", ".yml": "inventory", ".yaml": "inventory"}
ASKED = (
    "amt_answer",
    "amt_isolation",
    "amt_note",
    "amt_host",
    "ansible_host",
    "amt_version",
    "amt_tls",
    "amt_tls_version",
)
"""Variables of a host that a report is made from, beside its certificate."""


class ActionModule(FileAction):
    options = (
        Option("path"),
        Option("format", choices=("html", "json", "csv", "inventory")),
        Option("hosts", type="list", elements="str"),
        Option("title", default="Intel AMT fleet"),
        Option("record"),
        Option("outcome"),
    )

    def done(self, wanted: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        place, kind = destination(wanted, ENDINGS)
        record = controller_file.located(wanted["record"]) if wanted["record"] else None
        if place and record and record.resolve() == place.resolve():
            raise InvalidOption("path", str(place), "that is the record; name another file")
        records = self.records(record)
        hostvars = task_vars["hostvars"]
        names = hosts_of(wanted, task_vars)
        if wanted["outcome"]:
            return self.outcomes(names, hostvars, wanted["outcome"])
        told = fleet(names, {name: chosen(hostvars[name]) for name in names}, records=records)
        result = {key: told[key] for key in ("made", "total", "answered", "on", "attention")}
        result.update(changed=False, table=device_table(told["devices"]))
        result.update(
            problems=problem_table({each["name"]: each["problem"] for each in told["devices"] if each["problem"]})
        )
        if place and kind == "inventory":
            result.update(self.inventory_written(place, told, hostvars))
        elif place:
            result.update(written(place, self.content(kind, told, wanted), self._task.check_mode))
        return result

    def outcomes(self, names: list[str], hostvars: Mapping[str, Any], variable: str) -> dict[str, Any]:
        """How a task ended whose result each host has under a name."""
        results = {name: hostvars[name].get(variable) for name in names}
        problems = {name: problem_of(result) for name, result in results.items()}
        lost = {name: problem for name, problem in problems.items() if problem}
        changed = sum(bool((result or {}).get("changed")) for result in results.values())
        numbers = {"total": len(names), "answered": len(names) - len(lost), "changes": changed}
        return {"changed": False, **numbers, "problems": problem_table(lost)}

    def records(self, path: Path | None) -> dict[str, Any]:
        """The last line about each host."""
        if not path:
            return {}
        entries = controller_file.read_lines("record", path)
        return {str(entry.get("host")): entry for entry in entries}

    def content(self, kind: str, told: dict[str, Any], wanted: dict[str, Any]) -> str:
        columns = [each.name for each in fields(Row)]
        return in_format(
            kind, told, lambda: page(told, wanted["title"]), lambda: comma_separated(told["devices"], columns)
        )

    def inventory_written(self, place: Path, told: dict[str, Any], hostvars: Mapping[str, Any]) -> dict[str, Any]:
        """Read and replaced in one turn: what another run has written meanwhile is what stays from before."""
        with nullcontext() if self._task.check_mode else controller_file.alone_with("path", place):
            content, kept = self.inventory(place, told, hostvars)
            return {"kept": kept, **written(place, content, self._task.check_mode)}

    def inventory(self, place: Path, told: dict[str, Any], hostvars: Mapping[str, Any]) -> tuple[str, list[str]]:
        """The file, and who stays in it from before without having answered now."""
        before = written_before(text_of(place))
        if before is None:
            way_out = "it is there, and is not an inventory that fleet_report wrote; name another file, or move it away"
            raise InvalidOption("path", str(place), way_out)
        answering = [(each["name"], each["address"]) for each in told["devices"] if each["status"] == "ok"]
        names = connection_names()
        groups, warnings = inventory(answering, hostvars, names)
        for sentence in (*warnings, *moved(before, groups)):
            display.warning(sentence)
        groups, kept = added_to(before, groups, names)
        return as_file(groups), kept


def chosen(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: variables.get(name) for name in (*ASKED, "amt_certificate") if name in variables}


def connection_names() -> list[str]:
    plugin = connection_loader.get(CONNECTION, class_only=True)
    return connection_variables(constants.config.get_configuration_definitions("connection", plugin._load_name))
