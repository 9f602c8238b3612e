# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What System Defense does on each port: what is bound and by whom, since when, and what its filters counted."""

from __future__ import annotations

from ..cim.defense import ETHERNET_PORT, POLICY, PORTS, STATISTICS
from ..defense.naming import NOTHING
from ..machine import Machine
from ..option import Option
from ..resource import Resource, Values
from ..wsman.values import Datetime, Reference
from .defenses import Binding, Defenses, HeldPolicy, read_defenses, timeout_of


class IsolationInfo(Resource):
    """`snapshot` has the firmware bring its counters up to date first, which lets a filter's event be raised again."""

    options = (Option("snapshot", type="bool", default=True),)

    def read(self, machine: Machine, wanted: Values) -> Values:
        held = read_defenses(machine)
        if wanted["snapshot"]:
            _take_snapshot(machine, held)
        counters = [(_port_of(row), row) for row in machine.list(STATISTICS)]
        return {port: _port(machine, held, port, [row for of, row in counters if of == port]) for port in PORTS}


def _take_snapshot(machine: Machine, held: Defenses) -> None:
    for binding in held.bindings:
        if binding.active and binding.port in PORTS and binding.policy in held.policies:
            where = {"NetworkInterface": ETHERNET_PORT.at(DeviceID=PORTS[binding.port]), "ResetOnRead": False}
            machine.ask(POLICY, "UpdateStatistics", where, InstanceID=binding.policy)


def _port_of(row: Values) -> str:
    port = row.get("Antecedent")
    device = port.selectors.get("DeviceID") if isinstance(port, Reference) else None
    return next((word for word, known in PORTS.items() if known == device), "")


def _port(machine: Machine, held: Defenses, port: str, rows: list[Values]) -> Values:
    bound = [binding for binding in held.bindings if binding.port == port and binding.policy in held.policies]
    current = held.bound("system_defense", port)
    isolating = current is not None and current.policy in held.policies and held.policies[current.policy].isolates
    return {
        "state": "isolated" if isolating else "released",
        "active": next((held.policies[each.policy].device_name for each in bound if each.active), None),
        "since": next((_time(row.get("ActivationTime")) for row in rows), None),
        "bound": [_bound(machine, held, binding) for binding in bound],
        "counters": sorted((_counter(held, row) for row in rows), key=lambda counter: str(counter["filter"])),
    }


def _bound(machine: Machine, held: Defenses, binding: Binding) -> Values:
    policy = held.policies[binding.policy]
    expires = timeout_of(machine, policy)
    return {
        "by": binding.by,
        "policy": policy.device_name,
        "made_by": _maker(policy),
        "enabled": binding.enabled,
        "active": binding.active,
        "precedence": policy.precedence,
        "expires": expires,
        "before": _before(held, policy),
        "rules": held.read_policy(policy, expires).lines(),
    }


def _maker(policy: HeldPolicy) -> str | None:
    if policy.name is None:
        return None
    return "amt_isolation" if policy.isolates is not None else "amt_defense_policies"


def _before(held: Defenses, policy: HeldPolicy) -> str | None:
    """The policy that release brings back."""
    if policy.isolates is None or policy.isolates[1] == NOTHING:
        return None
    before = held.marked(policy.isolates[1])
    return before.device_name if before is not None else None


def _counter(held: Defenses, row: Values) -> Values:
    """`count` is ReadCount: to the schema the number of reads, to the vendor's viewer that of matches."""
    link = row.get("Dependent")
    filter_ = link.selectors.get("Dependent") if isinstance(link, Reference) else None
    keys = filter_.selectors if isinstance(filter_, Reference) else {}
    handle = str(keys.get("InstanceID", ""))
    known = held.filters.get(int(handle)) if handle.isdecimal() else None
    return {
        "filter": keys.get("Name") or handle or None,
        "rule": str(known.read()) if known is not None else None,
        "matched": row.get("FilterMatched"),
        "count": row.get("ReadCount"),
        "reset": _time(row.get("LastResetTime")),
    }


def _time(value: object) -> str | None:
    return value.text if isinstance(value, Datetime) else None
