# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What may run in the place of a device: of all that Salt ships, most would act on the machine that a proxy runs on."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from typing import Any

import salt.modules
import salt.states

OURS = "amt"
#: Modules whose functions are about the device, or about Salt itself.
FUNCTIONS = (
    "amt",
    "beacons",
    "config",
    "defaults",
    "event",
    "grains",
    "match",
    "mei",
    "mine",
    "pillar",
    "saltutil",
    "schedule",
    "sdb",
    "slsutil",
    "state",
    "status",
    "sys",
    "test",
)
#: State modules, likewise. Salt's `module` is none of them: it runs any function.
STATES = ("event", "test")
#: Salt has the functions sys.* in a file of another name.
FILES = (*FUNCTIONS, "sysmod")
REFUSED = "{0} would act on the machine that the proxy of {1} runs on; on a device there are {2}"


def states_of_the_machine() -> list[str]:
    """Names of the files in which Salt has the others, as its setting disable_states wants them."""
    return sorted(each.name for each in pkgutil.iter_modules(salt.states.__path__) if each.name not in STATES)


def modules_of_the_machine() -> list[str]:
    """Likewise, as its setting disable_modules wants them. What is not loaded cannot be asked for by anybody: state
    files in Jinja, conditions and slots of states, one job with several functions, which no executor sees.
    """
    return sorted(each.name for each in pkgutil.iter_modules(salt.modules.__path__) if each.name not in FILES)


def unload(functions: Any, names: list[str]) -> None:
    """What a loader of Salt has by now: a deltaproxy loads the functions of a device before it calls our `init`."""
    for loader in (functions, getattr(functions, "_dunder_salt", None)):
        if loader is not None:
            loader.disabled.update(names)
            loader.clear()


def with_ours(executors: Any) -> list[str]:
    """Those of the settings, after ours."""
    chosen = executors or ["direct_call"]
    chosen = [chosen] if isinstance(chosen, str) else list(chosen)
    return [OURS, *(name for name in chosen if name != OURS)]


def refusal(opts: Mapping[str, Any], function: str) -> str:
    """Why a function is not carried out on a proxy; empty, if it is, or if this is no proxy of a device."""
    proxy = opts.get("proxy")
    if not isinstance(proxy, Mapping) or proxy.get("proxytype") != OURS:
        return ""
    if function.partition(".")[0] in FUNCTIONS:
        return ""
    return REFUSED.format(function, opts["id"], ", ".join(name + ".*" for name in FUNCTIONS))
