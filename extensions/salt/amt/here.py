# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""A resource of the core on the machine that the minion runs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.amt.arguments import read_arguments
from saltext.amt.core.host.system import System
from saltext.amt.core.resource import Outcome, Resource, converge

THIS = "this machine"
ELSEWHERE = "mei is about the machine that a minion runs on, and this job is for a device elsewhere"


def is_elsewhere(opts: Mapping[str, Any]) -> bool:
    """Whether a loader with these options is for a proxy's device or for a resource."""
    return bool(opts.get("resource_type") or opts.get("proxy"))


def carry_out_here(resource: Resource, given: Mapping[str, Any], dry_run: bool = False) -> Outcome:
    """Options are judged before anything is read."""
    return converge(resource, System(), read_arguments(resource.options, given), dry_run=dry_run)
