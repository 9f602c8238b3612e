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
#: Functions that carry out states, and templates in Python, which a command line brings along.
WITHOUT_A_FILE = ("state.high", "state.low", "state.pkg", "state.template", "state.template_str")
SINGLE = "state.single"
#: The options that the core marks as `here`, and the function of them.
HERE = ("archive", "command", "export", "src")
RUNS = "amt.tls_certificate"
#: Functions that show pillar as it is, where pillar.get masks it.
SHOW_SETTINGS = ("config.dot_vals", "config.get", "config.items", "config.merge", "config.option")
UNMASKED = "{0} would show how to log in to {1}; pillar.get has pillar, and state files have this function"
WHERE = "{0}: where {1} is and how to log in (proxy, amt:defaults, amt:devices) is not for pillar= of a command line"
PLACES = ("defaults", "devices")
OF_FILES = "{0}: what is run, read or written on the machine that the proxy of {1} runs on is for state files"
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


def refusal(opts: Mapping[str, Any], function: str, said: Any = ()) -> str:
    """Why a function is not carried out on a proxy; empty, if it is, or if this is no proxy of a device. `said` are
    its arguments.
    """
    proxy = opts.get("proxy")
    if not isinstance(proxy, Mapping) or proxy.get("proxytype") != OURS:
        return ""
    if function in WITHOUT_A_FILE or (function == SINGLE and _names_what_is_here(said)):
        return OF_FILES.format(function, opts["id"])
    if function.startswith("state.") and _says_where(said):
        return WHERE.format(function, opts["id"])
    if function in SHOW_SETTINGS:
        return UNMASKED.format(function, opts["id"])
    if function.partition(".")[0] in FUNCTIONS:
        return ""
    return REFUSED.format(function, opts["id"], ", ".join(name + ".*" for name in FUNCTIONS))


def _names_what_is_here(said: Any) -> bool:
    if isinstance(said, str):
        return RUNS in said
    if isinstance(said, Mapping):
        return any(name in HERE for name in said) or any(map(_names_what_is_here, said.values()))
    return isinstance(said, (list, tuple)) and any(map(_names_what_is_here, said))


def _says_where(said: Any) -> bool:
    """Whether `pillar=` would have another device reached, or a program run by `proxy_command`."""
    given = said[-1].get("pillar") if said and isinstance(said[-1], Mapping) else None
    if given is None:
        return False
    about = given.get("amt", {}) if isinstance(given, Mapping) else None
    return not isinstance(about, Mapping) or "proxy" in given or bool(set(about) & set(PLACES))
