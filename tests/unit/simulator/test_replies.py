# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replies are written as firmware writes them: what a recorded reply holds, written again, is that reply."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import etree

from simulator.soap_reply import Reply, fault_envelope
from simulator.soap_request import children, fields_of, local, namespace, parse_document, parse_value
from simulator.values import Datetime, Epr, Fault, Nested

CAPTURES = Path(os.environ.get("AMT_CAPTURES", Path(__file__).resolve().parents[4] / "shared" / "captures"))
RECORDED = sorted(CAPTURES.rglob("get.xml")) + sorted(CAPTURES.rglob("pull.xml"))


def canonical(octets: bytes) -> bytes:
    """The infoset with prefixes, without indentation."""
    root = etree.fromstring(octets, etree.XMLParser(remove_blank_text=True))
    for element in root.iter():
        if not len(element):
            element.text = (element.text or "").strip() or None
    return etree.tostring(root, method="c14n", exclusive=True)


def instance_of(element) -> dict:
    """Fields as an instance: what repeats becomes a list."""
    instance: dict = {}
    for child in children(element):
        value = parse_value(child)
        instance.setdefault(local(child), []).append("" if value is None else value)
    return instance


def written_again(body) -> Reply:
    reply = Reply()
    content = children(body)[0]
    if local(content) != "PullResponse":
        reply.instance(local(content), instance_of(content))
        return reply
    prefix = reply.prefix(namespace(content))
    reply.add("<{0}:PullResponse>".format(prefix))
    for part in children(content):
        reply.add("<{0}:{1}>{2}".format(prefix, local(part), (part.text or "").strip()))
        for item in children(part):
            reply.instance(local(item), instance_of(item))
        reply.add("</{0}:{1}>".format(prefix, local(part)))
    reply.add("</{0}:PullResponse>".format(prefix))
    return reply


def genuine(octets: bytes) -> bool:
    """Made by a device; `testdatetime` is in the one recording with such a MessageID that was made by hand."""
    return b"8086-8086-8086" in octets and b"testdatetime" not in octets


@pytest.mark.skipif(not RECORDED, reason="the recordings are not at hand (AMT_CAPTURES)")
@pytest.mark.parametrize(
    "path",
    [path for path in RECORDED if genuine(path.read_bytes())],
    ids=lambda path: str(path.parent.relative_to(CAPTURES)),
)
def test_a_recorded_reply_is_written_again_as_it_was(path):
    recorded = path.read_bytes().strip()
    root = parse_document(recorded)
    header, body = children(root)
    values = {local(child): (child.text or "").strip() for child in children(header)}
    message = int(values["MessageID"].rpartition("-")[2], 16)
    again = written_again(body).envelope(values["Action"], values["RelatesTo"], message, values["ResourceURI"])
    assert canonical(again) == canonical(recorded)


def test_a_fault_is_shaped_as_firmware_shapes_it():
    fault = Fault("DestinationUnreachable", "No route.")
    root = etree.fromstring(fault_envelope(fault, "2", 0x211E))
    names = {"a": "http://www.w3.org/2003/05/soap-envelope", "b": "http://schemas.xmlsoap.org/ws/2004/08/addressing"}
    assert root.findtext("a:Header/b:Action", namespaces=names).endswith("/addressing/fault")
    assert root.findtext("a:Header/b:MessageID", namespaces=names) == "uuid:00000000-8086-8086-8086-00000000211E"
    assert root.findtext("a:Body/a:Fault/a:Code/a:Value", namespaces=names) == "a:Sender"
    assert root.findtext("a:Body/a:Fault/a:Code/a:Subcode/a:Value", namespaces=names) == "b:DestinationUnreachable"
    assert root.findtext("a:Body/a:Fault/a:Reason/a:Text", namespaces=names) == "No route."


def test_nothing_in_a_value_can_break_out():
    reply = Reply()
    reply.instance("AMT_X", {"A": "<b>&\"'", "B": True, "C": 5, "D": b"\x00\xff", "E": None, "F": [1, 2]})
    root = etree.fromstring(reply.envelope("action", "<1>", 1, "resource"))
    found = dict(fields_of(root.find("{*}Body")[0], "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_X"))
    assert found == {"A": "<b>&\"'", "B": "true", "C": "5", "D": "AP8=", "F": "2"}


FORBIDDEN = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF)))


def test_nothing_that_xml_forbids_is_written():
    """Wherever a text stands: in a value, in a reference, in a fault, in what is echoed."""
    text = "ab" + FORBIDDEN + "\t\U0001f600b"
    reply = Reply()
    reference = Epr("CIM_ComputerSystem", {"Name" + FORBIDDEN: text})
    values = {"Text": text, "Time": Datetime(text), "Ref": reference, "Nested": Nested("CIM_Chip", [("Tag", text)])}
    reply.instance("AMT_GeneralSettings", values)
    for octets in (reply.envelope("x" + text, text, 1, text), fault_envelope(Fault(text, text, text), text, 1)):
        root = etree.fromstring(octets)
        texts = [element.text for element in root.iter() if (element.text or "").startswith("ab")]
        assert texts
        assert {one[-2:] for one in texts} == {"\U0001f600b"}
