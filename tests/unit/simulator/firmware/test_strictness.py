# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What firmware does not take, and the fault that says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.firmware.intake import decode, read
from simulator.firmware.schema import Property, lookup
from simulator.values import Datetime, Epr, Fault, Nested

GENERAL = "AMT_GeneralSettings"
RANGES = {"u8": (0, 255), "u16": (0, 65535), "u32": (0, 2**32 - 1), "u64": (0, 2**64 - 1), "s32": (-(2**31), 2**31 - 1)}


def general(firmware, *extra, without=()):
    instance = firmware.get(GENERAL, {})
    fields = [(name, str(value).lower() if isinstance(value, bool) else str(value)) for name, value in instance.items()]
    return [field for field in fields if field[0] not in without and field[1]] + list(extra)


def refusal(function, *arguments):
    with pytest.raises(Fault) as caught:
        function(*arguments)
    assert caught.value.status == 400
    return caught.value


def test_a_whole_instance_is_taken_back(make):
    firmware = make()
    before = firmware.get(GENERAL, {})
    assert firmware.put(GENERAL, {}, general(firmware)) == before


def test_an_unknown_element_violates_the_schema(make):
    firmware = make()
    fault = refusal(firmware.put, GENERAL, {}, general(firmware, ("HostNam", "x")))
    assert (fault.subcode, fault.detail) == ("SchemaValidationError", "HostNam")


def test_an_element_given_twice_violates_the_schema(make):
    firmware = make()
    fault = refusal(firmware.put, GENERAL, {}, general(firmware, ("HostName", "x")))
    assert fault.subcode == "SchemaValidationError"


@pytest.mark.parametrize("name", ["PingResponseEnabled", "IdleWakeTimeout", "HostName"])
def test_an_empty_element_violates_the_schema(make, name):
    firmware = make("16")
    fault = refusal(firmware.put, GENERAL, {}, general(firmware, (name, None), without=(name,)))
    assert (fault.subcode, fault.detail) == ("SchemaValidationError", name)


def test_older_firmware_takes_an_empty_text_but_no_empty_number(make):
    firmware = make("12")
    firmware.put(GENERAL, {}, general(firmware, ("DomainName", None), without=("DomainName",)))
    assert firmware.get(GENERAL, {})["DomainName"] == ""
    fault = refusal(
        firmware.put, GENERAL, {}, general(firmware, ("IdleWakeTimeout", None), without=("IdleWakeTimeout",))
    )
    assert fault.subcode == "SchemaValidationError"


def test_empty_texts_can_be_let_through(make):
    firmware = make("16", accepts_empty_text=True)
    firmware.put(GENERAL, {}, general(firmware, ("DomainName", None), without=("DomainName",)))
    assert firmware.get(GENERAL, {})["DomainName"] == ""


def test_a_required_element_that_is_missing_is_named(make):
    firmware = make(needs_element_name=True)
    fault = refusal(firmware.put, GENERAL, {}, general(firmware, without=("ElementName",)))
    assert fault.subcode == "InvalidRepresentation"
    assert fault.detail.endswith("MissingValues: ElementName")


def test_a_required_input_that_is_missing_is_named(make):
    fault = refusal(make().invoke, "AMT_MessageLog", {}, "GetRecords", [("MaxReadRecords", "390")])
    assert fault.detail.endswith("MissingValues: IterationIdentifier")


@pytest.mark.parametrize(
    ("name", "text"),
    [("PingResponseEnabled", "yes"), ("IdleWakeTimeout", "x"), ("DHCPv6ConfigurationTimeout", "65536")],
)
def test_a_value_of_the_wrong_type_violates_the_schema(make, name, text):
    firmware = make()
    fault = refusal(firmware.put, GENERAL, {}, general(firmware, (name, text), without=(name,)))
    assert (fault.subcode, fault.detail) == ("SchemaValidationError", name)


def test_a_reference_where_a_text_belongs_violates_the_schema(make):
    firmware = make()
    extra = ("HostName", Epr("CIM_Fan", {}))
    assert (
        refusal(firmware.put, GENERAL, {}, general(firmware, extra, without=("HostName",))).subcode
        == "SchemaValidationError"
    )


def test_a_text_where_a_reference_belongs_violates_the_schema(make):
    fault = refusal(make().invoke, "CIM_BootConfigSetting", {}, "ChangeBootOrder", [("Source", "PXE")])
    assert fault.subcode == "SchemaValidationError"


def test_selectors_must_be_keys(make):
    firmware = make()
    assert refusal(firmware.get, GENERAL, {"Name": "x"}).subcode == "InvalidSelectors"
    assert refusal(firmware.get, GENERAL, {"InstanceID": "x"}).subcode == "DestinationUnreachable"


def test_selectors_must_mean_one_instance(make):
    firmware = make()
    assert refusal(firmware.get, "AMT_TLSSettingData", {}).subcode == "InvalidSelectors"
    assert (
        refusal(firmware.get, "CIM_ComputerSystem", {"CreationClassName": "CIM_ComputerSystem"}).subcode
        == "InvalidSelectors"
    )
    assert firmware.get("CIM_ComputerSystem", {"Name": "ManagedSystem"})["Name"] == "ManagedSystem"


def test_a_selector_may_be_a_reference(make):
    firmware = make()
    service = Epr("CIM_PowerManagementService", {"Name": "Intel(r) AMT Power Management Service"})
    cls = "CIM_AssociatedPowerManagementService"
    assert firmware.get(cls, {"ServiceProvided": service})["PowerState"] == 2
    other = Epr("CIM_PowerManagementService", {"Name": "another"})
    assert refusal(firmware.get, cls, {"ServiceProvided": other}).subcode == "DestinationUnreachable"
    assert refusal(firmware.get, cls, {"ServiceProvided": Epr("CIM_Fan", {})}).subcode == "DestinationUnreachable"


def test_verbs_and_methods_that_a_class_lacks_are_not_supported(make):
    firmware = make()
    assert refusal(firmware.put, "CIM_Chassis", {}, []).subcode == "ActionNotSupported"
    assert refusal(firmware.delete, "CIM_Chassis", {}).subcode == "ActionNotSupported"
    assert refusal(firmware.create, "CIM_Chassis", []).subcode == "ActionNotSupported"
    assert refusal(firmware.invoke, "CIM_Chassis", {}, "Open", []).subcode == "ActionNotSupported"


def test_a_create_of_a_class_that_is_not_there_is_unreachable(make):
    assert refusal(make().create, "IPS_WatchDogAction_", []).subcode == "DestinationUnreachable"


@pytest.mark.parametrize("cls", ["AMT_BootCapabilities", "AMT_BootSettingData", "AMT_EthernetPortSettings", GENERAL])
def test_old_firmware_does_not_enumerate_singletons(make, cls):
    assert refusal(make("9").instances, cls)
    selectors = {"InstanceID": "Intel(r) AMT Ethernet Port Settings 0"} if cls == "AMT_EthernetPortSettings" else {}
    assert make("9").get(cls, selectors)
    assert make("11").instances(cls)


def test_an_embedded_instance_is_checked_like_any_other():
    inputs = lookup("AMT_AlarmClockService").methods["AddAlarm"].inputs
    start = ("StartTime", Datetime("2026-02-01T06:00:00Z"))
    good = Nested("IPS_AlarmClockOccurrence", [("InstanceID", "morning"), start, ("DeleteOnCompletion", "true")])
    found = decode(inputs, [("AlarmTemplate", good)], empties_refused=True)
    assert found["AlarmTemplate"]["DeleteOnCompletion"] is True
    for bad in (
        Nested("IPS_AlarmClockOccurrence", [("Instance", "morning")]),
        Nested("CIM_Fan", good.fields),
        Nested("IPS_AlarmClockOccurrence", [("StartTime", "tomorrow")]),
        "morning",
    ):
        assert refusal(decode, inputs, [("AlarmTemplate", bad)], True).subcode == "SchemaValidationError"


@given(st.sampled_from(sorted(RANGES)), st.integers(-(2**70), 2**70))
def test_integers_are_taken_within_their_range_and_nowhere_else(kind, number):
    low, high = RANGES[kind]
    row = Property("X", kind)
    if low <= number <= high:
        assert read(row, str(number), True) == number
    else:
        assert refusal(read, row, str(number), True).subcode == "SchemaValidationError"


@given(st.sampled_from(["flag", "u8", "u64", "s32", "octets", "hexadecimal", "real", "when", "ref"]), st.text())
def test_any_text_is_read_or_refused(kind, text):
    row = Property("X", kind)
    try:
        read(row, text, True)
    except Fault as fault:
        assert fault.subcode == "SchemaValidationError"


@given(st.lists(st.tuples(st.sampled_from(["HostName", "DDNSTTL", "Nonsense"]), st.none() | st.text())), st.booleans())
def test_any_fields_are_decoded_or_refused(fields, strict):
    try:
        found = decode(lookup(GENERAL).properties, fields, strict)
    except Fault:
        return
    assert set(found) == {name for name, _value in fields}
