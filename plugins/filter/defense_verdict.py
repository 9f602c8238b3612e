# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter `defense_verdict`; its documentation is in defense_verdict.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.outofband.amt.plugins.module_utils.defense.compiler import isolation
from ansible_collections.outofband.amt.plugins.module_utils.defense.filters import Policy
from ansible_collections.outofband.amt.plugins.module_utils.defense.limits import Limits
from ansible_collections.outofband.amt.plugins.module_utils.defense.packet import read_flow
from ansible_collections.outofband.amt.plugins.module_utils.defense.rules import neighbours, read_rules
from ansible_collections.outofband.amt.plugins.module_utils.defense.verdict import verdict
from ansible_collections.outofband.amt.plugins.module_utils.defense.words import policy_from
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError


def defense_verdict(policy: Any, flow: Any, resolved: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """What happens to a packet, and which rule decides: action, rule, line and matched."""
    if not isinstance(flow, Mapping):
        raise AnsibleFilterError(
            "defense_verdict: the flow is a dictionary, such as {direction: out, destination: ...}"
        )
    try:
        found = asdict(verdict(_policy(policy, resolved or {}), read_flow(flow)))
    except AmtError as error:
        raise AnsibleFilterError("defense_verdict: {0}".format(error)) from error
    return {**found, "matched": list(found["matched"])}


def _policy(policy: Any, resolved: Mapping[str, list[str]]) -> Policy:
    """From a member of amt_defense_policies, from the options of amt_isolation, or from an allow list alone."""
    if isinstance(policy, (list, tuple)):
        policy = {"allow": policy}
    if not isinstance(policy, Mapping):
        raise AnsibleFilterError("defense_verdict: give a policy, the options of amt_isolation, or an allow list")
    if "allow" not in policy:
        return policy_from({"name": "policy", **policy})
    rules = read_rules(policy["allow"] or [], resolved, sorted(policy.get("ip") or (4, 6)))
    if policy.get("neighbours", True):
        rules += neighbours(rules)
    return isolation(rules, policy.get("port", "wired"), Limits(), bool(policy.get("count", True)))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"defense_verdict": defense_verdict}
