# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Who may log in besides the administrator, and to do what: AMT.md 10.1, and Access Control in the vendor's guide.

Nobody is kept from logging in by his own doing: the log-in of this very run loses nothing that it would need to take a
mistake back, and is changed last.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from typing import Any

from ...cim.realms import ADMINISTRATION, NUMBERS
from ...cim.security import (
    ACCESS,
    AUTHORIZATION,
    LONGEST_USER_NAME,
    MOST_DIGEST_USERS,
    MOST_KERBEROS_USERS,
    NOT_IN_USER_NAMES,
    RESERVED_USER_NAMES,
    SYSTEM_ACCOUNT,
)
from ...errors import AmtError, InvalidOption, Refused, Unavailable, overtaken_by
from ...machine import Machine
from ...option import Option
from ...provisioning import passwords
from ...resource import Collection, Values
from ...sids import normal_sid
from ...wsman.endpoint import Endpoint
from .user_entries import arguments, entries, find_entry, in_words, key_of

MEMBER = (
    Option("name"),
    Option("sid"),
    Option("state", choices=("present", "absent"), default="present"),
    Option("password", secret=True),
    Option("realms", type="list", elements="str"),
    Option("access", choices=tuple(ACCESS)),
    Option("enabled", type="bool"),
)
TOLD = ("realms", "access", "enabled")
"""What firmware tells of a user, besides who it is."""
NEW = {"access": "any", "enabled": True}
"""What a user is made with where the caller does not say."""
ALWAYS = "always"
REPAIRS = {ADMINISTRATION, "user_access_control"}
"""Realms with one of which the access control list can be changed."""
MEANWHILE = ("DUPLICATE", "INVALID_HANDLE")
OWN = "this run is logged in as that user, and would shut itself out: do it logged in as another one"


class Users(Collection):
    """`users` are those besides the administrator. `login` is who this run is logged in as, None if not by password."""

    members = "users"
    options = (
        Option("users", type="list", elements="dict", required=True, options=MEMBER),
        Option("update_password", choices=("on_create", ALWAYS), default="on_create"),
        Option("purge", type="bool", default=False),
    )
    aside = ("administrator", "login")

    def key_of(self, member: Values) -> str:
        return key_of(member)

    def check(self, wanted: Values) -> None:
        seen: set[str] = set()
        for member in wanted["users"]:
            _check_who(member)
            _check_what(member)
            key = key_of(_normal(member))
            if key in seen:
                raise InvalidOption("users", key, "it is listed twice")
            seen.add(key)

    def leads(self, wanted: Values, endpoint: Endpoint) -> Values:
        """To the password that whoever is logged in gets by this."""
        own = [each.get("password") for each in wanted["users"] if each.get("name") == endpoint.username]
        return {"password": own[0]} if own and own[0] and wanted.get("update_password") == ALWAYS else {}

    def read(self, machine: Machine, wanted: Values) -> Values:
        administrator = machine.ask(AUTHORIZATION, "GetAdminAclEntry").get("Username") or ""
        return {**super().read(machine, wanted), "administrator": administrator, "login": machine.user or None}

    def read_members(self, machine: Machine) -> list[Values]:
        return [entry for _handle, entry in entries(machine)]

    def plan(self, present: Values, wanted: Values) -> Values:
        was, listed = self._by_key(present), {key_of(each): each for each in map(_normal, wanted["users"])}
        planned = {key: was[key] for key in was if not wanted["purge"] or _stays(was[key], present)}
        if wanted["purge"]:
            _check_purge([was[key] for key in was if key not in planned and key not in listed], present)
        for key, member in listed.items():
            planned.pop(key, None)
            if member.get("state") != "absent":
                planned[key] = _planned(was.get(key), member, present, wanted["update_password"])
            elif key in was:
                _check_removable(was[key], present)
        _check_room(was, planned)
        return {**present, self.members: [planned[key] for key in sorted(planned)]}

    def in_order(self, planned: Values) -> Iterable[Any]:
        """Who this run is logged in as comes last."""
        return sorted(self._by_key(planned), key=lambda key: key == planned["login"])

    def create(self, machine: Machine, member: Values) -> None:
        with _overtaken():
            made = machine.invoke(AUTHORIZATION, "AddUserAclEntryEx", arguments(machine, member))
        if not member["enabled"]:
            self._disable(machine, made["Handle"])

    @staticmethod
    def _disable(machine: Machine, made: int) -> None:
        """A user who was to be made disabled is not left enabled."""
        try:
            machine.invoke(AUTHORIZATION, "SetAclEnabledState", {"Handle": made, "Enabled": False})
        except Refused:
            with suppress(AmtError):
                machine.invoke(AUTHORIZATION, "RemoveUserAclEntry", {"Handle": made})
            raise

    def update(self, machine: Machine, present: Values, planned: Values) -> None:
        handle = find_entry(machine, present)
        with _overtaken():
            if {**present, "enabled": None} != {**planned, "enabled": None}:
                given = {"Handle": handle, **arguments(machine, planned)}
                machine.invoke(AUTHORIZATION, "UpdateUserAclEntryEx", given)
            if present["enabled"] != planned["enabled"]:
                given = {"Handle": handle, "Enabled": planned["enabled"]}
                machine.invoke(AUTHORIZATION, "SetAclEnabledState", given)
        if planned.get("password") and planned["name"] == machine.user:
            machine.reopen(password=planned["password"])

    def delete(self, machine: Machine, member: Values) -> None:
        with _overtaken():
            machine.invoke(AUTHORIZATION, "RemoveUserAclEntry", {"Handle": find_entry(machine, member)})

    def shows(self, present: Values, planned: Values) -> bool:
        """Not where somebody's password is all that was to change."""
        was = self._by_key(present)
        return not any(
            member.get("password") and all(was[key][name] == member[name] for name in TOLD)
            for key, member in self._by_key(planned).items()
            if key in was
        )


def _normal(member: Values) -> Values:
    """Realms and SID in the one way in which they are read."""
    given = {name: value for name, value in member.items() if value is not None}
    if "sid" in given:
        given["sid"] = normal_sid("sid", given["sid"])
    if "realms" in given:
        given["realms"] = in_words(given["realms"])
    return given


def _check_who(member: Values) -> None:
    name, sid = member.get("name"), member.get("sid")
    if (name is None) == (sid is None):
        raise InvalidOption("users", name or "nobody", "give either name, of a digest user, or sid, of a Kerberos one")
    if sid is not None:
        normal_sid("sid", sid)
        if member.get("password") is not None:
            raise InvalidOption(
                "password", "the password", "{0} is a Kerberos user, whose password is AD's".format(sid)
            )
        return
    trouble = _trouble(str(name))
    if trouble:
        raise InvalidOption("name", name, trouble)


def _trouble(name: str) -> str:
    if name.lower() in RESERVED_USER_NAMES:
        return "the administrator is none of the users: amt_admin changes name and password"
    if not 1 <= len(name) <= LONGEST_USER_NAME:
        return "firmware takes 1 to {0} characters".format(LONGEST_USER_NAME)
    if not all(" " < character <= "~" for character in name):
        return "firmware takes printable ASCII without blanks"
    unfit = [character for character in name if character in NOT_IN_USER_NAMES]
    return "firmware refuses the character " + unfit[0] if unfit else ""


def _check_what(member: Values) -> None:
    if member.get("password") is not None:
        passwords.check("password", member["password"])
    realms = member.get("realms")
    if realms == []:
        raise InvalidOption("realms", realms, "firmware takes no user without one; state: absent removes a user")
    for realm in realms or ():
        if realm not in NUMBERS and not (realm.isascii() and realm.isdecimal() and len(realm) < 10):
            raise InvalidOption("realms", realm, "one of {0}, or a number".format(", ".join(NUMBERS)))


def _is_system(member: Values) -> bool:
    return str(member.get("name", "")).startswith(SYSTEM_ACCOUNT)


def _stays(member: Values, present: Values) -> bool:
    """Whether a purge passes over it."""
    return _is_system(member) or (member.get("name") is not None and member["name"] == present["login"])


def _check_purge(goes: list[Values], present: Values) -> None:
    if present["login"] is None and any("sid" in member for member in goes):
        raise Unavailable(
            "purge would remove Kerberos users, and this run is logged in by Kerberos, it cannot tell as which of them",
            "list every SID that is to stay, or log in as a digest user",
        )


def _check_removable(member: Values, present: Values) -> None:
    if _is_system(member):
        raise InvalidOption(
            "state", "absent", "{0} is the firmware's own: enabled: false is possible".format(member["name"])
        )
    if _stays(member, present):
        raise InvalidOption("state", "absent", "{0}: {1}".format(member["name"], OWN))


def _planned(was: Values | None, member: Values, present: Values, when: str) -> Values:
    given = {name: member[name] for name in TOLD if name in member}
    if was is None:
        _check_new(member, present)
        return {**NEW, **{name: member[name] for name in member if name != "state"}}
    planned = {**was, **given}
    if "password" in member and when == ALWAYS:
        planned["password"] = member["password"]
    if _is_system(was) and {**planned, "enabled": None} != {**was, "enabled": None}:
        raise InvalidOption("users", was["name"], "of an account of the firmware itself only enabled can be changed")
    if was.get("name") is not None and was["name"] == present["login"]:
        _check_own(was, planned)
    return planned


def _check_new(member: Values, present: Values) -> None:
    if _is_system(member):
        raise InvalidOption("name", member["name"], "only the firmware itself makes names with $$ before them")
    if member.get("name") == present["administrator"]:
        raise InvalidOption("name", member["name"], "this is the administrator: amt_admin changes name and password")
    for needed in ("realms", *(["password"] if "name" in member else [])):
        if needed not in member:
            raise InvalidOption(needed, "nothing", "{0} is new, and is made with it".format(key_of(member)))


def _check_own(was: Values, planned: Values) -> None:
    """What the log-in of this run would need to take a mistake back it does not lose."""
    if was["enabled"] and not planned["enabled"]:
        raise InvalidOption("enabled", False, "{0}: {1}".format(was["name"], OWN))
    if planned["access"] not in (was["access"], "any"):
        raise InvalidOption("access", planned["access"], "{0}: {1}".format(was["name"], OWN))
    if REPAIRS & set(was["realms"]) and not REPAIRS & set(planned["realms"]):
        raise InvalidOption("realms", planned["realms"], "{0}: {1}".format(was["name"], OWN))


def _check_room(was: Values, planned: Values) -> None:
    """No more than firmware holds; what it holds already, it does."""
    for kind, noun, most in (("name", "digest", MOST_DIGEST_USERS), ("sid", "Kerberos", MOST_KERBEROS_USERS)):
        counts = [sum(kind in each and not _is_system(each) for each in held.values()) for held in (was, planned)]
        if counts[1] > max(counts[0], most):
            way_out = "there would be {0} {1} users, and firmware has room for {2}: remove some, or set purge"
            raise InvalidOption("users", counts[1], way_out.format(counts[1], noun, most))


def _overtaken() -> AbstractContextManager[None]:
    """A refusal that shows somebody else's work, as that."""
    return overtaken_by(MEANWHILE, "somebody else changes users of this device")
