# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""XML as this protocol needs it: elements and text, DTDs and entities refused, bounded in all that it can grow by.

A document costs time and memory in proportion to its bytes, whatever is in it: what could be multiplied (a long
namespace by many names) is short, and what Python keeps as objects (elements, attributes, namespaces) is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from xml.parsers import expat

from ..errors import ProtocolError
from .characters import legible

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_MEMBERS = 100_000  # elements, attributes and declarations of namespaces
MAX_NAMESPACE = 256  # characters; the longest of a recorded reply has 84
MAX_TAG = 64 * 1024  # bytes between the brackets of one tag, comment or instruction
_PIECE = 16 * 1024
_NONE: Mapping[str, str] = MappingProxyType({})


class Budget:
    """What one document may hold, or several that make one answer, as the pulls of an enumeration do."""

    def __init__(self, size: int = MAX_BYTES, members: int = MAX_MEMBERS) -> None:
        self._size = size
        self._members = members

    def take(self, size: int) -> None:
        self._size -= size
        if self._size < 0:
            raise ProtocolError("the answer is larger than we accept: {0} bytes".format(MAX_BYTES))

    def count(self, members: int) -> None:
        self._members -= members
        if self._members < 0:
            raise ProtocolError("the XML has more than {0} elements, attributes and namespaces".format(MAX_MEMBERS))


class Element:
    """A parsed element. `namespace` may be empty; `text` is the character data directly inside, unstripped."""

    __slots__ = ("attributes", "children", "name", "namespace", "text")

    def __init__(self, namespace: str, name: str, attributes: Mapping[str, str]) -> None:
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
    """`open` are the elements around this place, each with the pieces of its text so far."""

    def __init__(self, budget: Budget) -> None:
        self.root: Element | None = None
        self.open: list[tuple[Element, list[str]]] = []
        self._budget = budget
        self._names: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._budget.count(1 + len(attributes))
        if len(self.open) >= MAX_DEPTH:
            raise ProtocolError("the XML is nested deeper than {0} levels".format(MAX_DEPTH))
        namespace, _separator, name = tag.rpartition(" ")
        namespace, name = self._names.setdefault(namespace, namespace), self._names.setdefault(name, name)
        element = Element(namespace, name, attributes or _NONE)
        if self.open:
            self.open[-1][0].children.append(element)
        else:
            self.root = element
        self.open.append((element, []))

    def text(self, piece: str) -> None:
        self.open[-1][1].append(piece)

    def end(self, _tag: str) -> None:
        element, pieces = self.open.pop()
        element.text = "".join(pieces)

    def namespace(self, _prefix: str | None, uri: str | None) -> None:
        self._budget.count(1)
        if uri and len(uri) > MAX_NAMESPACE:
            raise ProtocolError("the XML has a namespace of more than {0} characters".format(MAX_NAMESPACE))

    def refuse(self, *_parts: object) -> None:
        raise ProtocolError("the XML has a document type declaration; firmware never sends one, so it is refused")


def parse(document: bytes, budget: Budget | None = None) -> Element:
    """The root element of a UTF-8 document; white space before the declaration is tolerated (some firmware sends it),
    and what XML forbids in a text is read as ILLEGIBLE.

    Raises ProtocolError for anything that is not well-formed, has a DTD, or is over the limits or the budget.
    """
    budget = budget or Budget()
    budget.take(len(document))
    builder = _Builder(budget)
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartNamespaceDeclHandler = builder.namespace
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    try:
        _feed(parser, legible(document.lstrip(b" \t\r\n")))
    except expat.ExpatError as error:
        raise ProtocolError("the answer is not well-formed XML: {0}".format(error)) from None
    if builder.root is None:
        raise ProtocolError("the answer holds no XML element")
    return builder.root


def _feed(parser: expat.XMLParserType, document: bytes) -> None:
    """In pieces: expat hands out a tag only when all of it is there, however much that is."""
    for at in range(0, len(document), _PIECE):
        parser.Parse(document[at : at + _PIECE], False)
        if min(at + _PIECE, len(document)) - parser.CurrentByteIndex > MAX_TAG:
            raise ProtocolError("the XML has a tag of more than {0} bytes".format(MAX_TAG))
    parser.Parse(b"", True)
