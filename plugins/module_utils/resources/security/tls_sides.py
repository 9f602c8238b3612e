# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What TLS has for each of its two sides, the network and the machine's own system."""

from __future__ import annotations

from ...cim.schema import Properties
from ...cim.security import LOCAL, REMOTE, TLS_SETTINGS
from ...errors import Unavailable
from ...machine import Machine
from ...option import Option
from ...resource import Values

SIDES = {"remote": REMOTE, "local": LOCAL}
SIDE = (
    Option("enabled", type="bool", wire="Enabled"),
    Option("mutual", type="bool", wire="MutualAuthentication"),
    Option("plain_ports", type="bool", wire="AcceptNonSecureConnections"),
    Option("trusted_names", type="list", elements="str", wire="TrustedCN"),
)
WIRE = {row.name: row.wire for row in SIDE}


def read_sides(machine: Machine) -> dict[str, Properties]:
    """The settings of each side, committed or not. Unavailable when one is not told."""
    instances = {row["InstanceID"]: row for row in machine.enumerate(TLS_SETTINGS)}
    missing = set(SIDES.values()) - set(instances)
    if missing:
        raise Unavailable("the device does not tell of {0}".format(", ".join(sorted(missing))))
    return {side: instances[name] for side, name in SIDES.items()}


def options_of(settings: Properties) -> Values:
    """In the words of SIDE."""
    return {
        "enabled": bool(settings["Enabled"]),
        "mutual": bool(settings.get("MutualAuthentication", False)),
        "plain_ports": bool(settings.get("AcceptNonSecureConnections", False)),
        "trusted_names": sorted(settings.get("TrustedCN", ())),
    }
