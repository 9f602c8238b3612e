# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: Apache-2.0
"""The scan of networks as Salt asks for it and shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext.amt.arguments import read_arguments
from saltext.amt.core.errors import InvalidOption
from saltext.amt.core.option import Option
from saltext.amt.core.scan.device import Limits
from saltext.amt.core.scan.search import Found
from saltext.amt.core.scan.targets import Target, Wanted, expand

LISTS = ("networks", "ranges", "hosts", "exclude")
OPTIONS = (
    *(Option(name, type="list", elements="str", default=[]) for name in LISTS),
    Option("ping", type="bool", default=True),
    Option("banner", default="all", choices=("all", "answered", "none")),
    Option("port", type="int", default=16992),
    Option("tls_port", type="int", default=16993),
    Option("rmcp_port", type="int", default=623),
    Option("rate", type="float", default=2000.0),
    Option("concurrency", type="int", default=512),
    Option("ping_timeout", type="float", default=2.0),
    Option("banner_timeout", type="float", default=3.0),
    Option("answer_timeout", type="float", default=1.0),
    Option("tls", default="preferred", choices=("required", "preferred", "never")),
    Option("limit", type="int", default=65536),
    Option("site", type="list", elements="str", default=[]),
    Option("known", type="bool", default=True),
)
ABOVE_ZERO = ("rate", "concurrency", "ping_timeout", "banner_timeout", "answer_timeout", "limit")


def asked_for(given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = read_arguments(OPTIONS, {name: value for name, value in given.items() if not name.startswith("__")})
    for name in ABOVE_ZERO:
        if wanted[name] <= 0:
            raise InvalidOption(name, wanted[name], "give a number above 0")
    if not any(wanted[name] for name in LISTS[:-1]):
        raise InvalidOption("networks", [], "say what to scan in networks, ranges or hosts")
    if not wanted["ping"] and wanted["banner"] != "all":
        raise InvalidOption("banner", wanted["banner"], "with ping=False only banner=all finds anything")
    return wanted


def targets(wanted: Mapping[str, Any]) -> tuple[list[Target], list[str]]:
    """Addresses, and names that none was found for."""
    return expand(Wanted(limit=wanted["limit"], **{name: tuple(wanted[name]) for name in LISTS}))


def limits(wanted: Mapping[str, Any]) -> Limits:
    same = ("ping", "banner", "tls", "rmcp_port", "tls_port", "rate", "concurrency", "ping_timeout", "answer_timeout")
    return Limits(
        plain_port=wanted["port"],
        connect_timeout=wanted["banner_timeout"],
        **{name: wanted[name] for name in same},
    )


def shown(seen: Found, within: Limits, unknown: list[str], described: Mapping[str, str], known: bool) -> dict[str, Any]:
    """By address. `device` is the name of one that is described already; `mute` took a connection and said nothing."""
    found: dict[str, Any] = {}
    for each in seen.devices:
        values = {name.removeprefix("amt_"): value for name, value in each.variables(within).items()}
        name = described.get(values["host"]) or described.get(values["name"]) or ""
        if known or not name:
            found[values.pop("host")] = {**values, "device": name}
    beside = {"without_address": unknown, "mute": [each.address for each in seen.mute]}
    return {"found": found, **{word: some for word, some in beside.items() if some}}
