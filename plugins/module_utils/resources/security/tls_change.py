# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""A change of TLS, in the order that firmware wants (AMT.md 10.3), seen from a new connection before the way back is
closed: first the certificate, then both sides, then the commit; plain ports last; and all as before if it cannot be
reached as it should.
"""

from __future__ import annotations

from contextlib import suppress

from ...cim.host import SETUP
from ...cim.security import CERTIFICATE, TLS_COLLECTION, TLS_CONTEXT, TLS_SETTINGS
from ...errors import (
    AmtError,
    Busy,
    CertificateRefused,
    DeadlineExceeded,
    Indeterminate,
    Interrupted,
    InvalidOption,
    NotReached,
    Overtaken,
    Unreachable,
)
from ...machine import Machine
from ...resource import Values
from ...wsman.endpoint import PLAIN_PORT, TLS_PORT, Endpoint
from ...wsman.stream import open_stream
from ...wsman.values import Reference
from .tls_sides import SIDES, WIRE, options_of, read_sides

COLLECTION = "TLSProtocolEndpoint Instances Collection"
"""Where a device does not list its own."""
RESTARTS = 30.0
"""Seconds that listeners may take to start again; a few are common."""
AS_BEFORE = "everything is as it was before"
BY_OTHERS = "somebody else has set TLS otherwise meanwhile, which is left as it is"
NOT_AS_BEFORE = "it could not be set back: from the machine itself it can still be reached over LMS"
ELSEWHERE = "with another port than AMT's own, say with port where the device is to be found afterwards"
PIN_HINT = "name the authority of the new certificate in `ca_file`, or set `fingerprint` to {0}"


class Change:
    """From what is present to what is planned, as the resource of TLS has them."""

    def __init__(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        self.machine = machine
        self.present = present
        self.planned = planned
        self.wanted = wanted
        self.rows = {row["fingerprint"]: row for row in present["store"]}
        self.start: Endpoint | None = machine.endpoint
        self.side = present["side"]
        self.first = present
        self.committed = False

    def carry_out(self) -> Values:
        """How the device is reached from now on."""
        end, encrypted = self._end(), self._encrypted()
        first = self.first = self._with_way_back()
        try:
            self._write(self.present, first)
            if first == self.planned and _only_names(self.present, first):
                return {}
            self._commit()
            self._arrive(encrypted or end)
            self._trust(encrypted)
            if first != self.planned:
                self._write(first, self.planned)
                self._commit()
            self._arrive(end)
        except AmtError as failure:
            if not (isinstance(failure, Indeterminate) and _only_names(self.present, first)):
                self._back(failure)
            raise
        if self.planned["certificate"] is None and self.present["certificate"] is not None:
            self._forget_certificate()
        return {"reach_by": _told(end)} if end != self.start and end is not None else {}

    def _end(self) -> Endpoint | None:
        """Where this run goes on: by what it came, as long as that is open. InvalidOption where it cannot follow."""
        if self.start is None:
            return None
        side = self.planned[self.side]
        by_tls = side["enabled"] and (self.start.tls or not side["plain_ports"])
        if by_tls:
            return self._by_tls(self.start)
        return self.start if not self.start.tls else self.start.moved(tls=False, **self._port())

    def _encrypted(self) -> Endpoint | None:
        """Where TLS is to be seen, if it is on; nowhere if this connection knows the way to the plain port alone."""
        if self.start is None or not self.planned[self.side]["enabled"]:
            return None
        try:
            return self._by_tls(self.start)
        except InvalidOption:
            return None

    def _by_tls(self, start: Endpoint) -> Endpoint:
        """With exactly the certificate that is to be shown; as this run trusts it where it stays the same."""
        if start.tls and self.planned["certificate"] == self.present["certificate"]:
            return start
        place = {} if start.tls else self._port()
        return start.moved(tls=True, fingerprint=self.planned["certificate"] or "", **place)

    def _port(self) -> dict[str, int]:
        if self.wanted.get("port") is not None:
            return {"port": self.wanted["port"]}
        if not self._is_usual():
            raise InvalidOption("port", "nothing", ELSEWHERE)
        return {}

    def _is_usual(self) -> bool:
        return self.start is not None and self.start.port in (PLAIN_PORT, TLS_PORT)

    def _with_way_back(self) -> Values:
        """What is planned, with the plain port that this run came by still open."""
        planned, side = self.planned, self.side
        closing = planned[side]["enabled"] and not planned[side]["plain_ports"]
        if self.start is None or self.start.tls or not closing or not self.present["plain_ports_offered"][side]:
            return planned
        return {**planned, side: {**planned[side], "plain_ports": True}}

    def _write(self, was: Values, will: Values) -> None:
        """Nothing of it takes effect before the commit. A certificate is let go of once TLS is off."""
        if will["certificate"] not in (None, was["certificate"]):
            self._name_certificate(self.rows[will["certificate"]]["id"])
        for side, instance in SIDES.items():
            changed = {WIRE[name]: value for name, value in will[side].items() if value != was[side][name]}
            if changed:
                self.machine.modify(TLS_SETTINGS, changed, InstanceID=instance)

    def _name_certificate(self, handle: str) -> None:
        shown = Reference(CERTIFICATE.name, {"InstanceID": handle})
        if self.machine.list(TLS_CONTEXT):
            self.machine.modify(TLS_CONTEXT, {"ElementInContext": shown})
            return
        names = [row["ElementName"] for row in self.machine.list(TLS_COLLECTION)]
        users = Reference(TLS_COLLECTION.name, {"ElementName": names[0] if names else COLLECTION})
        self.machine.create(TLS_CONTEXT, {"ElementInContext": shown, "ElementProvidingContext": users})

    def _commit(self) -> None:
        """The listeners start again with it, so that its answer may be lost: what comes next tells."""
        self.committed = True
        with suppress(Indeterminate):
            self.machine.invoke(SETUP, "CommitChanges")

    def _arrive(self, there: Endpoint | None, least: float = 0.0) -> None:
        """See the device answer a whole request over a new connection. NotReached says what was seen instead."""
        if there is None or self.start is None:
            return
        seen: list[AmtError] = []
        changes = {name: getattr(there, name) for name in ("tls", "port", "fingerprint")}
        self.machine.reopen(**changes)

        def answers() -> bool:
            try:
                open_stream(there, self.machine.deadline).close()
                self.machine.get(TLS_SETTINGS, InstanceID=SIDES[self.side])
            except (Busy, Interrupted, Unreachable) as error:
                seen.append(error)
                return False
            return True

        try:
            sentence = "the device did not answer with the new TLS settings"
            self.machine.wait(answers, max(self.wanted["wait_timeout"], least), sentence)
        except NotReached as late:
            if seen:
                raise NotReached("{0}: {1}".format(late, seen[-1]), seen[-1].hint) from seen[-1]
            raise

    def _trust(self, end: Endpoint | None) -> None:
        """That the log-in data of this run, without a pin of ours, lets the new certificate through. A certificate that
        was pinned before is pinned anew by whoever did that; without TLS and `ca_file` there was no trust to ask."""
        if end is None or self.start is None or not end.tls or end.fingerprint == self.start.fingerprint:
            return
        if self.start.fingerprint or not (self.start.tls or self.start.ca_file):
            return
        try:
            open_stream(end.moved(fingerprint=""), self.machine.deadline).close()
        except CertificateRefused as refusal:
            hint = refusal.hint if refusal.misnamed else PIN_HINT.format(end.fingerprint)
            raise NotReached(str(refusal), hint) from refusal

    def _back(self, failure: AmtError) -> None:
        """All as it was, over whichever connection the device still answers."""
        if isinstance(failure, DeadlineExceeded):
            return
        try:
            self._return()
        except Overtaken as other:
            failure.hint = "; ".join(part for part in (failure.hint, str(other), other.hint) if part)
        except AmtError:
            failure.hint = "; ".join(part for part in (failure.hint, NOT_AS_BEFORE) if part)
        else:
            failure.hint = "; ".join(part for part in (failure.hint, AS_BEFORE) if part)

    def _return(self) -> None:
        way = self._way_back()
        if way is not None:
            self.machine.reopen(tls=way.tls, port=way.port, fingerprint=way.fingerprint)
        now = self._now()
        if not self._is_of_this_run(now):
            raise Overtaken(BY_OTHERS, "run again")
        self._write(now, self.present)
        if self.committed:
            self._commit()
            self._arrive(self.start, RESTARTS)
        if self.present["certificate"] is None:
            self._forget_certificate()

    def _way_back(self) -> Endpoint | None:
        """How this run came, or where it went: whichever answers, once the listeners have started again."""
        if self.start is None:
            return None
        found: list[Endpoint] = []

        def answers() -> bool:
            for way in (self.start, self._encrypted()):
                if way is not None and not found:
                    with suppress(Unreachable, Interrupted):
                        open_stream(way, self.machine.deadline).close()
                        found.append(way)
            return bool(found)

        self.machine.wait(answers, max(self.wanted["wait_timeout"], RESTARTS), "the device answers on no connection")
        return found[0]

    def _now(self) -> Values:
        """What stands on the device, committed or not."""
        sides = {side: options_of(settings) for side, settings in read_sides(self.machine).items()}
        return {"certificate": "", **sides}

    def _is_of_this_run(self, now: Values) -> bool:
        """Whether all that stands there was there before or is what this run has put there: what somebody else has
        brought about meanwhile, and has been told that it is done, is not taken back."""
        ours = (self.present, self.first, self.planned)
        handles = {self.rows[each["certificate"]]["id"] for each in ours if each["certificate"] in self.rows}
        shown = {each["ElementInContext"].selectors.get("InstanceID") for each in self.machine.list(TLS_CONTEXT)}
        known = all(value in (each[side][name] for each in ours) for side in SIDES for name, value in now[side].items())
        return known and shown <= handles

    def _forget_certificate(self) -> None:
        for context in self.machine.list(TLS_CONTEXT):
            keys = {name: context[name] for name in ("ElementInContext", "ElementProvidingContext")}
            self.machine.delete(TLS_CONTEXT, **keys)


def _only_names(before: Values, after: Values) -> bool:
    """Whether there is nothing to commit: firmware looks at trusted names at once (vendor's guide)."""
    names = {side: {**before[side], "trusted_names": after[side]["trusted_names"]} for side in SIDES}
    return before["certificate"] == after["certificate"] and all(names[side] == after[side] for side in SIDES)


def _told(end: Endpoint) -> Values:
    """The options of the log-in for the next run."""
    return {"tls": end.tls, "port": end.port, "fingerprint": end.fingerprint}
