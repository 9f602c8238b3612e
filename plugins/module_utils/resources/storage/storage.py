# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Web storage as a set of files: what is there, what a browser is told of it, and what there is room for.

A file is compared by the digest of its content and by what is told of it, and written only where these differ: each
request wears the flash. No file is written in a single act, so what was cut off in the middle reads as another content,
and the next run writes it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...cim.storage import (
    CAPACITY,
    DEFAULT_TYPE,
    LINK_TEXT,
    MEDIA_TYPE,
    PART,
    RESERVED_VENDOR,
    TOP_PAGES,
    TYPES,
)
from ...errors import InvalidOption, Unavailable
from ...machine import Machine
from ...option import Option, check_within
from ...resource import Collection, Values
from .web_files import MOST_OCTETS, File, Place, fetched, listed, named, packed, place_of, removed, stored, unpacked

FILE = (
    Option("name", required=True),
    Option("vendor"),
    Option("app"),
    Option("state", choices=("present", "absent"), default="present"),
    Option("src", here=True),
    Option("content"),
    Option("type"),
    Option("compression", choices=("gzip", "none"), default="gzip"),
    Option("link"),
)
GZIP = b"\x1f\x8b"
IN_A_PART = "1 to 11 letters, digits, dots, hyphens and underscores, and not dots alone"
AT_THE_TOP = "a file without vendor and app is one of {0}; give both for any other".format(", ".join(TOP_PAGES))
IN_A_LINK = "at most 32 letters, digits, blanks and of ._,:;()+*/#@!?=[]-, as firmware escapes nothing"
TAKES = ("name", "vendor", "app")


class Storage(Collection):
    """`files` have a digest where they were asked for. `used` and `room` are bytes, `room` by what `capacity` says."""

    members = "files"
    options = (
        Option("files", type="list", elements="dict", options=FILE),
        Option("purge", type="bool", default=False),
        Option("capacity", type="int", default=CAPACITY),
    )

    def key_of(self, member: Values) -> Place:
        return place_of(member)

    def check(self, wanted: Values) -> None:
        check_within("capacity", wanted["capacity"], 1, MOST_OCTETS, "bytes")
        if wanted["purge"] and wanted.get("files") is None:
            raise InvalidOption("purge", True, "list the files that are to stay; files: [] is none of them")
        seen: set[Place] = set()
        for member in _listed(wanted):
            _check_place(member)
            _check_told(member)
            if place_of(member) in seen:
                raise InvalidOption("files", named(place_of(member)), "it is listed twice")
            seen.add(place_of(member))
        _check_room({each: file_of(member) for each, member in _kept(wanted)}, {}, wanted["capacity"])

    def read(self, machine: Machine, wanted: Values) -> Values:
        rows = listed(machine)
        asked = {place for place, _member in _kept(wanted)}
        found = [_known(machine, row) if place_of(row) in asked else row for row in rows]
        return _filled(found, wanted["capacity"])

    def plan(self, present: Values, wanted: Values) -> Values:
        was = self._by_key(present)
        gone = {place_of(each) for each in _listed(wanted) if each.get("state") == "absent"}
        planned = {} if wanted["purge"] else {place: row for place, row in was.items() if place not in gone}
        files = {place: file_of(member) for place, member in _kept(wanted)}
        for place, file in files.items():
            row = _told(place, file)
            planned[place] = was[place] if place in was and _is_same(was[place], row) else row
        fresh = {place: files[place] for place in files if planned[place] is not was.get(place)}
        _check_room(fresh, {place: row for place, row in planned.items() if place not in fresh}, wanted["capacity"])
        return _filled([planned[place] for place in sorted(planned)], wanted["capacity"])

    def apply(self, machine: Machine, present: Values, planned: Values, wanted: Values) -> None:
        """What goes makes room for what comes."""
        was, will = self._by_key(present), self._by_key(planned)
        files = {place: file_of(member) for place, member in _kept(wanted)}
        for place in was:
            if place not in will:
                removed(machine, place)
        for place, row in will.items():
            if row != was.get(place):
                if files[place].sha256 != row["sha256"]:
                    raise InvalidOption("src", named(place), "the file has changed while this ran; run again")
                stored(machine, place, files[place])

    def export(self, present: Values) -> Values:
        """What is in a file is no part of a document."""
        return {}


def file_of(member: Values) -> File:
    """What is to be stored of a member. InvalidOption where there is nothing, or where it cannot be read."""
    content = _content(member)
    kind = member.get("type") or TYPES.get(member["name"].rpartition(".")[2].lower(), DEFAULT_TYPE)
    compression = member.get("compression") or "gzip"
    if compression == "gzip" and not (content.startswith(GZIP) and unpacked(content) is not None):
        content = packed(content)
    return File(content, kind, compression, member.get("link") or "")


def _content(member: Values) -> bytes:
    if member.get("content") is not None:
        octets = str(member["content"]).encode("utf-8", "surrogatepass")
        if len(octets) > MOST_OCTETS:
            raise InvalidOption("content", named(place_of(member)), "no firmware has room for so much")
        return octets
    path = Path(member["src"])
    try:
        if not path.is_file():
            raise InvalidOption("src", member["src"], "there is no such file where this runs")
        if path.stat().st_size > MOST_OCTETS:
            raise InvalidOption("src", member["src"], "no firmware has room for {0} bytes".format(path.stat().st_size))
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidOption("src", member["src"], getattr(error, "strerror", None) or str(error)) from None


def _listed(wanted: Values) -> Sequence[Values]:
    return wanted.get("files") or ()


def _kept(wanted: Values) -> list[tuple[Place, Values]]:
    return [(place_of(each), each) for each in _listed(wanted) if each.get("state") != "absent"]


def _check_place(member: Values) -> None:
    for name in TAKES:
        part = member.get(name)
        if part and not (PART.fullmatch(part) and part.strip(".")):
            raise InvalidOption(name, part, IN_A_PART)
    vendor, app = member.get("vendor"), member.get("app")
    if bool(vendor) != bool(app) or (not vendor and member["name"] not in TOP_PAGES):
        raise InvalidOption("name", member["name"], AT_THE_TOP)
    if vendor and vendor.lower() == RESERVED_VENDOR:
        raise InvalidOption("vendor", vendor, "firmware keeps this name for itself")


def _check_told(member: Values) -> None:
    if member.get("state") == "absent":
        return
    if (member.get("src") is None) == (member.get("content") is None):
        raise InvalidOption("src", named(place_of(member)), "give either src or content")
    kind, link = member.get("type"), member.get("link") or ""
    if kind and not MEDIA_TYPE.fullmatch(kind):
        raise InvalidOption("type", kind, "a media type such as text/html, without parameters")
    if not LINK_TEXT.fullmatch(link) or link != link.strip():
        raise InvalidOption("link", link, IN_A_LINK)


def _check_room(fresh: dict[Place, File], kept: dict[Place, Values], capacity: int) -> None:
    """What does not fit is named before anything is written."""
    sizes = {named(place): len(file.octets) for place, file in fresh.items()}
    needed, taken = sum(sizes.values()), sum(row["size"] for row in kept.values())
    if not fresh or needed + taken <= capacity:
        return
    told = ", ".join("{0} ({1} bytes)".format(*each) for each in sorted(sizes.items(), key=lambda each: -each[1]))
    message = "there is room for {0} bytes, and what is to be stored takes {1}: {2}"
    hint = "store less, or remove other files, with purge or state: absent; capacity says how much this firmware holds"
    raise Unavailable(message.format(max(0, capacity - taken), needed, told), hint, room=capacity - taken, files=sizes)


def _filled(rows: list[Values], capacity: int) -> Values:
    used = sum(row["size"] for row in rows)
    return {"files": rows, "used": used, "room": max(0, capacity - used)}


def _known(machine: Machine, row: Values) -> Values:
    file = fetched(machine, place_of(row), row["link"])
    return {**row, "type": file.type, "compression": file.compression, "sha256": file.sha256}


def _told(place: Place, file: File) -> Values:
    names = {"vendor": place[0], "app": place[1], "name": place[2]}
    told = {"type": file.type, "compression": file.compression, "sha256": file.sha256}
    return {**names, "size": len(file.octets), "link": file.link, **told}


def _is_same(was: Values, row: Values) -> bool:
    """Whatever it takes: the same content is packed in more than one way."""
    return all(was.get(name) == row[name] for name in row if name != "size")
