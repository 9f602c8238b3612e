# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What the names on a device tell: whose an object is, of which generation, and what an isolation replaced. Pure.

A name has 16 characters. `ob-` or `ob+` marks what this collection made; the other 13 are people's. The two alternate:
the successor of a policy is made beside it under the other mark, so that no two objects ever share a name.

A policy that isolates is `iso`, a digit for its slot, a dot and the mark of the policy that was bound before. That is
how the policy before is found again when everything but the device is lost.
"""

from __future__ import annotations

import hashlib
import re

from ..cim.isolation import NAME_LENGTH
from ..errors import InvalidOption

PREFIXES = ("ob-", "ob+")
LONGEST = NAME_LENGTH - 3
NOTHING = "none"

#: What binds the policy, and the port; environment detection has one policy for all ports.
SLOTS = {
    ("always", "wired"): "0",
    ("always", "wireless"): "1",
    ("agent", "wired"): "2",
    ("agent", "wireless"): "3",
    ("environment", "wired"): "4",
    ("environment", "wireless"): "4",
}
_ISOLATION = re.compile(r"iso([0-4])\.([0-9a-f]{8}|none)")
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_. -]{0,11}[A-Za-z0-9_])?")


def own_name(device_name: str) -> str | None:
    """People's part of a name, or None where the object is not ours."""
    return device_name[3:] if device_name[:3] in PREFIXES and len(device_name) > 3 else None


def check_name(name: str, option: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidOption(
            option,
            name,
            "give 1 to {0} letters, digits, `_`, `.`, `-` or spaces within; the device keeps {1} characters, and the "
            "first 3 mark what this collection made".format(LONGEST, NAME_LENGTH),
        )
    if _ISOLATION.fullmatch(name):
        raise InvalidOption(option, name, "names like this are those of isolations")


def mark_of(device_name: str, instance_id: str) -> str:
    """Eight hexadecimal digits for a policy. One of ours keeps its mark when it is made anew."""
    own = own_name(device_name)
    what = "own\0" + own if own is not None else "{0}\0{1}".format(instance_id, device_name)
    return hashlib.sha256(what.encode()).hexdigest()[:8]


def isolation_name(slot: str, before: str) -> str:
    """People's part of the name of a policy that isolates; `before` is a mark or NOTHING."""
    return "iso{0}.{1}".format(slot, before)


def isolation_of(name: str | None) -> tuple[str, str] | None:
    """(slot, mark of the policy before) of people's part of a name, or None where the policy does not isolate."""
    matched = _ISOLATION.fullmatch(name or "")
    return (matched[1], matched[2]) if matched else None
