# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""A resource of the core as Salt calls it. AmtError goes up to whoever reports; secrets do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Callable

from saltext.amt.arguments import read_arguments
from saltext.amt.core.errors import AmtError
from saltext.amt.core.machine import open_machine
from saltext.amt.core.option import HIDDEN, Option
from saltext.amt.core.resource import Outcome, Resource, Values, converge
from saltext.amt.devices import Device


def sentence(error: AmtError) -> str:
    """What happened, as type and text, and what to try."""
    said = "{0}: {1}".format(type(error).__name__, str(error).rstrip("."))
    return "{0}. {1}".format(said, error.hint[:1].upper() + error.hint[1:]) if error.hint else said


def judge(resource: Resource, given: Mapping[str, Any]) -> Values:
    """A value for every option. InvalidOption, before anything is sent."""
    wanted = read_arguments(resource.options, given)
    resource.check(wanted)
    return wanted


def carry_out(resource: Resource, device: Device, given: Mapping[str, Any], dry_run: bool = False) -> Outcome:
    wanted = judge(resource, given)
    with open_machine(device.endpoint) as machine:
        return converge(resource, machine, wanted, dry_run=dry_run)


def secrets_of(options: tuple[Option, ...], given: Any) -> list[str]:
    """The secret values among arguments, nested ones too."""
    if isinstance(given, (list, tuple)):
        return [secret for item in given for secret in secrets_of(options, item)]
    if not isinstance(given, Mapping):
        return []
    found: list[str] = []
    for option in options:
        value = given.get(option.name)
        found += [str(value)] if option.secret and value else secrets_of(option.options, value)
    return found


def without(secrets: list[str], value: Any) -> Any:
    """The same with every secret blanked, wherever it is in a text. YAML and JSON can hold what comes out."""
    if isinstance(value, str):
        for secret in filter(None, secrets):
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, Mapping):
        return {str(without(secrets, name)): without(secrets, item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [without(secrets, item) for item in value]
    return value


def differences(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """{key: {old, new}} of what changed. Where only something secret did, that is said and nothing else."""
    before, after = outcome.before, outcome.after
    found = {
        key: {"old": before.get(key), "new": after.get(key)}
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    }
    return found or ({"secret": {"old": HIDDEN, "new": HIDDEN}} if outcome.changed else {})


def verdict(
    who: str,
    outcome: Outcome,
    dry_run: bool,
    changes_of: Callable[[Outcome], dict[str, dict[str, Any]]] = differences,
) -> dict[str, Any]:
    """`result`, `comment` and `changes` as Salt means them: None for what would change."""
    if not outcome.changed:
        return {"result": True, "comment": "{0} is as it should be".format(who), "changes": {}}
    changes = changes_of(outcome)
    if dry_run:
        return {"result": None, "comment": "{0} would be changed".format(who), "changes": changes}
    comment = "{0} was changed".format(who)
    return {"result": True, "comment": "; ".join(filter(None, (comment, outcome.note))), "changes": changes}


def changed_properties(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """As `differences`, of a Put: by property rather than in a lump."""
    was = outcome.facts["result"]
    return {name: {"old": was.get(name), "new": value} for name, value in outcome.after.get("properties", {}).items()}


@contextmanager
def reported_as(failure: type[Exception], secrets: list[str]) -> Iterator[None]:
    """Errors of the core as the exception that a caller in Salt expects, without secrets and without a chain."""
    try:
        yield
    except AmtError as error:
        raise failure(without(secrets, sentence(error))) from None
