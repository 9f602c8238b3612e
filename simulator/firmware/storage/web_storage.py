# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Files that the firmware keeps for others and serves at `/amt-storage/`: vendor, application and name, with what a
browser is told of them. A request is one write of flash, however little it brings."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Optional
from xml.etree import ElementTree

from ...values import Fault
from ..domain import Domain
from ..flash import FlashWorn

CLASS = "amt-storage"
"""How the rules of realms, the journal and scripted faults call it."""
ROOT = "/amt-storage/"
SINCE = (11, 6)
PART = re.compile(r"[A-Za-z0-9._-]{1,11}")
PAGES = ("index.htm", "logon.htm")
"""Files that may stand at the top: they are shown in the place of the firmware's own."""
PIECE = 8192
ROOM = 196_608
METADATA = re.compile(rb"<metadata>.*?</metadata>", re.DOTALL)
HEADERS = ("content-type", "content-encoding")
LINK_FIELD = 32

Path = tuple[str, ...]


class Refused(Exception):
    """With the HTTP status that says so."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class File:
    octets: bytes
    headers: tuple[tuple[str, str], ...] = ()
    link: str = ""


class WebStorage(Domain):
    """`files` by path; `folders` are those that were made for them, and stay when they go."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        given = firmware.settings.web_storage
        self.room = given if given is not None else ROOM if firmware.version[:2] >= SINCE else 0
        self.files: dict[Path, File] = {}
        self.folders: set[Path] = set()

    @property
    def used(self) -> int:
        return sum(len(file.octets) for file in self.files.values())

    def get(self, path: Path) -> Optional[File]:
        """A file; None is the list of them all."""
        self._admit(changes=False)
        if not path:
            return None
        if path not in self.files:
            raise Refused(404)
        return self.files[path]

    def put(self, path: Path, body: bytes, append: bool) -> None:
        self._admit(changes=True)
        check(path, body)
        metadata = METADATA.match(body)
        octets = body[metadata.end() :] if metadata else body
        if append:
            if path not in self.files:
                raise Refused(404)
            found = self.files[path]
            file = replace(found, octets=found.octets + octets)
        elif metadata is None:
            raise Refused(400)
        else:
            file = described(metadata.group(), octets)
        present = len(self.files[path].octets) if path in self.files else 0
        if self.used - present + len(file.octets) > self.room:
            raise Refused(500)
        self._wear()
        self.files[path] = file
        self.folders |= {path[:depth] for depth in range(1, len(path))}

    def delete(self, path: Path) -> None:
        self._admit(changes=True)
        inside = [each for each in (*self.files, *self.folders) if len(each) > len(path) and each[: len(path)] == path]
        if not path or inside or (path not in self.files and path not in self.folders):
            raise Refused(404 if not inside else 400)
        self._wear()
        self.files.pop(path, None)
        self.folders.discard(path)

    def listing(self) -> bytes:
        """JSON, nearly: AMT 11 names files by their paths in nested objects, leaves control characters in what it has
        no link for, and pads others with NULs; later firmware lists them, and folders without files too."""
        information = {"version": 1, "realms": 0, "user": self.firmware.caller}
        rows = self._nested() if self.firmware.personality.major <= 11 else self._rows()
        text = json.dumps({"information": information, "content": rows}, ensure_ascii=False, indent=1)
        return text.replace("\\u0000", "\0").replace("\\u0001", "\1").encode("utf-8")

    def _rows(self) -> list[dict[str, Any]]:
        names = ("vendor", "app", "name")
        rows = [self._row(path, dict(zip(names, path))) for path in sorted(self.files) if len(path) == len(names)]
        rows += [self._row(path, {"name": path[0]}) for path in sorted(self.files) if len(path) == 1]
        empty = [path for path in sorted(self.folders) if not any(each[: len(path)] == path for each in self.files)]
        return rows + [dict(zip(names, path)) for path in empty]

    def _row(self, path: Path, names: dict[str, Any]) -> dict[str, Any]:
        file = self.files[path]
        return {**names, "size": len(file.octets), **({"link": file.link} if file.link else {})}

    def _nested(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in sorted((*self.folders, *self.files)):
            place = found
            for folder in path[:-1]:
                place = place.setdefault(folder, {})
            file = self.files.get(path)
            link = file.link.ljust(LINK_FIELD, "\0") if file and file.link else "\1"
            place[path[-1]] = {"size": len(file.octets), "link": link} if file else place.get(path[-1], {})
        return found

    def _admit(self, changes: bool) -> None:
        if not self.room:
            raise Refused(404)
        try:
            self.firmware.users.admit(CLASS, changes)
        except Fault:
            raise Refused(403) from None

    def _wear(self) -> None:
        try:
            self.firmware.flash.write()
        except FlashWorn:
            raise Refused(500) from None


def check(path: Path, body: bytes) -> None:
    """Raise Refused for a place where no file can be, and for more than one request may bring."""
    placed = len(path) == 3 or path in [(page,) for page in PAGES]
    if not placed or not all(PART.fullmatch(part) and part.strip(".") for part in path) or path[0].lower() == "intel":
        raise Refused(400)
    if len(body) > PIECE:
        raise Refused(500)


def described(metadata: bytes, octets: bytes) -> File:
    """A file by what is said before it: headers first, then the link."""
    try:
        parsed = ElementTree.fromstring(metadata)
    except ElementTree.ParseError:
        raise Refused(400) from None
    names = [child.tag for child in parsed]
    if names not in ([], ["headers"], ["link"], ["headers", "link"]):
        raise Refused(400)
    headers = []
    for line in parsed.findall("headers/h"):
        name, colon, value = (line.text or "").partition(":")
        if not colon or name.strip().lower() not in HEADERS:
            raise Refused(400)
        headers.append((name.strip(), value.strip()))
    return File(octets, tuple(headers), parsed.findtext("link") or "")
