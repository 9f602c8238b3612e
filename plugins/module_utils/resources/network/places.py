# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An address or a name, and a port, of something that the firmware calls: in one spelling, and as the wire has it."""

from __future__ import annotations

import ipaddress
import re
from contextlib import AbstractContextManager
from typing import Any

from ...cim.network import FQDN, IPV4, IPV6, MPS_PORT
from ...errors import InvalidOption, overtaken_by
from ...option import check_within

NAME = re.compile(r"(?=.{1,253}\Z)(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?\Z")
NUMBERS = re.compile(r"[0-9.]*\Z")


def place(option: str, address: str, port: int) -> tuple[str, int]:
    """The address in its shortest form, a name in small letters. InvalidOption."""
    check_within(option + ".port", port, 1, 65535)
    found = spelt(address)
    if form_of(found) == FQDN and (not NAME.match(found) or NUMBERS.match(found)):
        raise InvalidOption(option, address, "give an IP address or the name of a host")
    return found, port


def spelt(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address.lower().rstrip(".")


def form_of(address: str) -> int:
    try:
        return {4: IPV4, 6: IPV6}[ipaddress.ip_address(address).version]
    except ValueError:
        return FQDN


def shared(what: str, *signs: str) -> AbstractContextManager[None]:
    """Overtaken for a refusal that shows the work of somebody else."""
    return overtaken_by(signs, before=what + ": somebody else changed remote access meanwhile: ")


def key_of(member: dict[str, Any]) -> tuple[str, int]:
    return member["address"], member["port"]


def shown(key: tuple[str, int]) -> str:
    """As a policy names a server: without the port where that is the usual one."""
    address, port = key
    bracketed = "[{0}]".format(address) if form_of(address) == IPV6 else address
    return address if port == MPS_PORT else "{0}:{1}".format(bracketed, port)
