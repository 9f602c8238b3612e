# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The third-party data store, as its administrator sees it: who may have applications here, and what is set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from ...values import Instance
from ..domain import Domain, instances, method, service

ADMINISTRATION = "AMT_ThirdPartyDataStorageAdministrationService"
UNTIL = 11
COMPLETED, NO_ROOM, INVALID_NAME, MAX_LIMIT, BAD_PARAMETER = 0, 0xB, 0xC, 0x17, 0x24
BAD_HANDLE, IN_USE, DUPLICATE = 0x805, 0x808, 0x80A
UNIT = 4096
TOTAL, FOR_OTHERS = 196_608, 49_152
MOST_ENTERPRISES, LONGEST = 4, 64


@dataclass
class Application:
    vendor: str
    name: str
    enterprise: str
    uuid: bytes
    session: bytes = b""


@dataclass
class Block:
    owner: int
    data: bytearray
    hidden: bool
    name: str
    lock: tuple[int, float] = (0, 0.0)


@dataclass
class Allocation:
    vendor: str
    name: str
    size: int


@dataclass
class Held:
    """Everything by handle."""

    enterprises: dict[int, str] = field(default_factory=dict)
    allocations: dict[int, Allocation] = field(default_factory=dict)
    applications: dict[int, Application] = field(default_factory=dict)
    blocks: dict[int, Block] = field(default_factory=dict)


class DataStore(Domain):
    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.held = Held()
        self._handles = 0

    def service_of(self, cls: str, name: str) -> list[Instance]:
        return [{**service(cls, name), "EnabledState": 5, "RequestedState": 12}]

    @instances(ADMINISTRATION, until=UNTIL)
    def administrations(self) -> list[Instance]:
        return self.service_of(ADMINISTRATION, "Intel(r) AMT Third Party Data Storage Administration Service")

    def next_handle(self) -> int:
        self._handles += 1
        return self._handles

    @property
    def _allocated(self) -> int:
        return sum(each.size for each in self.held.allocations.values())

    @method(ADMINISTRATION, "GetGlobalStorageAttributes")
    def attributes(self, _present: Instance) -> Instance:
        used = sum(len(block.data) for block in self.held.blocks.values())
        return {
            "TotalStorage": TOTAL,
            "TotalAllocatedStorage": used,
            "MaxPartnerStorage": TOTAL - FOR_OTHERS,
            "TotalPartnerAllocatedStorage": self._allocated,
            "MaxNonPartnerTotalAllocationSize": FOR_OTHERS,
            "ReturnValue": COMPLETED,
        }

    @method(ADMINISTRATION, "AddStorageEaclEntry", writes=True)
    def add_enterprise(self, _present: Instance, EnterpriseName: str) -> Any:
        if not 0 < len(EnterpriseName) <= LONGEST:
            return INVALID_NAME
        if EnterpriseName in self.held.enterprises.values():
            return DUPLICATE
        if len(self.held.enterprises) >= MOST_ENTERPRISES:
            return MAX_LIMIT
        handle = self.next_handle()
        self.held.enterprises[handle] = EnterpriseName
        return {"Handle": handle, "ReturnValue": COMPLETED}

    @method(ADMINISTRATION, "EnumerateStorageEaclEntries")
    def list_enterprises(self, _present: Instance) -> Instance:
        return {"Handles": list(self.held.enterprises), "ReturnValue": COMPLETED}

    @method(ADMINISTRATION, "GetStorageEaclEntry")
    def get_enterprise(self, _present: Instance, Handle: int) -> Any:
        found = self.held.enterprises.get(Handle)
        return BAD_HANDLE if found is None else {"EnterpriseName": found, "ReturnValue": COMPLETED}

    @method(ADMINISTRATION, "RemoveStorageEaclEntry", writes=True)
    def remove_enterprise(self, _present: Instance, Handle: int) -> int:
        name = self.held.enterprises.get(Handle)
        if name is None:
            return BAD_HANDLE
        if any(each.enterprise == name for each in self.held.applications.values()):
            return IN_USE
        del self.held.enterprises[Handle]
        return COMPLETED

    @method(ADMINISTRATION, "AddStorageFpaclEntry", writes=True)
    def add_allocation(
        self,
        _present: Instance,
        AttrType: int,
        ApplicationName: str,
        VendorName: str,
        IsPartner: bool,
        TotalAllocationSize: int,
    ) -> Any:
        if AttrType != 1 or not IsPartner or TotalAllocationSize % UNIT or not TotalAllocationSize:
            return BAD_PARAMETER
        if not all(0 < len(name) <= LONGEST for name in (ApplicationName, VendorName)):
            return INVALID_NAME
        if any((each.vendor, each.name) == (VendorName, ApplicationName) for each in self.held.allocations.values()):
            return DUPLICATE
        if self._allocated + TotalAllocationSize > TOTAL - FOR_OTHERS:
            return NO_ROOM
        handle = self.next_handle()
        self.held.allocations[handle] = Allocation(VendorName, ApplicationName, TotalAllocationSize)
        return {"Handle": handle, "ReturnValue": COMPLETED}

    @method(ADMINISTRATION, "EnumerateStorageAllocEntries")
    def list_allocations(self, _present: Instance) -> Instance:
        return {"Handles": list(self.held.allocations), "ReturnValue": COMPLETED}

    @method(ADMINISTRATION, "GetStorageAllocEntry")
    def get_allocation(self, _present: Instance, Handle: int) -> Any:
        found = self.held.allocations.get(Handle)
        if found is None:
            return BAD_HANDLE
        told = {"AttrType": 1, "VendorName": found.vendor, "ApplicationName": found.name, "IsPartner": True}
        return {**told, "TotalAllocationSize": found.size, "ReturnValue": COMPLETED}

    @method(ADMINISTRATION, "UpdateStorageFpaclEntry", writes=True)
    def update_allocation(self, _present: Instance, Handle: int, NewAllocationSize: int) -> int:
        found = self.held.allocations.get(Handle)
        if found is None:
            return BAD_HANDLE
        if NewAllocationSize % UNIT or NewAllocationSize < max(UNIT, self.used_of(found)):
            return BAD_PARAMETER
        if self._allocated - found.size + NewAllocationSize > TOTAL - FOR_OTHERS:
            return NO_ROOM
        found.size = NewAllocationSize
        return COMPLETED

    def _applications_of(self, allocation: Allocation) -> list[int]:
        owner = (allocation.vendor, allocation.name)
        return [handle for handle, each in self.held.applications.items() if (each.vendor, each.name) == owner]

    def used_of(self, allocation: Allocation) -> int:
        owners = self._applications_of(allocation)
        return sum(len(block.data) for block in self.held.blocks.values() if block.owner in owners)

    @method(ADMINISTRATION, "RemoveStorageFpaclEntry", writes=True)
    def remove_allocation(self, _present: Instance, Handle: int) -> int:
        found = self.held.allocations.get(Handle)
        if found is None:
            return BAD_HANDLE
        if self._applications_of(found):
            return IN_USE
        del self.held.allocations[Handle]
        return COMPLETED

    @method(ADMINISTRATION, "AdminGetRegisteredApplications")
    def list_applications(self, _present: Instance) -> Instance:
        return {"ApplicationHandles": list(self.held.applications), "ReturnValue": COMPLETED}

    @method(ADMINISTRATION, "AdminGetApplicationAttributes")
    def get_application(self, _present: Instance, Handle: int) -> Any:
        found = self.held.applications.get(Handle)
        if found is None:
            return BAD_HANDLE
        size = sum(len(block.data) for block in self.held.blocks.values() if block.owner == Handle)
        names = {"VendorName": found.vendor, "ApplicationName": found.name, "EnterpriseName": found.enterprise}
        told = {"AttrType": 1, "UUID": found.uuid, "CurrentAllocationSize": size, "ActiveSession": bool(found.session)}
        return {**told, **names, "Partner": self.allocation_of(found) is not None, "ReturnValue": COMPLETED}

    def allocation_of(self, application: Application) -> Optional[Allocation]:
        owner = (application.vendor, application.name)
        return next((each for each in self.held.allocations.values() if (each.vendor, each.name) == owner), None)

    @method(ADMINISTRATION, "AdminRemoveApplication", writes=True)
    def remove_application(self, _present: Instance, Handle: int) -> int:
        if self.held.applications.pop(Handle, None) is None:
            return BAD_HANDLE
        self.held.blocks = {key: block for key, block in self.held.blocks.items() if block.owner != Handle}
        return COMPLETED
