# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The domains of System Defense, in the order in which they need each other."""

from __future__ import annotations

from ..domain import Domain
from .agent_presence import AgentPresence
from .bindings import DefenseBindings
from .filters import DefenseFilters
from .policies import DefensePolicies
from .state import Defense
from .whereabouts import Whereabouts

DOMAINS: dict[str, type[Domain]] = {
    "defense": Defense,
    "defense_filters": DefenseFilters,
    "defense_policies": DefensePolicies,
    "whereabouts": Whereabouts,
    "defense_bindings": DefenseBindings,
    "agent_presence": AgentPresence,
}
