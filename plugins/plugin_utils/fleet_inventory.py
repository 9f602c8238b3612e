# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts as an inventory file: written and read again, the same devices answer. It holds no passwords.

In an inventory file every text is a template that Ansible trusts. So what could be one is written as `!unsafe`, and
only texts of a few characters, of which no template can be made, are written plainly. Names of hosts and groups cannot
be marked so: what does not look like one is not written as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.utils.addresses import parse_address
from ansible_collections.outofband.amt.plugins.module_utils.harmless import harmless

Groups = dict[str, dict[str, Any]]

HEAD = """\
# Written by outofband.amt.fleet_report. Holds no passwords: give these in group_vars, a vault or the environment.
"""
SEEN = ("amt_version", "amt_generation", "amt_tls_version", "amt_certificate")
"""What a scan says of a device and a report looks for."""
SECRET_WORDS = {"password", "passphrase", "secret", "token"}
NAME = re.compile(r"\w[\w .:@%+()-]*")
OF_EVERYBODY = ("all", "ungrouped")


NO_TEMPLATE = re.compile(r"[A-Za-z0-9_ .:/@+,=~-]*")
"""Ansible takes `!unsafe '~'` for null, so the tilde has to be among them."""


class Unsafe(str):
    """A text that must not be taken for a template."""


class Dumper(yaml.SafeDumper):
    """Nothing is an alias: an inventory is read by people too."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Loader(yaml.SafeLoader):
    """Reads what `Dumper` wrote, marks included."""


Loader.add_constructor("!unsafe", lambda loader, node: Unsafe(loader.construct_scalar(node)))
Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", plain(text)))


def connection_variables(definitions: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The variables from which a connection takes its options, but for the secret ones and the host's own name."""
    open_ones = [option for name, option in definitions.items() if not SECRET_WORDS & set(name.split("_"))]
    names = [each["name"] for option in open_ones for each in option.get("vars") or ()]
    return sorted({"ansible_connection", *names} - {"inventory_hostname"})


def is_name(name: str) -> bool:
    """Whether an inventory file that holds it as the name of a host has a host of just this name."""
    if not NAME.fullmatch(name) or harmless(name) != name:
        return False
    try:
        return bool(parse_address(name, allow_ranges=False)[1] is None)
    except AnsibleError:
        return True


def written_before(text: str) -> Groups | None:
    """The groups of an inventory that `as_file` wrote, with what somebody added to it; None if it is another file."""
    if not text.strip():
        return {}
    if not text.startswith(HEAD):
        return None
    try:
        groups = yaml.load(text, Loader)  # noqa: S506  a SafeLoader with one harmless mark more
    except (yaml.YAMLError, ValueError):
        return None
    return groups if _is_inventory(groups) else None


def _is_inventory(groups: Any) -> bool:
    parts = list(groups.values()) if isinstance(groups, dict) else [None]
    members = [part.get("hosts") or {} for part in parts if isinstance(part, dict)]
    return len(members) == len(parts) and all(isinstance(each, dict) for each in members)


def added_to(before: Groups, now: Groups, names: Iterable[str]) -> tuple[Groups, list[str]]:
    """The groups before, with those hosts as they are now, and the names of the others, which stay as they were.

    Who is at the address of one of today's is that one under an older name, and does not stay. Of today's, `names` and
    what a scan saw are as this run knows them; what somebody wrote beside them stays.
    """
    replaced, ours = _replaced(before, now), {*names, *SEEN}
    groups = {}
    for group in [*before, *(each for each in now if each not in before)]:
        others = {host: values for host, values in _members(before, group).items() if host not in replaced}
        today = dict(_members(now, group))
        for host, values in _members(before, group).items():
            name = replaced.get(host)
            if name in today and isinstance(values, dict):
                today[name] = {**today[name], **{key: each for key, each in values.items() if key not in ours}}
        groups[group] = {**(before.get(group) or {}), "hosts": {**others, **today}}
    return groups, [host for host in _members(before, "amt") if host not in replaced]


def moved(before: Groups, now: Groups) -> list[str]:
    """A sentence about each name that stood for another address before: the device that had it may be another one."""
    old = {host: _place(values) for host, values in _members(before, "amt").items()}
    today = {host: _place(values) for host, values in now["amt"]["hosts"].items()}
    changed = [host for host, place in today.items() if place and old.get(host) and old[host] != place]
    return ["{0!a} was at {1[0]!a} in this file, and is at {2[0]!a} now".format(h, old[h], today[h]) for h in changed]


def _replaced(before: Groups, now: Groups) -> dict[str, str]:
    """The names of before that are somebody of today, and whom."""
    today = now["amt"]["hosts"]
    places = {_place(values): host for host, values in today.items() if _place(values)}
    old = {host: _place(values) for host, values in _members(before, "amt").items()}
    return {**{host: places[place] for host, place in old.items() if place in places}, **{host: host for host in today}}


def _members(groups: Groups, name: str) -> dict[str, Any]:
    return (groups.get(name) or {}).get("hosts") or {}


def _place(values: Any) -> tuple[str, ...] | None:
    known = values if isinstance(values, dict) else {}
    parts = [str(known.get(name) or "") for name in ("amt_host", "amt_port", "amt_proxy_command", "amt_uuid")]
    return tuple(parts) if parts[0] else None


def as_file(groups: Groups) -> str:
    return HEAD + yaml.dump(groups, Dumper=Dumper, sort_keys=False, allow_unicode=False, width=10**6)


def inventory(
    hosts: Iterable[tuple[str, str]], variables: Mapping[str, Mapping[str, Any]], names: Iterable[str]
) -> tuple[Groups, list[str]]:
    """The groups, and sentences about what could not be taken over as it is.

    `hosts` are names and addresses; of the `variables` of each, `names` and what a scan saw are kept, and its groups.
    """
    kept, warnings = [*names, *SEEN], []
    groups: Groups = {"amt": {}}
    taken: set[str] = set()
    for host, address in hosts:
        name = next((each for each in (host, address) if is_name(each) and each not in taken), None)
        if name != host:
            warnings.append(_sentence(host, name))
        if name is None:
            continue
        taken.add(name)
        known = variables[host]
        values = {plain(key): unsafe(known[key]) for key in kept if known.get(key) is not None}
        groups["amt"][plain(name)] = values
        for group in sorted({plain(each) for each in known.get("group_names") or ()} - {"amt", *OF_EVERYBODY}):
            if NAME.fullmatch(group):
                groups.setdefault(group, {})[plain(name)] = {}
            else:
                warnings.append("the group {0!a} is not written, because of its name".format(group))
    return {group: {"hosts": members} for group, members in groups.items()}, sorted(set(warnings))


def _sentence(host: str, name: str | None) -> str:
    if name is None:
        return "{0!a} is not written: neither it nor its address can be the name of a host, or both are taken".format(
            host
        )
    return "{0!a} cannot be the name of a host in an inventory file; it is written as {1}".format(host, name)


def unsafe(value: Any) -> Any:
    """A value of plain types, without what Ansible knows of its origin, every text in it marked that needs it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, Mapping):
        return {plain(key): unsafe(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [unsafe(each) for each in value]
    text = plain(value)
    return text if NO_TEMPLATE.fullmatch(text) else Unsafe(text)


def plain(value: Any) -> str:
    return str.__str__(value) if isinstance(value, str) else str(value)
