# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""How a domain says which classes it serves. `simulator.firmware` explains how to add one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..values import Epr, Instance

if TYPE_CHECKING:
    from .model import Firmware

MANAGED_SYSTEM = "ManagedSystem"
AMT_SYSTEM = "Intel(r) AMT"


@dataclass(frozen=True)
class Rule:
    """What one function of a domain answers: a verb (instances, put, create, delete, invoke); `writes` wears flash."""

    verb: str
    cls: str
    method: str = ""
    since: int = 0
    until: int = 1000
    writes: bool = False

    def holds_for(self, major: int) -> bool:
        return self.since <= major <= self.until


def answers(rule: Rule) -> Callable[[Callable], Callable]:
    def mark(function: Callable) -> Callable:
        function.rules = (*getattr(function, "rules", ()), rule)  # type: ignore[attr-defined]
        return function

    return mark


def instances(cls: str, since: int = 0, until: int = 1000) -> Callable:
    """`function(self)` lists the instances of a class; `since` and `until` are major versions of AMT, both included."""
    return answers(Rule("instances", cls, since=since, until=until))


def put(cls: str, since: int = 0) -> Callable:
    """`function(self, present, wanted)` takes over the decoded properties of a Put."""
    return answers(Rule("put", cls, since=since, writes=True))


def create(cls: str, since: int = 0) -> Callable:
    """`function(self, wanted)` makes an instance and returns it."""
    return answers(Rule("create", cls, since=since, writes=True))


def delete(cls: str, since: int = 0) -> Callable:
    """`function(self, present)` removes an instance."""
    return answers(Rule("delete", cls, since=since, writes=True))


def method(cls: str, name: str, since: int = 0, writes: bool = False) -> Callable:
    """`function(self, present, **inputs)` returns the ReturnValue, or the outputs with it."""
    return answers(Rule("invoke", cls, name, since=since, writes=writes))


class Domain:
    """A part of the firmware: its state, and functions marked with what they answer."""

    def __init__(self, firmware: Firmware) -> None:
        self.firmware = firmware

    def settle(self) -> None:
        """Let everything take place whose time has come. Called before each request."""

    def on_boot(self, device: dict[str, Any]) -> None:
        """The host starts; `device` tells from what (see `boot.Boot.consume`)."""

    def on_restart(self) -> None:
        """The management engine itself starts again."""


def service(cls: str, name: str, element: str = "", system: str = AMT_SYSTEM) -> Instance:
    """The keys that every service carries, and its name for people."""
    return {
        "CreationClassName": cls,
        "ElementName": element or name,
        "Name": name,
        "SystemCreationClassName": "CIM_ComputerSystem",
        "SystemName": system,
    }


def device(cls: str, device_id: str, element: str, system: str = MANAGED_SYSTEM) -> Instance:
    """The keys that every logical device carries, and its name for people."""
    return {
        "CreationClassName": cls,
        "DeviceID": device_id,
        "ElementName": element,
        "SystemCreationClassName": "CIM_ComputerSystem",
        "SystemName": system,
    }


def system_reference(name: str = MANAGED_SYSTEM) -> Epr:
    return Epr("CIM_ComputerSystem", {"CreationClassName": "CIM_ComputerSystem", "Name": name})
