# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Which device a call is about, where it is and how to log in: one answer for resources, proxies and named devices.

Pillar `amt:devices:<name>` describes a device over `amt:defaults`. Its keys are the fields of the core's Endpoint; the
host is the name itself unless `host` says otherwise. A proxy minion's device is described by pillar `proxy`.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from saltext.amt.core.errors import InvalidOption, Unavailable
from saltext.amt.core.harmless import one_line
from saltext.amt.core.wsman.endpoint import Endpoint

try:
    from salt.loader.context import resource_ctxvar
except ImportError:  # Salt before 3008
    resource_ctxvar = None

RESOURCE_TYPE = "amt"
#: The option of a proxy that began with pillar `proxy`: without that it has no device any more.
BY_PILLAR = "amt_by_pillar"
#: The option under which states of a resource are told that it says nothing.
SILENCE = "amt_silence"
#: Folder in the cache of a minion, a proxy or a master: a file for each device that a job has changed.
TURNS = "amt_turns"
#: The option under which a state of a resource is told that a command line wrote it, and no state file.
BY_COMMAND_LINE = "amt_by_command_line"
#: What a device has that pillar does not say something else of: a site's minion waits for one after another.
SHORTER = {"read_timeout": 20.0}
FIELDS = {field.name: str(field.type) for field in fields(Endpoint)}
#: By the types of these, what YAML has to give, and how to say so. What is all digits is a number to it.
KINDS = {
    "str": ((str, int), "give text, in quotes"),
    "bool": ((bool,), "give true or false"),
    "int": ((int,), "give a number"),
    "float": ((int, float), "give a number"),
    "tuple[str, ...]": ((list, tuple), "give the program and its arguments as a list"),
}
SECRETS = ("password", "password_hash")
#: What Salt shows in place of a secret.
MASK = "*" * 10
#: What pillar says of a device besides: the minion that manages it.
BESIDES = ("minion",)
WITH_PORT = re.compile(r"(.+?):([0-9]+)")
#: Beginning of a password -> what it is, which must not be sent to a device, and the way out.
NO_PASSWORDS = {
    "sdb://": "it is an address, and nobody looks it up: pillar and state files do, {{ salt['sdb.get']('sdb://...') }}",
    "-----BEGIN PGP": "it is still encrypted: the pillar file begins with #!jinja|yaml|gpg, and the master has the key",
    "$ANSIBLE_VAULT": "it is encrypted for Ansible, and Salt cannot read it",
    MASK: "it is what Salt shows in place of a secret",
}
SEVERAL_LINES = (
    "it has several lines, as a place for passwords has while one is being changed: take the first, with "
    "(...).splitlines() | first in pillar"
)
#: A minion does not see what pillar others have, and two that have the same would both act.
OWNERLESS = (
    "put minion: {0} under amt:defaults, or a device's own, and others that are given this pillar leave it alone"
)
WHERE = "name a device of pillar amt:devices with device=, or target a resource or a proxy of type amt"


@dataclass(frozen=True)
class Silence:
    """A device that said nothing, and why. It is believed until a moment of the monotonic clock."""

    said: str
    hint: str
    until: float

    def is_old(self) -> bool:
        return time.monotonic() >= self.until


@dataclass(frozen=True)
class Device:
    """`silence`: it was asked just now, and said nothing. `turns`: the folder in which jobs take turns, if any."""

    name: str
    endpoint: Endpoint
    silence: Silence | None = None
    turns: Path | None = None


def current_resource() -> str:
    """The name of the resource that this job is for, or nothing."""
    meant = any_resource()
    return str(meant["id"]) if meant.get("type") == RESOURCE_TYPE else ""


def any_resource() -> Mapping[str, Any]:
    """Type and name of the resource that this job is for, of whatever type; empty where it is for none."""
    return (resource_ctxvar.get() if resource_ctxvar is not None else None) or {}


def is_of_a_file(opts: Mapping[str, Any]) -> bool:
    """Whether a call for a resource is made in states that files of the master describe."""
    return "managing_minion" in opts and not opts.get(BY_COMMAND_LINE)


def names(pillar: Mapping[str, Any], minion: str = "") -> list[str]:
    """Every device that pillar describes; of a minion that is named, without those that another one manages."""
    _judge(pillar)
    found = sorted(map(str, _devices(pillar)))
    return [name for name in found if not minion or manager(pillar, name) in ("", minion)]


def manager(pillar: Mapping[str, Any], name: str) -> str:
    """The minion that pillar says manages a device, if it says so."""
    return str({**defaults_of(pillar), **described(pillar, name)}.get("minion") or "")


def defaults_of(pillar: Mapping[str, Any]) -> Mapping[str, Any]:
    """What holds for every device of a pillar that does not say something else."""
    return _part(_part(pillar, "amt"), "defaults")


def described(pillar: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What pillar says of one device. To YAML a name of digits is a number."""
    devices = _devices(pillar)
    if name in devices:
        return _part(devices, name)
    for each in devices:
        if str(each) == name:
            return _part(devices, each)
    raise InvalidOption("device", name, "pillar amt:devices has no such name; it has {0}".format(few(names(pillar))))


def target(opts: Mapping[str, Any], pillar: Mapping[str, Any]) -> str:
    """The device in whose place a call is made: that of a resource, or that of a proxy. Empty on any other minion."""
    return current_resource() or (str(opts["id"]) if _proxied(opts, pillar) else "")


def find_device(
    opts: Mapping[str, Any], pillar: Mapping[str, Any], name: str | None = None, to_name_it: bool = False
) -> Device:
    """The device of that name; without one, that of the resource or the proxy in whose place the call is made.

    There, another name is refused: whoever may target one device would have all of them. A minion asks nothing of a
    device whose minion pillar does not name, for it cannot see what others have. `to_name_it`: nothing is to be asked.
    """
    meant = target(opts, pillar)
    if name and meant and str(name) != meant:
        raise InvalidOption("device", name, "this job is for {0}; target {1} itself".format(meant, name))
    _judge(pillar)
    chosen = current_resource() or str(name or "")
    proxy = _proxied(opts, pillar)
    if proxy and not current_resource():
        if opts.get(BY_PILLAR) and not pillar.get("proxy"):
            way_out = "end this proxy, or put proxy back into its pillar and refresh that"
            raise Unavailable("pillar describes no device for {0} any more".format(meant), way_out)
        given = {key: value for key, value in proxy.items() if key in FIELDS or key in BESIDES}
        return replace(_place(meant, pillar, given), turns=_turns(opts))
    if not chosen:
        raise InvalidOption("device", name, WHERE)
    found = described(pillar, chosen)
    owner, own = manager(pillar, chosen), str(opts.get("managing_minion") or opts.get("id") or "")
    asked_by_minion = bool(own) and opts.get("__role") != "master"
    if asked_by_minion and not (owner or to_name_it):
        raise Unavailable("pillar does not say which minion manages {0}".format(chosen), OWNERLESS.format(own))
    if asked_by_minion and owner and owner != own:
        way_out = "target that one, or change amt:devices:{0}:minion in pillar".format(chosen)
        raise Unavailable("{0} is managed by the minion {1}, and this is {2}".format(chosen, owner, own), way_out)
    return replace(_place(chosen, pillar, found), silence=opts.get(SILENCE), turns=_turns(opts))


def _turns(opts: Mapping[str, Any]) -> Path | None:
    return Path(str(opts["cachedir"])) / TURNS if opts.get("cachedir") else None


def _judge(pillar: Mapping[str, Any]) -> None:
    """Of a pillar that did not render nothing is believed, as Salt does with states: what is missing may be a limit."""
    wrong = pillar.get("_errors")
    if wrong:
        said = one_line("; ".join(map(str, wrong)) if isinstance(wrong, (list, tuple)) else str(wrong))[:300]
        raise Unavailable("pillar did not render: {0}".format(said), "the master's log has more; then refresh_pillar")


def _proxied(opts: Mapping[str, Any], pillar: Mapping[str, Any]) -> Mapping[str, Any]:
    """What pillar says of the proxy's device now; Salt's options have what it said when the proxy started."""
    proxy = pillar.get("proxy") or opts.get("proxy")
    return proxy if isinstance(proxy, Mapping) and proxy.get("proxytype") == RESOURCE_TYPE else {}


def _devices(pillar: Mapping[str, Any]) -> Mapping[Any, Any]:
    return _part(_part(pillar, "amt"), "devices")


def _part(whole: Mapping[Any, Any], key: Any) -> Mapping[Any, Any]:
    part = whole.get(key) or {}
    if not isinstance(part, Mapping):
        raise InvalidOption("pillar key", key, "it is a mapping; amt has defaults and devices, by name")
    return part


def few(listed: list[str]) -> str:
    shown = ", ".join(listed[:8]) or "none"
    return shown if len(listed) <= 8 else "{0} and {1} more".format(shown, len(listed) - 8)


def _place(name: str, pillar: Mapping[str, Any], given: Mapping[str, Any]) -> Device:
    merged = {key: value for key, value in {**defaults_of(pillar), **given}.items() if value is not None}
    for key in merged:
        if key not in FIELDS and key not in BESIDES:
            raise InvalidOption("pillar key", key, "a device has: " + ", ".join((*FIELDS, *BESIDES)))
    return Device(name, _endpoint(name, {key: value for key, value in merged.items() if key not in BESIDES}))


def _endpoint(name: str, given: Mapping[str, Any]) -> Endpoint:
    settings = {"host": name, **SHORTER, **{key: _typed(key, value) for key, value in given.items()}}
    if settings.get("auth", "digest") != "digest":
        raise InvalidOption("auth", settings["auth"], "from Salt only digest can be used")
    _judge_password(name, settings.get("password", ""))
    with_port = WITH_PORT.fullmatch(settings["host"])
    if with_port and ":" not in with_port[1]:
        way_out = "the port has a key of its own: host: {0}, port: {1}".format(with_port[1], with_port[2])
        raise InvalidOption("host", settings["host"], way_out)
    return Endpoint(**settings)


def _judge_password(name: str, password: str) -> None:
    """What is no password, and would be a failed log-in at every device that it is sent to."""
    if not password:
        raise InvalidOption("password", "", "pillar has no password for {0}".format(name))
    judge_secret("password of " + name, password)
    if password.endswith(("\n", "\r")):
        raise InvalidOption("password of " + name, MASK, "it ends in a line feed: in YAML |- has none")
    if len(password.splitlines()) > 1:
        raise InvalidOption("password of " + name, MASK, SEVERAL_LINES)
    if one_line(password) != password:
        raise InvalidOption("password of " + name, MASK, "it has control characters or marks that nobody sees")


def judge_secret(said: str, secret: str) -> None:
    """InvalidOption for what only stands for a secret, or is one that nobody has decrypted."""
    for beginning, way_out in NO_PASSWORDS.items():
        if secret.lstrip().startswith(beginning):
            raise InvalidOption(said, MASK, way_out)


def _typed(key: str, value: Any) -> Any:
    kind = FIELDS[key]
    allowed, way_out = KINDS[kind]
    if not isinstance(value, allowed) or (isinstance(value, bool) and kind != "bool"):
        raise InvalidOption(key, MASK if key in SECRETS else value, way_out)
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidOption(key, value, way_out)
    if kind == "str":
        return str(value)
    return tuple(map(str, value)) if kind == "tuple[str, ...]" else value
