# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that any generation serves, on every platform, keeps to the schema."""

from __future__ import annotations

import inspect
import re

import pytest

from simulator.firmware import GENERATIONS, Firmware
from simulator.firmware.availability import SINCE, properties_of
from simulator.firmware.domains import DOMAINS, SHOWN_BY, rulebook
from simulator.firmware.inventory.platforms import PLATFORMS
from simulator.firmware.schema import lookup
from simulator.values import Datetime, Epr, Fault, Interval

RANGES = {"u8": (0, 2**8), "u16": (0, 2**16), "u32": (0, 2**32), "u64": (0, 2**64), "s32": (-(2**31), 2**31)}
CLASSES = {"text": str, "flag": bool, "octets": bytes, "ref": Epr, "when": (Datetime, Interval), "hexadecimal": str}

VARIANTS = [
    {},
    {"wireless": True, "on_battery": True},
    {"power": "off", "control_mode": "client", "lms": False},
    {"hung": True, "redirection": False, "kvm": False, "tls": True},
]


def served(generation):
    return sorted(cls for verb, cls, _method in rulebook(int(generation)) if verb == "instances")


def is_of_kind(row, value):
    if row.kind in RANGES:
        low, beyond = RANGES[row.kind]
        return isinstance(value, int) and not isinstance(value, bool) and low <= value < beyond
    return isinstance(value, CLASSES[row.kind])


def wrong_properties(cls, instance):
    properties = lookup(cls).properties
    for name, value in instance.items():
        row = properties.get(name)
        values = value if isinstance(value, list) else [value]
        if row is None or row.many != isinstance(value, list) or not all(is_of_kind(row, one) for one in values):
            yield "{0}.{1} = {2!r}".format(cls, name, value)


@pytest.mark.parametrize("platform", [platform.name for platform in PLATFORMS])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_instances_keep_to_the_schema(generation, platform, clock):
    for variant in VARIANTS:
        firmware = Firmware(generation, clock, platform=platform, **variant)
        for cls in served(generation):
            for instance in firmware.present(cls):
                assert list(wrong_properties(cls, instance)) == []


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_instance_can_be_got_by_its_own_reference(generation, clock):
    for platform in PLATFORMS:
        firmware = Firmware(generation, clock, platform=platform.name)
        for cls in served(generation):
            for instance in firmware.present(cls):
                reference = firmware.reference(cls, instance)
                assert reference.selectors, cls
                assert firmware.get(cls, reference.selectors) == instance


@pytest.mark.parametrize("generation", GENERATIONS)
def test_properties_come_in_the_order_of_their_names(generation, clock):
    firmware = Firmware(generation, clock)
    for cls in served(generation):
        for instance in firmware.present(cls):
            assert list(instance) == sorted(instance)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_answer_is_to_a_question_of_the_schema(generation):
    for (verb, cls, method), answer in rulebook(int(generation)).items():
        row = lookup(cls)
        function = getattr(DOMAINS[answer.domain], answer.function)
        if verb == "invoke":
            taken = set(list(inspect.signature(function).parameters)[2:])
            assert taken == set(row.methods[method].inputs), (cls, method)
        elif verb in ("put", "create"):
            assert len(inspect.signature(function).parameters) == {"put": 3, "create": 2}[verb], (cls, verb)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_required_inputs_have_no_default(generation):
    for (verb, cls, method), answer in rulebook(int(generation)).items():
        if verb == "invoke":
            parameters = inspect.signature(getattr(DOMAINS[answer.domain], answer.function)).parameters
            for row in lookup(cls).methods[method].inputs.values():
                optional = parameters[row.name].default is not inspect.Parameter.empty
                assert optional or row.required, (cls, method, row.name)


def test_what_comes_later_is_a_property_of_its_class():
    for cls, since in SINCE.items():
        assert set(since) <= set(lookup(cls).properties), cls
    assert "ForceUEFIHTTPSBoot" not in properties_of("AMT_BootCapabilities", 15)
    assert "ForceUEFIHTTPSBoot" in properties_of("AMT_BootCapabilities", 16)


def bases(name):
    while name:
        yield name
        name = lookup(name).base


def test_what_an_enumeration_shows_derives_from_what_was_asked_for():
    for cls, shown in SHOWN_BY.items():
        for one in shown:
            assert cls in bases(one)


def test_an_enumeration_shows_instances_of_subclasses_as_such(make):
    """The order is that of a recorded machine: the board, the drives, the chassis."""
    shown = make("16", platform="workstation").instances("CIM_PhysicalPackage")
    kinds = [item[0] if isinstance(item, tuple) else "CIM_PhysicalPackage" for item in shown]
    assert kinds == ["CIM_Card", "CIM_PhysicalPackage", "CIM_PhysicalPackage", "CIM_Chassis"]


def test_a_class_that_nobody_knows_is_unreachable(make):
    for cls in ("AMT_Nothing", "CIM_Watchdog"):
        with pytest.raises(Fault) as caught:
            make("16").get(cls, {})
        assert caught.value.subcode == "DestinationUnreachable"


def test_two_numbers_are_two_devices_and_one_number_is_one(make):
    first, again, second = make("16", number=7), make("16", number=7), make("16", number=8)
    guid = "CIM_ComputerSystemPackage"
    assert first.get(guid, {}) == again.get(guid, {})
    assert first.get(guid, {}) != second.get(guid, {})
    assert first.settings.mac != second.settings.mac
    assert re.fullmatch("00-00-5e(-[0-9a-f]{2}){3}", first.settings.mac)
