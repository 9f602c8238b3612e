# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""What a WS-Management property can hold besides text: references, instances and points in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidOption

#: Class prefix -> namespace, AMT.md 2.1; also in every recorded reply.
CLASS_NAMESPACES = {
    "AMT": "http://intel.com/wbem/wscim/1/amt-schema/1/",
    "CIM": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
    "IPS": "http://intel.com/wbem/wscim/1/ips-schema/1/",
}


def resource_uri(class_name: str) -> str:
    """The ResourceURI of a class, also the namespace of its properties. InvalidOption for an unknown prefix."""
    try:
        return CLASS_NAMESPACES[class_name.partition("_")[0]] + class_name
    except KeyError:
        raise InvalidOption("class", class_name, "a class name starts with AMT_, CIM_ or IPS_") from None


def class_name_of(uri: str) -> str:
    return uri.rpartition("/")[2]


@dataclass(frozen=True)
class Reference:
    """An endpoint reference: names one instance. A selector's value is text or again a Reference."""

    class_name: str
    selectors: dict[str, Any] = field(default_factory=dict)


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
