# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A management console that writes its WS-Man requests by hand: it shares nothing with the collection."""

from __future__ import annotations

import ipaddress
from xml.sax.saxutils import escape

import requests
from lxml import etree
from requests.auth import HTTPDigestAuth

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
BASES = {
    "AMT": "http://intel.com/wbem/wscim/1/amt-schema/1/",
    "CIM": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
}
ANONYMOUS = ADDRESSING + "/role/anonymous"
ENVELOPE = (
    '<s:Envelope xmlns:s="{soap}" xmlns:a="{addressing}" xmlns:w="{wsman}"><s:Header><a:Action>{action}</a:Action>'
    "<a:To>/wsman</a:To><w:ResourceURI>{uri}</w:ResourceURI><a:MessageID>{number}</a:MessageID>"
    "<a:ReplyTo><a:Address>{anonymous}</a:Address></a:ReplyTo>{selectors}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
BOUND, BY_AGENTS = "AMT_NetworkPortSystemDefensePolicy", "AMT_AgentPresenceInterfacePolicy"
BINDINGS = (BOUND, BY_AGENTS)
PASS_AND_COUNT, DROP_AND_COUNT, RATE_LIMIT = 0, 1, 2
OUT, IN = 0, 1
ZEROED = dict.fromkeys(("InstanceID", "CreationClassName", "SystemName", "SystemCreationClassName"), "0")


def uri_of(cls: str) -> str:
    return BASES[cls[:3]] + cls


class Ref:
    """A reference: class and selectors, texts or references themselves."""

    def __init__(self, cls: str, **selectors) -> None:
        self.cls = cls
        self.selectors = selectors

    def selector_set(self) -> str:
        parts = (selector(name, value) for name, value in self.selectors.items())
        return "<w:SelectorSet>{0}</w:SelectorSet>".format("".join(parts)) if self.selectors else ""

    def xml(self) -> str:
        return (
            "<a:Address>{0}</a:Address><a:ReferenceParameters><w:ResourceURI>{1}</w:ResourceURI>{2}"
            "</a:ReferenceParameters>"
        ).format(ANONYMOUS, uri_of(self.cls), self.selector_set())


def selector(name: str, value) -> str:
    inner = (
        "<a:EndpointReference>{0}</a:EndpointReference>".format(value.xml())
        if isinstance(value, Ref)
        else escape(value)
    )
    return '<w:Selector Name="{0}">{1}</w:Selector>'.format(name, inner)


def elements(fields: dict) -> str:
    parts = []
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            text = str(each).lower() if isinstance(each, bool) else str(each)
            inner = each.xml() if isinstance(each, Ref) else escape(text)
            parts.append("<p:{0}>{1}</p:{0}>".format(name, inner))
    return "".join(parts)


PORT = Ref("CIM_EthernetPort", CreationClassName="CIM_EthernetPort", DeviceID="Intel(r) AMT Ethernet Port 0")


class Console:
    def __init__(self, url: str, password: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.auth = HTTPDigestAuth("admin", password)
        self.sent = 0
        self.made: list[Ref] = []

    def ask(self, action: str, cls: str, body: str = "", selectors: str = "") -> etree._Element:
        """The body of the answer. Raises AssertionError with the answer for a fault."""
        self.sent += 1
        request = ENVELOPE.format(
            soap=SOAP,
            addressing=ADDRESSING,
            wsman=WSMAN,
            action=action,
            uri=uri_of(cls),
            number=self.sent,
            anonymous=ANONYMOUS,
            selectors=selectors,
            body=body,
        )
        headers = {"Content-Type": "application/soap+xml; charset=UTF-8"}
        answer = self.session.post(self.url, request.encode(), headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return etree.fromstring(answer.content).find("{%s}Body" % SOAP)

    def create(self, cls: str, **fields) -> Ref:
        """Make an instance; a reference to it by those of its keys that are texts."""
        body = '<p:{0} xmlns:p="{1}">{2}</p:{0}>'.format(cls, uri_of(cls), elements(fields))
        answer = self.ask(TRANSFER + "/Create", cls, body)
        keys = answer.xpath(".//*[local-name()='ReferenceParameters']/*/*[local-name()='Selector'][not(*)]")
        made = Ref(cls, **({"Antecedent": PORT} if cls in BINDINGS else {key.get("Name"): key.text for key in keys}))
        self.made.append(made)
        return made

    def delete(self, reference: Ref) -> None:
        self.ask(TRANSFER + "/Delete", reference.cls, selectors=reference.selector_set())

    def invoke(self, reference: Ref, method: str, **inputs) -> int:
        uri = uri_of(reference.cls)
        body = '<p:{0}_INPUT xmlns:p="{1}">{2}</p:{0}_INPUT>'.format(method, uri, elements(inputs))
        answer = self.ask(uri + "/" + method, reference.cls, body, reference.selector_set())
        return int(answer.xpath("string(.//*[local-name()='ReturnValue'])"))

    def enumerate(self, cls: str) -> list[etree._Element]:
        opening = '<e:Enumerate xmlns:e="{0}"/>'.format(ENUMERATION)
        context = self.ask(ENUMERATION + "/Enumerate", cls, opening).xpath(
            "string(.//*[local-name()='EnumerationContext'])"
        )
        pull = (
            '<e:Pull xmlns:e="{0}"><e:EnumerationContext>{1}</e:EnumerationContext>'
            "<e:MaxElements>999</e:MaxElements></e:Pull>"
        )
        answer = self.ask(ENUMERATION + "/Pull", cls, pull.format(ENUMERATION, context))
        return answer.xpath(".//*[local-name()='{0}']".format(cls))

    def filter(self, name: str, cls: str = "AMT_IPHeadersFilter", profile: int = PASS_AND_COUNT, **fields) -> str:
        """The handle of a new filter."""
        common = {"Name": name, **ZEROED, "FilterProfile": profile, "ActionEventOnMatch": False}
        return self.create(cls, **{**common, **fields}).selectors["InstanceID"]

    def policy(self, handles: list[str], name: str = "isolated", drop: bool = True, **fields) -> Ref:
        sides = {
            side + "Default" + what: drop and what == "Drop"
            for side in ("Tx", "Rx")
            for what in ("Drop", "MatchEvent", "Count")
        }
        own = {"InstanceID": "0", "PolicyName": name, "PolicyPrecedence": 1, "FilterCreationHandles": handles}
        return self.create("AMT_SystemDefensePolicy", **{**own, **sides, **fields})

    def bind(self, policy: Ref, cls: str = BOUND) -> None:
        self.create(cls, Antecedent=PORT, Dependent=policy)

    def release(self) -> None:
        """Undo everything, last first."""
        while self.made:
            self.delete(self.made.pop())

    def flow(self, name: str, address: str, protocol: int, port: int) -> list[str]:
        """Two filters: to a port of a server, and back from it."""
        both = {"HdrIPVersion": ipaddress.ip_address(address).version, "HdrProtocolID": protocol}
        packed = ipaddress.ip_address(address).packed.hex()
        there = {"HdrDestAddress": packed, "HdrDestPortStart": port, "HdrDestPortEnd": port}
        back = {"HdrSrcAddress": packed, "HdrSrcPortStart": port, "HdrSrcPortEnd": port}
        return [
            self.filter(name + " >", **both, **there, FilterDirection=OUT),
            self.filter(name + " <", **both, **back, FilterDirection=IN),
        ]

    def counters(self, policy: Ref) -> dict[str, int]:
        """Packets by the filter's name, counted up to now."""
        assert self.invoke(policy, "UpdateStatistics", NetworkInterface=PORT, ResetOnRead=False) == 0
        rows = self.enumerate("AMT_ActiveFilterStatistics")
        name = "string(.//*[local-name()='Selector'][@Name='Name'][not(*)])"
        return {row.xpath(name): int(row.xpath("string(*[local-name()='ReadCount'])")) for row in rows}
