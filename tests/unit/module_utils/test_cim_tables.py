# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables against the vendor's schema and against recorded replies of real firmware."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim import schema
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, ProtocolError
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope, xml

PACKAGE = "ansible_collections.outofband.amt.plugins.module_utils.cim"
ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared"
SCHEMA_FILE = SHARED / "reference" / "class-fields.tsv"
CAPTURES = SHARED / "captures"
needs_schema = pytest.mark.skipif(not SCHEMA_FILE.is_file(), reason="the vendor's schema is not beside the checkout")
needs_captures = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the recorded replies are not beside the checkout")

#: Not in the schema that the vendor published; seen in recorded replies of newer firmware.
RECORDED_ONLY = {"CIM_Battery"}
#: In an older public copy of the schema alone, which is not beside the checkout.
RETIRED = {"AMT_ThirdPartyDataStorageAdministrationService", "AMT_ThirdPartyDataStorageService"}

TYPES = {
    schema.integer: {"ushort", "uint", "uchar", "Uint64", "short", "int"},
    schema.enum: {"ushort", "uint", "uchar", "Uint64"},
    schema.boolean: {"bool"},
    schema.octets: {"Base64"},
    schema.text: {"string", "Base64", "HexBinary"},
    schema.reference: {"CimReference"},
    schema.datetime: {"CimDateTime"},
    schema.datetime_or_text: {"CimDateTime"},
}


def tables():
    core = importlib.import_module(PACKAGE)
    for module in pkgutil.iter_modules(core.__path__):
        for value in vars(importlib.import_module(PACKAGE + "." + module.name)).values():
            if isinstance(value, schema.CimClass):
                yield value


TABLES = sorted(set(tables_by_name := {table.name: table for table in tables()}))


def published():
    """Class name -> (base, {field: type}). `?` stands for a type that the schema does not print again."""
    classes = {}
    for line in SCHEMA_FILE.read_text().splitlines()[1:]:
        name, base, _version, fields = line.split("\t")[:4]
        pairs = (field.rstrip("*!").split(":", 1) for field in fields.partition("=")[2].split())
        classes[name] = (base.partition("=")[2], {pair[0]: pair[1].rstrip("*!") for pair in pairs})
    return classes


def fields_of(classes, name):
    fields = {}
    while name in classes:
        name, own = classes[name]
        for field, kind in own.items():
            if fields.get(field, "?") == "?":
                fields[field] = kind
    return fields


@needs_schema
@pytest.mark.parametrize("name", TABLES)
def test_every_property_is_in_the_vendors_schema_with_that_type(name):
    if name in RECORDED_ONLY | RETIRED:
        pytest.skip("the vendor's published schema does not have this class; recorded replies do")
    classes = published()
    assert name in classes
    fields = fields_of(classes, name)
    for row in tables_by_name[name].properties:
        assert row.name in fields, "{0} has no {1}".format(name, row.name)
        kind = fields[row.name]
        if kind != "?":
            assert row.many == kind.startswith("["), "{0}.{1} is {2}".format(name, row.name, kind)
            assert kind.strip("[]") in TYPES[type(row)], "{0}.{1} is {2}".format(name, row.name, kind)


@needs_schema
def test_every_class_of_the_vendor_is_in_a_table_or_in_the_documentation():
    """What a fleet owner could set has a module, or stands in docs/left-to-wsman.md."""
    files = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/module_utils/cim/*.py")]
    named = {name for file in files for name in re.findall(r"\b(?:AMT|IPS)_\w+", file.read_text(encoding="utf-8"))}
    assert [name for name in published() if name.startswith(("AMT_", "IPS_")) and name not in named] == []


@needs_schema
def test_every_method_that_resources_call_is_in_the_vendors_schema():
    text = SCHEMA_FILE.read_text()
    called = {
        "CIM_PowerManagementService": "RequestPowerStateChange_INPUT(PowerState,ManagedElement",
        "CIM_BootConfigSetting": "ChangeBootOrder_INPUT(Source)",
        "CIM_BootService": "SetBootConfigRole_INPUT(BootConfigSetting,Role)",
    }
    for name, signature in called.items():
        (line,) = (line for line in text.splitlines() if line.startswith(name + "\t"))
        assert signature in line


@needs_schema
@pytest.mark.parametrize("name", [name for name in TABLES if tables_by_name[name].arguments and name not in RETIRED])
def test_every_argument_is_one_of_a_method_in_the_vendors_schema(name):
    (line,) = (line for line in SCHEMA_FILE.read_text().splitlines() if line.startswith(name + "\t"))
    known = set(re.findall(r"\w+", line.partition("\tio=")[2]))
    assert {row.name for row in tables_by_name[name].arguments} <= known


def recorded_instances():
    for file in sorted(CAPTURES.rglob("*.xml")):
        body = envelope.read_body(file.read_bytes())
        if body is None:
            continue
        items = body.child("Items")
        for element in items.children if isinstance(items, xml.Element) else [body]:
            yield file, envelope.read_instance(element)


@needs_captures
def test_every_recorded_instance_decodes():
    decoded = set()
    for file, instance in recorded_instances():
        table = tables_by_name.get(instance.class_name)
        if table is not None:
            values = table.decode(instance.properties)
            assert set(values) == set(instance.properties), file
            decoded.add(instance.class_name)
    assert {
        "CIM_AssociatedPowerManagementService",
        "AMT_BootSettingData",
        "AMT_GeneralSettings",
        "CIM_PhysicalMemory",
    } <= decoded


@needs_captures
@pytest.mark.parametrize("name", TABLES)
def test_an_array_in_a_recording_is_an_array_in_the_table(name):
    for file, instance in recorded_instances():
        if instance.class_name == name:
            for row in tables_by_name[name].properties:
                if isinstance(instance.properties.get(row.name), list):
                    assert row.many, "{0}.{1} repeats in {2}".format(name, row.name, file)


def test_words_decode_and_unknown_numbers_survive():
    row = schema.enum("PowerState", words={"on": 2})
    assert row.decode("2") == "on"
    assert row.decode("77") == 77
    assert row.encode("on") == 2
    assert row.encode(77) == 77
    with pytest.raises(InvalidOption, match="'of' cannot be used: one of on"):
        row.encode("of")


@pytest.mark.parametrize(
    ("row", "wire"),
    [
        (schema.integer("N"), "x"),
        (schema.integer("N"), ""),
        (schema.boolean("B"), "maybe"),
        (schema.octets("O"), "???"),
        (schema.enum("E", words={"a": 1}), "a"),
    ],
)
def test_what_a_type_does_not_allow_is_a_protocol_error_that_names_the_property(row, wire):
    with pytest.raises(ProtocolError, match="^" + row.name):
        row.decode(wire)


@pytest.mark.parametrize(
    ("row", "value"),
    [(schema.octets("O"), b"\x00\xff"), (schema.integer("N", many=True), [1, 2]), (schema.boolean("B"), False)],
)
def test_values_survive_the_wire(row, value):
    body = envelope.instance_body(envelope.Instance("AMT_X", {row.name: row.encode(value)}))
    assert row.decode(envelope.read_instance(xml.parse(body.encode())).properties[row.name]) == value


def test_a_class_that_names_a_property_twice_is_a_mistake():
    with pytest.raises(ValueError, match="twice"):
        schema.CimClass("AMT_X", (schema.text("A"), schema.text("A")))
    with pytest.raises(InvalidOption, match="starts with AMT_"):
        schema.CimClass("XYZ_X")
