# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""A caller's arguments by the option rows of a resource: types, choices, what is required, defaults."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from saltext.amt.core.errors import InvalidOption
from saltext.amt.core.option import Option
from saltext.amt.core.resource import Values
from saltext.amt.devices import judge_secret

WHOLE = re.compile(r"\s*-?[0-9]{1,18}\s*")
#: YAML reads the bare words on and off as booleans.
YAML_WORDS = {True: "on", False: "off"}


def read_arguments(options: Sequence[Option], given: Mapping[str, Any]) -> Values:
    """A value for every option. What is None counts as not given. InvalidOption says what will not do."""
    known = [option.name for option in options]
    for name in given:
        if name not in known:
            raise InvalidOption(str(name), given[name], "the options are: " + ", ".join(known))
    return {option.name: _read(option, given.get(option.name)) for option in options}


def _read(option: Option, value: Any) -> Any:
    if value is None:
        if option.required:
            raise InvalidOption(option.name, value, "it has to be given")
        return option.default
    return _typed(option, option.type, value)


def _typed(option: Option, kind: str | None, value: Any) -> Any:
    if kind == "list":
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)):
            raise InvalidOption(option.name, value, "give a list")
        return [_typed(option, option.elements, item) for item in items]
    if kind == "dict":
        if not isinstance(value, Mapping):
            raise InvalidOption(option.name, value, "give a mapping")
        return read_arguments(option.options, value) if option.options else dict(value)
    read = {"bool": _boolean, "int": _integer, "float": _number, "str": _text}.get(kind or "str")
    value = read(option, value) if read else value
    if option.secret and isinstance(value, str):
        judge_secret(option.name, value)
    if option.choices and value not in option.choices:
        raise InvalidOption(option.name, value, "one of " + ", ".join(str(choice) for choice in option.choices))
    return value


def _boolean(option: Option, value: Any) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise InvalidOption(option.name, value, "give true or false")
    return value


def _integer(option: Option, value: Any) -> int:
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidOption(option.name, value, "give a whole number")
    return value


def _number(option: Option, value: Any) -> float:
    try:
        read = float("" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidOption(option.name, value, "give a number") from None
    if not math.isfinite(read):
        raise InvalidOption(option.name, value, "give a number that has an end")
    return read


def _text(option: Option, value: Any) -> str:
    if isinstance(value, bool) and YAML_WORDS[value] in option.choices:
        return YAML_WORDS[value]
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InvalidOption(option.name, value, "give text")
    return str(value).strip() if option.elements else str(value)
