# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a WS-Management request asks for, whatever its prefixes, its message number and its time limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Union
from xml.etree import ElementTree

SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
ADDRESSING = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
WSMAN = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
NO_ADDRESS = (
    "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing",
)
"""The address of a reference inside a message names nothing on the network: the first is what WS-Addressing says for
that, and what amtctrl sends; the second is what MeshCentral and wsman-messages send. Firmware takes both."""

Tree = tuple[str, Any]


@dataclass(frozen=True)
class Meaning:
    """`body` is (name, content), content being text or a tuple of such; selectors are pairs of a name and content."""

    action: str
    to: str
    resource: str
    reply_to: str
    selectors: tuple[tuple[str, Any], ...]
    body: Optional[Tree]

    @property
    def class_name(self) -> str:
        return self.resource.rpartition("/")[2]

    @property
    def verb(self) -> str:
        return self.action.rpartition("/")[2]


def read(document: Union[str, bytes]) -> Meaning:
    root = ElementTree.fromstring(document)
    header, body = root.find(SOAP + "Header"), root.find(SOAP + "Body")
    content = body[0] if len(body) else None
    meaning = Meaning(
        header.findtext(ADDRESSING + "Action"),
        header.findtext(ADDRESSING + "To"),
        header.findtext(WSMAN + "ResourceURI"),
        header.findtext(ADDRESSING + "ReplyTo/" + ADDRESSING + "Address"),
        selectors(header.find(WSMAN + "SelectorSet")),
        None if content is None else tree(content),
    )
    return meaning if meaning.verb not in ("Put", "Create") else unordered(meaning)


def unordered(meaning: Meaning) -> Meaning:
    """The order among different properties of an instance has no meaning; among the values of an array it has."""
    name, content = meaning.body
    body = (name, tuple(sorted(content, key=lambda child: child[0])))
    return Meaning(meaning.action, meaning.to, meaning.resource, meaning.reply_to, meaning.selectors, body)


def selectors(element: Optional[ElementTree.Element]) -> tuple[tuple[str, Any], ...]:
    if element is None:
        return ()
    return tuple(sorted((child.get("Name"), tree(child)[1]) for child in element))


def tree(element: ElementTree.Element) -> Tree:
    if element.tag == WSMAN + "SelectorSet":
        return (element.tag, selectors(element))
    if element.tag == ADDRESSING + "Address" and element.text in NO_ADDRESS:
        return (element.tag, NO_ADDRESS[0])
    if len(element):
        return (element.tag, tuple(tree(child) for child in element))
    return (element.tag, (element.text or "").strip())
