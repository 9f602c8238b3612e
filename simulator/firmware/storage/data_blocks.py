# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The third-party data store, as its applications see it: sessions, blocks, locks, and writes that take less than they
are given."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from typing import Any

from ...values import Instance
from ..domain import Domain, instances, method
from .data_store import BAD_PARAMETER, COMPLETED, FOR_OTHERS, INVALID_NAME, LONGEST, NO_ROOM, UNTIL, Application, Block

STORE = "AMT_ThirdPartyDataStorageService"
NOT_REGISTERED, INVALID_REGISTRATION, NO_BLOCK, BAD_OFFSET, BAD_COUNT = 8, 9, 0xD, 0xE, 0xF
NOT_OWNER, LOCKED, NOT_LOCKED = 0x11, 0x12, 0x13
MTU, AT_ONCE = 4096, 3000
LONGEST_BLOCK = 32
LOCK_LASTS = 30.0


class Refused(Exception):
    """With the ReturnValue."""


def refusing(function: Callable) -> Callable:
    """The method, with what it raises as its ReturnValue."""

    @functools.wraps(function)
    def answer(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except Refused as refused:
            return refused.args[0]

    return answer


class DataBlocks(Domain):
    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.store = firmware.data_store

    @instances(STORE, until=UNTIL)
    def stores(self) -> list[Instance]:
        return self.store.service_of(STORE, "Intel(r) AMT Third Party Data Storage Service")

    @method(STORE, "GetMTU")
    def mtu(self, _present: Instance) -> Instance:
        return {"Mtu": MTU, "ReturnValue": COMPLETED}

    @method(STORE, "GetWriteEraseLimit")
    def writes_left(self, _present: Instance) -> Instance:
        flash = self.firmware.flash
        left = 1000 if flash.limit is None else max(0, flash.limit - flash.writes)
        return {"WriteEraseLimit": left, "ReturnValue": COMPLETED}

    @method(STORE, "RegisterApplication")
    def register(
        self, _present: Instance, CallerUUID: bytes, VendorName: str, ApplicationName: str, EnterpriseName: str
    ) -> Any:
        """A session for somebody who is known wears nothing."""
        if len(CallerUUID) != 16 or EnterpriseName not in self.store.held.enterprises.values():
            return INVALID_REGISTRATION
        if not all(0 < len(name) <= LONGEST for name in (VendorName, ApplicationName)):
            return INVALID_NAME
        wanted = Application(VendorName, ApplicationName, EnterpriseName, CallerUUID)
        found = next((each for each in self.store.held.applications.values() if _is_same(each, wanted)), None)
        if found is None:
            self.firmware.flash.write()
            found = self.store.held.applications[self.store.next_handle()] = wanted
        found.session = secrets.token_bytes(4)
        return {"SessionHandle": found.session.hex().upper(), "ReturnValue": COMPLETED}

    def _owner(self, session: bytes) -> int:
        for handle, each in self.store.held.applications.items():
            if session and each.session == session:
                return handle
        raise Refused(NOT_REGISTERED)

    def _block(self, session: bytes, handle: int) -> Block:
        owner, block = self._owner(session), self.store.held.blocks.get(handle)
        if block is None or (block.hidden and block.owner != owner):
            raise Refused(NO_BLOCK)
        if block.owner != owner:
            raise Refused(NOT_OWNER)
        return block

    @method(STORE, "UnregisterApplication")
    @refusing
    def unregister(self, _present: Instance, SessionHandle: bytes) -> int:
        owner = self._owner(SessionHandle)
        self.store.held.applications[owner].session = b""
        for block in self.store.held.blocks.values():
            if block.lock[0] == owner:
                block.lock = (0, 0.0)
        return COMPLETED

    @method(STORE, "GetCurrentApplicationHandle")
    @refusing
    def current(self, _present: Instance, SessionHandle: bytes) -> Any:
        return {"ApplicationHandle": self._owner(SessionHandle), "ReturnValue": COMPLETED}

    def _room(self, owner: int) -> int:
        own = self.store.allocation_of(self.store.held.applications[owner])
        if own is not None:
            return own.size - self.store.used_of(own)
        others = {
            handle for handle, each in self.store.held.applications.items() if self.store.allocation_of(each) is None
        }
        return FOR_OTHERS - sum(len(block.data) for block in self.store.held.blocks.values() if block.owner in others)

    @method(STORE, "GetBytesAvailable")
    @refusing
    def available(self, _present: Instance, SessionHandle: bytes) -> Any:
        return {"BytesAvailable": self._room(self._owner(SessionHandle)), "ReturnValue": COMPLETED}

    @method(STORE, "AllocateBlock", writes=True)
    @refusing
    def allocate(
        self, _present: Instance, SessionHandle: bytes, BytesRequested: int, BlockHidden: bool, BlockName: str = ""
    ) -> Any:
        owner = self._owner(SessionHandle)
        if BytesRequested % MTU or not BytesRequested or len(BlockName) > LONGEST_BLOCK:
            return BAD_PARAMETER
        if BytesRequested > self._room(owner):
            return NO_ROOM
        handle = self.store.next_handle()
        self.store.held.blocks[handle] = Block(owner, bytearray(BytesRequested), BlockHidden, BlockName)
        return {"BlockHandle": handle, "ReturnValue": COMPLETED}

    @method(STORE, "DeallocateBlock", writes=True)
    @refusing
    def deallocate(self, _present: Instance, SessionHandle: bytes, BlockHandle: int) -> int:
        self._block(SessionHandle, BlockHandle)
        del self.store.held.blocks[BlockHandle]
        return COMPLETED

    @method(STORE, "GetAllocatedBlocks")
    @refusing
    def list_blocks(self, _present: Instance, SessionHandle: bytes, BlockOwnerApplication: int) -> Any:
        owner = self._owner(SessionHandle)
        found = [
            handle
            for handle, block in self.store.held.blocks.items()
            if block.owner == BlockOwnerApplication and (not block.hidden or block.owner == owner)
        ]
        return {"BlockHandles": found, "ReturnValue": COMPLETED}

    @method(STORE, "GetBlockAttributes")
    @refusing
    def block_attributes(self, _present: Instance, SessionHandle: bytes, BlockHandle: int) -> Any:
        block = self._block(SessionHandle, BlockHandle)
        told = {"BlockSize": len(block.data), "BlockHidden": block.hidden, "BlockName": block.name}
        return {**told, "ReturnValue": COMPLETED}

    @method(STORE, "SetBlockVisibility", writes=True)
    @refusing
    def set_visibility(self, _present: Instance, SessionHandle: bytes, BlockHandle: int, BlockHidden: bool) -> int:
        self._block(SessionHandle, BlockHandle).hidden = BlockHidden
        return COMPLETED

    @method(STORE, "LockBlock")
    @refusing
    def lock(self, _present: Instance, SessionHandle: bytes, BlockHandle: int) -> int:
        block = self._block(SessionHandle, BlockHandle)
        holder, until = block.lock
        if holder not in (0, block.owner) and until > self.firmware.clock.now():
            return LOCKED
        block.lock = (block.owner, self.firmware.clock.now() + LOCK_LASTS)
        return COMPLETED

    @method(STORE, "UnlockBlock")
    @refusing
    def unlock(self, _present: Instance, SessionHandle: bytes, BlockHandle: int) -> int:
        block = self._block(SessionHandle, BlockHandle)
        if not block.lock[0]:
            return NOT_LOCKED
        block.lock = (0, 0.0)
        return COMPLETED

    @method(STORE, "ReadBlock")
    @refusing
    def read(self, _present: Instance, SessionHandle: bytes, BlockHandle: int, ByteOffset: int, ByteCount: int) -> Any:
        data = self._block(SessionHandle, BlockHandle).data
        if ByteOffset >= len(data):
            return BAD_OFFSET
        if not 0 < ByteCount <= min(MTU, len(data) - ByteOffset):
            return BAD_COUNT
        return {"Data": bytes(data[ByteOffset : ByteOffset + ByteCount]), "ReturnValue": COMPLETED}

    @method(STORE, "WriteBlock", writes=True)
    @refusing
    def write(self, _present: Instance, SessionHandle: bytes, BlockHandle: int, ByteOffset: int, Data: bytes) -> Any:
        """It takes less than it is given where that is much: writers have to look."""
        data = self._block(SessionHandle, BlockHandle).data
        if ByteOffset >= len(data):
            return BAD_OFFSET
        if not 0 < len(Data) <= min(MTU, len(data) - ByteOffset):
            return BAD_COUNT
        taken = Data[:AT_ONCE]
        data[ByteOffset : ByteOffset + len(taken)] = taken
        return {"BytesWritten": len(taken), "ReturnValue": COMPLETED}


def _is_same(one: Application, other: Application) -> bool:
    return (one.vendor, one.name, one.enterprise, one.uuid) == (other.vendor, other.name, other.enterprise, other.uuid)
