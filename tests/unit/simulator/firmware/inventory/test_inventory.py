# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hardware inventory, with the traps that real machines set."""

from __future__ import annotations

import uuid

import pytest

from simulator.firmware.inventory.platforms import PLATFORMS, platform_for


def rows(firmware, cls):
    return [item for item in firmware.instances(cls) if not isinstance(item, tuple)]


def test_the_platform_guid_is_byte_swapped(make):
    wanted = "12345678-9abc-4def-8123-456789abcdef"
    firmware = make(uuid=wanted)
    guid = firmware.get("CIM_ComputerSystemPackage", {})["PlatformGUID"]
    assert guid == "78563412BC9AEF4D8123456789ABCDEF"
    told = firmware.invoke("AMT_SetupAndConfigurationService", {}, "GetUuid", [])
    assert uuid.UUID(bytes_le=told["UUID"]) == uuid.UUID(wanted)


def test_serial_numbers_carry_blanks(make):
    package = rows(make(platform="office"), "CIM_PhysicalPackage")[0]
    assert package["SerialNumber"] != package["SerialNumber"].strip()
    assert len(package["Model"]) == 40
    assert make(platform="office").get("CIM_Card", {})["SerialNumber"].endswith(" ")


def test_oems_forget_to_fill_things_in(make):
    assert make(platform="whitebox").get("CIM_Chassis", {})["SerialNumber"] == "To Be Filled By O.E.M."
    assert make(platform="kiosk").get("CIM_Chassis", {})["Model"] == "Default string"


def test_an_empty_slot_is_a_module_of_nothing(make):
    empty = [row for row in rows(make(platform="notebook"), "CIM_PhysicalMemory") if row["Capacity"] == 0]
    assert len(empty) == 1
    assert (empty[0]["Manufacturer"], empty[0]["PartNumber"], empty[0]["FormFactor"]) == ("", "", 0)


def test_speed_is_in_nanoseconds_then_nothing_then_mhz(make):
    def speeds(generation):
        row = rows(make(generation, platform="office"), "CIM_PhysicalMemory")[0]
        return row["Speed"], row.get("IsSpeedInMhz"), row.get("MaxMemorySpeed")

    assert speeds("9") == (1, None, None)
    assert speeds("12") == (0, True, 2666)
    assert speeds("16") == (2666, True, 2666)


def test_tags_of_modules_repeat_but_for_a_number(make):
    tags = [row["Tag"] for row in rows(make(platform="office"), "CIM_PhysicalMemory")]
    assert tags == ["9876543210", "9876543210 (#1)"]


def test_packages_stand_in_another_order_than_their_drives(make):
    firmware = make(platform="workstation")
    sizes = [row["MaxMediaSize"] for row in rows(firmware, "CIM_MediaAccessDevice")]
    models = [row["Model"].strip() for row in rows(firmware, "CIM_PhysicalPackage")]
    assert sizes == [2000398934, 512110190]
    assert models == ["Umber NVMe M900 512GB", "Basalt HDD 2TB"]


def test_the_association_tells_which_package_a_drive_is_in(make):
    firmware = make(platform="workstation")
    found = {
        row["Dependent"].selectors["DeviceID"]: row["Antecedent"].selectors["Tag"]
        for row in firmware.instances("CIM_Realizes")
    }
    assert found["MEDIA DEV 0"] == "Storage Media Package 1"
    assert found["MEDIA DEV 1"] == "Storage Media Package 0"
    assert found["CPU 0"] == "CPU 0"


def test_chips_are_processors_and_as_a_subclass_memory(make):
    shown = make(platform="office").instances("CIM_Chip")
    assert [item[0] if isinstance(item, tuple) else item["Tag"] for item in shown] == [
        "CPU 0",
        "CIM_PhysicalMemory",
        "CIM_PhysicalMemory",
    ]


def test_there_are_two_systems(make):
    firmware = make(power="off")
    systems = {row["Name"]: row["EnabledState"] for row in rows(firmware, "CIM_ComputerSystem")}
    assert systems == {"ManagedSystem": 3, "Intel(r) AMT": 5}


@pytest.mark.parametrize(
    ("platform", "cls", "count"),
    [
        ("notebook", "CIM_Battery", 1),
        ("office", "CIM_Battery", 0),
        ("notebook", "CIM_PowerSupply", 0),
        ("workstation", "CIM_Fan", 2),
        ("whitebox", "CIM_Fan", 0),
        ("whitebox", "CIM_Sensor", 0),
        ("terminal", "CIM_MediaAccessDevice", 0),
    ],
)
def test_parts_may_be_absent(make, platform, cls, count):
    assert len(make("16", platform=platform).instances(cls)) == count


def test_software_tells_version_and_licence(make):
    firmware = make("16", version="16.1.25")
    versions = {row["InstanceID"]: row["VersionString"] for row in firmware.instances("CIM_SoftwareIdentity")}
    assert versions["AMT"] == "16.1.25"
    assert int(versions["Sku"]) & 8
    assert firmware.banner == "Intel(R) Active Management Technology 16.1.25"
    assert firmware.version == (16, 1, 25)


def test_numbers_are_dealt_over_all_platforms():
    dealt = {platform_for(number).name for number in range(1, len(PLATFORMS) + 1)}
    assert dealt == {platform.name for platform in PLATFORMS}
