# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Where what is differs from what should be, setting by setting, so that it can be listed and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .option import Option, hide, shown

Row = dict[str, Any]
LONGEST = 60
"""Letters of a member's name in a path; some members are known by a whole certificate."""


def deviations(options: Sequence[Option], found: Any, wanted: Any, path: str = "") -> Iterator[Row]:
    """Rows of `setting` (`users[eve].realms`), `found` and `wanted`, None where it is not there. Secrets are hidden."""
    for name in dict.fromkeys((*found, *wanted)):
        was, will = found.get(name), wanted.get(name)
        if was != will:
            option = next((row for row in options if row.name == name), Option(name))
            yield from _of_one(option, was, will, path + name)


def _of_one(option: Option, found: Any, wanted: Any, path: str) -> Iterator[Row]:
    if option.options and isinstance(found, list) and isinstance(wanted, list):
        yield from _of_members(option, found, wanted, path)
    elif isinstance(found, Mapping) and isinstance(wanted, Mapping):
        yield from deviations(option.options, found, wanted, path + ".")
    else:
        yield {"setting": path, "found": shown(option, found), "wanted": shown(option, wanted)}


def _of_members(option: Option, found: list[Any], wanted: list[Any], path: str) -> Iterator[Row]:
    was, will = ({_identity(option, member): member for member in members} for members in (found, wanted))
    for name in dict.fromkeys((*was, *will)):
        if was.get(name) == will.get(name):
            continue
        place = "{0}[{1}]".format(path, name if len(name) <= LONGEST else name[:LONGEST] + "…")
        if name in was and name in will:
            yield from deviations(option.options, was[name], will[name], place + ".")
        else:
            there, asked = (hide(option.options, members.get(name)) for members in (was, will))
            yield {"setting": place, "found": there, "wanted": asked}


def _identity(option: Option, member: Mapping[str, Any]) -> str:
    """What members are told apart by: the first option, or the first of several that stand for each other."""
    return next((str(member[row.name]) for row in option.options if member.get(row.name) is not None), "")
