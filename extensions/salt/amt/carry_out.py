# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""A resource of the core as Salt calls it. AmtError goes up to whoever reports; secrets do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Callable

from saltext.amt.arguments import read_arguments
from saltext.amt.core.errors import AmtError, Unreachable, spelt, spelt_unread
from saltext.amt.core.harmless import harmless, one_line
from saltext.amt.core.machine import Machine, open_machine
from saltext.amt.core.option import HIDDEN, Option
from saltext.amt.core.resource import Outcome, Resource, Values, converge
from saltext.amt.devices import FIELDS, MASK, Device
from saltext.amt.words import in_words_of_salt

#: How a text begins that Salt takes for a function to call.
SLOT = "__slot__:"
PILLAR_KEYS = {name: "the pillar key " + name for name in FIELDS}


def sentence(error: AmtError) -> str:
    """What happened, as type and text, and what to try."""
    said = "{0}: {1}".format(type(error).__name__, in_words_of_salt(spelt(str(error), PILLAR_KEYS)).rstrip("."))
    hint = in_words_of_salt(spelt(error.hint, PILLAR_KEYS))
    return one_line("{0}. {1}".format(said, hint[:1].upper() + hint[1:]) if hint else said)


def judge(resource: Resource, given: Mapping[str, Any]) -> Values:
    """A value for every option. InvalidOption, before anything is sent."""
    wanted = read_arguments(resource.options, given)
    resource.check(wanted)
    return wanted


def carry_out(resource: Resource, device: Device, given: Mapping[str, Any], dry_run: bool = False) -> Outcome:
    wanted = judge(resource, given)
    with opened(device) as machine:
        outcome = converge(resource, machine, wanted, dry_run=dry_run)
    outcome.facts = _told_here(spelt_unread(outcome.facts, PILLAR_KEYS))
    return outcome


def _told_here(facts: Values) -> Values:
    """With what could not be read told in words of Salt."""
    if not facts.get("unread"):
        return facts
    words = ("reason", "hint")
    rows = [{**row, **{word: in_words_of_salt(row[word]) for word in words}} for row in facts["unread"]]
    return {**facts, "unread": rows}


def act_on(resource: Resource, device: Device, given: Mapping[str, Any]) -> Outcome:
    """The same, and what was learnt besides is as it is after the act. Where it cannot be read, it is left out."""
    wanted = judge(resource, given)
    with opened(device) as machine:
        outcome = converge(resource, machine, wanted)
        if outcome.changed and set(resource.aside) & set(outcome.facts):
            outcome.facts = {**outcome.facts, **_seen_again(resource, machine, wanted)}
    outcome.facts = {name: value for name, value in outcome.facts.items() if value is not UNKNOWN}
    return outcome


#: In place of what was so before an act and cannot be read after it.
UNKNOWN = object()


def _seen_again(resource: Resource, machine: Machine, wanted: Values) -> Values:
    try:
        found = resource.read(machine, wanted)
    except AmtError:
        return dict.fromkeys(resource.aside, UNKNOWN)
    return {name: found[name] for name in resource.aside if found.get(name) is not None}


@contextmanager
def opened(device: Device) -> Iterator[Machine]:
    """The machine at a device's address. Unreachable, if it was found silent just now."""
    if device.silence and not device.silence.is_old():
        raise Unreachable(device.silence.said, device.silence.hint)
    with open_machine(device.endpoint) as machine:
        yield machine


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
    """The same with every secret blanked, wherever it is in a text, and every text harmless: see `core.harmless`. None
    is a slot, which Salt would carry out as an argument of a state. YAML and JSON can hold what comes out.
    """
    if isinstance(value, str):
        for secret in filter(None, secrets):
            value = value.replace(secret, MASK).replace(one_line(secret), MASK)
        said = harmless(value.replace(HIDDEN, MASK))
        return "'" + said if said.startswith(SLOT) else said
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
    return found or ({"secret": {"old": MASK, "new": MASK}} if outcome.changed else {})


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
    """As `differences`, of a Put: by property rather than in a lump, what was in the type of what is asked for."""
    was = outcome.facts["result"]
    asked = outcome.after.get("properties", {})
    return {name: {"old": _as_typed(was.get(name), value), "new": value} for name, value in asked.items()}


def changed_settings(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """As `differences`, of a document: by part and setting."""
    rows = outcome.facts["deviations"]
    found = {"{part}: {setting}".format(**row): {"old": row["found"], "new": row["wanted"]} for row in rows}
    return found or differences(outcome)


def _as_typed(text: Any, like: Any) -> Any:
    """A text of the wire as a boolean or a number, if that is what the other value is, and it reads as one."""
    if isinstance(text, list) and isinstance(like, (list, tuple)) and len(text) == len(like):
        return [_as_typed(*pair) for pair in zip(text, like)]
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(str(text).strip().lower(), text)
    if isinstance(like, (int, float)):
        try:
            return type(like)(text)
        except (TypeError, ValueError):
            return text
    return text


@contextmanager
def reported_as(failure: type[Exception], secrets: list[str]) -> Iterator[None]:
    """Errors of the core as the exception that a caller in Salt expects, without secrets and without a chain."""
    try:
        yield
    except AmtError as error:
        raise failure(without(secrets, sentence(error))) from None
