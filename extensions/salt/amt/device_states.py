# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Salt's engine of states, held to what belongs to a device that is a resource.

Salt hands the states of a resource every state module that it ships, and most of them would act on the managing minion
and be reported as the device's. Here is what may run; the rest is refused before anything is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import salt.loader
import salt.state
from saltext.amt.carry_out import SLOT, sentence
from saltext.amt.core.errors import InvalidOption

#: State modules, and of those of Salt the functions, that act on the device, on nothing, or through `__salt__` alone,
#: where only the functions of the resource type are.
OWN = "amt"
OF_SALT = {
    "event": ("fire_master", "send", "wait", "mod_watch"),
    "module": ("run", "wait", "mod_watch"),
    "test": (
        "check_pillar",
        "configurable_test_state",
        "fail_with_changes",
        "fail_without_changes",
        "mod_watch",
        "nop",
        "show_notification",
        "succeed_with_changes",
        "succeed_without_changes",
    ),
}
WAY_OUT = (
    "it would act on the managing minion; for a device there are amt.*, test.*, event.*, and module.run of functions"
)
#: What every state can be told, and what it would do to the managing minion.
OF_THE_MINION = {
    "check_cmd": "its command would run on the managing minion; have a state that requires this one look at the device",
    "creates": "it would look for a file of the managing minion; unless: with fun: asks the device",
    "force_reload_modules": "a device has no modules to load",
    "provider": "it would load modules of the managing minion",
    "reload_grains": "they would be those of the managing minion; amt.refresh_grains reads the device's",
    "reload_modules": "a device has no modules to load",
    "reload_pillar": "the pillar is the managing minion's: saltutil.refresh_pillar there",
    "returner": "it would send from the managing minion, with settings of it; --return on the command line does that",
    "runas": "there is no such user on a device",
    "runas_password": "there is no such user on a device",
}


class DeviceState(salt.state.State):
    """Refuses in `verify_data`, which every state of Salt goes through first, alone or in a file, tested or done."""

    def verify_data(self, data: dict[str, Any]) -> list[str]:
        try:
            refuse(data, self.functions)
        except InvalidOption as error:
            return [sentence(error)]
        return list(super().verify_data(data))

    def check_refresh(self, data: dict[str, Any], ret: dict[str, Any]) -> None:
        """Nothing of a device is loaded anew after a state; Salt would, after one that was refused too."""


class DeviceHighState(salt.state.HighState):
    """As Salt's own, with states of a device below it. The file client is the caller's to close."""

    def __init__(self, opts: dict[str, Any], jid: str | None, file_client: Any) -> None:
        self.opts = {**opts, "whitelist_state_modules": _listed(opts.get("whitelist_state_modules"))}
        self.client = file_client
        self.preserve_client = True
        salt.state.BaseHighState.__init__(self, self.opts)
        self.state = DeviceState(self.opts, jid=jid, initial_pillar=opts["pillar"], file_client=file_client)
        self.matchers = salt.loader.matchers(self.opts)
        self.proxy = None
        self._pydsl_all_decls: dict[str, Any] = {}
        self._pydsl_render_stack: list[Any] = []


def refuse(low: Mapping[str, Any], functions: Any) -> None:
    """InvalidOption, if a state that is compiled would do something on the managing minion."""
    module, function = str(low.get("state", "")), str(low.get("fun", ""))
    if module != OWN and function not in OF_SALT.get(module, ()):
        raise InvalidOption("state", "{0}.{1}".format(module, function), WAY_OUT)
    for name, way_out in OF_THE_MINION.items():
        if name in low:
            raise InvalidOption(name, low[name], way_out)
    for name in ("onlyif", "unless"):
        for condition in _each(low.get(name)):
            _refuse_condition(name, condition, functions)
    for text in _texts(low):
        if text.startswith(SLOT):
            _refuse_slot(text, functions)


def _refuse_condition(name: str, condition: Any, functions: Any) -> None:
    if not isinstance(condition, Mapping) or "fun" not in condition:
        way_out = "a command would run on the managing minion; ask the device with fun: amt.ping, or amt.power"
        raise InvalidOption(name, condition, way_out)
    if condition["fun"] not in functions:
        raise InvalidOption(name, condition["fun"], "a device has no such function; sys.list_functions has those")


def _refuse_slot(text: str, functions: Any) -> None:
    named = text.split(":", 2)[-1].partition("(")[0].strip()
    if not text.startswith(SLOT + "salt:") or named not in functions:
        raise InvalidOption("slot", text, "a device has no such function; sys.list_functions has those")


def _each(conditions: Any) -> list[Any]:
    if conditions is None:
        return []
    return list(conditions) if isinstance(conditions, (list, tuple)) else [conditions]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _listed(by_administrator: Any) -> list[str]:
    """What Salt loads at all. Who has a list of what may load on the minion has it here as well."""
    ours = [OWN, *OF_SALT]
    return [name for name in ours if not by_administrator or name in by_administrator]
