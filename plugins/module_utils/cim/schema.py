# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""Row types of the CIM tables: what a property is called, what it holds, and in which words people speak of it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ..errors import AmtError, InvalidOption, ProtocolError, Unreadable
from ..wsman.values import Datetime, Reference, resource_uri
from .realms import hidden_without, shown

_MOMENT = re.compile(r"[0-9]{4}-|[0-9]{2}:|-?P[0-9T]")
_NUMBER = re.compile(r"[ \t\r\n]*[+-]?[0-9]{1,20}[ \t\r\n]*")

#: number -> name of each value that a method may return
Returns = Mapping[int, str]
Report = Callable[[AmtError], None]


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
            return [self._decode_one(item) for item in values if item is not None]
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
        held = "{0} values".format(len(value)) if isinstance(value, list) else repr(value)
        return ProtocolError("{0} holds {1}, which is not what its type allows".format(self.name, _cut(held)))

    def _encode_one(self, value: Any) -> Any:
        return value if value is None else self.to_wire(value)

    def from_wire(self, value: Any) -> Any:
        return value

    def to_wire(self, value: Any) -> Any:
        return value


def _cut(text: str, length: int = 80) -> str:
    return text if len(text) <= length else text[: length - 3] + "..."


class text(Property):
    """Plain text on the wire, as the rows below are; several values only where the row says so."""

    def _decode_one(self, value: Any) -> Any:
        if value is not None and not isinstance(value, str):
            raise self._wrong(value)
        return super()._decode_one(value)


class reference(Property):
    """A Reference, as it is; it names a class."""

    def _decode_one(self, value: Any) -> Any:
        if value is not None and not (isinstance(value, Reference) and value.class_name):
            raise self._wrong(value)
        return value


class datetime(Property):
    """A Datetime, as it is: a moment, a day, a time of day or an interval of ISO 8601."""

    def _decode_one(self, value: Any) -> Any:
        if value is not None and not (isinstance(value, Datetime) and _MOMENT.match(value.text)):
            raise self._wrong(value)
        return value


class datetime_or_text(datetime):
    """The same where replies were recorded with a plain text in its place, such as `0` for no interval."""

    def _decode_one(self, value: Any) -> Any:
        return value if isinstance(value, str) else super()._decode_one(value)


def _number(value: str) -> int:
    """Decimal as XML Schema has it, and no longer than any type of CIM needs. ValueError for everything else."""
    if not _NUMBER.fullmatch(value):
        raise ValueError(value)
    return int(value)


class integer(text):
    def from_wire(self, value: Any) -> Any:
        return _number(value)


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
        number = _number(value)
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


def refuse(error: AmtError) -> None:
    raise error


class Properties(dict[str, Any]):
    """What an instance holds, as Python values. One that cannot be read costs nothing until somebody asks for it.

    `row[name]` is for what must be there and have a value, `row.get(name)` for what may be absent or nil. For what
    cannot be read both tell `report`, which raises Unreadable; where it does not raise, they give None and the default.
    Going through them all passes over what cannot be read.
    """

    def __init__(self, class_name: str, values: Mapping[str, Any], report: Report = refuse) -> None:
        super().__init__(values)
        self.class_name = class_name
        self.report = report
        self.unreadable: dict[str, str] = {}

    def __getitem__(self, name: str) -> Any:
        value = super().get(name)
        if value is None:
            self.report(self._why(name))
        return value

    def get(self, name: str, default: Any = None) -> Any:
        if name in self.unreadable:
            self.report(self._why(name))
        return self.known(name, default)

    def known(self, name: str, default: Any = None) -> Any:
        """The value, or the default where it is absent, nil or cannot be read: for a comparison that may fail."""
        value = super().get(name)
        return default if value is None else value

    def __contains__(self, name: object) -> bool:
        return name in self.unreadable or super().__contains__(name)

    def lacks(self, *names: str) -> bool:
        """Whether any of these cannot be read: then what they would make together is not known either."""
        return any(name in self.unreadable for name in names)

    def strict(self) -> Properties:
        """The same, raising Unreadable."""
        same = Properties(self.class_name, self)
        same.unreadable = self.unreadable
        return same

    def _why(self, name: str) -> Unreadable:
        realm = "" if name in self.unreadable else hidden_without(self.class_name, name)
        hint = "a user without the realm {0} is not shown it".format(shown(realm)) if realm else ""
        absent = "is nil" if super().__contains__(name) else "is missing from the answer"
        return Unreadable(self.class_name, name, self.unreadable.get(name, absent), hint)


@dataclass(frozen=True)
class CimClass:
    """A class: its properties that we know, the key of the instance we mean, and what its methods return.

    `instances` are the keys of those that may be there, for firmware that does not list them. `arguments` are rows of
    what its methods take and give.
    """

    name: str
    properties: tuple[Property, ...] = ()
    key: Mapping[str, Any] = field(default_factory=dict)
    returns: Returns = field(default_factory=dict)
    family: str = ""
    instances: tuple[Mapping[str, Any], ...] = ()
    arguments: tuple[Property, ...] = ()

    def __post_init__(self) -> None:
        resource_uri(self.name)
        for rows in (self.properties, self.arguments):
            if len({row.name for row in rows}) != len(rows):
                raise ValueError("{0} names a property twice".format(self.name))

    def at(self, **selectors: Any) -> Reference:
        """The reference of one instance: the class's own key, with these selectors over it."""
        return Reference(self.name, {**self.key, **selectors})

    def decode(self, properties: Mapping[str, Any], report: Report = refuse) -> Properties:
        """Known properties as Python values, unknown ones as they came."""
        return self._decode(self.properties, properties, report)

    def decode_output(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same for what a method gave."""
        return self._decode(self.arguments, values, refuse) if self.arguments else dict(values)

    def _decode(self, rows: tuple[Property, ...], properties: Mapping[str, Any], report: Report) -> Properties:
        decoded = Properties(self.name, properties, report)
        for row in rows:
            if row.name in properties:
                try:
                    decoded[row.name] = row.decode(properties[row.name])
                except ProtocolError as error:
                    del decoded[row.name]
                    decoded.unreadable[row.name] = str(error).partition(" ")[2]
        return decoded

    def encode_input(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """As `encode`, of what a method takes."""
        return self._encode(self.arguments, values)

    def encode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return self._encode(self.properties, values)

    @staticmethod
    def _encode(rows: tuple[Property, ...], values: Mapping[str, Any]) -> dict[str, Any]:
        known = {row.name: row for row in rows}
        return {name: known[name].encode(value) if name in known else value for name, value in values.items()}

    def read_only(self) -> set[str]:
        return {row.name for row in self.properties if not row.writable}
