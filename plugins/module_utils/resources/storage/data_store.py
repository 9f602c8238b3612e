# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The third-party data store of AMT 11 and older: enterprises, what is set aside, blocks (AMT.md 10.6)."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from ...cim.data_store import (
    ADMINISTRATION,
    LONGEST_BLOCK_NAME,
    LONGEST_NAME,
    MOST_ENTERPRISES,
    PARTNER,
    STORE,
    UNIT,
)
from ...errors import InvalidOption, Unavailable, Unsupported, overtaken_by
from ...machine import Machine
from ...option import Option
from ...resource import Resource, Values
from .data_blocks import MOST_BLOCK, Row, Session, plain, session

ALLOCATION = (
    Option("vendor", required=True),
    Option("application", required=True),
    Option("size", type="int"),
    Option("state", choices=("present", "absent"), default="present"),
)
APPLICATION = (
    Option("vendor", required=True),
    Option("name", required=True),
    Option("enterprise", required=True),
    Option("uuid", required=True),
    Option("state", choices=("present", "absent"), default="present"),
)
BLOCK = (
    Option("name", required=True),
    Option("content"),
    Option("hidden", type="bool"),
    Option("state", choices=("present", "absent"), default="present"),
)
UUID = re.compile("[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
MEANWHILE = ("INVALID_HANDLE", "DUPLICATE", "STORAGE_ACL_ENTRY_IN_USE")
UNKNOWN = "this firmware has no third-party data store (AMT 11 and older had one; amt_storage is what came after it)"


class DataStore(Resource):
    """`allocated` and `total` are bytes. `applications` are those that are registered, whoever they are."""

    options = (
        Option("enterprises", type="list", elements="str"),
        Option("allocations", type="list", elements="dict", options=ALLOCATION),
        Option("application", type="dict", options=APPLICATION),
        Option("blocks", type="list", elements="dict", options=BLOCK),
        Option("purge", type="bool", default=False),
    )
    aside = ("applications", "total", "allocated", "room", "writes_left")

    def check(self, wanted: Values) -> None:
        for name in wanted.get("enterprises") or ():
            _check_name("enterprises", name, LONGEST_NAME)
        for each in wanted.get("allocations") or ():
            _check_allocation(each)
        who, blocks = wanted.get("application"), wanted.get("blocks")
        if who:
            for name in ("vendor", "name", "enterprise"):
                _check_name(name, who[name], LONGEST_NAME)
            if not UUID.fullmatch(who["uuid"]):
                raise InvalidOption("uuid", who["uuid"], "one of your own for this program, 32 hex digits")
        if blocks is not None and (not who or (blocks and who.get("state") == "absent")):
            raise InvalidOption("blocks", "the blocks", "they belong to an application that is present: name it")
        for block in blocks or ():
            _check_name("name", block["name"], LONGEST_BLOCK_NAME)
            if len(_padded(block)) > MOST_BLOCK:
                raise InvalidOption("content", block["name"], "no firmware has room for it")
        _check_once("blocks", [each["name"] for each in blocks or ()])
        _check_once("allocations", [_key(each) for each in wanted.get("allocations") or ()])

    def read(self, machine: Machine, wanted: Values) -> Values:
        try:
            room = machine.ask(ADMINISTRATION, "GetGlobalStorageAttributes")
        except Unsupported as error:
            raise Unavailable(UNKNOWN, "leave it out for this device", lacks="third-party data store") from error
        with overtaken_by(MEANWHILE):
            enterprises = sorted(_enterprises(machine))
            allocations = sorted((row for row, _handle in _allocations(machine)), key=_key)
            applications = [row for row, _handle in _applications(machine)]
        told = {"enterprises": enterprises, "allocations": allocations, "applications": applications, "blocks": []}
        told.update(total=room.get("TotalStorage"), allocated=room.get("TotalAllocatedStorage"))
        told.update(room=room.get("MaxPartnerStorage"), writes_left=None)
        who = wanted.get("application")
        if wanted.get("blocks") is not None and who and _is_registered(who, applications):
            with session(machine, who) as at_work:
                asked = {each["name"] for each in wanted["blocks"]}
                rows = _first_of_each(at_work.blocks())
                told["blocks"] = [_told(row, at_work.read(row) if row["name"] in asked else None) for row in rows]
        if wanted.get("blocks"):
            told["writes_left"] = machine.ask(STORE, "GetWriteEraseLimit").get("WriteEraseLimit")
        return told

    def plan(self, present: Values, wanted: Values) -> Values:
        planned = dict(present)
        purge = wanted["purge"]
        if wanted.get("enterprises") is not None:
            kept = [] if purge else present["enterprises"]
            planned["enterprises"] = sorted({*kept, *wanted["enterprises"]})
        if wanted.get("allocations") is not None:
            planned["allocations"] = _planned_allocations(present, wanted["allocations"], purge)
        who = wanted.get("application") or {}
        if who.get("state") == "absent":
            planned["blocks"] = []
            planned["applications"] = [each for each in present["applications"] if not _is_same(each, who)]
        elif wanted.get("blocks") is not None:
            planned["blocks"] = _planned_blocks(present, wanted["blocks"], purge)
        _check_planned(present, planned, who)
        return planned

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        """What needs something comes after it, and goes before it."""
        with overtaken_by(MEANWHILE):
            for name in planned["enterprises"]:
                if name not in present["enterprises"]:
                    machine.invoke(ADMINISTRATION, "AddStorageEaclEntry", {"EnterpriseName": name})
            _set_aside(machine, present, planned)
            who = wanted.get("application") or {}
            if planned["blocks"] != present["blocks"] and who.get("state") != "absent":
                with session(machine, who, registers=not _is_registered(who, present["applications"])) as at_work:
                    _bring(at_work, planned["blocks"], wanted)
            for row, handle in _applications(machine) if planned["applications"] != present["applications"] else ():
                if row not in planned["applications"] and row in present["applications"]:
                    machine.invoke(ADMINISTRATION, "AdminRemoveApplication", {"Handle": handle})
            _free(machine, present, planned)

    def export(self, present: Values) -> Values:
        return {}


def _check_name(option: str, name: str, longest: int) -> None:
    if not 0 < len(name) <= longest or not name.isprintable() or name != name.strip():
        raise InvalidOption(option, name, "1 to {0} printable characters, no blank at either end".format(longest))


def _check_allocation(each: Values) -> None:
    for name in ("vendor", "application"):
        _check_name(name, each[name], LONGEST_NAME)
    size = each.get("size")
    if each.get("state") != "absent" and (not size or size < 0 or size % UNIT):
        raise InvalidOption("size", size, "a multiple of {0} bytes".format(UNIT))


def _check_once(option: str, keys: list[Any]) -> None:
    twice = [key for key in keys if keys.count(key) > 1]
    if twice:
        raise InvalidOption(option, twice[0], "it is listed twice")


def _key(each: Values) -> tuple[str, str]:
    return each["vendor"], each["application"]


def _enterprises(machine: Machine) -> dict[str, int]:
    handles = machine.ask(ADMINISTRATION, "EnumerateStorageEaclEntries").get("Handles") or []
    told = {each: machine.ask(ADMINISTRATION, "GetStorageEaclEntry", {"Handle": each}) for each in handles}
    return {row.get("EnterpriseName") or "": handle for handle, row in told.items()}


def _allocations(machine: Machine) -> list[tuple[Values, int]]:
    """Those of partners: what others take is not set aside by anybody."""
    handles = machine.ask(ADMINISTRATION, "EnumerateStorageAllocEntries").get("Handles") or []
    told = [(machine.ask(ADMINISTRATION, "GetStorageAllocEntry", {"Handle": each}), each) for each in handles]
    return [
        (
            {
                "vendor": row.get("VendorName") or "",
                "application": row.get("ApplicationName") or "",
                "size": row.get("TotalAllocationSize") or 0,
            },
            handle,
        )
        for row, handle in told
        if row.get("IsPartner") is not False
    ]


def _applications(machine: Machine) -> list[tuple[Values, int]]:
    handles = machine.ask(ADMINISTRATION, "AdminGetRegisteredApplications").get("ApplicationHandles") or []
    rows = []
    for handle in handles:
        told = machine.ask(ADMINISTRATION, "AdminGetApplicationAttributes", {"Handle": handle})
        names = {"vendor": "VendorName", "name": "ApplicationName", "enterprise": "EnterpriseName"}
        row = {name: told.get(wire) or "" for name, wire in names.items()}
        row.update(uuid=(told.get("UUID") or b"").hex(), size=told.get("CurrentAllocationSize"))
        rows.append((row, handle))
    return rows


def _is_same(row: Values, who: Values) -> bool:
    names = all(row[name] == who[name] for name in ("vendor", "name", "enterprise"))
    return names and row["uuid"] == plain(who["uuid"])


def _is_registered(who: Values, applications: list[Values]) -> bool:
    return any(_is_same(row, who) for row in applications)


def _first_of_each(rows: list[Row]) -> list[Row]:
    """Names need not be unique: of several the first counts."""
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["handle"]):
        found.setdefault(row["name"], row)
    return [found[name] for name in sorted(found)]


def _padded(block: Values) -> bytes:
    """To a whole number of units, at least one."""
    data = (block.get("content") or "").encode("utf-8", "surrogatepass")
    return data.ljust(max(1, -(-len(data) // UNIT)) * UNIT, b"\0")


def _told(row: Row, data: bytes | None) -> Values:
    told = {"name": row["name"], "size": row["size"], "hidden": row["hidden"]}
    if data is None:
        return told
    return {
        **told,
        "sha256": hashlib.sha256(data).hexdigest(),
        "content": data.rstrip(b"\0").decode("utf-8", "replace"),
    }


def _planned_allocations(present: Values, wanted: list[Values], purge: bool) -> list[Values]:
    planned = {} if purge else {_key(each): each for each in present["allocations"]}
    for each in wanted:
        planned.pop(_key(each), None)
        if each.get("state") != "absent":
            planned[_key(each)] = {"vendor": each["vendor"], "application": each["application"], "size": each["size"]}
    return [planned[key] for key in sorted(planned)]


def _planned_blocks(present: Values, wanted: list[Values], purge: bool) -> list[Values]:
    was = {each["name"]: each for each in present["blocks"]}
    planned = {} if purge else dict(was)
    for each in wanted:
        found = planned.pop(each["name"], None) or was.get(each["name"])
        if each.get("state") == "absent":
            continue
        if each.get("content") is not None or found is None:
            data = _padded(each)
            found = _told({"hidden": False, **(found or {}), "name": each["name"], "size": len(data)}, data)
        hidden = found["hidden"] if each.get("hidden") is None else each["hidden"]
        planned[each["name"]] = {**found, "hidden": hidden}
    return [planned[name] for name in sorted(planned)]


def _check_planned(present: Values, planned: Values, who: Values) -> None:
    """What the firmware would refuse in the middle is refused before any write."""
    if planned["enterprises"] != present["enterprises"] and len(planned["enterprises"]) > MOST_ENTERPRISES:
        message = "firmware has room for {0} enterprises; remove others, with purge".format(MOST_ENTERPRISES)
        raise InvalidOption("enterprises", ", ".join(planned["enterprises"]), message)
    for each in planned["applications"]:
        if each["enterprise"] in present["enterprises"] and each["enterprise"] not in planned["enterprises"]:
            told = "{vendor}/{name}".format(**each)
            raise Unavailable(
                "{0} is registered in {1}".format(told, each["enterprise"]), "remove the application first"
            )
    sizes = sum(each["size"] for each in planned["allocations"])
    if planned["allocations"] != present["allocations"] and present["room"] is not None and sizes > present["room"]:
        message = "{0} bytes are to be set aside, and {1} can be".format(sizes, present["room"])
        raise Unavailable(message, "set less aside", room=present["room"])
    if planned["blocks"] and who.get("state") != "absent" and planned["blocks"] != present["blocks"]:
        if who["enterprise"] not in planned["enterprises"]:
            raise InvalidOption("enterprise", who["enterprise"], "the device has no such enterprise: list it")
        if present["writes_left"] == 0:
            raise Unavailable("the firmware takes no more writes for now, to spare its flash", "try again tomorrow")


def _set_aside(machine: Machine, present: Values, planned: Values) -> None:
    was = {_key(each): each for each in present["allocations"]}
    handles = {_key(row): handle for row, handle in _allocations(machine)} if was else {}
    for each in planned["allocations"]:
        if _key(each) not in was:
            names = {"VendorName": each["vendor"], "ApplicationName": each["application"]}
            kind = {"AttrType": PARTNER, "IsPartner": True, "TotalAllocationSize": each["size"]}
            machine.invoke(ADMINISTRATION, "AddStorageFpaclEntry", {**names, **kind})
        elif each != was[_key(each)] and _key(each) in handles:
            given = {"Handle": handles[_key(each)], "NewAllocationSize": each["size"]}
            machine.invoke(ADMINISTRATION, "UpdateStorageFpaclEntry", given)


def _free(machine: Machine, present: Values, planned: Values) -> None:
    kept = {_key(each) for each in planned["allocations"]}
    if any(_key(each) not in kept for each in present["allocations"]):
        for row, handle in _allocations(machine):
            if _key(row) not in kept and row in present["allocations"]:
                machine.invoke(ADMINISTRATION, "RemoveStorageFpaclEntry", {"Handle": handle})
    gone = set(present["enterprises"]) - set(planned["enterprises"])
    for name, handle in _enterprises(machine).items() if gone else ():
        if name in gone:
            machine.invoke(ADMINISTRATION, "RemoveStorageEaclEntry", {"Handle": handle})


def _bring(at_work: Session, planned: list[Values], wanted: Values) -> None:
    """What goes makes room for what comes; a block of another size is another block."""
    rows = at_work.blocks()
    will = {each["name"]: each for each in planned}
    first = {row["name"]: row for row in _first_of_each(rows) if row["name"] in will}
    first = {name: row for name, row in first.items() if row["size"] == will[name]["size"]}
    for row in rows:
        if first.get(row["name"]) is not row:
            at_work.act("DeallocateBlock", BlockHandle=row["handle"])
    contents = {each["name"]: each for each in wanted["blocks"] if each.get("state") != "absent"}
    for name, each in will.items():
        row = first.get(name) or _allocated(at_work, each)
        if row["hidden"] != each["hidden"]:
            at_work.act("SetBlockVisibility", BlockHandle=row["handle"], BlockHidden=each["hidden"])
        if name in contents and (contents[name].get("content") is not None or name not in first):
            at_work.write(row, _padded(contents[name]))


def _allocated(at_work: Session, each: Values) -> Row:
    given = {"BytesRequested": each["size"], "BlockHidden": each["hidden"], "BlockName": each["name"]}
    made = at_work.act("AllocateBlock", **given)
    return {**each, "handle": made["BlockHandle"]}
