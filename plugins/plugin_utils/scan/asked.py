# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of a source of `amt_scan` ask the core for."""

from __future__ import annotations

from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge, told
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.scan.device import Limits
from ansible_collections.outofband.amt.plugins.module_utils.scan.targets import Wanted
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.plugin_utils.certificate import load_certificate
from ansible_collections.outofband.amt.plugins.plugin_utils.login import Login
from ansible_collections.outofband.amt.plugins.plugin_utils.query import Query

from .options import Options

LISTS = ("networks", "ranges", "hosts", "files", "exclude")
SAME_IN_LIMITS = (
    "ping",
    "banner",
    "tls",
    "rmcp_port",
    "tls_port",
    "rate",
    "concurrency",
    "ping_timeout",
    "answer_timeout",
)
SAME_IN_ENDPOINT = (
    "password",
    "auth",
    "ca_file",
    "client_certificate",
    "client_key",
    "legacy_tls",
    "connect_timeout",
    "read_timeout",
    "deadline",
)
MAY_BE_TEMPLATES = ("remote_user", "fingerprints", *LISTS, *SAME_IN_ENDPOINT, "tls", "gather_subset", "hostnames")


def wanted(options: Options) -> Wanted:
    return Wanted(limit=options["limit"], **{name: tuple(options[name]) for name in LISTS})


def limits(options: Options) -> Limits:
    same = {name: options[name] for name in SAME_IN_LIMITS}
    return Limits(plain_port=options["port"], connect_timeout=options["banner_timeout"], **same)


def login(options: Options) -> Login:
    given = {name: options[name] for name in SAME_IN_ENDPOINT if options[name] is not None}
    facts = {"gather_subset": options["gather_subset"]}
    return Login(
        Endpoint(host="any", username=options["remote_user"], **given),
        lambda machine: told(converge(Inventory(load_certificate), machine, facts)),
        options["fingerprints"],
        options["login_forks"],
        looked=options["banner"] != "none",
    )


def kept(devices: list[dict[str, Any]], expression: str) -> list[dict[str, Any]]:
    """What a query leaves. Raises InvalidOption for a result that is not of whole devices."""
    if not expression:
        return devices
    found = Query(expression).search(devices)
    by_address = {each["amt_host"]: each for each in devices}
    if isinstance(found, list) and all(
        isinstance(each, dict) and each == by_address.get(each.get("amt_host")) for each in found
    ):
        return found
    raise InvalidOption("query", expression, "its result must be a list of whole devices, as of [?amt_tls]")
