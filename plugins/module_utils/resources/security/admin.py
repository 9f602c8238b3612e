# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The built-in administrator's name and password: AMT.md 10.1, and Administrative Users in the vendor's guide.

Firmware never tells a password, but it lets in by the right one: so this one can be compared. What was set is proven by
a log-in of its own, and the connection goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...cim.security import AUTHORIZATION, LONGEST_USER_NAME, NOT_IN_USER_NAMES, SYSTEM_ACCOUNT
from ...errors import (
    AmtError,
    AuthenticationRefused,
    Indeterminate,
    Interrupted,
    InvalidOption,
    NotReached,
    Unavailable,
    Unreachable,
)
from ...machine import Machine
from ...option import Option
from ...provisioning import passwords
from ...resource import Resource, Values
from ...wsman.endpoint import Endpoint
from .user_entries import hashed

RECORDED = "recorded"
"""Beside the options, for who keeps passwords: those that the device may have too, the likeliest first."""
TRIES = 3
"""Log-ins that are tried on one device, that of the connection included: firmware slows down guessing."""
SETTLES = (0.0, 15.0)
"""Seconds before each try of a log-in that was set just now: firmware may refuse it for a moment (AMT.md 2.5)."""
NEITHER = "the device lets in neither by the administrator's log-in that was set nor by the one before"
UNPROVEN = "the device was told of another log-in, and could not be asked whether it lets in by that: {0}"
KEPT = "the device took another log-in of the administrator, and lets nobody in by it; the one before still does"
NOT_OURS = "give the password too: firmware keeps it together with the name, and this run is not logged in by it"


class Admin(Resource):
    """`password` reads as the one that is wanted when the device lets in by it, and as None otherwise."""

    options = (Option("username"), Option("password", secret=True))
    aside = ("login",)

    def check(self, wanted: Values) -> None:
        if wanted.get("password") is not None:
            passwords.check("password", wanted["password"])
        if wanted.get("username") is not None:
            trouble = _trouble(wanted["username"])
            if trouble:
                raise InvalidOption("username", wanted["username"], trouble)

    def leads(self, wanted: Values, endpoint: Endpoint) -> Values:
        given = {name: wanted.get(name) for name in ("username", "password")}
        return {name: value for name, value in given.items() if value and endpoint.auth == "digest"}

    def read(self, machine: Machine, wanted: Values) -> Values:
        """As whoever of those who may be right is let in, if the connection's own log-in is not."""
        try:
            name = administrator(machine)
        except AuthenticationRefused as refused:
            log_in_otherwise(machine, wanted, refused)
            name = administrator(machine)
        password = wanted.get("password")
        holds = password is not None and _lets_in(machine, name, password)
        return {"username": name, "password": password if holds else None, "login": machine.user or None}

    def plan(self, present: Values, wanted: Values) -> Values:
        given = {name: wanted[name] for name in ("username", "password") if wanted.get(name) is not None}
        planned = {**present, **given}
        renames = planned["username"] != present["username"]
        if renames and planned["password"] is None and present["login"] != present["username"]:
            raise Unavailable("the administrator cannot be renamed with the password unknown", NOT_OURS)
        return planned

    def shows(self, present: Values, planned: Values) -> bool:
        """By a log-in."""
        return True

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        return self.plan(found, wanted) == found

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        name, password = planned["username"], planned["password"] or machine.password
        own = machine.user == present["username"]
        before = (machine.user, machine.password) if own else None
        failure: AmtError | None = None
        try:
            given = {"Username": name, "DigestPassword": hashed(machine, name, password)}
            machine.invoke(AUTHORIZATION, "SetAdminAclEntryEx", given)
        except (AuthenticationRefused, Indeterminate) as unclear:
            failure = unclear
        try:
            took_effect = _took_effect(machine, (name, password), before, failure)
        except (Interrupted, Unreachable) as lost:
            raise Indeterminate(UNPROVEN.format(lost), "run again: it tries both") from lost
        if not took_effect:
            raise failure or NotReached(KEPT, "run again")
        if own:
            machine.reopen(username=name, password=password)


def administrator(machine: Machine) -> str:
    return str(machine.ask(AUTHORIZATION, "GetAdminAclEntry")["Username"])


def log_in_otherwise(machine: Machine, wanted: Values, refused: AuthenticationRefused) -> None:
    """Go on as the first of those who may be right that is let in. Raises `refused` where none is."""
    for username, password in _others(machine, wanted):
        if machine.lets_in(username, password):
            machine.reopen(username=username, password=password)
            return
    raise refused


def _others(machine: Machine, wanted: Values) -> Iterator[tuple[str, str]]:
    """No more than firmware bears. None where it is a ticket that was refused."""
    if not machine.user:
        return
    name = wanted.get("username") or machine.user
    known = [each for each in (wanted.get("password"), *wanted.get(RECORDED, ())) if each]
    pairs = [(name, each) for each in known[:1]] + [(user, each) for each in known for user in (machine.user, name)]
    tried = {(machine.user, machine.password)}
    for pair in dict.fromkeys(pairs):
        if pair not in tried and len(tried) < TRIES:
            tried.add(pair)
            yield pair


def _lets_in(machine: Machine, name: str, password: str) -> bool:
    """Known without a try where this is whom we are logged in as."""
    if machine.user == name:
        return machine.password == password
    return machine.lets_in(name, password)


def _took_effect(
    machine: Machine, log_in: tuple[str, str], before: tuple[str, str] | None, failure: AmtError | None
) -> bool:
    """By a log-in, and by that of before where the new one is refused; AuthenticationRefused where both are.

    Who was refused himself has set nothing: somebody else may have, and once is enough to see that.
    """
    for pause in SETTLES:
        machine.clock.sleep(pause)
        if machine.lets_in(*log_in):
            return True
        if isinstance(failure, AuthenticationRefused) or (before is not None and machine.lets_in(*before)):
            return False
    raise AuthenticationRefused(NEITHER, "somebody else may have set another; wait before the next try")


def _trouble(name: str) -> str:
    if not 1 <= len(name) <= LONGEST_USER_NAME:
        return "firmware takes 1 to {0} characters".format(LONGEST_USER_NAME)
    if not all(" " < character <= "~" for character in name):
        return "firmware takes printable ASCII without blanks"
    if name.startswith(SYSTEM_ACCOUNT):
        return "names with {0} before them are the firmware's own".format(SYSTEM_ACCOUNT)
    unfit = [character for character in name if character in NOT_IN_USER_NAMES]
    return "firmware refuses the character " + unfit[0] if unfit else ""
