# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Which name each device gets in an inventory. What a device says of itself is a claim and takes nobody's place.

A name that the user listed and an address belong to the device. A name that it tells must be a host name, must not be
one that means this machine, nor filler, and must be claimed by no other: of two claimants none gets it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

from ..cim.filler import is_filler, is_filler_serial, is_filler_uuid

ADDRESS, LISTED = "amt_host", "amt_name"
OWN = (ADDRESS, LISTED)
"""Variables that do not come from the device."""
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
"""Names by which Ansible means the controller."""
FILLER = {"uuid": is_filler_uuid, "serial_number": is_filler_serial, "asset_tag": is_filler_serial}
"""By the last step of a path."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(r"{0}(?:\.{0})*".format(_LABEL))
_NUMBER = re.compile(r"(?:0[xX][0-9A-Fa-f]*|[0-9]+)")
LONGEST = 253

NO_NAME = "is no host name"
NO_IDENTITY = "is what vendors leave where nobody filled in a value"
MEANS_US = "means this machine"
CLAIMED = "is claimed by other devices too"
TAKEN = "is the name of a group or of another host"


def is_host_name(text: str) -> bool:
    """Letters, digits, hyphens and inner underscores in labels, the last of which is no number (RFC 1123 2.1).

    A name of numbers only is an address to the resolver, `2130706433` that of this machine.
    """
    if len(text) > LONGEST or not _NAME.fullmatch(text):
        return False
    return not _NUMBER.fullmatch(text.rpartition(".")[2])


def means_this_machine(text: str) -> bool:
    name = text.lower()
    return name in THIS_MACHINE or name.startswith("localhost.") or name.endswith(".localhost")


def value_at(device: Mapping[str, Any], path: str) -> Any:
    """What a dotted path leads to, or None."""
    value: Any = device
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


@dataclass(frozen=True)
class Claim:
    """A name that a device may have, and where it was found."""

    path: str
    name: str

    @property
    def key(self) -> str:
        return self.name.casefold()

    @property
    def own(self) -> bool:
        return self.path in OWN


@dataclass
class Named:
    """`name` is the one that the device gets; `refused` are those that it cannot have, each with the reason."""

    device: Mapping[str, Any]
    claims: list[Claim]
    refused: list[tuple[Claim, str]] = field(default_factory=list)

    @property
    def claim(self) -> Claim:
        return self.claims[0]

    @property
    def name(self) -> str:
        return self.claim.name

    @property
    def tells(self) -> bool:
        """Whether its name is one that only the device itself says."""
        return not self.claim.own and self.claim.key != str(self.device.get(LISTED, "")).casefold()

    def refuse(self, reason: str) -> None:
        self.refused.append((self.claims.pop(0), reason))


#: Why a device cannot have a name, or an empty text: what only the front end knows.
Objection = Callable[[Claim, Mapping[str, Any]], str]


def named(
    devices: Sequence[Mapping[str, Any]], paths: Sequence[str], objection: Objection, listed: Iterable[str] = ()
) -> list[Named]:
    """Each device with a name of its own: what the first path of use leads to, or its address.

    `listed` are all names that the user gave, those of devices that were not found too: no other device gets one.
    """
    all_of_them = [_considered(device, paths, objection) for device in devices]
    reserved = {name.casefold() for name in listed}
    lost: set[str] = set()
    while True:
        told = Counter(each.claim.key for each in all_of_them if each.tells)
        lost |= {key for key, times in told.items() if times > 1}
        losers = [each for each in all_of_them if each.tells and (each.claim.key in lost or each.claim.key in reserved)]
        losers += _later_of_a_listed_name(all_of_them)
        if not losers:
            return all_of_them
        for each in losers:
            each.refuse(CLAIMED)


def _later_of_a_listed_name(all_of_them: Sequence[Named]) -> list[Named]:
    """Of devices at several addresses of one name, the first has it."""
    seen: set[str] = set()
    later = []
    for each in all_of_them:
        if each.tells or each.claim.path == ADDRESS:
            continue
        if each.claim.key in seen:
            later.append(each)
        seen.add(each.claim.key)
    return later


def _considered(device: Mapping[str, Any], paths: Sequence[str], objection: Objection) -> Named:
    """The address comes last and always holds: with a word before it where it alone would mean this machine."""
    considered = Named(device, [])
    for path in dict.fromkeys(paths):
        text = value_at(device, path)
        if not isinstance(text, str) or not text:
            continue
        claim = Claim(path, text)
        reason = flaw(claim) or objection(claim, device)
        if reason:
            considered.refused.append((claim, reason))
        else:
            considered.claims.append(claim)
    address = device[ADDRESS]
    free = not means_this_machine(address) and not objection(Claim(ADDRESS, address), device)
    considered.claims.append(Claim(ADDRESS, address if free else "amt-" + address))
    return considered


def flaw(claim: Claim) -> str:
    """What is wrong with a name whoever else there is, or an empty text."""
    if means_this_machine(claim.name):
        return MEANS_US
    if claim.path == ADDRESS:
        return ""
    if claim.path not in OWN and FILLER.get(claim.path.rpartition(".")[2], is_filler)(claim.name):
        return NO_IDENTITY
    return "" if is_host_name(claim.name) else NO_NAME
