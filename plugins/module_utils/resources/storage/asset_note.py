# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Software assets: facts that were gathered while the system ran, kept in the firmware, told while it is off.

There are two places for a note. A new one goes where the present one is not, is read back, and only then is the old one
taken away: whoever is killed meanwhile leaves one that is whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...cim.inventory import COMPUTER_SYSTEM_PACKAGE
from ...cim.storage import CAPACITY, DEFAULT_TYPE
from ...errors import InvalidOption, Overtaken, Unavailable
from ...identity import uuid_of
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Resource, Values
from .notes import ABSENT, TRUSTED, VERIFIED, Note, Opened, canonical, moment, opened, sealed
from .web_files import MOST_OCTETS, File, Place, fetched, listed, place_of, removed, stored

VENDOR, APP = "outofband", "assets"
SLOTS = ("a", "b")
DAY = 86400
SHORTEST_KEY = 16
MOST_DAYS = 3650
WANTS_KEY = "a note that nobody can verify is worth nothing: give the key, best from a vault"
LESS = "keep fewer facts; capacity says how much this firmware holds"


class AssetNote(Resource):
    """`age` is in seconds. `held`: what lies in the two places, and what a note is judged by."""

    options = (
        Option("facts", type="dict"),
        Option("state", choices=("present", "absent"), default="present"),
        Option("signing_key", secret=True),
        Option("former_keys", type="list", elements="str", secret=True),
        Option("renew_after", type="int", default=7),
        Option("max_age", type="int", default=30),
        Option("capacity", type="int", default=CAPACITY),
    )
    aside = ("held",)

    def check(self, wanted: Values) -> None:
        check_within("renew_after", wanted["renew_after"], 0, MOST_DAYS, "days")
        check_within("max_age", wanted["max_age"], 0, MOST_DAYS, "days")
        check_within("capacity", wanted["capacity"], 1, MOST_OCTETS, "bytes")
        for name, keys in (("signing_key", [wanted.get("signing_key")]), ("former_keys", wanted.get("former_keys"))):
            if any(key is not None and len(key) < SHORTEST_KEY for key in keys or ()):
                raise InvalidOption(name, "the key", "it has fewer than {0} characters".format(SHORTEST_KEY))
        if wanted.get("facts") is None:
            return
        if wanted["state"] == "absent":
            raise InvalidOption("facts", "the facts", "with state: absent no note is kept; leave them out")
        if not wanted.get("signing_key"):
            raise InvalidOption("signing_key", "", WANTS_KEY)
        try:
            canonical(wanted["facts"])
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidOption("facts", "the facts", "JSON has no form for them: {0}".format(error)) from None

    def read(self, machine: Machine, wanted: Values) -> Values:
        rows = listed(machine)
        found = {row["name"]: fetched(machine, place_of(row)) for row in rows if place_of(row)[:2] == (VENDOR, APP)}
        uuid = uuid_of(machine.get(COMPUTER_SYSTEM_PACKAGE).get("PlatformGUID")) or ""
        keys = [key for key in (wanted.get("signing_key"), *(wanted.get("former_keys") or ())) if key]
        notes = {name: opened(file.octets, uuid, keys) for name, file in found.items() if name in SLOTS}
        slot = max(sorted(notes), key=lambda name: _rank(notes[name]), default="")
        best, now = notes.get(slot, Opened(ABSENT)), int(machine.clock.wall())
        held = {"slots": {name: found[name].sha256 for name in notes}, "slot": slot, "current": best.current}
        held.update(serial=best.note.serial if best.note else 0, used=sum(row["size"] for row in rows))
        return {**_told(best, now, wanted["max_age"]), "held": {**held, "uuid": uuid, "now": now}}

    def plan(self, present: Values, wanted: Values) -> Values:
        if wanted["state"] == "absent":
            return {**_told(Opened(ABSENT), 0, 0), "held": present["held"]} if present["held"]["slots"] else present
        if wanted.get("facts") is None:
            return present
        if _is_good(present, wanted):
            return {**present, "held": _alone(present["held"])}
        facts = _as_read(wanted["facts"])
        taken = moment(present["held"]["now"])
        held = {**present["held"], "serial": present["held"]["serial"] + 1, "current": True}
        planned = {"state": VERIFIED, "facts": facts, "taken": taken, "age": 0, "stale": False, "held": held}
        _check_room(_sealed(present, planned, wanted), present, wanted["capacity"])
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        kept = ""
        if planned["state"] != ABSENT:
            kept = present["held"]["slot"]
        if planned["held"]["serial"] != present["held"]["serial"]:
            kept = next(name for name in SLOTS if name != kept)
            file = File(_sealed(present, planned, wanted), DEFAULT_TYPE, "none")
            stored(machine, _place(kept), file)
            if fetched(machine, _place(kept)).octets != file.octets:
                raise Overtaken("somebody else is writing an asset note to this device")
        for name, seen in present["held"]["slots"].items():
            if name != kept and (not kept or _still(machine, name, seen)):
                removed(machine, _place(name))

    def holds(self, found: Values, planned: Values, wanted: Values) -> bool:
        """Of two notes with these facts, one of them somebody else's, one goes."""
        return bool(self.plan(found, wanted) == found)

    def export(self, present: Values) -> Values:
        return {}


def _place(name: str) -> Place:
    return VENDOR, APP, name


def _still(machine: Machine, name: str, seen: str) -> bool:
    """Whether there still is what was read: what somebody else has written there since is his."""
    try:
        return fetched(machine, _place(name)).sha256 == seen
    except Overtaken:
        return False


def _rank(each: Opened) -> tuple[Any, ...]:
    note = each.note
    return (each.state in TRUSTED, note is not None, note.taken if note else 0, note.serial if note else 0)


def _told(each: Opened, now: int, max_age: int) -> Values:
    """Facts of those alone that are believed."""
    note = each.note
    taken = moment(note.taken) if note else None
    age = max(0, now - note.taken) if note else None
    told = {"state": each.state, "facts": note.facts if note and each.state in TRUSTED else {}, "taken": taken}
    return {**told, "age": age, "stale": age is not None and age > max_age * DAY}


def _alone(held: Values) -> Values:
    """Without what lies in the other place."""
    return {**held, "slots": {held["slot"]: held["slots"][held["slot"]]}}


def _is_good(present: Values, wanted: Values) -> bool:
    held = present["held"]
    if present["state"] != VERIFIED or not held["current"]:
        return False
    return present["age"] <= wanted["renew_after"] * DAY and canonical(present["facts"]) == canonical(wanted["facts"])


def _as_read(facts: Mapping[str, Any]) -> Any:
    """As they come back: keys are texts, tuples are lists."""
    return json.loads(canonical(facts))


def _sealed(present: Values, planned: Values, wanted: Values) -> bytes:
    held = present["held"]
    note = Note(planned["facts"], held["uuid"], held["now"], held["serial"] + 1)
    return sealed(note, wanted["signing_key"])


def _check_room(octets: bytes, present: Values, capacity: int) -> None:
    """The present note stays until the new one is there."""
    room = max(0, capacity - present["held"]["used"])
    if len(octets) > room:
        message = "the asset note takes {0} bytes, compressed, and there is room for {1}"
        raise Unavailable(message.format(len(octets), room), LESS, size=len(octets), room=room)
