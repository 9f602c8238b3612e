# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters; each has a file of its name with its documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.fleet.report import fleet, problem_of
from ansible_collections.outofband.amt.plugins.plugin_utils.controller_file import located
from ansible_collections.outofband.amt.plugins.plugin_utils.document import from_document, to_document


def from_here(path: str) -> str:
    return str(located(path))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        documents = {"to_document": to_document, "from_document": from_document}
        return {"fleet": fleet, "trouble": problem_of, "from_here": from_here, **documents}
