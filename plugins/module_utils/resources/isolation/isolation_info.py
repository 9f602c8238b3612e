# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What System Defense does on each port: what is bound and by whom, since when, and what its filters counted."""

from __future__ import annotations

from functools import partial

from ...cim.isolation import BINDINGS, ETHERNET_PORT, POLICY, PORTS, STATISTICS
from ...cim.schema import Properties
from ...defense.naming import NOTHING
from ...option import Option
from ...resource import Reader, Values
from ...survey import Survey
from ...wsman.values import Datetime, Reference
from .defenses import Binding, Defenses, HeldPolicy, read_defenses, timeout_of

#: Nobody is called released, or isolated, of whose policies a part could not be read.
DECIDING = frozenset((POLICY.name, BINDINGS["system_defense"].name))


class IsolationInfo(Reader):
    """`snapshot` has the firmware bring its counters up to date first, which lets a filter's event be raised again."""

    options = (Option("snapshot", type="bool", default=True), *Reader.options)

    def survey(self, machine: Survey, wanted: Values) -> Values:
        with machine.unread.part("policies"):
            held = read_defenses(machine)
        if wanted["snapshot"]:
            machine.part("snapshot", partial(_take_snapshot, machine, held))
        with machine.unread.part("counters"):
            rows = machine.list(STATISTICS)
        return {port: machine.part(port, partial(_port, machine, held, port, rows)) for port in PORTS}


def _take_snapshot(machine: Survey, held: Defenses) -> None:
    for binding in held.bindings:
        if binding.active and binding.port in PORTS and binding.policy in held.policies:
            machine.attempt(partial(_count, machine, binding))


def _count(machine: Survey, binding: Binding) -> None:
    where = {"NetworkInterface": ETHERNET_PORT.at(DeviceID=PORTS[binding.port]), "ResetOnRead": False}
    machine.ask(POLICY, "UpdateStatistics", where, InstanceID=binding.policy)


def _port_of(row: Values) -> str:
    port = row.get("Antecedent")
    device = port.selectors.get("DeviceID") if isinstance(port, Reference) else None
    return next((word for word, known in PORTS.items() if known == device), "")


def _port(machine: Survey, held: Defenses, port: str, statistics: list[Properties]) -> Values:
    rows = [row for row in statistics if _port_of(row) == port]
    bound = [binding for binding in held.bindings if binding.port == port and binding.policy in held.policies]
    counters = machine.each(rows, partial(_counter, machine, held))
    return {
        "state": _state(machine, held, port),
        "active": next((held.policies[each.policy].device_name for each in bound if each.active), None) or None,
        "since": next((_time(row.get("ActivationTime")) for row in rows), None),
        "bound": [_bound(machine, held, binding) for binding in bound],
        "counters": sorted(counters, key=lambda counter: str(counter["filter"])),
    }


def _state(machine: Survey, held: Defenses, port: str) -> str | None:
    current = held.bound("system_defense", port)
    isolating = current is not None and current.policy in held.policies and held.policies[current.policy].isolates
    if any(row["class"] in DECIDING for row in machine.unread.rows):
        return None
    return "isolated" if isolating else "released"


def _bound(machine: Survey, held: Defenses, binding: Binding) -> Values:
    policy = held.policies[binding.policy]
    expires = machine.attempt(partial(timeout_of, machine, policy))
    rules = machine.attempt(partial(held.read_policy, policy, expires or 0))
    return {
        "by": binding.by,
        "policy": policy.device_name or None,
        "made_by": _maker(policy),
        "enabled": binding.enabled,
        "active": binding.active,
        "precedence": policy.row.get("PolicyPrecedence"),
        "expires": expires,
        "before": _before(held, policy),
        "rules": rules.lines() if rules is not None else None,
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


def _counter(machine: Survey, held: Defenses, row: Properties) -> Values:
    """`count` is ReadCount: to the schema the number of reads, to the vendor's viewer that of matches."""
    link = row.get("Dependent")
    filter_ = link.selectors.get("Dependent") if isinstance(link, Reference) else None
    keys = filter_.selectors if isinstance(filter_, Reference) else {}
    handle = str(keys.get("InstanceID", ""))
    known = held.filters.get(int(handle)) if handle.isascii() and handle.isdecimal() and len(handle) < 20 else None
    rule = machine.attempt(known.read) if known is not None else None
    return {
        "filter": keys.get("Name") or handle or None,
        "rule": str(rule) if rule is not None else None,
        "matched": row.get("FilterMatched"),
        "count": row.get("ReadCount"),
        "reset": _time(row.get("LastResetTime")),
    }


def _time(value: object) -> str | None:
    return value.text if isinstance(value, Datetime) else None
