# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups that are named by what devices say, as `keyed_groups` makes them: no device chooses any group it likes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 100
ALWAYS_THERE = frozenset({"all", "ungrouped"})


@dataclass
class KeyedGroups:
    """`foreign` are groups that other sources brought, `hosts` the names of hosts; `sanitized` makes a group's name.

    An entry with a prefix has a range of names of its own. Without one, what a device says would be the whole name, and
    could be that of any group, whose variables the device would then have.
    """

    foreign: Collection[str]
    hosts: Collection[str]
    sanitized: Callable[[str], str]
    entry: Mapping[str, Any] = field(default_factory=dict)
    refused: dict[str, None] = field(default_factory=dict)

    def admitted(self, key: Any) -> Any:
        """What is left of the value of an entry's `key`: a text, a list or a mapping, as it was; None for nothing."""
        if isinstance(key, str):
            return key if self.may_be(key) else None
        if isinstance(key, list):
            return [each for each in key if self.may_be(str(each))]
        if isinstance(key, Mapping):
            between = self.entry.get("separator", "_")
            return {name: value for name, value in key.items() if self.may_be("{0}{1}{2}".format(name, between, value))}
        return key

    def may_be(self, text: str) -> bool:
        if not text:
            return True
        prefix = self.entry.get("prefix", "")
        names = [self.sanitized("{0}{1}{2}".format(prefix, self.entry.get("separator", "_"), text))]
        if not prefix:
            names.append(self.sanitized(text))
        fits = len(names[0]) <= LONGEST and not any(self.is_taken(name, bool(prefix)) for name in names)
        if not fits:
            self.refused[names[-1][:LONGEST]] = None
        return fits

    def is_taken(self, name: str, prefixed: bool) -> bool:
        return name in ALWAYS_THERE or name in self.hosts or (not prefixed and name in self.foreign)
