# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The row types of the schema tables.

A class is one `define(name, base, ...)`. Its own properties stand in one string per type; the keyword is the type, and
a plural keyword means an array: `u8s="LinkPolicy"`. `keys` and `required` name own or inherited properties. Methods
follow the same notation; a `!` after an input means that it is required.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SCALARS = ("text", "flag", "real", "when", "octets", "hexadecimal", "ref") + tuple(
    sign + width for sign in "us" for width in ("8", "16", "32", "64")
)
EMBEDDED = "embedded"


@dataclass(frozen=True)
class Property:
    """`kind` is one of SCALARS or EMBEDDED; `embeds` names the class of an embedded instance."""

    name: str
    kind: str
    many: bool = False
    required: bool = False
    embeds: str = ""


@dataclass(frozen=True)
class Method:
    name: str
    inputs: dict[str, Property]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class ClassRow:
    """One class, own facts only; `schema.lookup` merges those of the bases."""

    name: str
    base: str
    properties: dict[str, Property]
    keys: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    methods: dict[str, Method] = field(default_factory=dict)


def read_properties(groups: dict[str, str]) -> dict[str, Property]:
    """Properties from `{"u8s": "A B!"}`. Raises ValueError for a type that does not exist or a name given twice."""
    found: dict[str, Property] = {}
    for kind, names in groups.items():
        scalar = kind[:-1] if kind.endswith("s") and kind[:-1] in SCALARS else kind
        if scalar not in SCALARS and scalar != EMBEDDED:
            raise ValueError("no such type: " + kind)
        for word in names.split():
            bare, _colon, embeds = word.rstrip("!").partition(":")
            if bare in found:
                raise ValueError("given twice: " + bare)
            found[bare] = Property(bare, scalar, scalar != kind, word.endswith("!"), embeds)
    return found


def method(name: str, out: str = "", **inputs: str) -> Method:
    return Method(name, read_properties(inputs), tuple(out.split()))


def define(
    name: str, base: str = "", keys: str = "", required: str = "", methods: tuple[Method, ...] = (), **properties: str
) -> ClassRow:
    return ClassRow(
        name,
        base,
        read_properties(properties),
        tuple(keys.split()),
        tuple(required.split()),
        {row.name: row for row in methods},
    )
