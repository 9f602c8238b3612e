# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into an envelope comes out of it, whatever it is."""

from __future__ import annotations

import string
from xml.etree import ElementTree

from ansible_collections.outofband.amt.plugins.module_utils.cim.schema import CimClass, boolean, enum, integer, octets
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Datetime, Instance, Reference
from hypothesis import given, settings
from hypothesis import strategies as st

EXAMPLES = settings(max_examples=1000, deadline=None)

ADDRESSING = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"

legal = st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\ufffe\uffff").filter(
    lambda letter: ord(letter) >= 32 or letter in "\t\n\r"
)
texts = st.text(legal, min_size=1)
names = st.builds(
    lambda first, rest: first + rest, st.sampled_from(string.ascii_uppercase), st.text(string.ascii_letters, max_size=9)
).filter(lambda name: name != "ReferenceParameters")
class_names = st.builds("{0}_{1}".format, st.sampled_from(("AMT", "CIM", "IPS")), names)
plain_references = st.builds(Reference, class_names, st.dictionaries(names, texts, max_size=3))
references = st.builds(Reference, class_names, st.dictionaries(names, texts | plain_references, max_size=3))
times = st.builds(
    Datetime, st.from_regex(r"[0-9T:Z.+-]{1,30}", fullmatch=True), st.sampled_from(("Datetime", "Interval"))
)
simple = texts | references | times
embedded = st.builds(Instance, class_names, st.dictionaries(names, simple, min_size=1, max_size=3))
single = simple | embedded
values = single | st.lists(single, min_size=2, max_size=4)
instances = st.builds(Instance, class_names, st.dictionaries(names, values, max_size=6))


@EXAMPLES
@given(instances, references)
def test_an_instance_comes_back_whole(instance, target):
    document = envelope.request(envelope.PUT, target, envelope.instance_body(instance))
    assert envelope.read_instance(envelope.read_body(document)) == instance


@EXAMPLES
@given(references)
def test_a_reference_comes_back_whole(reference):
    body = envelope.instance_body(Instance("CIM_Holder", {"Held": reference}))
    held = envelope.read_body(envelope.request(envelope.PUT, reference, body)).child("Held")
    assert envelope.read_reference(held) == reference


@EXAMPLES
@given(names, st.dictionaries(names, values, max_size=4), references)
def test_the_arguments_of_a_method_come_back_whole(method, arguments, target):
    body = envelope.method_body(target.class_name, method, arguments)
    answer = envelope.read_body(envelope.request(method, target, body))
    assert envelope.read_instance(answer) == Instance(method + "_INPUT", arguments)


@EXAMPLES
@given(references, texts, st.integers(0, 2**31), st.integers(1, 600))
def test_a_request_is_xml_that_another_parser_reads_the_same(target, context, message_id, timeout):
    """The standard library's ElementTree stands for anybody else's parser."""
    pulled = envelope.request(envelope.PULL, target, envelope.pull_body(context), message_id, timeout)
    root = ElementTree.fromstring(pulled)
    assert root.findtext("{0}Header/{1}MessageID".format(SOAP, ADDRESSING)) == str(message_id)
    assert root.find(SOAP + "Body")[0][0].text == context


ROWS = (
    (integer("Number"), st.integers(-(2**63), 2**64)),
    (boolean("Switch"), st.booleans()),
    (enum("Word", words={"on": 2, "off": 8}), st.sampled_from(("on", "off")) | st.integers(9, 99)),
    (octets("Octets"), st.binary(min_size=1)),
    (integer("Numbers", many=True), st.lists(st.integers(0, 2**32), min_size=1, max_size=4)),
)


@EXAMPLES
@given(st.fixed_dictionaries({}, optional={row.name: values for row, values in ROWS}))
def test_values_of_a_table_come_back_as_they_were(given_values):
    table = CimClass("AMT_Table", tuple(row for row, _values in ROWS))
    body = envelope.instance_body(Instance(table.name, table.encode(given_values)))
    document = envelope.request(envelope.PUT, table.at(), body)
    assert table.decode(envelope.read_instance(envelope.read_body(document)).properties) == given_values
