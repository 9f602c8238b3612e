# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""SOAP envelopes as AMT speaks them: build a request, read a reply. Pure: bytes in, bytes out.

Shapes: AMT.md 2.1-2.3, and the recorded replies. Prefixes of replies are never looked at, only namespaces and names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from .. import errors
from . import xml
from .values import Datetime, Instance, Reference, class_name_of, name, resource_uri

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
CIM_COMMON = "http://schemas.dmtf.org/wbem/wscim/1/common"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ANONYMOUS = ADDRESSING + "/role/anonymous"

GET = TRANSFER + "/Get"
PUT = TRANSFER + "/Put"
CREATE = TRANSFER + "/Create"
DELETE = TRANSFER + "/Delete"
ENUMERATE = ENUMERATION + "/Enumerate"
PULL = ENUMERATION + "/Pull"
_VERBS = (GET, PUT, CREATE, DELETE, ENUMERATE, PULL)

_LONGEST = 500  # characters that are kept of each part of a fault
_TIME_FORMS = ("Datetime", "Interval", "Date", "Time")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<s:Envelope xmlns:s="{soap}" xmlns:a="{addressing}" xmlns:w="{wsman}"><s:Header>'
    "<a:Action>{{action}}</a:Action><a:To>/wsman</a:To><w:ResourceURI>{{uri}}</w:ResourceURI>"
    "<a:MessageID>{{message_id}}</a:MessageID><a:ReplyTo><a:Address>{anonymous}</a:Address></a:ReplyTo>"
    "<w:OperationTimeout>PT{{timeout}}S</w:OperationTimeout>{{selectors}}</s:Header><s:Body>{{body}}</s:Body></s:Envelope>"
).format(soap=SOAP, addressing=ADDRESSING, wsman=WSMAN, anonymous=ANONYMOUS)


def request(action: str, target: Reference, body: str = "", message_id: int = 0, timeout: int = 60) -> bytes:
    """A whole request. `action` is a verb's URI from above, or the method's name for an invocation."""
    uri = resource_uri(target.class_name)
    return _ENVELOPE.format(
        action=action if action in _VERBS else "{0}/{1}".format(uri, name("method", action)),
        uri=uri,
        message_id=message_id,
        timeout=timeout,
        selectors=_selector_set(target.selectors),
        body=body,
    ).encode("utf-8")


def instance_body(instance: Instance) -> str:
    """The body of Put and Create. Absent and empty values are left out: firmware refuses empty elements."""
    uri = resource_uri(instance.class_name)
    content = _properties("p", instance.properties)
    return '<p:{0} xmlns:p="{1}">{2}</p:{0}>'.format(instance.class_name, uri, content)


def method_body(class_name: str, method: str, arguments: Mapping[str, Any]) -> str:
    uri = resource_uri(class_name)
    name("method", method)
    return '<p:{0}_INPUT xmlns:p="{1}">{2}</p:{0}_INPUT>'.format(method, uri, _properties("p", arguments))


def enumerate_body() -> str:
    return '<n:Enumerate xmlns:n="{0}"/>'.format(ENUMERATION)


def pull_body(context: str, max_elements: int = 999, max_characters: int = 99999) -> str:
    return (
        '<n:Pull xmlns:n="{0}"><n:EnumerationContext>{1}</n:EnumerationContext>'
        "<n:MaxElements>{2}</n:MaxElements><n:MaxCharacters>{3}</n:MaxCharacters></n:Pull>"
    ).format(ENUMERATION, _text(context), max_elements, max_characters)


def read_body(document: bytes, budget: xml.Budget | None = None) -> xml.Element | None:
    """The first element of a reply's body, or None where it is empty. Raises the fault that a reply carries."""
    root = xml.parse(document, budget)
    if root.name != "Envelope" or root.namespace != SOAP:
        raise errors.ProtocolError("the answer is XML but no SOAP 1.2 envelope: its root is {0!r}".format(root.name))
    body = root.child("Body")
    if body is None:
        raise errors.ProtocolError("the SOAP envelope has no Body")
    content = body.children[0] if body.children else None
    if content is not None and content.name == "Fault" and content.namespace == SOAP:
        raise _fault(content)
    return content


def read_instance(element: xml.Element) -> Instance:
    """An instance, or the output of a method, with its values as text, lists and value types."""
    return Instance(element.name, _read_properties(element))


def read_reference(element: xml.Element) -> Reference:
    """A reference from any element that holds Address and ReferenceParameters."""
    parameters = element.child("ReferenceParameters")
    if parameters is None:
        raise errors.ProtocolError("{0} is no endpoint reference: it has no ReferenceParameters".format(element.name))
    uri = parameters.child("ResourceURI")
    selector_set = parameters.child("SelectorSet")
    selectors: dict[str, Any] = {}
    for selector in selector_set.all("Selector") if selector_set else ():
        nested = selector.child("EndpointReference")
        value = read_reference(nested) if nested is not None else selector.text
        selectors[selector.attributes.get("Name", "")] = value
    return Reference(class_name_of(uri.text.strip()) if uri is not None else "", selectors)


def _text(value: Any) -> str:
    text = "true" if value is True else "false" if value is False else str(value)
    if _ILLEGAL.search(text):
        raise errors.InvalidOption("value", text, "XML cannot carry control characters; remove them")
    return escape(text, quote=False).replace("\r", "&#13;")


def _selector_set(selectors: Mapping[str, Any]) -> str:
    if not selectors:
        return ""
    return "<w:SelectorSet>{0}</w:SelectorSet>".format(
        "".join(
            '<w:Selector Name="{0}">{1}</w:Selector>'.format(name("selector", key), _selector_value(value))
            for key, value in selectors.items()
        )
    )


def _selector_value(value: Any) -> str:
    if isinstance(value, Reference):
        return "<a:EndpointReference>{0}</a:EndpointReference>".format(_reference(value))
    return _text(value)


def _reference(reference: Reference) -> str:
    return (
        "<a:Address>{0}</a:Address><a:ReferenceParameters><w:ResourceURI>{1}</w:ResourceURI>{2}</a:ReferenceParameters>"
    ).format(ANONYMOUS, resource_uri(reference.class_name), _selector_set(reference.selectors))


def _properties(prefix: str, properties: Mapping[str, Any]) -> str:
    return "".join(_property(prefix, name("property", key), value) for key, value in properties.items())


def _property(prefix: str, key: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, (list, tuple)):
        return "".join(_property(prefix, key, item) for item in value)
    tag = "{0}:{1}".format(prefix, key)
    if isinstance(value, Reference):
        return "<{0}>{1}</{0}>".format(tag, _reference(value))
    if isinstance(value, Datetime):
        return '<{0}><c:{1} xmlns:c="{2}">{3}</c:{1}></{0}>'.format(tag, value.form, CIM_COMMON, _text(value.text))
    if isinstance(value, Instance):
        uri = resource_uri(value.class_name)
        return '<{0} xmlns:e="{1}">{2}</{0}>'.format(tag, uri, _properties("e", value.properties))
    return "<{0}>{1}</{0}>".format(tag, _text(value))


def _read_properties(element: xml.Element) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for child in element.children:
        value = _read_value(child)
        if child.name not in properties:
            properties[child.name] = value
        elif isinstance(properties[child.name], list):
            properties[child.name].append(value)
        else:
            properties[child.name] = [properties[child.name], value]
    return properties


def _read_value(element: xml.Element) -> Any:
    if not element.children:
        return None if element.attributes.get(XSI + " nil") in ("true", "1") else element.text
    first = element.children[0]
    if first.namespace == CIM_COMMON and first.name in _TIME_FORMS:
        return Datetime(first.text.strip(), first.name)
    if element.child("ReferenceParameters") is not None:
        return read_reference(element)
    return Instance(class_name_of(first.namespace), _read_properties(element))


#: Local name of the fault's subcode -> type. WS-Management 1.0 annex; AMT.md 2.7 tells which were seen on firmware.
_FAULTS: dict[str, type[errors.Fault]] = {
    "DestinationUnreachable": errors.Unsupported,
    "ActionNotSupported": errors.Unsupported,
    "UnsupportedFeature": errors.Unsupported,
    "AccessDenied": errors.AccessDenied,
    "AlreadyExists": errors.AlreadyExists,
    "InvalidSelectors": errors.InvalidSelectors,
    "SchemaValidationError": errors.SchemaRefused,
    "InvalidRepresentation": errors.SchemaRefused,
    "InvalidMessageInformationHeader": errors.SchemaRefused,
    "InvalidParameter": errors.SchemaRefused,
}
_BUSY = ("TimedOut", "QuotaLimit", "InternalError", "Concurrency", "EndpointUnavailable")

#: A feature of AMT refused a Put, Create or Delete and said why, which a mere internal error does not (vendor's guide,
#: Errors and Return Values). 1 and 2 are AMT's own internal error and "not ready".
_FEATURE_REFUSED = re.compile(r"AMT-STATUS (?![12]\b)[0-9]+")

_HINTS = {
    errors.Unsupported: "this firmware version, SKU or control mode has no such class or instance",
    errors.AccessDenied: "give the user the realm that this needs, or check that the control mode allows it",
}


def _fault(element: xml.Element) -> errors.AmtError:
    subcode = _fault_text(element.descend("Code", "Subcode", "Value")).rpartition(":")[2]
    reason = _fault_text(element.descend("Reason", "Text"))
    detail = _short(" ".join(_all_text(element.child("Detail"))))
    sentence = "the firmware refused the request: {0}".format(subcode or "fault")
    sentence += "".join(": " + part for part in (reason, detail) if part)
    if subcode in _BUSY and not _FEATURE_REFUSED.search(detail):
        return errors.Busy(sentence, "the firmware is busy; try again in a moment", subcode=subcode)
    kind = _FAULTS.get(subcode, errors.Fault)
    return kind(sentence, _HINTS.get(kind, ""), subcode=subcode, reason=reason, detail=detail)


def _fault_text(element: xml.Element | None) -> str:
    return _short(" ".join(element.text.split())) if element is not None else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "\u2026"


def _all_text(element: xml.Element | None) -> Iterable[str]:
    if element is None:
        return
    if element.text.strip():
        yield element.text.strip()
    for child in element.children:
        yield from _all_text(child)
