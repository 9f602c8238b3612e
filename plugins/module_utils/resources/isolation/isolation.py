# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Cut a machine off the network except for an allow list, and give back what was there before: AMT.md 8.4.

The policy that was bound before stays on the device, and the name of the one that isolates tells which it was
(defense/naming.py). So release needs nothing but the device, and a run that was killed anywhere can be run again.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Callable

from ...cim.isolation import ENVIRONMENT_DETECTION, TIMEOUT_MAXIMUM, WIRED_8021X
from ...cim.network import ETHERNET_PORT as PORT_SETTINGS
from ...cim.network import WIRED, WIRELESS
from ...defense.compiler import isolation
from ...defense.filters import Policy
from ...defense.limits import Limits, device_misfits, port_misfits
from ...defense.naming import NOTHING, SLOTS, isolation_name
from ...defense.packet import read_flow
from ...defense.rules import OPTION, Rule, hosts_in, neighbours, passes, read_rules
from ...errors import AmtError, InvalidOption, NotReached, Overtaken, Unavailable
from ...machine import Machine
from ...option import Option
from ...resource import Resource, Values
from .agent_watch import OPTIONS as AGENT_OPTIONS
from .agent_watch import apply_watch, check_watch, read_watch, wanted_watch
from .defense_changes import Changes, policy_at, remove
from .defenses import Binding, Defenses, HeldPolicy, read_bindings, read_defenses, read_limits, require_port, timeout_of

#: Option `when` -> what binds the policy.
BOUND_BY = {"always": "system_defense", "environment": "environment", "agent": "agent"}

ACTIVE_WITHIN = 10.0  # seconds for the firmware to take up a policy that was bound

_EAPOL = {"direction": "out", "ethertype": "eapol"}

GONE = "(no longer on the device)"


def resolve_with_dns(name: str) -> list[str]:
    """The addresses of a host name, as this controller sees them. OSError when there are none."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(name, None, proto=socket.IPPROTO_TCP)})


class Isolation(Resource):
    """`allow`: the grammar of defense/rules.py. `expires`: minutes, 0 is never. `resolve` finds a name's addresses."""

    options = (
        Option("state", choices=("isolated", "released"), required=True),
        Option("port", choices=("wired", "wireless"), default="wired"),
        Option("when", choices=tuple(BOUND_BY), default="always"),
        Option("agent", type="dict", options=AGENT_OPTIONS),
        Option("allow", type="list", elements="raw", default=[]),
        Option("ip", type="list", elements="int", choices=(4, 6), default=[4, 6]),
        Option("neighbours", type="bool", default=True),
        Option("expires", type="int", default=0),
        Option("precedence", type="int", default=1000),
        Option("count", type="bool", default=True),
        Option("event", type="bool", default=False),
        Option("force", type="bool", default=False),
    )
    aside = ("resolved", "asked")

    def __init__(self, resolve: Callable[[str], list[str]] = resolve_with_dns) -> None:
        self.resolve = resolve

    def check(self, wanted: Values) -> None:
        hosts_in(wanted["allow"])
        if not 0 <= wanted["expires"] <= TIMEOUT_MAXIMUM:
            raise InvalidOption("expires", wanted["expires"], "give minutes up to {0}, or 0".format(TIMEOUT_MAXIMUM))
        if not 0 <= wanted["precedence"] <= 0xFFFFFFFF:
            raise InvalidOption("precedence", wanted["precedence"], "give a number from 0 to {0}".format(0xFFFFFFFF))
        if not wanted["ip"]:
            raise InvalidOption("ip", wanted["ip"], "give 4, 6 or both")
        if wanted["expires"] and wanted["state"] == "released":
            way_out = "a release does not expire, and brings nothing back later; leave it out, or set state: isolated"
            raise InvalidOption("expires", wanted["expires"], way_out)
        if wanted["expires"] and wanted["when"] != "always":
            raise InvalidOption("expires", wanted["expires"], "only isolation that holds always can expire")
        if wanted["agent"]:
            if wanted["when"] != "agent":
                raise InvalidOption("agent", wanted["agent"]["id"], "it needs when: agent")
            check_watch(wanted["agent"])

    def read(self, machine: Machine, wanted: Values) -> Values:
        resolved = {name: self._addresses(name) for name in hosts_in(wanted["allow"])}
        held = read_defenses(machine)
        require_port(machine, wanted["port"])
        present = self._present(machine, held, wanted)
        present["agent"] = read_watch(machine, wanted["agent"]) if wanted["agent"] else None
        present["resolved"] = resolved
        present["asked"] = self._asked(machine, held, wanted, resolved) if wanted["state"] == "isolated" else None
        return present

    def _addresses(self, name: str) -> list[str]:
        try:
            return self.resolve(name)
        except OSError as failure:
            raise InvalidOption(OPTION, name, "the controller cannot resolve it ({0})".format(failure)) from None

    @staticmethod
    def _present(machine: Machine, held: Defenses, wanted: Values) -> Values:
        bound, ours = _bound(held, wanted), _ours(held, wanted)
        current = _isolating(held, wanted)
        leftovers = [policy.device_name for policy in ours if policy is not current]
        policy = held.read_policy(current, timeout_of(machine, current)) if current is not None else None
        state = "released"
        if current is not None:
            state = "isolated" if bound is not None else _unbound_state(held, current)
        return {
            "state": state,
            "port": wanted["port"],
            "when": wanted["when"],
            "rules": policy.lines() if policy else [],
            "precedence": policy.precedence if policy else None,
            "expires": policy.timeout if policy else None,
            "before": _name_before(held, wanted),
            "leftovers": sorted(leftovers + [orphan.device_name for orphan in held.orphans()]),
        }

    @staticmethod
    def _asked(machine: Machine, held: Defenses, wanted: Values, resolved: Values) -> Values:
        """What the rules come to on this device, and what speaks against it."""
        limits = read_limits(machine)
        rules = read_asked(wanted, resolved)
        policy = _compile(wanted, resolved, limits)
        new = sum(held.twin(rule) is None for rule in policy.filters)
        kept = {policy.instance_id for policy in held.policies.values()}
        misfits = port_misfits(policy, wanted["port"], limits)
        misfits += device_misfits(limits, len(kept) + 1, len(held.filters) + new, len(policy.filters))
        return {
            "rules": policy.lines(),
            "misfits": misfits if not _same(held, wanted, policy) else [],
            "risks": _risks(machine, wanted, rules),
            "rivals": _rivals(held, wanted),
        }

    def plan(self, present: Values, wanted: Values) -> Values:
        if wanted["state"] == "released":
            nothing = dict.fromkeys(("precedence", "expires", "before", "agent"))
            return {**present, **nothing, "state": "released", "rules": [], "leftovers": []}
        asked = present["asked"]
        _refuse("the rules do not fit on this device: ", asked["misfits"], "allow less, or set count or ip to fewer")
        _refuse("isolation would not become active: ", asked["rivals"], "give it a higher precedence")
        if not wanted["force"]:
            _refuse("this would cost the machine its manageability: ", asked["risks"], "or set force")
        return {
            **present,
            "state": "isolated",
            "rules": asked["rules"],
            "precedence": wanted["precedence"],
            "expires": wanted["expires"],
            "agent": wanted_watch(wanted["agent"]) if wanted["agent"] else None,
            "leftovers": [],
        }

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """What is left over now may be of a run that is under way."""
        return super().holds({**found, "leftovers": []}, planned, wanted)

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        before = read_defenses(machine)
        policy = None
        if planned["state"] == "isolated":
            policy = _compile(wanted, present["resolved"], read_limits(machine))
            if before.is_crowded(_named(before, wanted, policy)):
                before = _tidied(machine, before, wanted)
        changes, failure = Changes(machine, before), None
        try:
            if policy is not None:
                _isolate(changes, wanted, policy)
            else:
                _bind(changes, wanted, _policy_before(before, wanted))
            apply_watch(machine, present["agent"], planned["agent"])
        except AmtError as error:
            if isinstance(error, NotReached) or not self.holds_now(machine, planned, wanted):
                raise changes.take_back(error) from error
            failure = error
        changes.clear_away(_ours(read_defenses(machine), wanted))
        if failure is not None:
            raise failure


def as_text(values: Values) -> str:
    """What `before` and `after` of an outcome come to as firewall rules, a line each."""
    lines = ["{port} port, {when}: {state}".format(**values)]
    lines += ["expires after {0} minutes".format(values["expires"])] if values["expires"] else []
    lines += ["precedence {0}".format(values["precedence"])] if values["precedence"] is not None else []
    lines += ["release brings back {0}".format(values["before"])] if values["before"] else []
    lines += ["agent {id}, {timeout} s, {startup} s to start".format(**values["agent"])] if values["agent"] else []
    lines += ["left over: {0}".format(name) for name in values["leftovers"]]
    return "\n".join([*lines, *values["rules"], ""])


def read_asked(wanted: Values, resolved: Values) -> list[Rule]:
    rules = read_rules(wanted["allow"], resolved, sorted(wanted["ip"]))
    return rules + neighbours(rules) if wanted["neighbours"] else rules


def _compile(wanted: Values, resolved: Values, limits: Limits) -> Policy:
    rules = read_asked(wanted, resolved)
    policy = isolation(rules, wanted["port"], limits, wanted["count"], wanted["event"], wanted["precedence"])
    return replace(policy, timeout=wanted["expires"])


def _refuse(what: str, reasons: Sequence[str], way_out: str) -> None:
    if reasons:
        raise Unavailable(what + "; ".join(reasons), way_out, reasons=list(reasons))


def _slot(wanted: Values) -> str:
    return SLOTS[wanted["when"], wanted["port"]]


def _bound(held: Defenses, wanted: Values) -> Binding | None:
    return held.bound(BOUND_BY[wanted["when"]], wanted["port"])


def _bind(changes: Changes, wanted: Values, policy: HeldPolicy | str | None) -> None:
    instance_id = policy.instance_id if isinstance(policy, HeldPolicy) else policy
    held, by = changes.before, BOUND_BY[wanted["when"]]
    if policy_at(held, by, wanted["port"]) != instance_id or _expired(held, wanted):
        changes.bind(held, by, wanted["port"], instance_id)


def _expired(held: Defenses, wanted: Values) -> bool:
    """Whether the port has a binding that does not count any more, and is in the way."""
    by, port = BOUND_BY[wanted["when"]], wanted["port"]
    return _bound(held, wanted) is None and any((b.by, b.port) == (by, port) for b in held.bindings)


def _ours(held: Defenses, wanted: Values) -> list[HeldPolicy]:
    """Every policy of this slot, the one that is bound first."""
    bound = _bound(held, wanted)
    found = [policy for policy in held.policies.values() if (policy.isolates or "?")[0] == _slot(wanted)]
    return sorted(found, key=lambda policy: (bound is None or policy.instance_id != bound.policy, policy.instance_id))


def _isolating(held: Defenses, wanted: Values) -> HeldPolicy | None:
    """The policy that isolates, or that did or was about to when nothing else took its place."""
    bound, ours = _bound(held, wanted), _ours(held, wanted)
    if not ours or (bound is not None and ours[0].instance_id != bound.policy):
        return None
    return ours[0]


def _unbound_state(held: Defenses, current: HeldPolicy) -> str:
    return "expired" if current.instance_id in held.bound_policies() else "interrupted"


def _mark_before(held: Defenses, wanted: Values) -> str:
    """The mark of the policy that release brings back. Where two runs met, one of them may have seen it unbound."""
    current, bound = _isolating(held, wanted), _bound(held, wanted)
    if current is None:
        return held.policies[bound.policy].mark if bound is not None and bound.policy in held.policies else NOTHING
    marks = [(policy.isolates or ("", NOTHING))[1] for policy in _ours(held, wanted)]
    return next((mark for mark in marks if held.marked(mark) is not None), marks[0])


def _policy_before(held: Defenses, wanted: Values) -> HeldPolicy | None:
    mark = _mark_before(held, wanted)
    return None if mark == NOTHING else held.marked(mark)


def _name_before(held: Defenses, wanted: Values) -> str | None:
    """As `_policy_before`, for people, and only while isolated; None before there is an isolation."""
    if _isolating(held, wanted) is None or _mark_before(held, wanted) == NOTHING:
        return None
    policy = _policy_before(held, wanted)
    return GONE if policy is None else policy.device_name


def _same(held: Defenses, wanted: Values, policy: Policy) -> HeldPolicy | None:
    """A policy of this slot that is as asked, but for its timeout, and remembers the right one before it."""
    for ours in _ours(held, wanted):
        mark = (ours.isolates or ("", ""))[1]
        if mark == _mark_before(held, wanted) and _alike(held.read_policy(ours), policy):
            return ours
    return None


def _alike(one: Policy, other: Policy) -> bool:
    return (one.lines(), one.precedence) == (other.lines(), other.precedence)


def _named(held: Defenses, wanted: Values, policy: Policy) -> Policy:
    return replace(policy, name=isolation_name(_slot(wanted), _mark_before(held, wanted)))


def _tidied(machine: Machine, held: Defenses, wanted: Values) -> Defenses:
    """The device without what earlier runs left behind, except for what remembers the policy before."""
    current, bound = _isolating(held, wanted), held.bound_policies()
    doomed = [policy for policy in _ours(held, wanted) if policy is not current and policy.instance_id not in bound]
    remove(machine, held, doomed, [orphan.handle for orphan in held.orphans()])
    return read_defenses(machine)


def _isolate(changes: Changes, wanted: Values, policy: Policy) -> None:
    held, machine = changes.before, changes.machine
    same = _same(held, wanted, policy)
    if same is not None:
        instance_id = same.instance_id
        changes.set_timeout(same, policy.timeout)
    else:
        instance_id = changes.make_policy(held, _named(held, wanted, policy))
    _bind(changes, wanted, instance_id)
    if wanted["when"] == "always":
        machine.wait(
            lambda: _active(machine, wanted, instance_id),
            ACTIVE_WITHIN,
            "the policy that isolates was bound, and the firmware did not make it the active one",
        )


def _active(machine: Machine, wanted: Values, instance_id: str) -> bool:
    """Whether the policy is active. Firmware that does not tell is believed. Overtaken when it is bound no more."""
    bindings = read_bindings(machine, BOUND_BY[wanted["when"]])
    found = [each for each in bindings if each.port == wanted["port"] and each.policy == instance_id]
    if not found:
        raise Overtaken("something else was bound to the {0} port meanwhile".format(wanted["port"]))
    return any(binding.active is not False for binding in found)


def _rivals(held: Defenses, wanted: Values) -> list[str]:
    """Policies of other features on the same port that the firmware would prefer. A default policy never is."""
    if wanted["when"] != "always":
        return []
    return [
        "policy {0!r}, bound by {1}, has precedence {2}".format(
            held.policies[binding.policy].device_name, binding.by, held.policies[binding.policy].precedence
        )
        for binding in held.bindings
        if binding.by in ("environment", "agent") and binding.port == wanted["port"] and binding.policy in held.policies
        if held.policies[binding.policy].precedence >= wanted["precedence"]
    ]


def _risks(machine: Machine, wanted: Values, rules: Sequence[Rule]) -> list[str]:
    """What the firmware itself needs the system's network for, and these rules do not let pass."""
    found = []
    if not _passes(rules, {"direction": "out", "ethertype": "arp"}):
        found.append("nobody would answer ARP for the address that the firmware shares; allow arp")
    settings = machine.find(PORT_SETTINGS, InstanceID=WIRED if wanted["port"] == "wired" else WIRELESS) or {}
    lease = {"direction": "out", "source": "0.0.0.0", "destination": "255.255.255.255", "protocol": "udp"}  # noqa: S104
    if settings.get("DHCPEnabled") and not _passes(rules, {**lease, "source_port": 68, "destination_port": 67}):
        found.append("the address that the firmware shares comes by DHCP, and its lease would run out; allow dhcp")
    if wanted["port"] == "wired" and _demands_8021x(machine) and not _passes(rules, _EAPOL):
        found.append("the switch asks for 802.1X and would close its port; allow eapol")
    if wanted["when"] == "environment" and not _inside(machine):
        found.append("environment detection has no domain or prefix that counts as inside, so nothing is outside")
    return found


def _passes(rules: Sequence[Rule], flow: dict[str, Any]) -> bool:
    return passes(rules, read_flow(flow))


def _demands_8021x(machine: Machine) -> bool:
    return (machine.find(WIRED_8021X) or {}).get("Enabled") in ("with_certificates", "without_certificates")


def _inside(machine: Machine) -> bool:
    settings = machine.find(ENVIRONMENT_DETECTION) or {}
    return bool(settings.get("DetectionStrings") or settings.get("DetectionIPv6LocalPrefixes"))
