# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that a report is written to: what kind it is by its ending, and whether there is anything to write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption

from . import controller_file


def _kind_of(wanted: str | None, place: Path, endings: Mapping[str, str]) -> str:
    kind = wanted or endings.get(place.suffix.lower())
    if kind is None:
        way_out = "give it one of the endings {0}, or say the format".format(", ".join(sorted(endings)))
        raise InvalidOption("path", str(place), way_out)
    return kind


def destination(wanted: Mapping[str, Any], endings: Mapping[str, str]) -> tuple[Path | None, str]:
    """Where the file is to be and of which format; None where no path is given. Raises InvalidOption."""
    if not wanted["path"]:
        return None, ""
    place = controller_file.located(wanted["path"])
    kind = _kind_of(wanted["format"], place, endings)
    controller_file.check_replaceable("path", place)
    return place, kind


def hosts_of(wanted: Mapping[str, Any], task_vars: Mapping[str, Any]) -> list[str]:
    """Those that are asked for, or all of the play."""
    return wanted["hosts"] if wanted["hosts"] is not None else list(task_vars["ansible_play_hosts_all"])


def in_format(kind: str, told: Any, page: Callable[[], str], sheet: Callable[[], str]) -> str:
    if kind == "html":
        return page()
    if kind == "json":
        return json.dumps(told, indent=2) + "\n"
    return sheet()


def text_of(place: Path, option: str = "path") -> str:
    """Empty where there is none yet."""
    return controller_file.text_of(option, place) or ""


def written(place: Path, content: str, check_mode: bool) -> dict[str, Any]:
    """`changed` and `path`."""
    changed = not place.exists() or text_of(place) != content
    if changed and not check_mode:
        controller_file.replace("path", place, content)
    return {"changed": changed, "path": str(place)}
