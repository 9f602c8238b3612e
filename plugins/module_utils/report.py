# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An outcome, or an error, as the result of an Ansible task; and a resource as a module that runs on its target."""

from __future__ import annotations

from typing import Any, Callable

from .argument_spec import argument_spec
from .errors import AmtError
from .harmless import harmless, one_line
from .host.system import System
from .resource import Outcome, Resource, converge


def success(outcome: Outcome) -> dict[str, Any]:
    """As in all results, texts of the device are harmless on a terminal: see `harmless`."""
    result = {**outcome.facts, **outcome.after, "changed": outcome.changed}
    if outcome.note:
        result["note"] = outcome.note
    result["diff"] = {"before": outcome.before, "after": outcome.after}
    return dict(harmless(result))


def failure(error: AmtError) -> dict[str, Any]:
    """For people `msg` and `hint`, for playbooks `error` and `details`."""
    hint = error.hint[:1].upper() + error.hint[1:]
    sentence = "{0}. {1}".format(str(error).rstrip("."), hint) if hint else str(error)
    told = {"msg": one_line(sentence), "hint": one_line(error.hint), "error": type(error).__name__}
    return {**told, "details": harmless(error.details)}


def run_as_module(resource: Resource, module_class: Callable[..., Any]) -> None:
    """All that a module does whose resource manages the system it runs on. `module_class` is AnsibleModule, which the
    core does not know; it prints the result and ends the process."""
    module = module_class(argument_spec=argument_spec(resource.options), supports_check_mode=True)
    system: Any = System()
    try:
        outcome = converge(resource, system, module.params, dry_run=module.check_mode)
    except AmtError as error:
        module.fail_json(**failure(error))
    for sentence in outcome.facts.get("unseen", ()):
        module.warn(sentence)
    module.exit_json(**success(outcome))
