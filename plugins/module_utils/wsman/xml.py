# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""XML as this protocol needs it: elements and text, bounded in depth and number, DTDs and entities refused."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from ..errors import ProtocolError
from .characters import legible

MAX_DEPTH = 64
MAX_ELEMENTS = 200_000


class Element:
    """A parsed element. `namespace` may be empty; `text` is the character data directly inside, unstripped."""

    __slots__ = ("attributes", "children", "name", "namespace", "text")

    def __init__(self, namespace: str, name: str, attributes: dict[str, str]) -> None:
        self.namespace = namespace
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""

    def child(self, name: str) -> Element | None:
        """The first child of this local name, in any namespace."""
        for element in self.children:
            if element.name == name:
                return element
        return None

    def descend(self, *names: str) -> Element | None:
        element: Element | None = self
        for name in names:
            element = element.child(name) if element is not None else None
        return element

    def all(self, name: str) -> Iterator[Element]:
        return (element for element in self.children if element.name == name)


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.pieces: list[str] = []
        self.elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if len(self.open) >= MAX_DEPTH:
            raise ProtocolError("the XML is nested deeper than {0} levels".format(MAX_DEPTH))
        if self.elements > MAX_ELEMENTS:
            raise ProtocolError("the XML has more than {0} elements".format(MAX_ELEMENTS))
        namespace, _separator, name = tag.rpartition(" ")
        element = Element(namespace, name, attributes)
        if self.open:
            self.flush()
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def flush(self) -> None:
        if self.pieces:
            self.open[-1].text += "".join(self.pieces)
            self.pieces.clear()

    def end(self, _tag: str) -> None:
        self.flush()
        self.open.pop()

    def refuse(self, *_parts: object) -> None:
        raise ProtocolError("the XML has a document type declaration; firmware never sends one, so it is refused")


def parse(document: bytes) -> Element:
    """The root element of a UTF-8 document; white space before the declaration is tolerated (some firmware sends it),
    and what XML forbids in a text is read as ILLEGIBLE.

    Raises ProtocolError for anything that is not well-formed, has a DTD, or is over the limits.
    """
    builder = _Builder()
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.pieces.append
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    try:
        parser.Parse(legible(document.lstrip(b" \t\r\n")), True)
    except expat.ExpatError as error:
        raise ProtocolError("the answer is not well-formed XML: {0}".format(error)) from None
    if builder.root is None:
        raise ProtocolError("the answer holds no XML element")
    return builder.root
