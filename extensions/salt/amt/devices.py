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
from saltext.amt.core.wsman.endpoint import Endpoint

try:
    from salt.loader.context import resource_ctxvar
except ImportError:  # Salt before 3008
    resource_ctxvar = None

RESOURCE_TYPE = "amt"
FIELDS = tuple(field.name for field in fields(Endpoint))
WHERE = "name a device of pillar amt:devices with device=, or target a resource or a proxy of type amt"


@dataclass(frozen=True)
class Device:
    name: str
    endpoint: Endpoint


def current_resource() -> str:
    """The name of the resource that this job is for, or nothing."""
    target = resource_ctxvar.get() if resource_ctxvar is not None else {}
    return str(target["id"]) if target and target.get("type") == RESOURCE_TYPE else ""


def names(pillar: Mapping[str, Any]) -> list[str]:
    """Every device that pillar describes."""
    return sorted(str(name) for name in _tree(pillar).get("devices") or {})


def defaults_of(pillar: Mapping[str, Any]) -> Mapping[str, Any]:
    """What holds for every device of a pillar that does not say something else."""
    return _tree(pillar).get("defaults") or {}


def find_device(opts: Mapping[str, Any], pillar: Mapping[str, Any], name: str | None = None) -> Device:
    """The device of that name; without one, that of the resource or the proxy in whose place the call is made."""
    chosen = name or current_resource()
    if chosen:
        return Device(str(chosen), _endpoint(str(chosen), pillar, _described(pillar, str(chosen))))
    proxy = opts.get("proxy") or pillar.get("proxy")
    if isinstance(proxy, Mapping) and proxy.get("proxytype") == RESOURCE_TYPE:
        given = {key: value for key, value in proxy.items() if key in FIELDS}
        return Device(str(opts["id"]), _endpoint(str(opts["id"]), pillar, given))
    raise InvalidOption("device", name, WHERE)


def _tree(pillar: Mapping[str, Any]) -> Mapping[str, Any]:
    tree = pillar.get("amt") or {}
    if not isinstance(tree, Mapping):
        raise InvalidOption("pillar amt", type(tree).__name__, "it is a mapping with defaults and devices")
    return tree


def _described(pillar: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    devices = _tree(pillar).get("devices") or {}
    if name not in devices:
        raise InvalidOption("device", name, "pillar amt:devices has no such name; it has {0}".format(_few(devices)))
    return devices[name] or {}


def _few(devices: Mapping[str, Any]) -> str:
    listed = sorted(str(name) for name in devices)
    shown = ", ".join(listed[:8]) or "none"
    return shown if len(listed) <= 8 else "{0} and {1} more".format(shown, len(listed) - 8)


def _endpoint(name: str, pillar: Mapping[str, Any], given: Mapping[str, Any]) -> Endpoint:
    settings = {"host": name, **defaults_of(pillar), **given}
    for key in settings:
        if key not in FIELDS:
            raise InvalidOption("pillar key", key, "a device has: " + ", ".join(FIELDS))
    if settings.get("auth", "digest") != "digest":
        raise InvalidOption("auth", settings["auth"], "from Salt only digest can be used")
    if isinstance(settings.get("proxy_command"), list):
        settings["proxy_command"] = tuple(settings["proxy_command"])
    for key in ("port", "connect_timeout", "read_timeout", "deadline"):
        if key in settings and (isinstance(settings[key], bool) or not isinstance(settings[key], (int, float))):
            raise InvalidOption(key, settings[key], "give a number")
    if not settings.get("password"):
        raise InvalidOption("password", "", "pillar has no password for {0}".format(name))
    settings["password"] = str(settings["password"])
    return Endpoint(**settings)
