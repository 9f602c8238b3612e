# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that a report is written to: what kind it is by its ending, and whether there is anything to write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption

from . import controller_file


def kind_of(wanted: str | None, place: Path, endings: Mapping[str, str]) -> str:
    kind = wanted or endings.get(place.suffix.lower())
    if kind is None:
        way_out = "give it one of the endings {0}, or say the format".format(", ".join(sorted(endings)))
        raise InvalidOption("path", str(place), way_out)
    return kind


def text_of(place: Path, option: str = "path") -> str:
    """Empty where there is none yet."""
    return controller_file.text_of(option, place) or ""


def written(place: Path, content: str, check_mode: bool) -> dict[str, Any]:
    """`changed` and `path`."""
    changed = not place.exists() or text_of(place) != content
    if changed and not check_mode:
        controller_file.replace("path", place, content)
    return {"changed": changed, "path": str(place)}
