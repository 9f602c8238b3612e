# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Taking certificates and keys away: never another one that has been given the same handle meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ...cim.security import CERTIFICATE, KEY_PAIR
from ...errors import AmtError, Fault, Overtaken
from ...machine import Machine
from ...resource import CUT_OFF
from ...x509.certificate import pem
from .store import PUBLIC, Row, certified_key

IN_USE = "it is in use: what uses it has to let go of it first"


def remove_certificate(machine: Machine, row: Row) -> None:
    """Overtaken where something else has its handle."""
    found = machine.find(CERTIFICATE, InstanceID=row["id"])
    if found is None or pem("CERTIFICATE", found["X509Certificate"]) != row["certificate"]:
        raise Overtaken("{0} is another certificate now".format(row["id"]), "run again")
    with _explained():
        machine.delete(CERTIFICATE, InstanceID=row["id"])


def remove_key(machine: Machine, row: Row) -> None:
    """The same of a key."""
    found = machine.find(KEY_PAIR, InstanceID=row["id"])
    if found is None or pem(PUBLIC, found["DERKey"]) != row["public_key"]:
        raise Overtaken("{0} is another key now".format(row["id"]), "run again")
    with _explained():
        machine.delete(KEY_PAIR, InstanceID=row["id"])


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Fault as refusal:
        if refusal.details.get("name") == "NOT_PERMITTED":
            refusal.hint = IN_USE
        raise


class Made:
    """What a run has made so far, to be taken back when it fails, unless the device `holds` what is wanted anyway: then
    somebody else was at it with the same wish. A key that has got a certificate meanwhile stays with it."""

    def __init__(self, machine: Machine, holds: Callable[[], bool]) -> None:
        self.machine = machine
        self.holds = holds
        self.certificates: list[Row] = []
        self.keys: list[Row] = []

    def __enter__(self) -> Made:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, AmtError) or isinstance(error, CUT_OFF) or not (self.certificates or self.keys):
            return
        if self.holds():
            return
        for row in reversed(self.certificates):
            with suppress(AmtError):
                remove_certificate(self.machine, row)
        for row in reversed(self.keys):
            with suppress(AmtError):
                if row["public_key"] not in self._certified():
                    remove_key(self.machine, row)

    def _certified(self) -> set[str]:
        """Keys that certificates are for."""
        return {certified_key(each["X509Certificate"]) for each in self.machine.enumerate(CERTIFICATE)}
