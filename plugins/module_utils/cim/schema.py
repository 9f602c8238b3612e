# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Row types of the CIM tables: what a property is called, what it holds, and in which words people speak of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidOption, ProtocolError
from ..wsman.values import Datetime, Reference, resource_uri

#: number -> name of each value that a method may return
Returns = Mapping[int, str]


@dataclass(frozen=True)
class Property:
    """One property. `many`: an array. `writable=False`: never sent. `words`: people's word -> number on the wire."""

    name: str
    many: bool = False
    writable: bool = True
    words: Mapping[str, int] = field(default_factory=dict)

    def decode(self, value: Any) -> Any:
        """The Python value of what came over the wire. ProtocolError when the wire text is not of the type."""
        if self.many:
            values = value if isinstance(value, list) else [value]
            return [self._decode_one(item) for item in values]
        return self._decode_one(value)

    def encode(self, value: Any) -> Any:
        """The wire value of a Python value. InvalidOption when it is not one of the words."""
        if isinstance(value, (list, tuple)):
            return [self._encode_one(item) for item in value]
        return self._encode_one(value)

    def _decode_one(self, value: Any) -> Any:
        try:
            return value if value is None else self.from_wire(value)
        except (ValueError, binascii.Error):
            raise self._wrong(value) from None

    def _wrong(self, value: Any) -> ProtocolError:
        return ProtocolError("{0} holds {1!r}, which is not what its type allows".format(self.name, value))

    def _encode_one(self, value: Any) -> Any:
        return value if value is None else self.to_wire(value)

    def from_wire(self, value: Any) -> Any:
        return value

    def to_wire(self, value: Any) -> Any:
        return value


class text(Property):
    """Plain text on the wire, as the rows below are; several values only where the row says so."""

    def _decode_one(self, value: Any) -> Any:
        if value is not None and not isinstance(value, str):
            raise self._wrong(value)
        return super()._decode_one(value)


class reference(Property):
    """A Reference, as it is."""

    def _decode_one(self, value: Any) -> Any:
        if value is not None and not isinstance(value, Reference):
            raise self._wrong(value)
        return value


class datetime(Property):
    """A Datetime, as it is."""

    def _decode_one(self, value: Any) -> Any:
        if value is not None and not isinstance(value, Datetime):
            raise self._wrong(value)
        return value


class integer(text):
    def from_wire(self, value: Any) -> Any:
        return int(value)


class boolean(text):
    """`true` and `false`; `1` and `0` are accepted when read."""

    def from_wire(self, value: Any) -> Any:
        if value.lower() in ("true", "1"):
            return True
        if value.lower() in ("false", "0"):
            return False
        raise ValueError(value)

    def to_wire(self, value: Any) -> Any:
        return bool(value)


class enum(text):
    """A number that people know by a word. A number without a word stays a number: newer firmware knows more."""

    def from_wire(self, value: Any) -> Any:
        number = int(value)
        for word, known in self.words.items():
            if known == number:
                return word
        return number

    def to_wire(self, value: Any) -> Any:
        if isinstance(value, int):
            return value
        if value not in self.words:
            raise InvalidOption(self.name, value, "one of " + ", ".join(self.words))
        return self.words[value]


class octets(text):
    """Bytes, base64 on the wire."""

    def from_wire(self, value: Any) -> Any:
        return base64.b64decode(value, validate=True)

    def to_wire(self, value: Any) -> Any:
        return base64.b64encode(value).decode("ascii")


@dataclass(frozen=True)
class CimClass:
    """A class: its properties that we know, the key of the instance we mean, and what its methods return."""

    name: str
    properties: tuple[Property, ...] = ()
    key: Mapping[str, Any] = field(default_factory=dict)
    returns: Returns = field(default_factory=dict)
    family: str = ""

    def __post_init__(self) -> None:
        resource_uri(self.name)
        names = [row.name for row in self.properties]
        if len(set(names)) != len(names):
            raise ValueError("{0} names a property twice".format(self.name))

    def at(self, **selectors: Any) -> Reference:
        """The reference of one instance: the class's own key, with these selectors over it."""
        return Reference(self.name, {**self.key, **selectors})

    def decode(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Known properties as Python values, unknown ones as they came."""
        known = {row.name: row for row in self.properties}
        return {name: known[name].decode(value) if name in known else value for name, value in properties.items()}

    def encode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        known = {row.name: row for row in self.properties}
        return {name: known[name].encode(value) if name in known else value for name, value in values.items()}

    def read_only(self) -> set[str]:
        return {row.name for row in self.properties if not row.writable}
