# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""System Defense policies and their filters as desired state: AMT.md 8.2-8.4.

Firmware cannot change a policy or a filter. A successor is made beside it under the other mark (defense/naming.py),
takes over what was bound, and the former goes; so a port is never left with less than it had, except for the moment in
which the firmware itself wants nothing bound.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...cim.isolation import PORTS
from ...defense.filters import Policy
from ...defense.limits import Limits, device_misfits, port_misfits
from ...defense.naming import check_name
from ...defense.words import policy_from, words_of_policy
from ...errors import AmtError, InvalidOption, Unavailable
from ...machine import Machine
from ...option import Option
from ...resource import Collection, Values
from .defense_changes import Changes, place_of, policy_at, remove
from .defenses import Defenses, HeldPolicy, read_defenses, read_limits, timeout_of

_TEXT = ("source", "destination", "protocol", "source_ports", "destination_ports")
_ETHERNET = (
    Option("ethertype"),
    Option("source_mac"),
    Option("destination_mac"),
    Option("vlan", type="int"),
    Option("priority", type="int"),
)
FILTER = (
    Option("name", required=True),
    Option("direction", choices=("out", "in"), required=True),
    Option("action", choices=("pass", "drop", "limit"), required=True),
    Option("rate", type="int"),
    Option("count", type="bool", default=False),
    Option("event", type="bool", default=False),
    *_ETHERNET,
    Option("ip_version", type="int", choices=(4, 6)),
    *(Option(name) for name in _TEXT),
    Option("dscp", type="list", elements="int"),
    Option("flow_label", type="int"),
    Option("tcp_flags_on", type="list", elements="int"),
    Option("tcp_flags_off", type="list", elements="int"),
)
DEFAULT = (
    Option("action", choices=("pass", "drop"), default="pass"),
    Option("count", type="bool", default=False),
    Option("event", type="bool", default=False),
)
MEMBER = (
    Option("name", required=True),
    Option("filters", type="list", elements="dict", options=FILTER),
    Option("transmit", type="dict", options=DEFAULT),
    Option("receive", type="dict", options=DEFAULT),
    Option("precedence", type="int"),
    Option("anti_spoofing", type="int"),
    Option("timeout", type="int"),
    Option("ports", type="list", elements="str", choices=tuple(PORTS)),
)


class DefensePolicies(Collection):
    """`policies` are those of this collection, without those of amt_isolation. `foreign` are the others, by name."""

    members = "policies"
    key = "name"
    options = (
        Option("policies", type="list", elements="dict", required=True, options=MEMBER),
        Option("purge", type="bool", default=False),
        Option("foreign", type="bool", default=False),
    )
    aside = ("misfits",)

    def check(self, wanted: Values) -> None:
        seen: set[str] = set()
        filters: set[str] = set()
        for member in wanted["policies"]:
            check_name(member["name"], "name")
            _once(member["name"], seen, "two policies have this name")
            for rule in policy_from(member).filters:
                _once(rule.name, filters, "two filters have this name; names are those of the whole device")
        for port in PORTS:
            named = [member["name"] for member in wanted["policies"] if port in (member.get("ports") or ())]
            if len(named) > 1:
                raise InvalidOption("ports", port, "one policy at a time: {0} name it".format(" and ".join(named)))

    def read(self, machine: Machine, wanted: Values) -> Values:
        held = read_defenses(machine)
        chosen, spare = _chosen(machine, held, wanted)
        present: Values = {
            "policies": [_words(machine, held, policy) for policy in chosen],
            "leftovers": sorted(
                [policy.device_name for policy in spare] + [each.device_name for each in held.orphans()]
            ),
            "foreign": sorted(policy.device_name for policy in held.policies.values() if policy.name is None),
        }
        present["misfits"] = self._misfits(machine, held, present, wanted)
        return present

    def plan(self, present: Values, wanted: Values) -> Values:
        if present["misfits"]:
            raise Unavailable(
                "this cannot be on this device: " + "; ".join(present["misfits"]),
                "nothing was written",
                reasons=list(present["misfits"]),
            )
        return self._planned(present, wanted)

    def _planned(self, present: Values, wanted: Values) -> Values:
        was = {member["name"]: member for member in present["policies"]}
        planned = {} if wanted["purge"] else dict(was)
        for member in wanted["policies"]:
            given = {name: value for name, value in member.items() if value is not None}
            whole = {**was.get(member["name"], {"ports": []}), **given}
            planned[member["name"]] = {**words_of_policy(policy_from(whole)), "ports": sorted(whole["ports"])}
            for name, other in planned.items():
                if name != member["name"]:
                    taken = given.get("ports", ())
                    planned[name] = {**other, "ports": [port for port in other["ports"] if port not in taken]}
        purged = wanted["purge"] and wanted["foreign"]
        members = [planned[name] for name in sorted(planned)]
        return {**present, "policies": members, "leftovers": [], "foreign": [] if purged else present["foreign"]}

    def _misfits(self, machine: Machine, held: Defenses, present: Values, wanted: Values) -> list[str]:
        planned = self._planned(present, wanted)
        if planned == present:
            return []
        limits = read_limits(machine)
        was = {member["name"]: member for member in present["policies"]}
        new = [
            policy_from(member)
            for member in planned["policies"]
            if _content(was.get(member["name"])) != _content(member)
        ]
        made = sum(held.twin(rule) is None for policy in new for rule in policy.filters)
        largest = max((len(policy.filters) for policy in new), default=0)
        found = device_misfits(limits, len(held.policies) + len(new), len(held.filters) + made, largest)
        for member in planned["policies"]:
            found += _port_misfits(policy_from(member), member["ports"], limits)
        return found + _in_the_way(held, planned, was, wanted)

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """What is left over now may be of a run that is under way."""
        return super().holds({**found, "leftovers": []}, planned, wanted)

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        before = read_defenses(machine)
        if any(before.is_crowded(policy_from(member)) for member in planned["policies"]):
            before = _tidied(machine, before, wanted)
        changes = Changes(machine, before)
        try:
            kept = _make(changes, planned, wanted)
            _rebind(changes, planned, kept, wanted)
        except AmtError as error:
            if not self.holds_now(machine, planned, wanted):
                raise changes.take_back(error) from error
            raise
        spare = [each for each in _managed(read_defenses(machine), wanted) if each.instance_id not in kept.values()]
        changes.clear_away(spare)


def _tidied(machine: Machine, held: Defenses, wanted: Values) -> Defenses:
    """The device without what earlier runs left behind."""
    spare, bound = _chosen(machine, held, wanted)[1], held.bound_policies()
    doomed = [policy for policy in spare if policy.instance_id not in bound]
    remove(machine, held, doomed, [orphan.handle for orphan in held.orphans()])
    return read_defenses(machine)


def _once(name: str, seen: set[str], sentence: str) -> None:
    if name in seen:
        raise InvalidOption("name", name, sentence)
    seen.add(name)


def _content(member: Values | None) -> Values | None:
    """A policy without what can be changed on it."""
    return None if member is None else {k: value for k, value in member.items() if k not in ("ports", "timeout")}


def _own(held: Defenses) -> list[HeldPolicy]:
    return [policy for policy in held.policies.values() if policy.name is not None and policy.isolates is None]


def _managed(held: Defenses, wanted: Values) -> list[HeldPolicy]:
    """What a run may remove."""
    theirs = wanted["purge"] and wanted["foreign"]
    return _own(held) + [policy for policy in held.policies.values() if theirs and policy.name is None]


def _chosen(machine: Machine, held: Defenses, wanted: Values) -> tuple[list[HeldPolicy], list[HeldPolicy]]:
    """(one policy for each name, what earlier runs left beside them): rather the one as wanted, rather a bound one."""
    asked = {member["name"]: member for member in wanted["policies"]}
    bound = [binding.policy for binding in held.bindings]

    def rank(policy: HeldPolicy) -> tuple[bool, int, str]:
        words = words_of_policy(held.read_policy(policy))
        given = {
            k: v for k, v in asked.get(str(policy.name), {}).items() if v is not None and k not in ("ports", "timeout")
        }
        alike = _content(words_of_policy(policy_from({**words, **given}))) == _content(words)
        return (not alike, -bound.count(policy.instance_id), policy.instance_id)

    chosen: dict[str, HeldPolicy] = {}
    spare = []
    for policy in sorted(_own(held), key=rank):
        if str(policy.name) in chosen:
            spare.append(policy)
        else:
            chosen[str(policy.name)] = policy
    return [chosen[name] for name in sorted(chosen)], spare


def _words(machine: Machine, held: Defenses, policy: HeldPolicy) -> Values:
    same = {other.instance_id for other in _own(held) if other.name == policy.name}
    ports = {binding.port for binding in held.bindings if binding.by == "system_defense" and binding.policy in same}
    ports |= {port for port, mark in _isolated(held).items() if mark == policy.mark}
    return {**words_of_policy(held.read_policy(policy, timeout_of(machine, policy))), "ports": sorted(ports)}


def _isolated(held: Defenses) -> dict[str, str]:
    """The ports that are isolated -> the mark of the policy that release binds to them again."""
    found = {}
    for port in PORTS:
        bound = held.bound("system_defense", port)
        policy = held.policies.get(bound.policy) if bound else None
        if policy is not None and policy.isolates is not None:
            found[port] = policy.isolates[1]
    return found


def _port_misfits(policy: Policy, ports: Iterable[str], limits: Limits) -> list[str]:
    return [
        "policy {0}: {1}".format(policy.name, sentence)
        for port in ports
        for sentence in port_misfits(policy, port, limits)
    ]


def _in_the_way(held: Defenses, planned: Values, was: Values, wanted: Values) -> list[str]:
    """Ports that belong to something else, and policies that an isolation is to bring back."""
    found = []
    isolated = _isolated(held)
    for member in planned["policies"]:
        before = set(was.get(member["name"], {"ports": ()})["ports"])
        for port in sorted(before ^ set(member["ports"])):
            bound = held.bound("system_defense", port)
            policy = held.policies.get(bound.policy) if bound else None
            if port in isolated:
                found.append("the {0} port is isolated; release it before another policy takes it".format(port))
            elif port not in before and policy is not None and policy.name is None and not wanted["foreign"]:
                found.append(
                    "the {0} port has {1!r}, made by something else; set foreign".format(port, policy.device_name)
                )
    names = {member["name"] for member in planned["policies"]}
    marks = {policy.isolates[1] for policy in held.policies.values() if policy.isolates is not None}
    found += [
        "{0!r} is what release brings back to an isolated port".format(policy.device_name)
        for policy in _managed(held, wanted)
        if policy.name not in names and policy.mark in marks
    ]
    taken = {rule["name"] for member in wanted["policies"] for rule in member.get("filters") or ()}
    others = [member for member in planned["policies"] if member["name"] not in {m["name"] for m in wanted["policies"]}]
    return found + [
        "filter {0!r} is also one of policy {1!r}; give it another name".format(rule["name"], member["name"])
        for member in others
        for rule in member["filters"]
        if rule["name"] in taken
    ]


def _make(changes: Changes, planned: Values, wanted: Values) -> dict[str, str]:
    """Make what is new or different. Name -> InstanceID of what is to stay."""
    held, machine = changes.before, changes.machine
    chosen = {str(policy.name): policy for policy in _chosen(machine, held, wanted)[0]}
    kept = {}
    for member in planned["policies"]:
        policy, current = policy_from(member), chosen.get(member["name"])
        if current is None or _content(words_of_policy(held.read_policy(current))) != _content(words_of_policy(policy)):
            kept[member["name"]] = changes.make_policy(held, policy)
            held = read_defenses(machine)
            continue
        kept[member["name"]] = current.instance_id
        changes.set_timeout(current, policy.timeout)
    return kept


def _rebind(changes: Changes, planned: Values, kept: dict[str, str], wanted: Values) -> None:
    """Bind ports as planned, to a successor what was bound to the policy before it, and to nothing what is to go."""
    held = read_defenses(changes.machine)
    ours = {policy.instance_id for policy in _managed(held, wanted)}
    isolated = _isolated(held)
    for port in (port for port in PORTS if port not in isolated):
        target = next((kept[member["name"]] for member in planned["policies"] if port in member["ports"]), None)
        present = policy_at(held, "system_defense", port)
        if present != target and (target is not None or present in ours):
            changes.bind(held, "system_defense", port, target)
    others = {place_of(each.by, each.port): each.policy for each in held.bindings if each.by != "system_defense"}
    for (by, port), policy in sorted(others.items()):
        if policy in ours and policy not in kept.values():
            changes.bind(held, by, port, kept.get(str(held.policies[policy].name)))
