# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of all capabilities ask of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from ansible_collections.outofband.amt.plugins.module_utils.resource import Resource

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Capability:
    """A module that writes, by its name.

    `wishes`: states in which a device can be, by name, each with the options that ask for it. Every two of them are
    raced, so there are at least two, they differ, and each decides all that `look` tells: the same options in each.
    `look` tells from inside the firmware in which state it is, as a value that can be compared: it judges the races.
    `settings` are those of the simulated firmware, and `before` names the wish that a raced device has been brought
    to. `generations` are those that have the capability.

    `write` matches the request with which the first wish begins to change something, as a script of the simulator's
    faults, and `effects` is what that wish writes: class and method (or verb) -> how often. `log_ins` is how many it
    may try where they are refused.
    """

    module: str
    resource: Callable[[], Resource]
    wishes: Mapping[str, Given]
    look: Callable[[Any], Any]
    write: Mapping[str, str]
    effects: Mapping[str, int]
    settings: Given = field(default_factory=dict)
    before: Optional[str] = None
    log_ins: int = 1
    generations: tuple[str, ...] = ("9", "11", "12", "15", "16", "19")

    @property
    def first(self) -> Given:
        return next(iter(self.wishes.values()))
