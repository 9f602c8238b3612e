# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a policy does with a packet, and which of its rules decides. Pure.

Vendor's guide, Processing Network Packets with System Defense; anti-spoofing: the vendor's schema of the policy class.
"""

from __future__ import annotations

from dataclasses import dataclass

from .filters import Filter, Policy
from .packet import Flow


@dataclass(frozen=True)
class Verdict:
    """`action` pass or drop; `rule` names the filter that decides, or is `default` or `anti_spoofing`; `line` is its
    text; `matched` names every filter that matched."""

    action: str
    rule: str
    line: str
    matched: tuple[str, ...] = ()


def verdict(policy: Policy, flow: Flow) -> Verdict:
    if policy.anti_spoofing and flow.spoofed and flow.direction == "out":
        return Verdict("drop", "anti_spoofing", "out drop spoofed (anti-spoofing {0})".format(policy.anti_spoofing))
    matching = [rule for rule in policy.filters if rule.holds(flow)]
    names = tuple(rule.name for rule in matching)
    dropping = [rule for rule in matching if _drops(rule, flow)]
    if dropping:
        return Verdict("drop", dropping[0].name, str(dropping[0]), names)
    if matching:
        return Verdict("pass", matching[0].name, str(matching[0]), names)
    default = policy.default(flow.direction)
    return Verdict(default.action, "default", default.line(flow.direction))


def _drops(rule: Filter, flow: Flow) -> bool:
    return rule.action == "drop" or (rule.action == "limit" and rule.rate is not None and flow.rate > rule.rate)
