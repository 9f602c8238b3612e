# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests as management programs write them, sent by programs that share nothing with the simulator."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

from lxml import etree

TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
AMT = "http://intel.com/wbem/wscim/1/amt-schema/1/"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
PASSWORD = "P@ssw0rd"

POWER_ON = (
    '<p:RequestPowerStateChange_INPUT xmlns:p="{0}CIM_PowerManagementService"><p:PowerState>{{0}}</p:PowerState>'
    '<p:ManagedElement><a:Address xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing">/wsman</a:Address>'
    '<a:ReferenceParameters xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing">'
    "<w:ResourceURI>{0}CIM_ComputerSystem</w:ResourceURI><w:SelectorSet>"
    '<w:Selector Name="CreationClassName">CIM_ComputerSystem</w:Selector>'
    '<w:Selector Name="Name">ManagedSystem</w:Selector></w:SelectorSet></a:ReferenceParameters></p:ManagedElement>'
    "</p:RequestPowerStateChange_INPUT>"
).format(CIM)


def envelope(action: str, resource: str, body: str = "", selectors: str = "", message: str = "7") -> bytes:
    return (
        (
            '<?xml version="1.0" encoding="utf-8"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope" '
            'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
            'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><Header>'
            "<a:Action>{0}</a:Action><a:To>/wsman</a:To><w:ResourceURI>{1}</w:ResourceURI><a:MessageID>{4}</a:MessageID>"
            "<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"
            "<w:OperationTimeout>PT60S</w:OperationTimeout>{3}</Header><Body>{2}</Body></Envelope>"
        )
        .format(action, resource, body, selectors, message)
        .encode("utf-8")
    )


def get(cls: str = "AMT_GeneralSettings") -> bytes:
    return envelope(TRANSFER + "/Get", uri(cls))


def uri(cls: str) -> str:
    return {"AMT": AMT, "CIM": CIM, "IPS": AMT.replace("amt-schema", "ips-schema")}[cls[:3]] + cls


def power(state: int) -> bytes:
    resource = uri("CIM_PowerManagementService")
    return envelope(resource + "/RequestPowerStateChange", resource, POWER_ON.format(state))


@dataclass(frozen=True)
class Answer:
    """`code` is curl's exit status: 0, or what went wrong below HTTP."""

    code: int
    status: int
    head: str
    body: str

    def texts(self, name: str) -> list[str]:
        """The text of every element with that local name."""
        root = etree.fromstring(self.body.encode("utf-8"))
        return [element.text or "" for element in root.iter("{*}" + name)]


def curl(url: str, body: bytes | None = None, *options: str, password: str = PASSWORD, seconds: float = 60) -> Answer:
    """Ask with curl; a body makes it a logged-in POST."""
    program = shutil.which("curl")
    assert program, "curl is needed"
    command = [program, "--silent", "--max-time", str(seconds), "--include", *options]
    if body is not None:
        command += ["--digest", "--user", "admin:" + password, "--data-binary", "@-"]
        command += ["--header", "Content-Type: application/soap+xml; charset=UTF-8"]
    done = subprocess.run([*command, url], input=body or b"", capture_output=True, check=False)
    head, rest = "", done.stdout.decode("latin-1")
    while rest.startswith("HTTP/"):
        head, _blank, rest = rest.partition("\r\n\r\n")
        if "401" in head.partition("\r\n")[0] and "HTTP/1.1" in rest:
            rest = rest[rest.index("HTTP/1.1") :]
    return Answer(done.returncode, int(head.split(" ")[1]) if head else 0, head, rest)


def wsman(running, device: str, body: bytes, *options: str, **more) -> Answer:
    """Ask a simulated device with curl over plain HTTP."""
    return curl(
        "http://{0}:{1}/wsman".format(running.device(device).address, running.ports.plain), body, *options, **more
    )
