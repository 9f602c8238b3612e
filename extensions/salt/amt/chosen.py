# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Which devices an action of the master is for, and what it knows of them: its own settings, or pillar of its sites."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from typing import Any, Callable

import salt.utils.data
from saltext.amt import facts
from saltext.amt.core.errors import AmtError, InvalidOption
from saltext.amt.devices import RESOURCE_TYPE, Device, defaults_of, described, find_device, names
from saltext.amt.one_at_a_time import LOADING

Pillar = Mapping[str, Any]
#: What an argument can say of a device.
ADDED = ("host", "port", "fingerprint", "uuid", "connect_timeout", "read_timeout", "deadline")


def read_sites(opts: Pillar, show_pillar: Callable[[str], Any], site: Any, given: Any) -> Pillar:
    """A pillar with every device of the sites: the master's setting `amt`, or what pillar has for the named minions.

    `given` adds devices that are described nowhere, by ADDED alone: whoever may call a runner for some devices is not
    to have others by it, nor a program on the master by `proxy_command`. Arguments are recorded, so no passwords.
    """
    if site:
        trees = {name: _pillar_of(name, show_pillar) for name in _words(site)}
    else:
        trees = {"": {"amt": opts["amt"]} if opts.get("amt") else _pillar_of(str(opts["id"]), show_pillar)}
    devices: dict[str, Any] = {}
    for minion, tree in trees.items():
        for name in names(tree, minion):
            found = {**defaults_of(tree), **described(tree, name)}
            if devices.setdefault(name, found) != found:
                raise InvalidOption("site", name, "two of these sites have another device of this name; take one site")
    for name, added in _added(given).items():
        if name in devices:
            raise InvalidOption("devices", name, "it is described already; what is said of it is changed in pillar")
        devices[name] = {**defaults_of(next(iter(trees.values()))), **added}
    return {"amt": {"devices": devices}}


def claims(pillars: Mapping[str, Pillar]) -> dict[str, list[str]]:
    """Devices that more than one of these minions would manage, by name and by address: {what: [minions]}. Proxies are
    minions too.
    """
    found: dict[str, set[str]] = {}
    for minion, pillar in pillars.items():
        for name, own in _claimed_by(minion, pillar):
            said = {**defaults_of(pillar), **own}
            place = "{0}:{1}".format(str(said.get("host") or name).lower(), said.get("port") or 0)
            for each in (name, place, str(said.get("uuid") or "").lower()):
                found.setdefault(each, set()).add(minion)
    return {what: sorted(minions) for what, minions in sorted(found.items()) if what and len(minions) > 1}


def _claimed_by(minion: str, pillar: Pillar) -> Iterator[tuple[str, Pillar]]:
    """Devices of a minion, and what pillar says of each."""
    proxy = pillar.get("proxy")
    if isinstance(proxy, Mapping) and proxy.get("proxytype") == RESOURCE_TYPE:
        yield minion, proxy
    for name in names(pillar, minion) if pillar.get("amt") else ():
        yield name, described(pillar, name)


def choose(opts: Pillar, pillar: Pillar, tgt: Any, tgt_type: str) -> list[str]:
    """Names of devices. InvalidOption where nothing is meant, so that a slip is not taken for success."""
    known = names(pillar)
    match = {"glob": _by_glob, "list": _by_list, "pcre": _by_pattern, "grain": _by_grain}.get(tgt_type)
    if match is None:
        raise InvalidOption("tgt_type", tgt_type, "one of glob, list, pcre, grain")
    found = match(opts, pillar, known, tgt)
    if not found:
        raise InvalidOption("tgt", tgt, "none of {0} devices is meant by it".format(len(known)))
    return found


def endpoints(opts: Pillar, pillar: Pillar, chosen: list[str]) -> dict[str, Device | AmtError]:
    """Where each device is, or why that cannot be said."""
    found: dict[str, Device | AmtError] = {}
    for name in chosen:
        try:
            found[name] = find_device(opts, pillar, name)
        except AmtError as error:
            found[name] = error
    return found


def _pillar_of(minion: str, show_pillar: Callable[[str], Any]) -> Pillar:
    with LOADING:
        pillar = show_pillar(minion)
    if not isinstance(pillar, Mapping) or "_errors" in pillar:
        raise InvalidOption("site", minion, "its pillar does not render: see salt-run pillar.show_pillar " + minion)
    if not pillar.get("amt"):
        raise InvalidOption("site", minion, "its pillar has no amt; name a site, or have amt in the master's settings")
    return pillar


def _added(given: Any) -> Mapping[str, Mapping[str, Any]]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(each, Mapping) for each in given.values()):
        raise InvalidOption("devices", type(given).__name__, "give a mapping: {pc-09: {host: 192.0.2.9}}")
    for name, added in given.items():
        refused = sorted(set(map(str, added)) - set(ADDED))
        if refused:
            way_out = "{0} belongs in pillar; here a device has {1}".format(", ".join(refused), ", ".join(ADDED))
            raise InvalidOption("devices", str(name), way_out)
    return {str(name): added for name, added in given.items()}


def _words(given: Any) -> list[str]:
    words = list(given) if isinstance(given, (list, tuple)) else str(given).split(",")
    return [str(word).strip() for word in words if str(word).strip()]


def _by_glob(opts: Pillar, pillar: Pillar, known: list[str], tgt: Any) -> list[str]:
    return [name for name in known if fnmatch.fnmatchcase(name, str(tgt))]


def _by_list(opts: Pillar, pillar: Pillar, known: list[str], tgt: Any) -> list[str]:
    chosen = _words(tgt)
    missing = [name for name in chosen if name not in known]
    if missing:
        raise InvalidOption("tgt", ", ".join(missing), "these are not described")
    return chosen


def _by_pattern(opts: Pillar, pillar: Pillar, known: list[str], tgt: Any) -> list[str]:
    try:
        pattern = re.compile(str(tgt))
    except re.error as error:
        raise InvalidOption("tgt", tgt, "it is no regular expression: {0}".format(error)) from None
    return [name for name in known if pattern.match(name)]


def _by_grain(opts: Pillar, pillar: Pillar, known: list[str], tgt: Any) -> list[str]:
    """By what was last read from a device (`amt.inventory` of this runner)."""
    kept = facts.reader(opts)
    return [name for name in known if salt.utils.data.subdict_match(kept(name), str(tgt))]
