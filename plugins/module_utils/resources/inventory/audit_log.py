# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The audit log: who did what, from where; read from its end, archived, cleared, and exported with a signature."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timezone
from typing import Any, Optional

from ...alerts.alignment import overlap
from ...alerts.archive import FAR_BACK, Archive, Entry, Tail, place_for
from ...alerts.audit_record import described, parse
from ...alerts.audit_words import APPLICATIONS, EVENTS, SUPER, numbers_of
from ...alerts.event_record import BadRecord
from ...alerts.moments import told
from ...cim.inventory import (
    ACTS_AT_ONCE,
    AUDIT_LOG,
    AUDIT_STATES,
    KEPT_ACTS,
    MOST_ACTS,
    SIGNATURES,
)
from ...errors import AmtError, InvalidOption, ProtocolError, Unavailable, overtaken_by
from ...harmless import harmless
from ...machine import Machine
from ...option import Option
from ...resource import Values
from .log import COMMON, Log, Seen, octets_of, one_of, present

LOCKED_FOR = 180
"""Seconds for which the log is locked at most while it is exported or cleared."""
CLEARED = (20, 0)
NO_KEY = "the log cannot be exported with a signature: no key to sign with was ever set"
SET_KEY = "set one first, with signing_key and signing_certificates of amt_audit"
NO_SUCH_EVENT = "name one as security_admin.login_failed; {0} are the applications"


class AuditLog(Log):
    """`cleared`: nothing is in it but that it was, and what it holds on to. `archived`: how many lines the archive has.
    `exported`: a signed copy was written, which each run makes anew."""

    log = "audit"
    kept = KEPT_ACTS
    options = (
        *COMMON,
        Option("applications", type="list", elements="str", choices=tuple(APPLICATIONS.values())),
        Option("events", type="list", elements="str"),
        Option("by"),
        Option("export", here=True),
        Option("signature_hash", choices=tuple(SIGNATURES), default="sha256"),
    )
    aside = ("records", "matching", "counts", "bad", "new", "count", "percent_free", "enabled", "locked")

    def check(self, wanted: Values) -> None:
        super().check(wanted)
        for name in wanted["events"] or ():
            if numbers_of(name) is None:
                raise InvalidOption("events", name, NO_SUCH_EVENT.format(", ".join(APPLICATIONS.values())))

    def read(self, machine: Machine, wanted: Values) -> Values:
        state = machine.get(AUDIT_LOG)
        flags = states_of(state.get("AuditState") or 0)
        log = _Log(machine, int(state["CurrentNumberOfRecords"]), state.get("PercentageFree"))
        if wanted["export"] and "no_key" in flags:
            raise Unavailable(NO_KEY, SET_KEY, option="export")
        tail, archived = None, None
        seen: list[bytes] = []
        new: list[bytes] = []
        if wanted["archive"]:
            archive = self.archive_of(wanted)
            tail, seen = _unarchived(log, archive)
            archived = tail.number
            new = seen[archive.foreseen(seen, tail)[1].first :]
        records = new[::-1] if tail else log.newest() if wanted["limit"] else ()
        told_of = self.told(records, wanted, self._matching(wanted), enough=tail is None)
        values = {
            "cleared": _is_cleared(log),
            "archived": archived,
            "exported": False,
            "count": log.total,
            "percent_free": state.get("PercentageFree"),
            "enabled": "disabled" not in flags,
            "locked": "locked" in flags,
            "new": len(new) if tail else None,
            **told_of,
        }
        return present(values, seen, tail)

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = {**present, "exported": bool(wanted["export"])}
        if wanted["clear"]:
            planned["cleared"] = True
        if wanted["archive"] and isinstance(present, Seen) and present.tail is not None:
            last = self.archive_of(wanted).foreseen(present.records, present.tail)[0]
            planned["archived"] = last + (planned["cleared"] != present["cleared"])
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        if planned["archived"] != present["archived"]:
            self.keep(present, wanted)
        clears = planned["cleared"] != present["cleared"]
        if wanted["export"] or (clears and wanted["archive"]):
            with _locked(machine):
                self._export(machine, wanted)
                if clears:
                    self._clear(machine, wanted)
        elif clears:
            machine.invoke(AUDIT_LOG, "ClearLog")
        return {"new": present["new"]}

    def _clear(self, machine: Machine, wanted: Values) -> None:
        """Nothing is added while it is locked, so that what is archived now is all."""
        if wanted["archive"]:
            self.keep(self.read(machine, {**wanted, "export": None}), wanted)
        machine.invoke(AUDIT_LOG, "ClearLog")
        if wanted["archive"]:
            self.archive_of(wanted).mark_cleared(told(int(self.clock.wall()), timezone.utc))

    def _export(self, machine: Machine, wanted: Values) -> None:
        if not wanted["export"]:
            return
        asked = {"SigningMechanism": wanted["signature_hash"]}
        answer = machine.invoke(AUDIT_LOG, "ExportAuditLogSignature", asked)
        total = int(answer["TotalRecordCount"])
        records = [*_Log(machine, total, None).newest()][::-1]
        document = {"host": self.host, "log": self.log, "signed": _signed(answer), "records": [*map(_text, records)]}
        self.write(place_for(wanted["export"], self.host), json.dumps(harmless(document), indent=1) + "\n")

    def decoded(self, octets: bytes) -> tuple[int, Entry]:
        act = parse(octets)
        return act.time, described(act)

    def kind_of(self, entry: Entry) -> str:
        return str(entry["event"])

    @staticmethod
    def _matching(wanted: Values) -> Any:
        application, event = one_of(wanted["applications"]), one_of(wanted["events"])
        by = one_of([wanted["by"]] if wanted["by"] is not None else None)
        return lambda entry: application(entry["application"]) and event(entry["event"]) and by(entry["by"])


def states_of(bits: int) -> list[str]:
    return [word for word, bit in AUDIT_STATES.items() if bits & bit]


class _Log:
    """Read from the end in the fewest exchanges. Records that were read are not asked for again."""

    def __init__(self, machine: Machine, total: int, percent_free: Optional[int]) -> None:
        self.machine = machine
        self.total = min(total, MOST_ACTS)
        self.may_wrap = percent_free is None or percent_free <= 1
        self.read: list[list[bytes]] = []
        self.begins = self.total + 1

    def newest(self) -> Iterator[bytes]:
        """From the newest on."""
        for page in self.read:
            yield from reversed(page)
        while self.begins > 1:
            yield from reversed(self.earlier())

    def earlier(self) -> list[bytes]:
        """The page before what was read. The oldest may be overwritten meanwhile, which moves all others: what was read
        already is left out."""
        end = self.begins - 1
        start = max(1, end - ACTS_AT_ONCE + 1)
        page: list[bytes] = []
        while len(page) < end - start + 1:
            found = self._at(start + len(page))
            page += found[: end - start + 1 - len(page)]
        if self.may_wrap and self.read:
            again = overlap(page, self.read[-1])
            page = page[: len(page) - again]
        self.read.append(page)
        self.begins = start
        return page

    def _at(self, index: int) -> list[bytes]:
        with overtaken_by(("INVALID_INDEX",), "run again", "the log was cleared while it was read: "):
            answer = self.machine.ask(AUDIT_LOG, "ReadRecords", {"StartIndex": index})
        found = [*octets_of(answer.get("EventRecords") or ())]
        if not found:
            raise ProtocolError("{0}: there is no record {1} of {2}".format(AUDIT_LOG.name, index, self.total))
        return found

    @property
    def records(self) -> list[bytes]:
        """What was read, from the oldest on."""
        return [octets for page in reversed(self.read) for octets in page]


def _unarchived(log: _Log, archive: Archive) -> tuple[Tail, list[bytes]]:
    """The end of the archive, and the log from there on, or all of it where none of that is in it any more."""
    tail = archive.tail(log.total)
    while log.begins > 1:
        page = log.earlier()
        if tail.records and tail.records[-1] in page and overlap(tail.records, log.records):
            return tail, log.records
    return archive.tail(FAR_BACK), log.records


def _is_cleared(log: _Log) -> bool:
    """Whether clearing it would leave the same: that it was cleared, and super-critical acts, which stay."""
    if log.total > KEPT_ACTS + 1:
        return False
    kinds = []
    for octets in log.newest():
        try:
            act = parse(octets)
        except BadRecord:
            return False
        kinds.append((act.application, act.event))
    return all(kind == CLEARED or (kind in EVENTS and EVENTS[kind].nature == SUPER) for kind in kinds)


@contextmanager
def _locked(machine: Machine) -> Iterator[None]:
    """Nothing is added meanwhile, and what is critical is refused. It ends by itself when this run is killed."""
    asked = {"LockTimeoutInSeconds": LOCKED_FOR, "Flag": "locked"}
    handle = machine.invoke(AUDIT_LOG, "SetAuditLock", asked).get("Handle")
    try:
        yield
    finally:
        with suppress(AmtError):
            machine.invoke(AUDIT_LOG, "SetAuditLock", {"Flag": "unlocked", "Handle": handle})


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _signed(answer: dict[str, Any]) -> Entry:
    """What the firmware says of the log, and its signature."""
    moments = {"begins": "StartLogTime", "ends": "EndLogTime", "made": "GenerationTime"}
    return {
        "hash": answer.get("SignatureMechanism"),
        "signature": _text(answer["Signature"]),
        "certificates": [_text(each) for each in divided(answer["Certificates"], answer["LengthOfCertificates"])],
        "count": answer["TotalRecordCount"],
        **{name: answer[wire].text if answer.get(wire) else None for name, wire in moments.items()},
        "uuid": answer.get("UUID"),
        "fqdn": answer.get("FQDN"),
    }


def divided(octets: bytes, lengths: list[int]) -> list[bytes]:
    """Pieces of these lengths, as far as there are octets."""
    pieces, at = [], 0
    for length in lengths:
        pieces.append(octets[at : at + length])
        at += length
    return pieces
