# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Selectors and references: which instance is meant.

A selector must be a key of the class. Fewer selectors than keys will do as long as one instance fits; a Get of the only
instance needs none. No instance that fits is an unreachable destination, as peers see it.
"""

from __future__ import annotations

from typing import Union

from ..values import Epr, Instance, Value
from . import refusals
from .schema import CLASSES, lookup

Selectors = dict[str, Union[str, Epr]]


def select(keys: tuple[str, ...], candidates: list[Instance], selectors: Selectors) -> Instance:
    for name in selectors:
        if name not in keys:
            raise refusals.bad_selectors(name)
    found = [instance for instance in candidates if fits(selectors, instance)]
    if not found:
        raise refusals.unreachable()
    if len(found) > 1:
        raise refusals.bad_selectors()
    return found[0]


def fits(selectors: Selectors, instance: Instance) -> bool:
    return all(name in instance and same(given, instance[name]) for name, given in selectors.items())


def same(given: Union[str, Epr], present: Value) -> bool:
    """Whether a selector's value means a property's. A reference may leave out keys of what it refers to."""
    if isinstance(given, Epr):
        return (
            isinstance(present, Epr)
            and given.resource == present.resource
            and all(
                name in present.selectors and same(value, present.selectors[name])
                for name, value in given.selectors.items()
            )
        )
    if isinstance(present, bool):
        return given == str(present).lower()
    return given == str(present)


def reference_to(cls: str, instance: Instance) -> Epr:
    """A reference to an instance by all keys of its class."""
    return Epr(cls, {key: key_text(instance[key]) for key in lookup(cls).keys if instance.get(key) is not None})


def key_text(value: Value) -> Union[str, Epr]:
    return value if isinstance(value, Epr) else str(value)


def refers_to(reference: Epr, cls: str, instance: Instance) -> bool:
    """Whether a reference means an instance of a class."""
    return reference.resource == cls and cls in CLASSES and fits(reference.selectors, instance)
