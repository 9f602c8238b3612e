# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""A profile of rpc-go as a document for the state `amt.profile`. Its secrets stay behind: Salt records its returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from saltext.amt.core.errors import InvalidOption
from saltext.amt.core.option import Option
from saltext.amt.core.resources.profile import DeviceProfile
from saltext.amt.core.rpc_profile import NO_PROFILE, from_rpc
from saltext.amt.words import in_words_of_salt

#: Octets; an export has some thousands.
LONGEST = 1 << 20
WITHHELD = "it is secret, and what Salt returns is recorded: put it in from pillar or sdb"
(PROFILE,) = (row for row in DeviceProfile.options if row.name == "profile")


def document_of(path: str) -> dict[str, Any]:
    """`profile`, and as `left_behind` what could not be carried over, each with the reason. InvalidOption."""
    document, behind = from_rpc(_read(Path(path)))
    secrets = list(_take_secrets(PROFILE.options, document, ""))
    rows = [*behind, *({"setting": name, "why": WITHHELD} for name in secrets)]
    said = [{**row, "why": in_words_of_salt(row["why"])} for row in rows]
    return {"profile": {name: part for name, part in document.items() if part}, "left_behind": said}


def _read(path: Path) -> Any:
    """Nothing of its content is told."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST + 1)
    except (OSError, ValueError) as error:
        raise InvalidOption("path", str(path), getattr(error, "strerror", None) or "it is no path") from None
    if len(content) > LONGEST:
        raise InvalidOption("path", str(path), "it is larger than any profile")
    try:
        return yaml.safe_load(content)
    except (yaml.YAMLError, ValueError):
        raise InvalidOption("path", str(path), NO_PROFILE) from None


def _take_secrets(options: Sequence[Option], values: Any, place: str) -> Iterator[str]:
    """Takes secret values out, nested ones too. Gives where each stood."""
    if isinstance(values, list):
        for number, each in enumerate(values):
            yield from _take_secrets(options, each, "{0}[{1}]".format(place, number))
    elif isinstance(values, Mapping):
        for option in options:
            inner = "{0}.{1}".format(place, option.name) if place else option.name
            if option.secret and values.get(option.name):
                del values[option.name]
                yield inner
            else:
                yield from _take_secrets(option.options, values.get(option.name), inner)
