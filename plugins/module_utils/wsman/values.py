# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a WS-Management property can hold besides text: references, instances and points in time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidOption

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")  # DSP0004, A.1: a CIM identifier, in the letters that AMT's schema has

#: Class prefix -> namespace, AMT.md 2.1; also in every recorded reply.
CLASS_NAMESPACES = {
    "AMT": "http://intel.com/wbem/wscim/1/amt-schema/1/",
    "CIM": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
    "IPS": "http://intel.com/wbem/wscim/1/ips-schema/1/",
}


def name(kind: str, text: Any) -> str:
    """The text again where it is a name, or InvalidOption: only values are escaped in an envelope, names never."""
    if not isinstance(text, str) or not _NAME.fullmatch(text):
        raise InvalidOption(kind, text, "a name has letters, digits and _, and does not begin with a digit")
    return text


def resource_uri(class_name: str) -> str:
    """The ResourceURI of a class, also the namespace of its properties. InvalidOption for what is none."""
    try:
        return CLASS_NAMESPACES[name("class", class_name).partition("_")[0]] + class_name
    except KeyError:
        raise InvalidOption("class", class_name, "a class name starts with AMT_, CIM_ or IPS_") from None


def class_name_of(uri: str) -> str:
    return uri.rpartition("/")[2]


@dataclass(frozen=True)
class Reference:
    """An endpoint reference: names one instance. A selector's value is text or again a Reference."""

    class_name: str
    selectors: dict[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        """So that what a device sends in the place of a text can be looked for among texts."""
        return hash(self.class_name)


@dataclass(frozen=True)
class Instance:
    """An instance, alone or inside another. Values: str | None | Reference | Instance | Datetime | list of these."""

    class_name: str
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Datetime:
    """ISO 8601 text as on the wire; `form` is the element it travels in: Datetime, Interval, Date or Time."""

    text: str
    form: str = "Datetime"
