# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Blocks of the third-party data store, as the application sees them that they belong to: AMT.md 10.6.

A session of somebody who is registered leaves nothing behind. The next registration with the same names takes it away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from ...cim.data_store import LONGEST_BLOCK_NAME, STORE
from ...errors import AmtError, ProtocolError, overtaken_by
from ...machine import Machine

LOST = ("APPLICATION_NOT_REGISTERED", "BLOCK_LOCKED_BY_OTHER", "BLOCK_DOES_NOT_EXIST")
"""What the firmware says when another program with the same names has begun, or holds or has removed a block."""
GONE = ("INVALID_REGISTRATION_DATA",)
"""That its enterprise is not there any more, which it was a moment ago."""
MOST_BLOCK = 1 << 20
MOST_BLOCKS = 256

Row = dict[str, Any]


class Session:
    """`mtu`: bytes of one request."""

    def __init__(self, machine: Machine, handle: str) -> None:
        self.machine = machine
        self.handle = handle
        self.mtu = _within("Mtu", machine.ask(STORE, "GetMTU").get("Mtu"), 1, 1 << 16)

    def ask(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        with overtaken_by(LOST):
            return self.machine.ask(STORE, method, {"SessionHandle": self.handle, **arguments})

    def act(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        with overtaken_by(LOST):
            return self.machine.invoke(STORE, method, {"SessionHandle": self.handle, **arguments})

    def blocks(self) -> list[Row]:
        """Those of this application: handle, name, size, hidden."""
        own = self.ask("GetCurrentApplicationHandle").get("ApplicationHandle")
        handles = self.ask("GetAllocatedBlocks", BlockOwnerApplication=own).get("BlockHandles") or []
        if len(handles) > MOST_BLOCKS:
            raise ProtocolError("an application has more than {0} blocks".format(MOST_BLOCKS))
        return [self._row(handle) for handle in handles]

    def _row(self, handle: int) -> Row:
        told = self.ask("GetBlockAttributes", BlockHandle=handle)
        size = _within("BlockSize", told.get("BlockSize"), 0, MOST_BLOCK)
        name = (told.get("BlockName") or "")[:LONGEST_BLOCK_NAME]
        return {"handle": handle, "name": name, "size": size, "hidden": bool(told.get("BlockHidden"))}

    def read(self, row: Row) -> bytes:
        data = b""
        while len(data) < row["size"]:
            count = min(self.mtu, row["size"] - len(data))
            told = self.ask("ReadBlock", BlockHandle=row["handle"], ByteOffset=len(data), ByteCount=count)
            piece = told.get("Data") or b""
            if not 0 < len(piece) <= count:
                raise ProtocolError("{0} bytes were read of a block, and {1} asked for".format(len(piece), count))
            data += piece
        return data

    def write(self, row: Row, data: bytes) -> None:
        """Only what differs, while the block is locked. What firmware did not take it is given again."""
        self.act("LockBlock", BlockHandle=row["handle"])
        try:
            present = self.read(row)
            for at in range(0, len(data), self.mtu):
                self._write_piece(row["handle"], at, data[at : at + self.mtu], present[at : at + self.mtu])
        finally:
            with suppress(AmtError):
                self.act("UnlockBlock", BlockHandle=row["handle"])

    def _write_piece(self, handle: int, at: int, piece: bytes, present: bytes) -> None:
        differing = [number for number in range(len(piece)) if piece[number] != present[number]]
        while differing:
            first, last = differing[0], differing[-1]
            told = self.act("WriteBlock", BlockHandle=handle, ByteOffset=at + first, Data=piece[first : last + 1])
            taken = _within("BytesWritten", told.get("BytesWritten"), 1, last + 1 - first)
            differing = [number for number in differing if number >= first + taken]


@contextmanager
def session(machine: Machine, who: Mapping[str, Any], registers: bool = False) -> Iterator[Session]:
    """For an application that is registered; with `registers` it is made so."""
    names = {"VendorName": who["vendor"], "ApplicationName": who["name"], "EnterpriseName": who["enterprise"]}
    call = machine.invoke if registers else machine.ask
    with overtaken_by(GONE):
        told = call(STORE, "RegisterApplication", {"CallerUUID": plain(who["uuid"]).upper(), **names})
    handle = told.get("SessionHandle")
    if not isinstance(handle, str):
        raise ProtocolError("an application was registered, and no session came back")
    try:
        yield Session(machine, handle)
    finally:
        with suppress(AmtError):
            machine.ask(STORE, "UnregisterApplication", {"SessionHandle": handle})


def plain(uuid: str) -> str:
    return uuid.replace("-", "").lower()


def _within(name: str, value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or not least <= value <= most:
        raise ProtocolError("{0} is {1!r}, which cannot be".format(name, value))
    return value
