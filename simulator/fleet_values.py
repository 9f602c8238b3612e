# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a fleet file says, as the types that its keys have. YAML guesses the type of a bare word by its looks, and so
makes `on` a truth value, an address of digits a number and a password without its zeros; here the key decides."""

from __future__ import annotations

import collections.abc
import math
from typing import Any, Union, get_args, get_origin

import yaml

TRUE, FALSE = ("true", "yes", "on"), ("false", "no", "off")
KEPT_TAGS = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
WORDS = {True: "on", False: "off"}
"""What was written, where somebody else's YAML has taken it for a truth value."""


class Words(yaml.SafeLoader):
    """Loads every bare word as it is written, but for nothing at all (`~`, `null`) and `<<`."""


Words.yaml_implicit_resolvers = {
    first: kept
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if (kept := [(tag, pattern) for tag, pattern in resolvers if tag in KEPT_TAGS])
}


def load(text: str) -> Any:
    """Raises yaml.YAMLError."""
    return yaml.load(text, Loader=Words)


def typed(kind: Any, value: Any) -> Any:
    """A value as the type of its key: an annotation. Raises ValueError, which says what would do."""
    if get_origin(kind) is Union:
        if value is None and type(None) in get_args(kind):
            return None
        kind = get_args(kind)[0]
    if get_origin(kind) is collections.abc.Mapping:
        return table(get_args(kind)[1], value)
    return READERS[kind](value) if kind in READERS else value


def table(kind: Any, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, collections.abc.Mapping):
        raise ValueError("{0!r} is no table; write `key: value` pairs".format(value))
    found = {}
    for key, inner in value.items():
        name = text(key)
        try:
            found[name] = typed(kind, inner)
        except ValueError as error:
            raise ValueError("{0}: {1}".format(name, error)) from None
    return found


def text(value: Any) -> str:
    if isinstance(value, bool):
        return WORDS[value]
    if isinstance(value, (str, int)):
        return str(value)
    raise ValueError("{0!r} is no text; put it in quotes".format(value))


def truth(value: Any) -> bool:
    word = value.lower() if isinstance(value, str) else value
    if word is True or word in TRUE:
        return True
    if word is False or word in FALSE:
        return False
    raise ValueError("{0!r} is neither true nor false".format(value))


def whole(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.lstrip("-").isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("{0!r} is no whole number".format(value))


def number(value: Any) -> float:
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError("{0!r} is no number".format(value))
    return found


def guessed(value: Any) -> Any:
    """For tables whose entries have types of their own: a truth value, a number, a table of such, or text."""
    if isinstance(value, collections.abc.Mapping):
        return table(guessed, value)
    if isinstance(value, list):
        return [guessed(one) for one in value]
    for read in (whole, number, truth) if isinstance(value, str) else ():
        try:
            return read(value)
        except ValueError:
            continue
    return value


READERS: dict[Any, Any] = {
    str: text,
    bool: truth,
    int: whole,
    float: number,
    guessed: guessed,
}
