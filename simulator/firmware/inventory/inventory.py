# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""The host's hardware as BIOS told the firmware at its last start."""

from __future__ import annotations

import random
import uuid
from typing import Any

from ...values import Datetime, Epr, Instance
from ..domain import AMT_SYSTEM, MANAGED_SYSTEM, Domain, device, instances, service, system_reference
from .platforms import Module

SYSTEM_CLASS = "CIM_ComputerSystem"
CHASSIS = Epr("CIM_Chassis", {"CreationClassName": "CIM_Chassis", "Tag": "CIM_Chassis"})
# PackageType: chassis, module or card.
CHASSIS_PACKAGE, CARD_PACKAGE = 3, 9
ANY_SYSTEM = 66
# The tag that every module of a platform carries; from the second on with its place.
MODULE_TAG = "9876543210"


class Inventory(Domain):
    """`serial` makes numbers of the device's own, the same each time."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.platform = firmware.platform

    def serial(self, part: str, template: str = "{serial}") -> str:
        chance = random.Random("{0} {1}".format(part, self.firmware.settings.uuid))
        letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
        return template.replace("{serial}", "".join(chance.choice(letters) for _ in range(12)))

    @instances("CIM_ComputerSystem")
    def systems(self) -> list[Instance]:
        return [
            {
                "CreationClassName": SYSTEM_CLASS,
                "Dedicated": [0] if name == MANAGED_SYSTEM else [14],
                "ElementName": element,
                "EnabledState": state,
                "Name": name,
                "NameFormat": "Other",
                "OperationalStatus": [2],
                "RequestedState": 12,
                "Roles": ["Managed System" if name == MANAGED_SYSTEM else "Management Controller"],
            }
            for name, element, state in (
                (MANAGED_SYSTEM, "Managed System", 2 if self.firmware.power.state == 2 else 3),
                (AMT_SYSTEM, "Intel(r) AMT Subsystem", 5),
            )
        ]

    @instances("CIM_ComputerSystemPackage")
    def system_packages(self) -> list[Instance]:
        """PlatformGUID: the octets in SMBIOS order, the first three groups little-endian."""
        guid = uuid.UUID(self.firmware.settings.uuid).bytes_le.hex().upper()
        return [{"Antecedent": CHASSIS, "Dependent": system_reference(), "PlatformGUID": guid}]

    @instances("CIM_SystemPackaging")
    def packagings(self) -> list[Instance]:
        return []

    @instances("CIM_Chassis")
    def chassis(self) -> list[Instance]:
        manufacturer, model, version, serial = self.platform.product
        return [
            {
                "ChassisPackageType": 0,
                "CreationClassName": "CIM_Chassis",
                "ElementName": "Managed System Chassis",
                "Manufacturer": manufacturer,
                "Model": model,
                "OperationalStatus": [0],
                "PackageType": CHASSIS_PACKAGE,
                "SerialNumber": self.serial("chassis", serial),
                "Tag": "CIM_Chassis",
                "Version": version,
            }
        ]

    @instances("CIM_Card")
    def card(self) -> list[Instance]:
        manufacturer, model, version, serial = self.platform.board
        return [
            {
                "CanBeFRUed": True,
                "CreationClassName": "CIM_Card",
                "ElementName": "Managed System Base Board",
                "Manufacturer": manufacturer,
                "Model": model,
                "OperationalStatus": [0],
                "PackageType": CARD_PACKAGE,
                "SerialNumber": self.serial("board", serial),
                "Tag": "CIM_Card",
                "Version": version,
            }
        ]

    @instances("CIM_BIOSElement")
    def bios(self) -> list[Instance]:
        vendor, version, date = self.platform.bios
        return [
            {
                "ElementName": "Primary BIOS",
                "Manufacturer": vendor,
                "Name": "Primary BIOS",
                "OperationalStatus": [0],
                "PrimaryBIOS": True,
                "ReleaseDate": Datetime(date + "T00:00:00Z"),
                "SoftwareElementID": version,
                "SoftwareElementState": 2,
                "TargetOperatingSystem": ANY_SYSTEM,
                "Version": version,
            }
        ]

    @instances("CIM_BIOSFeature")
    def bios_features(self) -> list[Instance]:
        manufacturer, model, version, _serial = self.platform.product
        return [
            {
                "Characteristics": [7, 11, 12, 27, 28, 29, 31],
                "ElementName": "Primary BIOS Features",
                "IdentifyingNumber": version,
                "Name": "Primary BIOS Features",
                "OperationalStatus": [0],
                "ProductName": model,
                "Vendor": manufacturer,
                "Version": version,
            }
        ]

    @instances("CIM_Chip")
    def chips(self) -> list[Instance]:
        return [
            {
                "CanBeFRUed": True,
                "CreationClassName": "CIM_Chip",
                "ElementName": "Managed System Processor Chip",
                "Manufacturer": "Intel(R) Corporation",
                "OperationalStatus": [0],
                "Tag": "CPU {0}".format(index),
                "Version": processor.name,
            }
            for index, processor in enumerate(self.platform.processors)
        ]

    @instances("CIM_Processor")
    def processors(self) -> list[Instance]:
        return [
            {
                **device("CIM_Processor", "CPU {0}".format(index), "Managed System CPU"),
                "CPUStatus": 1,
                "CurrentClockSpeed": processor.speed,
                "EnabledState": 2,
                "ExternalBusClockSpeed": 100,
                "Family": processor.family,
                "HealthState": 0,
                "MaxClockSpeed": processor.highest,
                "NumberOfEnabledCores": processor.cores,
                "OperationalStatus": [0],
                "OtherFamilyDescription": "",
                "RequestedState": 12,
                "Role": "Central",
                "Stepping": processor.stepping,
                "UpgradeMethod": processor.socket,
            }
            for index, processor in enumerate(self.platform.processors)
        ]

    @instances("CIM_PhysicalMemory")
    def memory(self) -> list[Instance]:
        return [self.module(index, row) for index, row in enumerate(self.platform.memory)]

    def module(self, index: int, row: Module) -> Instance:
        return {
            "BankLabel": row.bank,
            "Capacity": row.capacity,
            "ConfiguredMemoryClockSpeed": row.speed,
            "CreationClassName": "CIM_PhysicalMemory",
            "ElementName": "Managed System Memory Chip",
            "FormFactor": self.platform.form if row.capacity else 0,
            "IsSpeedInMhz": True,
            "Manufacturer": row.manufacturer,
            "MaxMemorySpeed": row.speed,
            "MemoryType": row.kind if row.capacity else 0,
            "PartNumber": row.part,
            "SerialNumber": self.serial(row.bank, row.serial),
            "Speed": self.speed(row.speed),
            "Tag": MODULE_TAG if index == 0 else "{0} (#{1})".format(MODULE_TAG, index),
        }

    def speed(self, mhz: int) -> int:
        """Whole nanoseconds where the firmware does not speak of MHz; 12 leaves it to the other two properties."""
        if self.firmware.personality.major >= 15:
            return mhz
        return 0 if self.firmware.personality.memory_in_mhz or not mhz else max(1, 1000 // mhz)

    @instances("CIM_Realizes")
    def realizations(self) -> list[Instance]:
        """Which chip a processor is in, which package a drive is in: nothing on platforms that do not say it."""
        chips = [("CIM_Chip", row["Tag"], self.processors()[index]) for index, row in enumerate(self.chips())]
        return [
            {
                "Antecedent": Epr(cls, {"CreationClassName": cls, "Tag": str(tag)}),
                "Dependent": device_reference(row),
            }
            for cls, tag, row in (chips + self.firmware.storage.places() if self.platform.realizes else [])
        ]

    @instances("AMT_AssetTableService")
    def asset_services(self) -> list[Instance]:
        keys = service("AMT_AssetTableService", "Intel(r) AMT Asset Table Service")
        return [{**keys, "TableTypes": ["SMbios:130", "SMbios:131"]}]

    @instances("AMT_PCIDevice")
    def pci_devices(self) -> list[Instance]:
        """Seldom populated on real firmware either."""
        return []


def device_reference(row: Instance) -> Epr:
    names = ("CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName")
    return Epr(str(row["CreationClassName"]), {name: str(row[name]) for name in names})
