# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text with an octet that XML forbids is read, and costs nothing but that octet."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import ProtocolError
from ansible_collections.outofband.amt.plugins.module_utils.wsman import xml
from ansible_collections.outofband.amt.plugins.module_utils.wsman.characters import ILLEGIBLE, legible

FORBIDDEN = [*(bytes([octet]) for octet in range(32) if octet not in (9, 10, 13)), b"\xff", b"\xc3", b"\xed\xa0\x80"]
REFERENCES = [b"&#7;", b"&#x7;", b"&#0;", b"&#0000007;", b"&#xD800;", b"&#xFFFE;", b"&#1114112;", b"\xef\xbf\xbf"]


@pytest.mark.parametrize("octets", [*FORBIDDEN, *REFERENCES])
def test_what_xml_forbids_is_marked_and_the_rest_is_read(octets):
    root = xml.parse(b"<a><b>PC" + octets + b"17</b><c>next</c></a>")
    marked, following = root.children
    assert marked.text.startswith("PC" + ILLEGIBLE)
    assert marked.text.endswith("17")
    assert following.text == "next"


@pytest.mark.parametrize("text", ["&#65;", "&#x1F600;", "&#9;", "B\u00fcro \U0001f600", "&amp;#7;", "&#x;"])
def test_what_xml_allows_is_left_alone(text):
    assert legible(text.encode()) == text.encode()


def test_zeros_after_the_document_are_dropped():
    assert xml.parse(b"<a>x</a>\0\0\0").text == "x"


@pytest.mark.parametrize("document", [b"<a\x07>x</a>", b"<a>x</\xff>", b"\x07<a/>", b"<a b='&#x;'/>"])
def test_octets_outside_of_texts_are_still_refused(document):
    with pytest.raises(ProtocolError):
        xml.parse(document)
