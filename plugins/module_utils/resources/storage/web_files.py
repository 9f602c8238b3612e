# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The files that firmware keeps at `/amt-storage/`, one by one: AMT.md 10.6. The list is nearly JSON, of two forms."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote

from ...cim.storage import (
    ENCODING,
    HEADER,
    LINK,
    METADATA,
    METADATA_MARK,
    PIECE,
    ROOT,
    TOP_PAGES,
    TYPE,
)
from ...errors import AccessDenied, AmtError, Fault, Overtaken, ProtocolError, Unavailable, Unsupported
from ...machine import Machine
from ...resource import Values

MOST_FILES = 1000
MOST_OCTETS = 16 * 1024 * 1024
"""Of one file when it is unpacked, and more than any firmware has room for."""
UNKNOWN = "this firmware has no web storage (it came with AMT 11.6)"
NO_REALM = "give the user the realm storage, or that of the administrator"

Place = tuple[str, str, str]


class File(NamedTuple):
    """What is stored: octets as they lie there, and what a browser is told of them. `link` is known from the list."""

    octets: bytes
    type: str
    compression: str
    link: str = ""

    @property
    def content(self) -> bytes | None:
        """What a browser shows; None where it cannot be unpacked."""
        return self.octets if self.compression == "none" else unpacked(self.octets)

    @property
    def sha256(self) -> str:
        """Of the content; empty where that is spoilt."""
        content = self.content
        return "" if content is None else hashlib.sha256(content).hexdigest()


def place_of(row: Values) -> Place:
    return row.get("vendor") or "", row.get("app") or "", row["name"]


def named(place: Place) -> str:
    return "/".join(part for part in place if part)


def packed(content: bytes) -> bytes:
    """Gzip without a time and a name in it (RFC 1952), so that the same content is the same octets."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


def unpacked(octets: bytes) -> bytes | None:
    unpacker = zlib.decompressobj(31)
    try:
        content = unpacker.decompress(octets, MOST_OCTETS)
    except zlib.error:
        return None
    return content if unpacker.eof and not unpacker.unused_data else None


def listed(machine: Machine) -> list[Values]:
    """Every file: vendor, app, name, size and link. Unavailable where this firmware keeps none."""
    try:
        reply = machine.client.fetch(ROOT)
    except Unsupported as error:
        raise Unavailable(UNKNOWN, "leave it out for this device", lacks="web storage") from error
    except AccessDenied as error:
        error.hint = error.hint or NO_REALM
        raise
    return read_list(reply.body)


def read_list(body: bytes) -> list[Values]:
    """AMT 11 nests objects by vendor and application, later firmware has an array. Control characters, and what is no
    UTF-8, are what was left in a field before."""
    text = body.decode("utf-8", "replace")
    text = "".join(letter for letter in text if letter >= " " and letter != "\ufffd")
    try:
        content = json.loads(text)["content"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ProtocolError("the list of the web storage is none: {0:.80}".format(text or "nothing")) from None
    rows = [*(_flat(content) if isinstance(content, list) else _nested(content, ()))]
    if len(rows) > MOST_FILES:
        raise ProtocolError("the web storage lists more than {0} files".format(MOST_FILES))
    return sorted(rows, key=place_of)


def _flat(rows: list[Any]) -> Iterator[Values]:
    """Folders without files are rows without a name."""
    for row in rows:
        if isinstance(row, Mapping) and row.get("name"):
            yield _row((row.get("vendor") or "", row.get("app") or "", row["name"]), row)


def _nested(found: Any, path: tuple[str, ...]) -> Iterator[Values]:
    if not isinstance(found, Mapping):
        raise ProtocolError("the list of the web storage has something that is no file: {0!r:.80}".format(found))
    if "size" in found and not isinstance(found["size"], Mapping):
        yield _row((*("",) * (3 - len(path)), *path), found)
        return
    if len(path) >= 3:
        raise ProtocolError("the list of the web storage is nested deeper than vendor, application and name")
    for name, inside in found.items():
        yield from _nested(inside, (*path, name))


def _row(place: tuple[Any, ...], found: Mapping[str, Any]) -> Values:
    size, link = found.get("size"), found.get("link") or ""
    sound = all(isinstance(part, str) for part in (*place, link)) and len(place) == 3
    if not sound or not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= 1 << 31:
        raise ProtocolError("the list of the web storage has a row that is no file: {0!r:.80}".format(dict(found)))
    return {"vendor": place[0], "app": place[1], "name": place[2], "size": size, "link": link.strip()}


def target_of(place: Place) -> str:
    """Where a file is, also one that somebody else has given a strange name. ProtocolError where it can be nowhere."""
    parts = [part for part in place if part]
    if any(part in (".", "..") or "/" in part for part in parts) or not parts:
        raise ProtocolError("the web storage has a file that has no place of its own: {0!r}".format(named(place)))
    return ROOT + "/".join(quote(part, safe="") for part in parts)


def fetched(machine: Machine, place: Place, link: str = "") -> File:
    """A file that is in the list. Overtaken where it has gone since."""
    try:
        reply = machine.client.fetch(target_of(place))
    except Unsupported as error:
        raise Overtaken("{0} was in the web storage a moment ago".format(named(place))) from error
    encoding = reply.headers.get(ENCODING.lower(), "").strip().lower()
    kind = reply.headers.get(TYPE.lower(), "").partition(";")[0].strip()
    return File(reply.body, kind, encoding or "none", link)


def stored(machine: Machine, place: Place, file: File) -> None:
    """Write a file, piece by piece. What was refused in the middle is taken away, if it is what this run wrote."""
    target, sent = target_of(place), 0
    for piece, size in pieces(file):
        try:
            machine.client.submit("PUT", target + ("?append=" if sent else ""), piece)
        except Unsupported as error:
            raise (Overtaken if sent else Unavailable)("{0}: {1}".format(named(place), error)) from error
        except Fault as error:
            if sent:
                _take_back(machine, place, file.octets[:sent])
            raise _about(error, place, file) from None
        sent += size


def _about(error: Fault, place: Place, file: File) -> Fault:
    message = "{0}, {1} bytes, was refused: {2}".format(named(place), len(file.octets), error)
    error.args = (message,)
    error.hint = error.hint or "its room may be used up, its flash worn for now, or the name one that it does not take"
    return error


def _take_back(machine: Machine, place: Place, octets: bytes) -> None:
    try:
        if fetched(machine, place).octets == octets:
            machine.client.submit("DELETE", target_of(place))
    except AmtError:
        return


def pieces(file: File) -> Iterator[tuple[bytes, int]]:
    """The requests' bodies, and how much of the file is in each. The first alone begins as metadata does."""
    headers = HEADER.format(ENCODING, file.compression) if file.compression != "none" else ""
    headers += HEADER.format(TYPE, file.type)
    metadata = METADATA.format(headers, LINK.format(file.link) if file.link else "").encode("ascii")
    at, room = 0, PIECE - len(metadata)
    while at < len(file.octets) or not at:
        size = min(room, len(file.octets) - at)
        while size > 1 and file.octets.startswith(METADATA_MARK, at + size):
            size -= 1
        yield (b"" if at else metadata) + file.octets[at : at + size], size
        at, room = at + max(size, 1), PIECE


def removed(machine: Machine, place: Place) -> None:
    """Take a file away, and the folders that it leaves empty. That somebody else has done so already is as good, and a
    folder where he has put something meanwhile stays."""
    _discard(machine, target_of(place))
    if place[2] in TOP_PAGES and not place[0]:
        return
    left = [place_of(row) for row in listed(machine)]
    for depth in (2, 1):
        folder = [part for part in place[:depth] if part]
        if len(folder) == depth and not any(each[:depth] == place[:depth] for each in left):
            with suppress(Fault):
                _discard(machine, ROOT + "/".join(quote(part, safe="") for part in folder))


def _discard(machine: Machine, target: str) -> None:
    with suppress(Unsupported):
        machine.client.submit("DELETE", target)
