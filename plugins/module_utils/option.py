# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a caller may say to a capability, and how the secret part of it is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import InvalidOption

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@dataclass(frozen=True)
class Option:
    """What a caller may ask for, in Ansible's type names. `options` are those of a dict or of a list's members,
    `wire` is the property behind it. What is run, read or written where the caller runs is `here`."""

    name: str
    type: str = "str"
    required: bool = False
    default: Any = None
    choices: Sequence[Any] = ()
    elements: str | None = None
    options: tuple[Option, ...] = ()
    secret: bool = False
    wire: str = ""
    here: bool = False


def hide(options: Sequence[Option], values: Any) -> Any:
    """The same values with every secret blanked, nested ones too."""
    if isinstance(values, list):
        return [hide(options, value) for value in values]
    if not isinstance(values, Mapping):
        return values
    rows = {option.name: option for option in options}
    return {name: shown(rows[name], value) if name in rows else value for name, value in values.items()}


def shown(option: Option, value: Any) -> Any:
    """The value of one option, with secrets blanked as `hide` does."""
    if option.secret:
        return None if value is None else HIDDEN
    return hide(option.options, value) if option.options else value


def check_within(name: str, value: int | None, least: int, most: int, unit: str = "") -> None:
    """InvalidOption for a number that is given and out of range."""
    if value is not None and not least <= value <= most:
        raise InvalidOption(name, value, "from {0} to {1}{2}".format(least, most, unit and " " + unit))


def answerable(options: Sequence[Option], values: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was read, what can be asked for: options with a value that they take, nested ones too. No secrets."""
    found = {row.name: _answer(row, values.get(row.name)) for row in options if not row.secret}
    return {name: value for name, value in found.items() if value is not None}


TYPES: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,),
    "dict": (Mapping,),
    "float": (int, float),
    "int": (int,),
    "list": (list, tuple),
    "str": (str,),
}


def _answer(option: Option, value: Any) -> Any:
    members: Any = (value or ()) if option.elements else [value]
    if not isinstance(value, TYPES.get(option.type, (object,))):
        return None
    if option.options and isinstance(value, Mapping):
        return answerable(option.options, value)
    if option.options and isinstance(value, list):
        return [answerable(option.options, member) for member in value]
    if option.choices and any(each not in option.choices for each in members):
        return None
    return value


def without_secrets(options: Sequence[Option], values: Any) -> Any:
    """The same values without the secret ones, nested ones too: what a machine that keeps its secrets can show."""
    if isinstance(values, list):
        return [without_secrets(options, value) for value in values]
    if not isinstance(values, Mapping):
        return values
    rows = {option.name: option for option in options}
    kept = {name: value for name, value in values.items() if name not in rows or not rows[name].secret}
    return {name: without_secrets(rows[name].options, value) if name in rows else value for name, value in kept.items()}


def filled(options: Sequence[Option], member: Mapping[str, Any]) -> dict[str, Any]:
    """A member of a list with every option that it may have, defaults for those that were not given."""
    return {row.name: row.default if member.get(row.name) is None else member[row.name] for row in options}
