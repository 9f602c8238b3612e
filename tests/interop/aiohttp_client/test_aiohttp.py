# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""aiohttp's digest, which knows `auth-int` too, against the simulator's guard."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

ENVELOPE = """<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><Header>
<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:MessageID>1</a:MessageID>
<w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings</w:ResourceURI></Header><Body/></Envelope>"""


class Insisting(aiohttp.DigestAuthMiddleware):
    """Takes one of the qualities of protection that are on offer, and keeps the headers that it sent."""

    def __init__(self, quality: str, password: str) -> None:
        super().__init__("admin", password, preemptive=False)
        self.quality = quality
        self.sent: list[str] = []

    async def _encode(self, method, url, body):
        assert self.quality in self._challenge["qop"]
        self._challenge["qop"] = self.quality
        self.sent.append(await super()._encode(method, url, body))
        return self.sent[-1]


async def read(address: str, port: int, digest: Insisting) -> tuple[int, str]:
    where = "http://{0}:{1}/wsman".format(address, port)
    async with aiohttp.ClientSession(middlewares=(digest,)) as session, session.post(where, data=ENVELOPE) as reply:
        return reply.status, await reply.text()


def asked(running, digest: Insisting) -> tuple[int, str]:
    return asyncio.run(read(running.device("pc").address, running.ports.plain, digest))


@pytest.mark.parametrize("quality", ["auth", "auth-int"])
def test_both_qualities_of_protection_log_in(fleet, quality):
    running = fleet([{"name": "pc", "generation": 16, "version": "16.0.15", "tls": False, "auth_int": True}])
    digest = Insisting(quality, running.device("pc").password)
    status, text = asked(running, digest)
    assert (status, "HostName>pc<" in text) == (200, True)
    assert 'qop="{0}"'.format(quality) in digest.sent[-1] or "qop={0},".format(quality) in digest.sent[-1]


@pytest.mark.parametrize("quality", ["auth", "auth-int"])
def test_a_wrong_password_does_not(fleet, quality):
    running = fleet([{"name": "pc", "generation": 16, "version": "16.0.15", "tls": False, "auth_int": True}])
    assert asked(running, Insisting(quality, "wrong"))[0] == 401
