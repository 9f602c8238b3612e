# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema tables say what the reference says, no more and no less."""

from __future__ import annotations

import pytest

from simulator.firmware import schema
from simulator.firmware.schema import CLASSES, lookup
from simulator.firmware.schema.row import define, read_properties

KINDS = {
    "string": "text",
    "bool": "flag",
    "uchar": "u8",
    "ushort": "u16",
    "uint": "u32",
    "Uint64": "u64",
    "char": "s8",
    "short": "s16",
    "int": "s32",
    "Int64": "s64",
    "double": "real",
    "CimDateTime": "when",
    "CimReference": "ref",
    "Base64": "octets",
    "HexBinary": "hexadecimal",
}

# What recordings show beyond the reference table, and an older copy of the schema that is not beside the checkout.
ADDED = {
    "CIM_Battery": None,
    "AMT_ThirdPartyDataStorageAdministrationService": None,
    "AMT_ThirdPartyDataStorageService": None,
    "AMT_RemoteAccessService": {"IsRemoteTunnelConnected", "RemoteTunnelKeepAliveTimeout"},
}


def test_the_classes_are_those_of_the_reference(facts):
    assert set(CLASSES) - set(facts) == {name for name, added in ADDED.items() if added is None}
    assert set(facts) - set(CLASSES) == set()


def test_bases_agree(facts):
    differing = {
        name: CLASSES[name].base for name, fact in facts.items() if (CLASSES[name].base or "CimBase") != fact.base
    }
    assert differing == {}


def test_own_properties_agree_in_name_type_and_arity(facts):
    for name, fact in facts.items():
        own = {row.name: (row.kind, row.many) for row in CLASSES[name].properties.values()}
        wanted = {
            field: (KINDS[kind.strip("[]")], kind.startswith("[")) for field, kind in fact.types.items() if kind != "?"
        }
        for added in ADDED.get(name) or ():
            del own[added]
        assert own == wanted, name


def test_overriding_properties_are_inherited(facts):
    for name, fact in facts.items():
        overriding = {field for field, kind in fact.types.items() if kind == "?"}
        assert overriding <= set(lookup(name).properties), name


def test_keys_and_required_properties_agree(facts):
    for name, fact in facts.items():
        assert set(CLASSES[name].keys) == fact.keys, name
        assert set(CLASSES[name].required) == fact.required, name


def test_methods_agree_in_inputs_and_outputs(facts):
    for name, fact in facts.items():
        for method, (inputs, outputs) in fact.methods.items():
            row = lookup(name).methods[method]
            assert set(row.inputs) == (inputs or set()), (name, method)
            assert set(row.outputs) == (outputs or set()), (name, method)
        assert set(CLASSES[name].methods) <= set(fact.methods), name


def test_a_class_has_what_its_bases_have():
    row = lookup("AMT_BootSettingData")
    assert row.properties["ElementName"].kind == "text"
    assert row.keys == ("InstanceID",)
    assert "ElementName" in row.required


def test_every_key_and_required_name_is_a_property():
    for name in CLASSES:
        row = lookup(name)
        assert set(row.keys) | set(row.required) <= set(row.properties), name


def test_embedded_instances_are_of_classes_that_exist():
    embedded = {
        row.embeds
        for name in CLASSES
        for method in CLASSES[name].methods.values()
        for row in method.inputs.values()
        if row.kind == schema.EMBEDDED
    }
    assert embedded == {
        "CIM_Account",
        "CIM_IEEE8021xSettings",
        "CIM_WiFiEndpointSettings",
        "IPS_AlarmClockOccurrence",
    }


def test_a_type_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no such type: u7"):
        define("X", u7="A")


def test_a_name_given_twice_is_refused():
    with pytest.raises(ValueError, match="given twice: A"):
        read_properties({"u8": "A", "text": "A"})
