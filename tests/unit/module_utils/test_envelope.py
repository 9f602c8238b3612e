# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Envelopes against recorded replies of real firmware, and requests against expectations written by hand."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope, xml
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Datetime, Instance, Reference

CAPTURES = Path(__file__).resolve().parents[4] / "shared" / "captures"
needs_captures = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the recorded replies are not beside the checkout")

SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
WSA = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
WSMAN = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"


def recorded(*path: str) -> xml.Element | None:
    return envelope.read_body(CAPTURES.joinpath(*path).read_bytes())


@needs_captures
def test_every_recorded_reply_parses():
    files = sorted(CAPTURES.rglob("*.xml"))
    assert len(files) > 150
    for file in files:
        element = envelope.read_body(file.read_bytes())
        assert element is None or envelope.read_instance(element).class_name == element.name, file


@needs_captures
def test_arrays_and_references_of_a_recorded_power_state():
    items = recorded("cim", "associatedpower", "managementservice", "pull.xml").child("Items")
    power = envelope.read_instance(items.children[0]).properties
    assert power["PowerState"] == "2"
    assert power["AvailableRequestedPowerStates"] == ["10", "8", "5", "11", "4", "7", "14", "12"]
    assert power["UserOfService"] == Reference(
        "CIM_ComputerSystem", {"CreationClassName": "CIM_ComputerSystem", "Name": "ManagedSystem"}
    )


@needs_captures
def test_datetime_of_a_recorded_bios():
    bios = envelope.read_instance(recorded("cim", "bios", "element", "get.xml")).properties
    assert bios["ReleaseDate"] == Datetime("2020-08-10T00:00:00Z")


def test_a_get_request_names_action_resource_and_selectors():
    request = envelope.request(envelope.GET, Reference("AMT_GeneralSettings", {"InstanceID": "a & <b>"}), message_id=7)
    header = ElementTree.fromstring(request).find(SOAP + "Header")
    assert header.findtext(WSA + "Action") == "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get"
    assert header.findtext(WSA + "To") == "/wsman"
    uri = "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings"
    assert header.findtext(WSMAN + "ResourceURI") == uri
    assert header.findtext(WSA + "MessageID") == "7"
    selector = header.find(WSMAN + "SelectorSet/" + WSMAN + "Selector")
    assert (selector.get("Name"), selector.text) == ("InstanceID", "a & <b>")


def test_a_method_request_carries_its_arguments_in_the_namespace_of_the_class():
    system = Reference("CIM_ComputerSystem", {"Name": "ManagedSystem"})
    body = envelope.method_body(
        "CIM_PowerManagementService", "RequestPowerStateChange", {"PowerState": 8, "ManagedElement": system}
    )
    request = envelope.request("RequestPowerStateChange", Reference("CIM_PowerManagementService"), body)
    root = ElementTree.fromstring(request)
    namespace = CIM + "CIM_PowerManagementService"
    assert root.findtext(SOAP + "Header/" + WSA + "Action") == namespace + "/RequestPowerStateChange"
    call = root.find(SOAP + "Body")[0]
    assert call.tag == "{" + namespace + "}RequestPowerStateChange_INPUT"
    assert [child.tag.rpartition("}")[2] for child in call] == ["PowerState", "ManagedElement"]
    assert call[0].text == "8"
    parameters = call[1].find(WSA + "ReferenceParameters")
    assert parameters.findtext(WSMAN + "ResourceURI") == CIM + "CIM_ComputerSystem"


def test_absent_and_empty_values_are_left_out_and_arrays_repeat():
    body = envelope.instance_body(Instance("AMT_X", {"A": None, "B": "", "C": [1, 2], "D": False, "E": []}))
    element = ElementTree.fromstring(body)
    assert [(child.tag.rpartition("}")[2], child.text) for child in element] == [("C", "1"), ("C", "2"), ("D", "false")]


def test_nested_references_instances_and_times_survive_a_round_trip():
    port = Reference("CIM_EthernetPort", {"DeviceID": "Intel(r) AMT Ethernet Port 0"})
    values = {
        "Dependent": Reference("AMT_FilterInSystemDefensePolicy", {"Antecedent": port, "Name": "f"}),
        "AlarmTemplate": Instance(
            "IPS_AlarmClockOccurrence", {"InstanceID": "x", "StartTime": Datetime("2026-01-02T03:04:00Z")}
        ),
        "Interval": Datetime("P1DT0H0M0S", "Interval"),
    }
    sent = envelope.request(envelope.PUT, port, envelope.instance_body(Instance("AMT_X", values)))
    assert envelope.read_instance(envelope.read_body(sent)).properties == values


@pytest.mark.parametrize("text", ["a\x00b", "bell\x07", "\ud800"])
def test_what_xml_cannot_carry_is_refused_before_it_is_sent(text):
    with pytest.raises(errors.InvalidOption, match="control characters"):
        envelope.instance_body(Instance("AMT_X", {"A": text}))


FAULT = (
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value>'
    "<e:Subcode><e:Value>b:{0}</e:Value></e:Subcode></e:Code><e:Reason><e:Text>some  reason</e:Text></e:Reason>"
    "<e:Detail><x>a detail</x></e:Detail></e:Fault></e:Body></e:Envelope>"
)


@pytest.mark.parametrize(
    ("subcode", "kind"),
    [
        ("DestinationUnreachable", errors.Unsupported),
        ("AccessDenied", errors.AccessDenied),
        ("AlreadyExists", errors.AlreadyExists),
        ("InvalidSelectors", errors.InvalidSelectors),
        ("SchemaValidationError", errors.SchemaRefused),
        ("SomethingNew", errors.Fault),
        ("TimedOut", errors.Busy),
    ],
)
def test_faults_become_types_that_keep_what_the_firmware_said(subcode, kind):
    with pytest.raises(kind) as caught:
        envelope.read_body(FAULT.format(subcode).encode())
    assert type(caught.value) is kind
    assert "{0}: some reason: a detail".format(subcode) in str(caught.value)
    assert caught.value.details["subcode"] == subcode


@pytest.mark.parametrize(
    ("status", "kind"), [(1, errors.Busy), (2, errors.Busy), (16, errors.Fault), (38, errors.Fault)]
)
def test_an_internal_error_with_a_reason_is_a_refusal(status, kind):
    document = FAULT.format("InternalError").replace("a detail", "AMT-STATUS {0}".format(status))
    with pytest.raises(kind) as caught:
        envelope.read_body(document.encode())
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no xml",
        b"<a/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * 100 + b"</a>" * 100,
        b"<a>" + b"<b/>" * (xml.MAX_MEMBERS + 1) + b"</a>",
        b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header/></e:Envelope>',
    ],
    ids=["empty", "text", "no-soap", "entity", "external", "deep", "many", "no-body"],
)
def test_what_is_no_envelope_is_a_protocol_error(document):
    with pytest.raises(errors.ProtocolError):
        envelope.read_body(document)


BAD_NAMES = ["", "1st", "a b", "a-b", "a/b", "x><y", 'x" y="', "\xe4", "a\n", None, 7]
BUILDERS = {
    "class": lambda bad: envelope.request(envelope.GET, Reference("AMT_" + str(bad))),
    "class of an instance": lambda bad: envelope.instance_body(Instance("CIM_" + str(bad))),
    "class of a reference": lambda bad: envelope.instance_body(Instance("CIM_X", {"Y": Reference("IPS_" + str(bad))})),
    "method": lambda bad: envelope.method_body("CIM_X", bad, {}),
    "action": lambda bad: envelope.request(bad, Reference("CIM_X")),
    "argument": lambda bad: envelope.method_body("CIM_X", "Do", {bad: "1"}),
    "property": lambda bad: envelope.instance_body(Instance("CIM_X", {bad: "1"})),
    "property inside": lambda bad: envelope.instance_body(Instance("CIM_X", {"Y": Instance("CIM_Y", {bad: "1"})})),
    "selector": lambda bad: envelope.request(envelope.GET, Reference("CIM_X", {bad: "1"})),
    "selector inside": lambda bad: envelope.request(
        envelope.GET, Reference("CIM_X", {"Y": Reference("CIM_Y", {bad: "1"})})
    ),
}


#: Behind the prefix of a class these make a name.
FINE_IN_A_CLASS = ("", "1st", None, 7)
PLACES = [
    (place, bad)
    for place in BUILDERS
    for bad in BAD_NAMES
    if not (place.startswith("class") and bad in FINE_IN_A_CLASS)
]


@pytest.mark.parametrize(("place", "bad"), PLACES, ids=repr)
def test_what_is_no_name_gets_into_no_envelope(place, bad):
    with pytest.raises(errors.InvalidOption):
        BUILDERS[place](bad)
