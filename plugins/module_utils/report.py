# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An outcome, or an error, as the result of an Ansible task; and a resource as a module that runs on its target."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Callable

from .argument_spec import argument_spec
from .errors import AmtError, spelt, spelt_unread
from .harmless import harmless, one_line
from .host.system import System
from .resource import Outcome, Resource, converge

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def success(outcome: Outcome, names: Mapping[str, str] = NO_NAMES) -> dict[str, Any]:
    """As in all results, texts of the device are harmless on a terminal: see `harmless`."""
    result = {**spelt_unread(outcome.facts, names), **outcome.after, "changed": outcome.changed}
    if outcome.note:
        result["note"] = outcome.note
    result["diff"] = {"before": outcome.before, "after": outcome.after}
    return dict(harmless(result))


def failure(error: AmtError, names: Mapping[str, str] = NO_NAMES) -> dict[str, Any]:
    """For people `msg` and `hint`, for playbooks `error` and `details`. `names`: of the options of the log-in."""
    message, hint = spelt(str(error), names), spelt(error.hint, names)
    sentence = "{0}. {1}".format(message.rstrip("."), hint[:1].upper() + hint[1:]) if hint else message
    told = {"msg": one_line(sentence), "hint": one_line(hint), "error": type(error).__name__}
    return {**told, "details": harmless(spelt_unread(error.details, names))}


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
        module.warn(one_line(sentence))
    module.exit_json(**success(outcome))
