# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The traps of hardware inventory, and its cost in exchanges."""

from __future__ import annotations

import hashlib
import re
from types import SimpleNamespace

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.schema import Properties
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory import hardware, inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.storage_packages import packages_of
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Reference

from tests.in_process import machine


def read(device, *subsets):
    return converge(inventory.Inventory(), device, {"gather_subset": list(subsets)}).after


def test_the_uuid_is_the_one_that_operating_systems_print():
    """Octets of the example in the SMBIOS specification (DSP0134 7.2.1)."""
    assert inventory.uuid_of("33221100554477668899AABBCCDDEEFF") == "00112233-4455-6677-8899-aabbccddeeff"


@pytest.mark.parametrize("guid", [None, "", "33", "zz221100554477668899AABBCCDDEEFF"])
def test_a_malformed_guid_is_no_uuid(guid):
    assert inventory.uuid_of(guid) is None


@pytest.mark.parametrize("value", ["", "   ", "To Be Filled By O.E.M.", "Default string", "None\0", None])
def test_placeholders_and_padding_are_nothing(value):
    assert inventory.clean(value) is None


def test_trailing_blanks_go_and_words_stay():
    assert inventory.clean("CT16G4SFD824A.M16FE ") == "CT16G4SFD824A.M16FE"


def test_speed_in_nanoseconds_is_not_taken_for_megahertz():
    old, new = (
        Properties("CIM_PhysicalMemory", {"Capacity": 1024, "Speed": speed, "IsSpeedInMhz": in_mhz})
        for speed, in_mhz in ((10, False), (2400, True))
    )
    assert (hardware.module(old)["mhz"], hardware.module(old)["cycle_ns"]) == (None, 10)
    assert (hardware.module(new)["mhz"], hardware.module(new)["cycle_ns"]) == (2400, None)


@pytest.mark.parametrize("number", range(12))
def test_drives_get_their_package(number):
    """With CIM_Realizes and without it: every second platform of the simulator has no associations."""
    device = machine("16", number=number)
    firmware = device.client.transport.service.firmware
    expected = {
        "MEDIA DEV {0}".format(index): (drive.model, firmware.inventory.serial(drive.model, drive.serial))
        for index, drive in enumerate(firmware.platform.drives)
    }
    drives = read(device, "storage")["storage"]
    assert [drive["device"] for drive in drives] == list(expected)
    for drive in drives:
        model, serial = expected[drive["device"]]
        assert (drive["model"], drive["serial_number"]) == (inventory.clean(model), inventory.clean(serial))


class Listing:
    """A machine that only lists."""

    def __init__(self, **rows):
        self.rows = rows

    def list(self, cim):
        return self.rows.get(cim.name, [])


def media(*numbers):
    return [{"DeviceID": "MEDIA DEV {0}".format(number)} for number in numbers]


def packed(*tags, cls="CIM_PhysicalPackage"):
    return [{"Tag": tag, "CreationClassName": cls, "Model": "in " + tag} for tag in tags]


@pytest.mark.parametrize(
    ("drives", "packages", "models"),
    [
        (media(0, 1), packed("Package 1", "Package 0"), {"MEDIA DEV 0": "in Package 0", "MEDIA DEV 1": "in Package 1"}),
        (media(0, 1), packed("b", "a"), {"MEDIA DEV 0": "in b", "MEDIA DEV 1": "in a"}),
        (media(0, 1), packed("Package 7", "Package 8"), {"MEDIA DEV 0": "in Package 7", "MEDIA DEV 1": "in Package 8"}),
        (media(0, 1), packed("a"), {}),
        (media(0), packed("CIM_Card", cls="CIM_Card") + packed("a"), {"MEDIA DEV 0": "in a"}),
        (media(0), packed("CIM_Card", cls="CIM_Card"), {}),
        ([], packed("a"), {}),
    ],
)
def test_drives_without_associations(drives, packages, models):
    listing = Listing(CIM_PhysicalPackage=packages)
    assert {name: row["Model"] for name, row in packages_of(listing, drives).items()} == models


@pytest.mark.parametrize(
    "name",
    ["1" * 400_000 + "x", "9" * 5000, "\u0664", Reference("CIM_Chip", {"Tag": "1"})],
    ids=lambda name: str(name)[:9],
)
def test_a_number_that_never_ends_or_is_none_joins_nothing_and_costs_nothing(name):
    """Looking for the digits at the end of the first of these takes hours where each digit may be where they begin."""
    packages = [{"CreationClassName": "CIM_PhysicalPackage", "Tag": name}, {"CreationClassName": "CIM_Chassis"}]
    realizes = [{"Antecedent": Reference("a", {"Tag": name}), "Dependent": Reference("b", {"DeviceID": name})}]
    texts = [name] if isinstance(name, str) else ["1"]
    packages[0]["Tag"] = texts[0]
    drives = [{"DeviceID": text} for text in texts] + media(1)
    assert packages_of(Listing(CIM_PhysicalPackage=packages), drives) == {}
    joined = packages_of(Listing(CIM_PhysicalPackage=packages, CIM_Realizes=realizes), drives)
    assert list(joined) == (texts if isinstance(name, str) else [])


@pytest.mark.parametrize("generation", ["9", "11", "12", "15", "16", "19"])
def test_no_empty_slot_and_no_padding_in_any_inventory(generation):
    for number in range(8):
        found = read(machine(generation, number=number), "all")
        assert set(found) == set(inventory.SUBSETS)
        assert all(module["bytes"] > 0 for module in found["memory"])
        texts = [value for value in found["system"].values() if isinstance(value, str)]
        assert texts
        assert all(text == text.strip() and text.lower() not in ("default string", "n/a") for text in texts)
        assert len(found["system"]["uuid"]) == 36


def test_one_exchange_for_each_class_with_one_instance_and_two_for_the_others():
    device = machine("16")
    read(device, "hardware")
    actions = [re.search(rb"(\w+)</a:Action>", document)[1] for document in device.client.transport.sent]
    gets, enumerations, pulls = (actions.count(verb) for verb in (b"Get", b"Enumerate", b"Pull"))
    assert gets == 2  # CIM_BIOSElement, CIM_Card
    assert enumerations == pulls
    assert len(actions) == gets + enumerations + pulls


def test_subsets_are_chosen_as_with_facts_of_the_operating_system():
    assert inventory.chosen(["min"]) == ["system", "firmware", "network", "power"]
    assert inventory.chosen(["all", "!hardware"]) == ["system", "firmware", "network", "power", "wake", "boot"]
    assert inventory.chosen(["!hardware", "!boot"]) == ["system", "firmware", "network", "power", "wake"]
    assert inventory.chosen(["memory", "bios"]) == ["bios", "memory"]
    with pytest.raises(InvalidOption, match="'disks' cannot be used: one of all, min, hardware, system"):
        inventory.chosen(["disks"])


def test_the_network_tells_link_policy_idle_time_and_the_certificate_that_was_met():
    device = machine("16")
    told = read(device, "network")["network"]
    row = device.client.get(Reference("AMT_GeneralSettings")).properties
    assert told["idle_timeout_minutes"] == int(row["IdleWakeTimeout"])
    policy = told["ports"]["wired"]["link_policy"]
    assert policy and set(policy) <= {"s0_ac", "sx_ac", "s0_dc", "sx_dc"}
    assert told["certificate"] is None, "no TLS, no certificate"
    device.client.transport.connection = SimpleNamespace(certificate=b"not even DER", peer="")
    met = read(device, "network")["network"]["certificate"]
    assert met["sha256"] == hashlib.sha256(b"not even DER").hexdigest()
