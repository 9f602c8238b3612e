# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Drives, and what else only some platforms have: battery, fans, sensors, power supply."""

from __future__ import annotations

from typing import Any

from ...values import Instance
from ..domain import Domain, device, instances

STORAGE_PACKAGE = 15


class Storage(Domain):
    def __init__(self, firmware: Any) -> None:
        super().__init__(firmware)
        self.platform = firmware.platform

    @instances("CIM_MediaAccessDevice")
    def media(self) -> list[Instance]:
        return [
            {
                **device("CIM_MediaAccessDevice", "MEDIA DEV {0}".format(index), "Managed System Media Access Device"),
                "Capabilities": list(drive.capabilities),
                "EnabledDefault": 2,
                "EnabledState": 0,
                "MaxMediaSize": drive.kilobytes,
                "OperationalStatus": [0],
                "RequestedState": 12,
                "Security": 2,
            }
            for index, drive in enumerate(self.platform.drives)
        ]

    @instances("CIM_PhysicalPackage")
    def packages(self) -> list[Instance]:
        """In an order of their own: the place of a package is not that of its drive."""
        ordered = sorted(self.platform.drives, key=lambda drive: drive.package)
        return [
            {
                "CreationClassName": "CIM_PhysicalPackage",
                "ElementName": "Managed System Storage Media Package",
                "Model": drive.model,
                "OperationalStatus": [0],
                "PackageType": STORAGE_PACKAGE,
                "SerialNumber": self.firmware.inventory.serial(drive.model, drive.serial),
                "Tag": package_tag(drive.package),
            }
            for drive in ordered
        ]

    def places(self) -> list[tuple[str, str, Instance]]:
        """(class, tag, drive): which package each drive is in."""
        return [
            ("CIM_PhysicalPackage", package_tag(drive.package), row)
            for drive, row in zip(self.platform.drives, self.media())
        ]

    @instances("CIM_Battery", since=12)
    def batteries(self) -> list[Instance]:
        if not self.platform.portable:
            return []
        on_battery = self.firmware.settings.on_battery
        return [
            {
                **device("CIM_Battery", "LT14-57Wh", ""),
                "BatteryStatus": 11 if on_battery else 3,
                "ChargingStatus": 3 if on_battery else 4,
                "Chemistry": 6,
                "DesignCapacity": 5010,
                "DesignVoltage": 11520,
                "EnabledState": 2,
                "EstimatedChargeRemaining": 80 if on_battery else 100,
                "FullChargeCapacity": 4780,
                "HealthState": 5,
                "RequestedState": 2,
            }
        ]

    @instances("CIM_Fan")
    def fans(self) -> list[Instance]:
        return [
            {
                **device("CIM_Fan", "Fan {0}".format(index), "Fan"),
                "ActiveCooling": True,
                "DesiredSpeed": 0,
                "EnabledState": 5,
                "HealthState": 5,
                "OperationalStatus": [2],
                "RequestedState": 12,
                "VariableSpeed": False,
            }
            for index in range(self.platform.fans)
        ]

    @instances("CIM_Sensor")
    def sensors(self) -> list[Instance]:
        return [
            {
                **device("CIM_Sensor", "Sensor {0}".format(index + 1), "Sensor"),
                "CurrentState": "Unknown",
                "EnabledState": 5,
                "HealthState": 5,
                "OperationalStatus": [2],
                "PossibleStates": ["Bad", "Good", "Unknown"],
                "RequestedState": 12,
                "SensorType": 0,
            }
            for index in range(self.platform.sensors)
        ]

    @instances("CIM_PowerSupply")
    def power_supplies(self) -> list[Instance]:
        if self.platform.portable:
            return []
        state = {"EnabledState": 5, "HealthState": 5, "OperationalStatus": [2], "RequestedState": 12}
        return [{**device("CIM_PowerSupply", "Power Supply 0", "Power Supply"), **state, "TotalOutputPower": 0}]


def package_tag(place: int) -> str:
    return "Storage Media Package {0}".format(place)
