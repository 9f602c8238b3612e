# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""An asset note as it lies in the firmware: facts about a machine, of which one and since when, compressed and signed
with HMAC-SHA256 (RFC 2104). Whoever has the key can verify a note and write one, and nobody else can do either."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, NamedTuple

from .web_files import packed, unpacked

MARK = b"outofband asset note 1\n"
NO_SIGNATURE = b"-" * 64
FORM = "%Y-%m-%dT%H:%M:%SZ"
VERIFIED, UNVERIFIED, UNSIGNED, FORGED, FOREIGN, DAMAGED, ABSENT = (
    "verified",
    "unverified",
    "unsigned",
    "forged",
    "foreign",
    "damaged",
    "absent",
)
TRUSTED = (VERIFIED, UNVERIFIED)
"""Of these the facts are told: without a key nobody asked whether they are true."""


class Note(NamedTuple):
    """`taken`: seconds since 1970. `serial` is one more than that of the note before."""

    facts: Mapping[str, Any]
    uuid: str
    taken: int
    serial: int


class Opened(NamedTuple):
    """What became of one: `note` is there unless it is damaged. `current`: it is signed with the key that writes."""

    state: str
    note: Note | None = None
    current: bool = False


def canonical(facts: Mapping[str, Any]) -> str:
    """The same text for the same facts. ValueError and TypeError for what JSON has no form for."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime(FORM)


def sealed(note: Note, key: str) -> bytes:
    told = {"facts": note.facts, "uuid": note.uuid, "taken": note.taken, "serial": note.serial}
    payload = packed(canonical(told).encode("utf-8", "surrogatepass"))
    return MARK + _signature(payload, key).encode("ascii") + b"\n" + payload


def opened(octets: bytes, uuid: str, keys: Sequence[str]) -> Opened:
    """The first of `keys` is the one that writes, the others are those of before."""
    head = len(MARK) + len(NO_SIGNATURE)
    signature, payload = octets[len(MARK) : head], octets[head + 1 :]
    if not octets.startswith(MARK) or octets[head : head + 1] != b"\n":
        return Opened(DAMAGED)
    matching = [key for key in keys if hmac.compare_digest(_signature(payload, key).encode("ascii"), signature)]
    note = _read(payload)
    if note is None:
        return Opened(DAMAGED)
    if signature == NO_SIGNATURE:
        return Opened(UNSIGNED, note)
    if not keys:
        return Opened(UNVERIFIED, note)
    if not matching:
        return Opened(FORGED, note)
    if note.uuid != uuid:
        return Opened(FOREIGN, note)
    return Opened(VERIFIED, note, matching[0] == keys[0])


def _signature(payload: bytes, key: str) -> str:
    return hmac.new(key.encode("utf-8", "surrogatepass"), MARK + payload, hashlib.sha256).hexdigest()


def _read(payload: bytes) -> Note | None:
    content = unpacked(payload)
    try:
        told = json.loads(content.decode("utf-8", "surrogatepass")) if content is not None else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("facts"), dict) or not isinstance(told.get("uuid"), str):
        return None
    numbers = [told.get("taken"), told.get("serial")]
    if not all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each < 1 << 34 for each in numbers):
        return None
    return Note(told["facts"], told["uuid"], told["taken"], told["serial"])
