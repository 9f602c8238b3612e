# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""WS-Man requests as firmware reads them: strict about names and namespaces, deaf to prefixes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Optional

from lxml import etree

from .values import Datetime, Epr, Fault, Fields, Interval, Nested, Value

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
EVENTING = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
COMMON = "http://schemas.dmtf.org/wbem/wscim/1/common"

CLASS_NAMESPACES = {
    "AMT_": "http://intel.com/wbem/wscim/1/amt-schema/1/",
    "CIM_": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
    "IPS_": "http://intel.com/wbem/wscim/1/ips-schema/1/",
}

VERBS = {
    TRANSFER + "/Get": "get",
    TRANSFER + "/Put": "put",
    TRANSFER + "/Create": "create",
    TRANSFER + "/Delete": "delete",
    ENUMERATION + "/Enumerate": "enumerate",
    ENUMERATION + "/Pull": "pull",
    ENUMERATION + "/Release": "release",
}

UNNAMED = re.compile(rb"""(\sxmlns:\w+=)(?:""|'')""")
RESOURCE = re.compile(rb"ResourceURI[^>]*>\s*([^<>\"'&\s]+)\s*<")

UNREACHABLE = "No route can be determined to reach the destination role defined by the WSAddressing To."


@dataclass
class Request:
    """A request that has an action and a class. `body` is the element in the Body, or None."""

    verb: str
    action: str
    resource: str
    cls: str
    method: str
    message_id: str
    selectors: dict[str, Value]
    body: Optional[etree._Element] = field(repr=False, default=None)


def namespace_of(cls: str) -> str:
    return CLASS_NAMESPACES.get(cls[:4], CLASS_NAMESPACES["CIM_"]) + cls


def local(element) -> str:
    return etree.QName(element).localname


def namespace(element) -> str:
    return etree.QName(element).namespace or ""


def children(element) -> list:
    """Child elements, without comments and processing instructions."""
    return [child for child in element if isinstance(child.tag, str)]


def text_of(element) -> str:
    return (element.text or "").strip()


def parse_document(octets: bytes):
    """Parse without entities, without a DTD, without the network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(named(octets), parser)
    except etree.XMLSyntaxError as error:
        raise Fault("SchemaValidationError", "The request is not well-formed.", str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise Fault("SchemaValidationError", "A document type declaration is not accepted.")
    return root


def named(octets: bytes) -> bytes:
    """A prefix for no namespace, which XML forbids and rpc-go sends in a Put, stands for the resource's own."""
    resource = RESOURCE.search(octets)
    return octets if resource is None else UNNAMED.sub(lambda found: found[1] + b'"' + resource[1] + b'"', octets)


def message_id(octets: bytes) -> str:
    """What a fault should relate to, as far as the request can be read at all."""
    try:
        found = parse_document(octets).find("{0}Header/{1}MessageID".format(braced(SOAP), braced(ADDRESSING)))
    except Fault:
        return ""
    return "" if found is None else text_of(found)


def braced(uri: str) -> str:
    return "{" + uri + "}"


def parse_request(octets: bytes) -> Request:
    """Raise Fault for what no firmware would take: no SOAP, no action, no resource."""
    root = parse_document(octets)
    if root.tag != braced(SOAP) + "Envelope":
        raise Fault("SchemaValidationError", "The request is not a SOAP 1.2 envelope.")
    header = root.find(braced(SOAP) + "Header")
    body = root.find(braced(SOAP) + "Body")
    if header is None or body is None:
        raise Fault("SchemaValidationError", "The envelope has no Header or no Body.")
    action = required(header, ADDRESSING, "Action")
    resource = required(header, WSMAN, "ResourceURI")
    identity = header.find(braced(ADDRESSING) + "MessageID")
    cls = resource.rpartition("/")[2]
    verb, method = classify(action, resource)
    contents = children(body)
    return Request(
        verb=verb,
        action=action,
        resource=resource,
        cls=cls,
        method=method,
        message_id="" if identity is None else text_of(identity),
        selectors=parse_selectors(header.find(braced(WSMAN) + "SelectorSet")),
        body=contents[0] if contents else None,
    )


def required(header, uri: str, name: str) -> str:
    found = header.find(braced(uri) + name)
    if found is None or not text_of(found):
        raise Fault("MessageInformationHeaderRequired", "A required message information header is missing.", name)
    return text_of(found)


def classify(action: str, resource: str) -> tuple[str, str]:
    """The verb, and the method's name when a method is invoked."""
    if action in VERBS:
        return VERBS[action], ""
    base, _slash, method = action.rpartition("/")
    if base == resource and method:
        return "invoke", method
    raise Fault("ActionNotSupported", "The action is not supported by the service.", action)


def check_class(request: Request) -> None:
    """A class under a namespace that is not its own does not exist."""
    prefix = request.cls[:4]
    if prefix not in CLASS_NAMESPACES or request.resource != namespace_of(request.cls):
        raise Fault("DestinationUnreachable", UNREACHABLE)


def parse_selectors(element) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for selector in [] if element is None else children(element):
        # amtctrl, made on firmware of its day, writes the attribute with a namespace inside of references.
        name = selector.get("Name", selector.get(braced(WSMAN) + "Name"))
        if local(selector) != "Selector" or namespace(selector) != WSMAN or not name or name in found:
            raise Fault("InvalidSelectors", "The selectors for the resource are not valid.")
        inner = children(selector)
        found[name] = parse_reference(inner[0]) if inner else (selector.text or "")
    return found


def parse_reference(element) -> Epr:
    """An endpoint reference, whatever the element that holds it is called."""
    parameters = element.find(braced(ADDRESSING) + "ReferenceParameters")
    resource = None if parameters is None else parameters.find(braced(WSMAN) + "ResourceURI")
    if resource is None or not text_of(resource):
        raise Fault("SchemaValidationError", "An endpoint reference has no ResourceURI.", local(element))
    selectors = parse_selectors(parameters.find(braced(WSMAN) + "SelectorSet"))
    return Epr(text_of(resource).rpartition("/")[2], selectors)


def parse_fields(request: Request, wanted: str) -> Fields:
    """The fields of the body, which must be one element called `wanted` in the namespace of the class."""
    body = request.body
    if body is None or local(body) != wanted or namespace(body) != namespace_of(request.cls):
        raise Fault("SchemaValidationError", "The body does not hold the expected element.", wanted)
    return fields_of(body, namespace(body))


def fields_of(element, uri: str) -> Fields:
    fields: Fields = []
    for child in children(element):
        if namespace(child) != uri:
            raise Fault("SchemaValidationError", "An element is in the wrong namespace.", local(child))
        fields.append((local(child), parse_value(child)))
    return fields


def parse_value(element) -> Value:
    inner = children(element)
    if not inner:
        return element.text if element.text and element.text.strip() else None
    first = inner[0]
    if namespace(first) == ADDRESSING:
        return parse_reference(element)
    if namespace(first) == COMMON and len(inner) == 1 and text_of(first):
        kinds = {"Datetime": Datetime, "Interval": Interval}
        if local(first) in kinds:
            return kinds[local(first)](text_of(first))
    return Nested(namespace(first).rpartition("/")[2], fields_of(element, namespace(first)))
