# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs that nobody meant to send: sound ones spoilt a little, in their bytes or in their structure, and plain noise.

The same seed gives the same inputs, so that a failure can be had again.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Sequence
from typing import Callable, Optional
from xml.etree import ElementTree

MARKUP = ("<", ">", "&", "</", "/>", "<a>", "</a>", "&amp;", "&#0;", "&x;", "]]>", "<![CDATA[", "<?xml?>", "xmlns=''")
WORDS = (
    "=",
    ":",
    ";",
    ",",
    "-1",
    "0",
    "99999999999999999999",
    "%s",
    "{0}",
    "NaN",
    "true",
    "\\",
    "\U0001f4a9",
    '"',
    "'",
)
OCTETS = (b"<!DOCTYPE a>", b" " * 99, b"\r\n", b"\r\n\r\n", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\xaf")
TOKENS = (*(token.encode() for token in MARKUP + WORDS), *OCTETS)
TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "x",
    "true",
    "99999999999999999999",
    "1.5",
    "\u00e9",
    "\u00b2",
    "2026-99-99T99:99:99Z",
    "====",
)
WIDEST = 64


def accepts(name: str, parse: Callable[[bytes], object], data: bytes, raises: tuple[type[Exception], ...]) -> bool:
    """Whether a parser takes it; false for one of its own errors. AssertionError, with the input, for any other."""
    try:
        parse(data)
    except raises:
        return False
    except Exception as error:
        raise AssertionError("{0} of {1!r}".format(name, data)) from error
    return True


def flip(data: bytearray, chance: random.Random) -> None:
    for _time in range(chance.randint(1, 8)):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)


def cut(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data) + 1)
    del data[start : start + chance.randint(1, WIDEST)]


def repeat(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.randint(1, WIDEST)]
    data[start:start] = piece * chance.choice((1, 1, 2, 50))


def insert(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice(TOKENS)


def noise(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.randbytes(chance.randint(1, 16))


def stop_short(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


BYTE_CHANGES = (flip, cut, repeat, insert, noise, stop_short)


def spoil_bytes(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _time in range(chance.choice((1, 1, 1, 2, 4))):
        chance.choice(BYTE_CHANGES)(changed, chance)
    return bytes(changed)


def rename(element: ElementTree.Element, others: Sequence[ElementTree.Element], chance: random.Random) -> None:
    element.tag = chance.choice(others).tag if chance.random() < 0.7 else chance.choice(string.ascii_letters)


def retext(element: ElementTree.Element, others: Sequence[ElementTree.Element], chance: random.Random) -> None:
    element.text = chance.choice(TEXTS) if chance.random() < 0.7 else chance.choice(others).text


def drop(element: ElementTree.Element, _others: Sequence[ElementTree.Element], chance: random.Random) -> None:
    if len(element):
        element.remove(chance.choice(list(element)))


def double(element: ElementTree.Element, _others: Sequence[ElementTree.Element], chance: random.Random) -> None:
    if len(element):
        element.append(chance.choice(list(element)))


def graft(element: ElementTree.Element, others: Sequence[ElementTree.Element], chance: random.Random) -> None:
    """A leaf or a shallow branch of the same document in a place where it does not belong."""
    parts = [(other, list(other.iter())) for other in others]
    branches = [other for other, below in parts if len(below) < 12 and element not in below]
    if branches:
        element.insert(chance.randrange(len(element) + 1), chance.choice(branches))


def strip_attributes(element: ElementTree.Element, _others: object, chance: random.Random) -> None:
    element.attrib.clear()
    if chance.random() < 0.3:
        element.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")


STRUCTURE_CHANGES = (rename, retext, drop, double, graft, strip_attributes)


def spoil_structure(document: bytes, chance: random.Random) -> bytes:
    """Still well-formed XML, and no longer what it was."""
    root = ElementTree.fromstring(document.lstrip())
    for _time in range(chance.choice((1, 1, 2, 3))):
        elements = list(root.iter())
        chance.choice(STRUCTURE_CHANGES)(chance.choice(elements), elements, chance)
    return ElementTree.tostring(root, encoding="utf-8")


def inputs(
    seeds: Sequence[bytes], count: int, seed: str, structure: Optional[Callable[[bytes, random.Random], bytes]] = None
) -> Iterator[bytes]:
    """`count` inputs: a tenth noise, the others spoilt in their bytes or, where `structure` is given, half and half."""
    chance = random.Random(seed)
    for number in range(count):
        if number % 10 == 0:
            yield chance.randbytes(chance.randint(0, 200))
        elif structure is not None and number % 2:
            yield structure(chance.choice(seeds), chance)
        else:
            yield spoil_bytes(chance.choice(seeds), chance)
