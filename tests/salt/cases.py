# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For every state, arguments that change a device which is off and untouched; what all simulated devices share.

Of a capability they are the first wish of its row in tests/capabilities. WRITTEN has the states that have no such row.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

import saltext.amt.modules
import saltext.amt.states
from saltext.amt.answers import written_in
from saltext.amt.core.resource import Resource

from tests.capabilities import CAPABILITIES

PASSWORD = "Uns3en!Password"
QUICK = {"on": 0.05, "off": 0.05, "reset": 0.05, "graceful": 0.05, "sleep": 0.05, "standby": 0.05, "system": 2.0}
AGENT = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
TELNET: dict[str, Any] = {"name": "telnet", "direction": "out", "action": "drop", "ip_version": 4, "protocol": "tcp"}
TELNET["destination_ports"] = "23"
POLICY: dict[str, Any] = {"name": "no telnet", "ports": ["wired"], "filters": [TELNET]}
PINGS = {"RmcpPingResponseEnabled": False}

#: Of changes, what is the moment of the run itself.
MOMENTS = {"taken"}
#: Of a wish, what would take a device from where it is reached.
MOVES = ("addressing",)
#: The first generation that answers to TLS alone.
WITHOUT_PLAIN_PORT = 16

FUNCTIONS = {f"amt.{name}": function for name, function in written_in(saltext.amt.modules)}
STATES = {f"amt.{name}": function for name, function in written_in(saltext.amt.states)}


@dataclass(frozen=True)
class Case:
    """`settings` of the simulated firmware; `secrets` are among the arguments, and nobody is to see them; `module` is
    the name of a capability, and `generations` have it."""

    state: str
    arguments: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=lambda: {"power": "off"})
    secrets: tuple[str, ...] = ()
    module: str = ""
    generations: tuple[str, ...] = ("12",)


WRITTEN = [
    Case("amt.powered", {"power": "on"}),
    Case("amt.booted_once", {"target": "pxe", "sol": True}),
    Case("amt.isolated", {"allow": ["dhcp", "arp", "to: 192.0.2.10, tcp/443"]}),
    Case("amt.isolated", {"allow": ["dhcp", "arp"], "when": "agent", "agent": {"id": AGENT}}),
    Case("amt.released", {}),
    Case("amt.defense_policies", {"policies": [POLICY]}),
    Case("amt.properties_set", {"class_name": "AMT_GeneralSettings", "properties": PINGS}),
]


def handed_on(function: Callable[..., Any]) -> type[Resource] | None:
    """The class of the core in the body of a function or a state: `Thing` in `act(Thing(), locals())`."""
    named = [function.__globals__.get(word) for word in function.__code__.co_names]
    return next((each for each in named if inspect.isclass(each) and issubclass(each, Resource)), None)


def secrets_in(options: Sequence[Any], given: Any) -> Iterator[str]:
    """The values of secret options, nested ones too."""
    for each in given if isinstance(given, list) else [given]:
        for option in options if isinstance(each, Mapping) else ():
            value = each.get(option.name)
            if option.secret and value:
                yield str(value)
            else:
                yield from secrets_in(option.options, value)


def by_capability() -> Iterator[Case]:
    for each in CAPABILITIES.values():
        resource = each.resource()
        generation = [known for known in each.generations if int(known) < WITHOUT_PLAIN_PORT][-1]
        settings = {**each.settings, "generation": int(generation), "tls": False}
        given = {name: value for name, value in each.first.items() if name not in MOVES}
        secrets = tuple(secrets_in(resource.options, given))
        for state in states_of(type(resource).__name__, given)[:1]:
            yield Case(state, given, settings, secrets, each.module, each.generations)


def states_of(kind: str, given: Mapping[str, Any]) -> list[str]:
    """Those that hand on a class of this name, and take such arguments."""
    takes = [name for name, function in STATES.items() if set(given) <= set(inspect.signature(function).parameters)]
    return [name for name in takes if (found := handed_on(STATES[name])) and found.__name__ == kind]


CASES = [*WRITTEN, *by_capability()]
