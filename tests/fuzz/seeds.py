# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound inputs to start from: answers of simulated firmware, recorded ones where they lie beside the checkout, and
others written by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.inventory.inventory import Inventory
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot

from tests.in_process import machine
from tests.interop.own_requests import defaults

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "captures"
LARGEST = 2500
"""Bytes: long documents say nothing that short ones do not, and take their time."""

FAULT = (
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value>'
    "<e:Subcode><e:Value>b:{0}</e:Value></e:Subcode></e:Code><e:Reason><e:Text>no</e:Text></e:Reason>"
    "<e:Detail><x>why</x></e:Detail></e:Fault></e:Body></e:Envelope>"
)


@cache
def requests() -> tuple[bytes, ...]:
    """Requests in SOAP, as the core sends them."""
    device = machine("16")
    converge(Inventory(), device, {"gather_subset": ["all"]})
    converge(Boot(), device, defaults(Boot(), target="pxe", restart="immediate"))
    return tuple(device.client.transport.sent)


@cache
def documents() -> tuple[bytes, ...]:
    """Answers in SOAP."""
    found = [FAULT.format(subcode).encode() for subcode in ("AccessDenied", "TimedOut", "Unheard")]
    for generation in ("9", "16"):
        device = machine(generation)
        converge(Inventory(), device, {"gather_subset": ["all"]})
        found += device.client.transport.answered
    if RECORDINGS.is_dir():
        found += [file.read_bytes() for file in sorted(RECORDINGS.rglob("*.xml"))]
    return tuple(dict.fromkeys(document for document in found if len(document) <= LARGEST))


HEADS = (
    b"HTTP/1.1 303 See Other\r\nLocation: /logon.htm\r\nServer: Intel(R) Active Management Technology 16.1.25\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nserver:Intel(R) Active Management Technology 9.5\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n",
)
"""Answers of web servers."""

_DIGEST = b'Digest realm="Digest:48A6A0B0C0D0E0F0", nonce="kXa0AAAAAAA=",stale="false",qop="auth"'

REPLIES = (
    (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"05\r\n<a/>\n\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"
    ),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nChecksum: 1\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\n<a/>",
    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: "
    + _DIGEST
    + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\nuntil the end",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 3, 3\r\n\r\nabcHTTP/1.1",
)
"""Whole replies, as a transport reads them."""

CHALLENGES = (
    _DIGEST,
    b'Digest realm="a, \\"b\\"", qop="auth, auth-int", algorithm=MD5, nonce=abc, opaque=""',
    b"Negotiate, NTLM, Negotiate YIIB/aZ+==",
    b'Basic realm="x", ' + _DIGEST,
    b'Digest realm="r", nonce="n", algorithm=SHA-256, ' + _DIGEST,
)
"""Values of WWW-Authenticate."""

PONGS = (
    bytes.fromhex("06000006000011be40070010 00000157 4260 10 02 81 20 000000000000"),
    bytes.fromhex("06000006000011be40070010 00000157 4261 91 06 81 20 000000000000"),
)
"""RMCP presence pongs with the tag 7 (DMTF DSP0136, 3.2.4.3)."""

PLACES = (b"10.0.0.0/24", b"10.0.0.5-10.0.1.9", b"10.0.0.5-99", b"fe80::1%eth0", b"2001:db8::/64", b"host.example.test")
"""What a user may list as places to look at."""
