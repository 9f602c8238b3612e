# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The event log: what the platform told, read whole, frozen, archived and cleared (AMT.md 15.1)."""

from __future__ import annotations

from datetime import timezone
from typing import Any

from ...alerts.alignment import overlap
from ...alerts.archive import Entry
from ...alerts.event_record import at_least, described, is_empty, parse
from ...alerts.moments import told
from ...alerts.platform_words import ALL_KINDS, SEVERITIES
from ...cim.inventory import EVENT_LOG, EVENTS_AT_ONCE, MOST_EVENTS
from ...errors import NotReached, ProtocolError, Refused, Unavailable
from ...machine import Machine
from ...option import Option
from ...resource import Values
from .log import COMMON, Log, Seen, octets_of, one_of, present

FROZEN = "the log is frozen, and a frozen log cannot be cleared"
THAW = "say frozen: false too, or leave clear out"
EMPTY = "NO_RECORD_EXISTS_IN_LOG"
NOT_FROZEN = "the firmware took the request, and the log is not {0}"


class EventLog(Log):
    """`frozen`: nothing is added. `count`: how many records it has. `archived`: how many lines the archive has."""

    log = "event"
    options = (
        Option("frozen", type="bool"),
        *COMMON,
        Option("severity", choices=tuple(SEVERITIES)),
        Option("kinds", type="list", elements="str", choices=ALL_KINDS),
    )
    aside = ("records", "matching", "counts", "bad", "capacity", "empty_slots", "new")

    def read(self, machine: Machine, wanted: Values) -> Values:
        state = machine.get(EVENT_LOG)
        slots = self._slots(machine)
        newest_first = [octets for octets in slots if not is_empty(octets)]
        records = newest_first[::-1]
        tail, archived, first = None, None, 0
        if wanted["archive"]:
            archive = self.archive_of(wanted)
            tail = archive.tail(len(records))
            archived = tail.number
            first = archive.foreseen(records, tail)[1].first
        new = newest_first[: len(records) - first]
        values = {
            "frozen": state.get("IsFrozen"),
            "count": len(records),
            "archived": archived,
            "capacity": state.get("MaxNumberOfRecords"),
            "empty_slots": len(slots) - len(records),
            "new": len(new) if tail else None,
            **self.told(new if tail else newest_first, wanted, _matching(wanted)),
        }
        return present(values, records, tail)

    @staticmethod
    def _slots(machine: Machine) -> list[bytes]:
        """Newest first. One answer has them all; where it takes more, what was added meanwhile is not read twice."""
        found: list[bytes] = []
        position = 1
        while len(found) < MOST_EVENTS:
            page, following, ended = _page(machine, position, EVENTS_AT_ONCE)
            again = overlap(found, page)
            if again and _page(machine, 1, 1)[0] == found[:1]:
                again = 0
            found += page[again:]
            if ended or not page:
                break
            if following <= position:
                raise ProtocolError("{0}: reading does not get beyond record {1}".format(EVENT_LOG.name, position))
            position = following
        return found

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = dict(present)
        if wanted["frozen"] is not None:
            planned["frozen"] = wanted["frozen"]
        if wanted["clear"] and present["count"]:
            if present["frozen"] and wanted["frozen"] is not False:
                raise Unavailable(FROZEN, THAW, option="clear")
            planned["count"] = 0
        if wanted["archive"] and isinstance(present, Seen) and present.tail is not None:
            last = self.archive_of(wanted).foreseen(present.records, present.tail)[0]
            planned["archived"] = last + (planned["count"] != present["count"])
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> Values:
        if planned["archived"] != present["archived"]:
            self.keep(present, wanted)
        if present["frozen"] and not planned["frozen"]:
            _freeze(machine, False)
        if planned["count"] != present["count"]:
            self._clear(machine, wanted)
        if planned["frozen"] and not present["frozen"]:
            _freeze(machine, True)
        return {"new": present["new"]}

    def _clear(self, machine: Machine, wanted: Values) -> None:
        """What was added since it was read is kept too, as far as one can: the log cannot be held meanwhile."""
        if wanted["archive"]:
            machine.client.forget()
            self.keep(self.read(machine, wanted), wanted)
        machine.invoke(EVENT_LOG, "ClearLog")
        if wanted["archive"]:
            self.archive_of(wanted).mark_cleared(told(int(self.clock.wall()), timezone.utc))

    def decoded(self, octets: bytes) -> tuple[int, Entry]:
        event = parse(octets)
        return event.time, described(event)

    def kind_of(self, entry: Entry) -> str:
        return str(entry["kind"])


def _page(machine: Machine, position: int, count: int) -> tuple[list[bytes], int, bool]:
    """Records, where the next are, and whether there are none. PositionToFirstRecord is not asked for: it has no effect
    (vendor's guide), and the first record is number 1."""
    asked = {"IterationIdentifier": str(position), "MaxReadRecords": count}
    try:
        answer = machine.ask(EVENT_LOG, "GetRecords", asked)
    except Refused as refusal:
        if refusal.name == EMPTY or (position > 1 and refusal.name == "INVALID_RECORD"):
            return [], position, True
        raise
    following = str(answer.get("IterationIdentifier") or "")
    ahead = int(following) if following.isascii() and following.isdecimal() and len(following) < 10 else 0
    page = [*octets_of(answer.get("RecordArray") or ())]
    return page, ahead, bool(answer.get("NoMoreRecords", True))


def _freeze(machine: Machine, frozen: bool) -> None:
    machine.invoke(EVENT_LOG, "FreezeLog", {"Freeze": frozen})
    if machine.get(EVENT_LOG).get("IsFrozen") is not frozen:
        raise NotReached(NOT_FROZEN.format("frozen" if frozen else "thawed"))


def _matching(wanted: Values) -> Any:
    severity = one_of(at_least(wanted["severity"]) if wanted["severity"] else None)
    kind = one_of(wanted["kinds"])
    return lambda entry: severity(entry["severity"]) and kind(entry["kind"])
