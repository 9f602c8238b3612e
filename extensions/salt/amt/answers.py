# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""What functions and states `amt.*` answer: each is written out in a file of its domain, and ends in a call from here.

They hand over their own `locals()`: `device`, and the options of a resource of the core by name; what came as
`**settings` counts as if it had been named. Whatever Salt has of a job is asked of the loader at work: the functions of
resources have none of their own, and a deltaproxy has one for each device.
"""

from __future__ import annotations

import contextlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Callable

from salt.exceptions import CommandExecutionError
from salt.loader.dunder import __opts__, __pillar__, loader_context
from saltext.amt.carry_out import act_on, carry_out, differences, reported_as, secrets_of, sentence, verdict, without
from saltext.amt.core.errors import AmtError, InvalidOption
from saltext.amt.core.option import Option
from saltext.amt.core.resource import Outcome, Resource
from saltext.amt.devices import Device, current_resource, find_device, is_of_a_file, target
from saltext.amt.turns import in_turn

OURS = "amt_"
"""How the files of the family begin; Salt looks into them first."""
MIXED_UP = "these states were compiled for another device; leave multiprocessing of the deltaproxy at its default"
PREDICTED = "test is set: this is how it would be, and nothing was done"
OF_FILES = (
    "it would be used on the machine that manages {0}, which is for those who write its state files; have it in one, "
    "or target a minion that has {0} in pillar, with device="
)

__proxy__ = loader_context.named_context("__proxy__", default={})

Changes = Callable[[Outcome], dict[str, dict[str, Any]]]


def named(device: Any) -> Device:
    """The device that a function is about. CommandExecutionError."""
    with reported_as(CommandExecutionError, []):
        return find_device(__opts__, __pillar__, device)


def name_of(device: Any) -> str:
    """What that device is called; empty where it is none, which the state itself tells."""
    try:
        return find_device(__opts__, __pillar__, device).name
    except AmtError:
        return ""


def read(resource: Resource, arguments: Mapping[str, Any], **settled: Any) -> dict[str, Any]:
    """What the resource finds, with what could not be read, and why. CommandExecutionError."""
    outcome, secrets = _outcome(carry_out, resource, arguments, settled)
    besides = {name: value for name, value in outcome.facts.items() if value or name != "unread"}
    return dict(without(secrets, {**outcome.after, **besides}))


def act(resource: Resource, arguments: Mapping[str, Any], **settled: Any) -> dict[str, Any]:
    """How it is after the act, and whether anything was done. CommandExecutionError.

    States with test=True call functions too, by conditions, slots and templates: there nothing is done.
    """
    outcome, secrets = _outcome(_predict if __opts__.get("test") else _act_in_turn, resource, arguments, settled)
    result = {**outcome.facts, **outcome.after, "changed": outcome.changed}
    note = PREDICTED if __opts__.get("test") else outcome.note
    return dict(without(secrets, {**result, "note": note} if note else result))


def converged(
    resource: Resource, arguments: Mapping[str, Any], changes_of: Changes = differences, **settled: Any
) -> dict[str, Any]:
    """What a state returns, `arguments` having its `name` too. Nothing is raised that is not a mistake of ours."""
    name = arguments["name"]
    given = _options({each: value for each, value in arguments.items() if each != "name"}, settled)
    secrets = secrets_of(resource.options, given)
    try:
        found = _judged(arguments["device"])
        secrets.append(found.endpoint.password)
        _refuse_here(resource.options, given, arguments)
        with contextlib.nullcontext() if __opts__["test"] else in_turn(found):
            outcome = carry_out(resource, found, given, dry_run=__opts__["test"])
    except AmtError as error:
        return refused(name, without(secrets, sentence(error)))
    return {"name": name, **without(secrets, verdict(found.name, outcome, __opts__["test"], changes_of))}


def refused(name: str, comment: str) -> dict[str, Any]:
    """What a state returns that cannot be."""
    return {"name": name, "result": False, "comment": comment, "changes": {}}


def written_in(package: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The functions of all files of the family in `saltext.amt.modules` or `.states`, by the names that Salt has."""
    for each in pkgutil.iter_modules(package.__path__):
        if each.name.startswith(OURS):
            file = import_module("{0}.{1}".format(package.__name__, each.name))
            alias = getattr(file, "__func_alias__", {})
            for name, function in inspect.getmembers(file, inspect.isfunction):
                if function.__module__ == file.__name__ and not name.startswith("_"):
                    yield alias.get(name, name), function


def _options(arguments: Mapping[str, Any], settled: Mapping[str, Any]) -> dict[str, Any]:
    """Without what Salt adds to `**settings` by itself."""
    settings = {name: value for name, value in arguments.get("settings", {}).items() if not name.startswith("__")}
    own = {name: value for name, value in arguments.items() if name not in ("device", "settings")}
    return {**own, **settings, **settled}


def _predict(resource: Resource, device: Device, given: Mapping[str, Any]) -> Outcome:
    return carry_out(resource, device, given, dry_run=True)


def _act_in_turn(resource: Resource, device: Device, given: Mapping[str, Any]) -> Outcome:
    with in_turn(device):
        return act_on(resource, device, given)


def _outcome(
    how: Callable[..., Outcome], resource: Resource, arguments: Mapping[str, Any], settled: Mapping[str, Any]
) -> tuple[Outcome, list[str]]:
    found, given = named(arguments["device"]), _options(arguments, settled)
    secrets = [found.endpoint.password, *secrets_of(resource.options, given)]
    with reported_as(CommandExecutionError, secrets):
        _refuse_here(resource.options, given, arguments)
        return how(resource, found, given), secrets


def _refuse_here(options: Sequence[Option], given: Any, arguments: Mapping[str, Any]) -> None:
    """Whoever may call what is for one device must not run, read or write anything on the machine that manages it."""
    meant = target(__opts__, __pillar__)
    if meant and _is_of_a_command_line(arguments):
        for name, value in _used_here(options, given):
            raise InvalidOption(name, value, OF_FILES.format(meant))


def _is_of_a_command_line(arguments: Mapping[str, Any]) -> bool:
    """Of functions on a proxy Salt says it; what states there are told, the executor sees."""
    if current_resource():
        return not is_of_a_file(__opts__)
    return any(name.startswith("__pub_") for name in arguments.get("settings", {}))


def _used_here(options: Sequence[Option], given: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(given, (list, tuple)):
        for item in given:
            yield from _used_here(options, item)
    elif isinstance(given, Mapping):
        for option in options:
            value = given.get(option.name)
            if option.here and value is not None:
                yield option.name, value
            yield from _used_here(option.options, value)


def _judged(name: Any) -> Device:
    """Refused where Salt mixed devices up, as the threads of a deltaproxy do: nothing is done to the wrong one."""
    found = find_device(__opts__, __pillar__, name)
    if not name and __opts__.get("subproxy") and __proxy__["amt.name"]() != found.name:
        raise InvalidOption("device", found.name, MIXED_UP)
    return found
