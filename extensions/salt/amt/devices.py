# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""Which device a call is about, where it is and how to log in: one answer for resources, proxies and named devices.

Pillar `amt:devices:<name>` describes a device over `amt:defaults`. Its keys are the fields of the core's Endpoint; the
host is the name itself unless `host` says otherwise. A proxy minion's device is described by pillar `proxy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from saltext.amt.core.errors import InvalidOption
from saltext.amt.core.option import HIDDEN
from saltext.amt.core.wsman.endpoint import Endpoint

try:
    from salt.loader.context import resource_ctxvar
except ImportError:  # Salt before 3008
    resource_ctxvar = None

RESOURCE_TYPE = "amt"
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
WHERE = "name a device of pillar amt:devices with device=, or target a resource or a proxy of type amt"


@dataclass(frozen=True)
class Device:
    name: str
    endpoint: Endpoint


def current_resource() -> str:
    """The name of the resource that this job is for, or nothing."""
    meant = any_resource()
    return str(meant["id"]) if meant.get("type") == RESOURCE_TYPE else ""


def any_resource() -> Mapping[str, Any]:
    """Type and name of the resource that this job is for, of whatever type; empty where it is for none."""
    return (resource_ctxvar.get() if resource_ctxvar is not None else None) or {}


def names(pillar: Mapping[str, Any]) -> list[str]:
    """Every device that pillar describes."""
    return sorted(map(str, _devices(pillar)))


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
    raise InvalidOption("device", name, "pillar amt:devices has no such name; it has {0}".format(_few(names(pillar))))


def target(opts: Mapping[str, Any], pillar: Mapping[str, Any]) -> str:
    """The device in whose place a call is made: that of a resource, or that of a proxy. Empty on any other minion."""
    return current_resource() or (str(opts["id"]) if _proxied(opts, pillar) else "")


def find_device(opts: Mapping[str, Any], pillar: Mapping[str, Any], name: str | None = None) -> Device:
    """The device of that name; without one, that of the resource or the proxy in whose place the call is made.

    There, another name is refused: whoever may target one device would have all of them.
    """
    meant = target(opts, pillar)
    if name and meant and str(name) != meant:
        raise InvalidOption("device", name, "this job is for {0}; target {1} itself".format(meant, name))
    chosen = current_resource() or str(name or "")
    proxy = _proxied(opts, pillar)
    if proxy and not current_resource():
        given = {key: value for key, value in proxy.items() if key in FIELDS}
        return Device(meant, _endpoint(meant, pillar, given))
    if not chosen:
        raise InvalidOption("device", name, WHERE)
    return Device(chosen, _endpoint(chosen, pillar, described(pillar, chosen)))


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


def _few(listed: list[str]) -> str:
    shown = ", ".join(listed[:8]) or "none"
    return shown if len(listed) <= 8 else "{0} and {1} more".format(shown, len(listed) - 8)


def _endpoint(name: str, pillar: Mapping[str, Any], given: Mapping[str, Any]) -> Endpoint:
    merged = {**defaults_of(pillar), **given}
    for key in merged:
        if key not in FIELDS:
            raise InvalidOption("pillar key", key, "a device has: " + ", ".join(FIELDS))
    settings = {"host": name, **{key: _typed(key, value) for key, value in merged.items() if value is not None}}
    if settings.get("auth", "digest") != "digest":
        raise InvalidOption("auth", settings["auth"], "from Salt only digest can be used")
    if not settings.get("password"):
        raise InvalidOption("password", "", "pillar has no password for {0}".format(name))
    return Endpoint(**settings)


def _typed(key: str, value: Any) -> Any:
    kind = FIELDS[key]
    allowed, way_out = KINDS[kind]
    if not isinstance(value, allowed) or (isinstance(value, bool) and kind != "bool"):
        raise InvalidOption(key, HIDDEN if key in SECRETS else value, way_out)
    if kind == "str":
        return str(value)
    return tuple(map(str, value)) if kind == "tuple[str, ...]" else value
