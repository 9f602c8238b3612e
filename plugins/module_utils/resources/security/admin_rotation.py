# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""One administrator's password, changed from where passwords are kept. docs/security/admin.md: what a kill leaves.

The order is the whole point: what the device will be told is on record, beside what it has now, and can be read back,
before it is told. Only what was seen to log in takes the place of all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from ...errors import AmtError, InvalidOption
from ...machine import Machine
from ...option import Option
from ...provisioning import passwords
from ...provisioning.escrow import ESCROW, Escrow, EscrowChanged, EscrowFailed, Nowhere, Record
from ...resource import Outcome, Values, converge
from .admin import RECORDED, Admin

KEPT_BACK = (
    Option("rotate", type="bool", default=False),
    *ESCROW,
)
"""Options for who keeps passwords."""
TRIES = 3
UNTOLD = "the firmware was not told of any password"
TOLD = "the firmware may have been told; what it was told, and what it had before, is on record"


def check(wanted: Values) -> None:
    """InvalidOption, before anything is asked."""
    Admin().check(wanted)
    if wanted.get("rotate") and wanted.get("password"):
        raise InvalidOption("rotate", True, "it makes a password; give either this or password")
    if wanted.get("rotate") and not wanted.get("escrow"):
        raise InvalidOption("escrow", "nothing", "a password that is made here must be recorded somewhere")


@contextmanager
def hinting(what: str) -> Iterator[None]:
    """With what the firmware knows by then, for whoever reads why a password was not recorded or read back."""
    try:
        yield
    except EscrowFailed as failed:
        failed.hint = "; ".join(filter(None, (failed.hint, what)))
        raise


@dataclass
class Rotation:
    """`wanted` are the options of people. `secret` is what must not be shown, `password_in` where the password is."""

    wanted: Values
    machine: Machine
    escrow: Escrow
    dry: bool = False
    resource: Admin = field(default_factory=Admin)
    secret: list[str] = field(default_factory=list, repr=False)
    password_in: str = ""
    fresh: str = field(default_factory=passwords.generate, repr=False)
    is_recorded: bool = False

    def __post_init__(self) -> None:
        self.secret.append(self.fresh)

    def carry_out(self) -> Outcome:
        record = self._recalled()
        wish = self._wish(record)
        present = self.resource.read(self.machine, wish)
        if not self.dry and self.resource.plan(present, wish) != present:
            record = self._record_first(record, present)
            wish = self._wish(record)
        outcome = converge(self.resource, self.machine, wish, self.dry)
        if not self.dry:
            self._settle(record, wish)
        return outcome

    def _recalled(self) -> Record:
        if self.dry and not self.escrow.can_be_asked:
            return Record()
        with hinting(UNTOLD):
            record = self.escrow.recall()
        self.secret += record.candidates()
        return record

    def _wish(self, record: Record) -> Values:
        """The password that is given; of a rotation, that of one which did not come to its end, or else a new one."""
        wish = {name: self.wanted.get(name) for name in ("username", "password")}
        if self.wanted.get("rotate"):
            wish["password"] = record.password if record.earlier or self.is_recorded else self.fresh
        return {**wish, RECORDED: record.candidates()}

    def _record_first(self, record: Record, present: Values) -> Record:
        """What another run has recorded in the meantime is the one to use: that run may be telling it now."""
        with hinting(UNTOLD):
            for left in reversed(range(TRIES)):
                new = self._to_record(record, present)
                try:
                    if new != record:
                        self.escrow.store(new, record)
                    self.is_recorded = True
                    return new
                except EscrowChanged:
                    if not left:
                        raise
                    record = self._recalled()
        raise AssertionError("the last round returns or raises")

    def _to_record(self, record: Record, present: Values) -> Record:
        """What is wanted, and behind it what the device has, and what it may have."""
        wanted = self._wish(record)["password"]
        has = self.machine.password if present["login"] == present["username"] else ""
        earlier = [each for each in dict.fromkeys((has, *record.candidates())) if each and each != wanted]
        return replace(record, password=wanted or has, earlier=tuple(earlier if wanted else ()))

    def _settle(self, record: Record, wish: Values) -> None:
        """What was seen to log in is on record, and nothing else is."""
        is_admin = self.machine.user and self.machine.user == (wish["username"] or self.machine.user)
        proven = wish["password"] or (self.machine.password if is_admin else "")
        if not proven or isinstance(self.escrow, Nowhere):
            return
        settled = replace(record, password=proven, earlier=())
        with hinting(TOLD):
            if settled != record:
                self._settle_as(settled, record)
        self.password_in = self.escrow.where

    def _settle_as(self, settled: Record, record: Record) -> None:
        """Another run may have written over the record, in a place without turns: what logs in is put before its."""
        try:
            self.escrow.store(settled, record)
        except EscrowChanged:
            there = self._recalled()
            if settled.password not in there.candidates():
                self.escrow.store(there.with_password(settled.password), there)
            raise


def told(error: AmtError, rotation: Rotation) -> AmtError:
    """The error, with where passwords are when the device may have been told one."""
    if rotation.machine.written and not isinstance(rotation.escrow, Nowhere):
        error.details["password_in"] = rotation.escrow.where
    return error
