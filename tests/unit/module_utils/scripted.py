# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A transport that answers from a list, and a clock that nobody waits for."""

from __future__ import annotations

from dataclasses import dataclass, field

SOAP = '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>{0}</e:Body></e:Envelope>'


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def answer(content: str, status: int = 200) -> Reply:
    return Reply(status, SOAP.format(content).encode())


def fault(subcode: str) -> Reply:
    code = "<e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>b:{0}</e:Value></e:Subcode></e:Code>".format(subcode)
    return answer("<e:Fault>{0}<e:Reason><e:Text>no</e:Text></e:Reason></e:Fault>".format(code), 400)


class Scripted:
    """Each entry of the script is a Reply, or an exception to raise."""

    def __init__(self, *script):
        self.script = list(script)
        self.sent: list[bytes] = []

    def post(self, body: bytes, only_on: int = 0, slow: bool = False) -> Reply:
        self.sent.append(body)
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.script.clear()


class FakeClock:
    def __init__(self) -> None:
        self.time = 0.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds
