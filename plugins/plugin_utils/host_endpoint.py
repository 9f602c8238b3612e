# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoint that a host's options describe, as the connection `outofband.amt.wsman` documents them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any

from ansible_collections.outofband.amt.plugins.module_utils.errors import unusable
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

SAME_NAME = (
    "host",
    "port",
    "password",
    "auth",
    "tls",
    "ca_file",
    "fingerprint",
    "uuid",
    "client_certificate",
    "client_key",
    "legacy_tls",
    "connect_timeout",
    "read_timeout",
    "deadline",
)


def host_endpoint(option: Callable[[str], Any]) -> Endpoint:
    """`option` gives the value of an option by its name. Raises InvalidOption, which names what is wrong."""
    options = {name: option(name) for name in SAME_NAME}
    given = {name: value for name, value in options.items() if value is not None}
    direct = Endpoint(username=option("remote_user"), **given)
    command = option("proxy_command")
    if not command:
        return direct
    words = split_command(command, direct)
    return Endpoint(username=direct.username, proxy_command=words, **{**given, "port": direct.port})


def split_command(command: str, endpoint: Endpoint) -> tuple[str, ...]:
    """The words of a proxy command, `%h` and `%p` filled in. Raises InvalidOption for an open quote."""
    stands_for = {"%h": endpoint.host, "%p": str(endpoint.port), "%%": "%"}
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise unusable("proxy_command", command, "{0}; quote it as a shell would need it".format(error)) from None
    return tuple(re.sub("%[hp%]", lambda found: stands_for[found.group()], word) for word in words)
