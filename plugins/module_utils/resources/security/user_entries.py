# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Entries of the firmware's access control list, in people's words and as its methods take them (AMT.md 10.1).

Handles are given again to others, so an entry is looked for each time that it is to be changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...cim.network import GENERAL
from ...cim.realms import NUMBERS
from ...cim.security import AUTHORIZATION
from ...errors import Overtaken, Refused, Unreadable
from ...machine import Machine
from ...resource import Values
from ...sids import read_sid, shown_sid
from ...wsman.digest import identity

MOST_PAGES = 100
GONE = ("INVALID_HANDLE", "INVALID_INDEX", "NOT_FOUND")


def key_of(member: Values) -> str:
    """The SID of a Kerberos user or group; the name of a digest user, which is shorter than any SID."""
    return str(member.get("sid") or member["name"])


def handles(machine: Machine) -> Iterator[int]:
    """Page by page, as far as the firmware has said that there are any."""
    index = 1
    for _page in range(MOST_PAGES):
        page = machine.ask(AUTHORIZATION, "EnumerateUserAclEntries", {"StartIndex": index})
        found = page.get("Handles") or []
        yield from found
        index += len(found)
        if not found or index > page["TotalCount"]:
            return
    raise Unreadable(AUTHORIZATION.name, "EnumerateUserAclEntries", "does not come to an end")


def entries(machine: Machine) -> Iterator[tuple[int, Values]]:
    """Each with its handle. One that goes away meanwhile is none."""
    for handle in handles(machine):
        try:
            yield handle, read_entry(machine, handle)
        except Refused as refusal:
            if refusal.name not in GONE:
                raise


def read_entry(machine: Machine, handle: int) -> Values:
    entry = machine.ask(AUTHORIZATION, "GetUserAclEntryEx", {"Handle": handle})
    state = machine.ask(AUTHORIZATION, "GetAclEnabledState", {"Handle": handle})
    return {
        **_who(entry),
        "realms": in_words(entry.get("Realms") or []),
        "access": entry["AccessPermission"],
        "enabled": state["Enabled"],
    }


def _who(entry: Values) -> Values:
    name = entry.get("DigestUsername")
    if name:
        return {"name": name}
    try:
        return {"sid": shown_sid(entry["KerberosUserSid"])}
    except ValueError:
        raise Unreadable(AUTHORIZATION.name, "KerberosUserSid", "is no SID") from None


def in_words(realms: list[str | int]) -> list[str]:
    """In the order of their numbers; one without a word is its number."""
    words = {number: word for word, number in NUMBERS.items()}
    return [words.get(number, str(number)) for number in sorted(set(map(number_of, realms)))]


def number_of(realm: str | int) -> int:
    return NUMBERS[str(realm)] if realm in NUMBERS else int(realm)


def find_entry(machine: Machine, member: Values) -> int:
    """The handle of who is meant. Overtaken when there is no such user any more."""
    for handle, entry in entries(machine):
        if key_of(entry) == key_of(member):
            return handle
    raise Overtaken("the user {0} is not there any more".format(key_of(member)))


def arguments(machine: Machine, member: Values) -> Values:
    """What AddUserAclEntryEx and UpdateUserAclEntryEx take, in the order of the vendor's schema."""
    if "sid" in member:
        who: Values = {"KerberosUserSid": read_sid("sid", member["sid"])}
    else:
        who = {"DigestUsername": member["name"]}
        if member.get("password") is not None:
            who["DigestPassword"] = hashed(machine, member["name"], member["password"])
    realms = [number_of(realm) for realm in member["realms"]]
    return {**who, "AccessPermission": member["access"], "Realms": realms}


def hashed(machine: Machine, name: str, password: str) -> bytes:
    """What the firmware keeps of a password: it is good for this name on this device as it is provisioned now."""
    return bytes.fromhex(identity(name, machine.get(GENERAL)["DigestRealm"], password))
