# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""When a device calls which management presence server: AMT.md 14.1. There is one policy for each trigger."""

from __future__ import annotations

import re
import struct

from ...cim.network import (
    ACCESS_POLICY,
    ACCESS_POLICY_SERVERS,
    DAILY,
    EVERY,
    MPS,
    POLICY_NAMES,
    REMOTE_ACCESS_SERVICE,
    TRIGGERS,
)
from ...errors import InvalidOption, Overtaken, Unavailable
from ...machine import Machine
from ...option import Option, check_within, filled
from ...resource import Values
from .places import shared, shown
from .presence_servers import Key, names

OPTIONS = (
    Option("trigger", choices=tuple(TRIGGERS), required=True),
    Option("servers", type="list", elements="str", required=True),
    Option("lifetime", type="int", default=0),
    Option("interval", type="int"),
    Option("daily"),
)
TIME = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])")
LONGEST = 2**32 - 1


def check(policies: list[Values]) -> None:
    seen = set()
    for policy in (filled(OPTIONS, each) for each in policies):
        trigger = policy["trigger"]
        if trigger in seen:
            raise InvalidOption("policies", trigger, "it is listed twice, and the firmware has one for each trigger")
        seen.add(trigger)
        check_within("lifetime", policy["lifetime"], 0, LONGEST, "seconds, 0 for until it is closed")
        check_within("interval", policy["interval"], 1, LONGEST, "seconds")
        if policy["daily"] is not None and not TIME.fullmatch(policy["daily"]):
            raise InvalidOption("daily", policy["daily"], "give hour and minute as '03:30', in quotes")
        scheduled = [name for name in ("interval", "daily") if policy[name] is not None]
        if len(scheduled) != (trigger == "periodic"):
            raise InvalidOption("policies", trigger, "give interval or daily for the periodic policy, and for no other")
        if not policy["servers"]:
            raise InvalidOption("policies", trigger, "name the servers to call, the first of them first")


def planned(present: list[Values], wanted: list[Values], purge: bool, servers: list[Key], most: int) -> list[Values]:
    was = {policy["trigger"]: policy for policy in present}
    will = {} if purge else dict(was)
    for policy in (filled(OPTIONS, each) for each in wanted):
        will[policy["trigger"]] = {**policy, "servers": _meant(policy, servers, most)}
    others = [policy for trigger, policy in was.items() if trigger not in TRIGGERS]
    return [*others, *(will[trigger] for trigger in TRIGGERS if trigger in will)]


def _meant(policy: Values, servers: list[Key], most: int) -> list[str]:
    known = {shown(key): shown(key) for key in servers}
    for address, _port in servers:
        if sum(other == address for other, _any in servers) == 1:
            known.setdefault(address, next(shown(key) for key in servers if key[0] == address))
    for name in policy["servers"]:
        if name.lower() not in known:
            told = ", ".join(shown(key) for key in servers) or "none"
            raise InvalidOption("policies", name, "it is not among the servers, which are: " + told)
    meant = [known[name.lower()] for name in policy["servers"]]
    if len(set(meant)) < len(meant) or len(meant) > most:
        way_out = "a policy calls up to {0} different servers".format(most)
        raise InvalidOption("policies", ", ".join(policy["servers"]), way_out)
    return meant


def read(machine: Machine) -> list[Values]:
    rows = {str(row["PolicyRuleName"]): row for row in machine.list(ACCESS_POLICY)}
    if not rows:
        return []
    places = {name: shown(key) for key, name in names(machine).items()}
    calls: dict[str, list[tuple[int, str]]] = {}
    for row in machine.list(ACCESS_POLICY_SERVERS):
        name = str(row["ManagedElement"].selectors.get("Name"))
        called = (row.get("OrderOfAccess", 0), places.get(name, name))
        calls.setdefault(str(row["PolicySet"].selectors.get("PolicyRuleName")), []).append(called)
    found = {}
    for name, row in rows.items():
        servers = [place for _order, place in sorted(calls.get(name, []))]
        schedule = _schedule(row.get("ExtendedData") or b"")
        found[row["Trigger"]] = {"trigger": row["Trigger"], "servers": servers, "lifetime": row["TunnelLifeTime"]}
        found[row["Trigger"]].update(schedule)
    return [found[trigger] for trigger in sorted(found, key=str) if trigger not in TRIGGERS] + [
        found[trigger] for trigger in TRIGGERS if trigger in found
    ]


def _schedule(data: bytes) -> Values:
    """Firmware may fill up what it was given."""
    kind = struct.unpack_from(">I", data)[0] if len(data) >= 4 else None
    if kind == EVERY and len(data) >= 8:
        return {"interval": struct.unpack_from(">I", data, 4)[0], "daily": None}
    if kind == DAILY and len(data) >= 12:
        return {"interval": None, "daily": "{0:02d}:{1:02d}".format(*struct.unpack_from(">II", data, 4))}
    return {"interval": None, "daily": None}


def remove(machine: Machine, trigger: str) -> None:
    """Those of other triggers than ours are left, and so is what they need."""
    if trigger not in POLICY_NAMES:
        raise Unavailable("a policy of trigger {0}, which is not known here, calls the same server".format(trigger))
    machine.delete(ACCESS_POLICY, PolicyRuleName=POLICY_NAMES[trigger])


def add(machine: Machine, policy: Values) -> None:
    places = {shown(key): name for key, name in names(machine).items()}
    gone = [server for server in policy["servers"] if server not in places]
    if gone:
        raise Overtaken("server {0} is there no more".format(gone[0]))
    arguments = {"Trigger": TRIGGERS[policy["trigger"]], "TunnelLifeTime": policy["lifetime"]}
    data = _data(policy)
    if data:
        arguments["ExtendedData"] = ACCESS_POLICY.encode({"ExtendedData": data})["ExtendedData"]
    servers = [MPS.at(Name=places[server]) for server in policy["servers"]]
    with shared("the {0} policy comes".format(policy["trigger"]), "DUPLICATE", "NOT_FOUND"):
        machine.invoke(REMOTE_ACCESS_SERVICE, "AddRemoteAccessPolicyRule", {**arguments, "MpServer": servers})


def _data(policy: Values) -> bytes:
    if policy["interval"] is not None:
        return struct.pack(">II", EVERY, policy["interval"])
    if policy["daily"] is not None:
        return struct.pack(">III", DAILY, *map(int, policy["daily"].split(":")))
    return b""
