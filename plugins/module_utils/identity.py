# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which machine a firmware belongs to. Addresses move, and without TLS nothing else ties a name to a device."""

from __future__ import annotations

from typing import Callable

from . import errors
from .cim.filler import is_filler_uuid
from .cim.inventory import COMPUTER_SYSTEM_PACKAGE
from .wsman.client import Client
from .wsman.endpoint import uuid_groups

_HINT = "check the address, DNS and DHCP; if the board was replaced, set `uuid` to the new one"
_UNREADABLE = "give the user the realm that hardware inventory needs, or leave `uuid` out"


def uuid_of(platform_guid: str | None) -> str | None:
    """The UUID as operating systems print it. SMBIOS keeps the first three groups little-endian; None if malformed."""
    digits = (platform_guid or "").replace("-", "").strip().lower()
    if len(digits) != 32 or any(digit not in "0123456789abcdef" for digit in digits):
        return None
    octets = [digits[at : at + 2] for at in range(0, 32, 2)]
    return uuid_groups("".join(octets[3::-1] + octets[5:3:-1] + octets[7:5:-1] + octets[8:]))


def expecting(uuid: str) -> Callable[[Client], None] | None:
    """What asks a firmware whether it is the machine with this UUID; None where nobody said which it has to be."""
    if not uuid:
        return None
    if is_filler_uuid(uuid):
        raise errors.unusable("uuid", uuid, "many machines of some vendors have it, so it tells none of them apart")

    def ask(client: Client) -> None:
        found = _found(client)
        if found != uuid:
            message = "the machine at this address has the UUID {0}, and {1} was expected".format(
                found or "of none", uuid
            )
            raise errors.WrongMachine(message, _HINT, expected=uuid, found=found)

    return ask


def _found(client: Client) -> str | None:
    try:
        guid = client.look(COMPUTER_SYSTEM_PACKAGE.at()).properties.get("PlatformGUID")
    except errors.Fault as fault:
        message = "the UUID of the machine cannot be read, so it may be another one: {0}".format(fault)
        raise errors.WrongMachine(message, _UNREADABLE, found=None) from fault
    return uuid_of(guid) if isinstance(guid, str) else None
