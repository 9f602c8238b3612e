# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""WS-Man replies in the firmware's hand: letters for prefixes, in the order in which recorded replies use them."""

from __future__ import annotations

import base64
import re
from typing import Optional
from xml.sax import saxutils

from .foreign import NOTHING, Foreign, Raw
from .soap_request import ADDRESSING, COMMON, ENUMERATION, EVENTING, SOAP, TRANSFER, WSMAN, namespace_of
from .values import Datetime, Epr, Fault, Instance, Interval, Nested, Value

ANONYMOUS = ADDRESSING + "/role/anonymous"
TRUST = "http://schemas.xmlsoap.org/ws/2005/02/trust"
SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
BINDING = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

FIXED_PREFIXES = {SOAP: "a", ADDRESSING: "b", WSMAN: "c", TRUST: "d", SECURITY: "e", BINDING: "f"}

SUBCODE_NAMESPACES = {
    "DestinationUnreachable": ADDRESSING,
    "ActionNotSupported": ADDRESSING,
    "MessageInformationHeaderRequired": ADDRESSING,
    "InvalidMessageInformationHeader": ADDRESSING,
    "EndpointUnavailable": ADDRESSING,
    "InvalidRepresentation": TRANSFER,
    "InvalidEnumerationContext": ENUMERATION,
    "TimedOut": WSMAN,
    "FailedAuthentication": SECURITY,
}
"""DSP0226 annex A; every subcode that is not listed belongs to WS-Management."""


RECEIVER_SUBCODES = frozenset({"EndpointUnavailable", "InternalError", "QuotaLimit", "TimedOut"})

FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may have, not even as a reference (XML 1.0, production 2)."""
REPLACEMENT = "\ufffd"


def escape(text: str) -> str:
    """A text as XML has it, whatever is in it."""
    return saxutils.escape(FORBIDDEN.sub(REPLACEMENT, text))


def quoteattr(text: str) -> str:
    return saxutils.quoteattr(FORBIDDEN.sub(REPLACEMENT, text))


class Reply:
    """Gathers a body, and with it the namespaces that the envelope has to declare."""

    def __init__(self, foreign: Foreign = NOTHING) -> None:
        self._foreign = foreign
        self._prefixes = dict(FIXED_PREFIXES)
        self._parts: list[str] = []

    def prefix(self, uri: str) -> str:
        if uri not in self._prefixes:
            self._prefixes[uri] = chr(ord("a") + len(self._prefixes))
        return self._prefixes[uri]

    def add(self, text: str) -> None:
        self._parts.append(text)

    def instance(self, cls: str, values: Instance, name: Optional[str] = None) -> None:
        prefix = self.prefix(namespace_of(cls))
        tag = "{0}:{1}".format(prefix, name or cls)
        self.add("<{0}>".format(tag))
        for field, value in values.items():
            for single in value if isinstance(value, list) else [value]:
                if single is not None:
                    told = self._foreign.instead_of(cls, field, single)
                    self.value("{0}:{1}".format(prefix, field), told)
        self.add("</{0}>".format(tag))

    def value(self, tag: str, value: Value) -> None:
        self.add("<{0}>".format(tag))
        if isinstance(value, Epr):
            self.reference(value)
        elif isinstance(value, (Datetime, Interval)):
            inner = "{0}:{1}".format(self.prefix(COMMON), type(value).__name__)
            self.add("<{0}>{1}</{0}>".format(inner, escape(value.text)))
        elif isinstance(value, Nested):
            prefix = self.prefix(namespace_of(value.namespace_class))
            for field, inner_value in value.fields:
                self.value("{0}:{1}".format(prefix, field), inner_value)
        else:
            self.add(plain(value))
        self.add("</{0}>".format(tag))

    def reference(self, epr: Epr) -> None:
        """The contents of an endpoint reference."""
        self.add("<b:Address>{0}</b:Address><b:ReferenceParameters>".format(ANONYMOUS))
        self.add("<c:ResourceURI>{0}</c:ResourceURI><c:SelectorSet>".format(escape(namespace_of(epr.resource))))
        for name, value in epr.selectors.items():
            self.add("<c:Selector Name={0}>".format(quoteattr(name)))
            if isinstance(value, Epr):
                self.value("b:EndpointReference", value)
            else:
                self.add(escape(value))
            self.add("</c:Selector>")
        self.add("</c:SelectorSet></b:ReferenceParameters>")

    def envelope(self, action: str, relates_to: str, message: int, resource: str = "") -> bytes:
        """The whole reply. `message` counts the device's messages."""
        declared = "".join(" xmlns:{0}={1}".format(prefix, quoteattr(uri)) for uri, prefix in self._prefixes.items())
        header = (
            "<b:To>{0}</b:To><b:RelatesTo>{1}</b:RelatesTo>"
            '<b:Action a:mustUnderstand="true">{2}</b:Action>'
            "<b:MessageID>uuid:00000000-8086-8086-8086-{3:012X}</b:MessageID>"
        ).format(ANONYMOUS, escape(relates_to), escape(action), message)
        if resource:
            header += "<c:ResourceURI>{0}</c:ResourceURI>".format(escape(resource))
        return (
            (
                '<?xml version="1.0" encoding="UTF-8"?><a:Envelope{0} xmlns:xsi="{1}">'
                "<a:Header>{2}</a:Header><a:Body>{3}</a:Body></a:Envelope>"
            )
            .format(declared, SCHEMA_INSTANCE, header, "".join(self._parts))
            .encode("utf-8")
        )


def plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Raw):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return escape(str(value))


def fault_envelope(fault: Fault, relates_to: str, message: int) -> bytes:
    reply = Reply()
    uri = fault.namespace or SUBCODE_NAMESPACES.get(fault.subcode, WSMAN)
    code = "Receiver" if fault.subcode in RECEIVER_SUBCODES else "Sender"
    reply.add(
        "<a:Fault><a:Code><a:Value>a:{0}</a:Value><a:Subcode><a:Value>{1}:{2}</a:Value></a:Subcode></a:Code>"
        '<a:Reason><a:Text xml:lang="en-US">{3}</a:Text></a:Reason><a:Detail>{4}</a:Detail></a:Fault>'.format(
            code, reply.prefix(uri), escape(fault.subcode), escape(fault.reason), escape(fault.detail)
        )
    )
    action = EVENTING if uri == EVENTING else ADDRESSING
    return reply.envelope(action + "/fault", relates_to, message)
