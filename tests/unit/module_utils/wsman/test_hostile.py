# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peers that mean harm: whatever they send, and however slowly or fast, the task ends in time and in little memory.

Each case is a process of its own, so that the most memory that it ever held can be told. The limits in time are those
of the deadline, with room for a busy machine; without a limit in the code each of these goes on for minutes.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.wsman import xml
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import REPLY_LIMIT

from .authority import serving

CHILD = Path(__file__).with_name("hostile_child.py")
ROOT = Path(__file__).resolve().parents[4]
DEADLINE = 1.0
ROOM = 15.0  # seconds more, for a machine that is busy with other things
MEMORY = 100.0  # MiB above what the process takes idle
LINE = b"HTTP/1.1 200 OK\r\n"
SOAP = b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>%s</e:Body></e:Envelope>'
ITEM = b"<x:AMT_GeneralSettings xmlns:x='x'><x:HostName>pc</x:HostName></x:AMT_GeneralSettings>"
OPENED = b"<n:EnumerateResponse xmlns:n='n'><n:EnumerationContext>1</n:EnumerationContext></n:EnumerateResponse>"
PULLED = (
    b"<n:PullResponse xmlns:n='n'><n:Items>%s</n:Items><n:EnumerationContext>1</n:EnumerationContext></n:PullResponse>"
)
ROOMY = REPLY_LIMIT - 1000


def sized(body):
    return LINE + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def request(stream):
    """One whole request; an OSError ends the conversation when the client has gone."""
    received = b""
    while b"</s:Envelope>" not in received:
        piece = stream.recv(65536)
        if not piece:
            raise ConnectionResetError
        received += piece
    return received


def trickle(stream, start, piece, pause=0.02):
    request(stream)
    stream.sendall(start)
    while True:
        stream.sendall(piece)
        time.sleep(pause)


def flood(stream, start, piece):
    request(stream)
    stream.sendall(start)
    while True:
        stream.sendall(piece)


def answer(stream, *contents):
    """The contents as answers to one request after another, the last of them for ever."""
    for number in range(10_000):
        request(stream)
        stream.sendall(sized(SOAP % contents[min(number, len(contents) - 1)]))


def repeated(piece, size=ROOMY):
    return piece * (size // len(piece))


def many(form, size=ROOMY):
    """Pieces made of numbers until the size is reached, so that no two are alike."""
    number, made, length = 0, [], 0
    while length < size:
        made.append(form % number)
        length += len(made[-1])
        number += 1
    return b"".join(made)


def answered_then(stream, *rest):
    request(stream)
    stream.sendall(sized(SOAP % ITEM))
    with contextlib.suppress(TimeoutError):
        while True:
            stream.sendall(*rest)


TROUBLE = ("ProtocolError", "DeadlineExceeded", "Interrupted", "Unreachable", "Fault")
#: Some of what costs most is well-formed and within every limit, and a flood may come to a connection already given up.
SOUND = (
    "text in comments",
    "text of references",
    "references to what is no character",
    "octets that are no text",
    "wide text",
    "flood between requests",
    "flood between requests in TLS",
)
LONG_NAME = b"<a xmlns='" + b"n" * 60_000 + b"'>"
PLAIN = {
    "slow status line": lambda stream: trickle(stream, b"HTTP/1.1 200 ", b"O"),
    "slow header": lambda stream: trickle(stream, LINE, b"A: b\r\n"),
    "slow body": lambda stream: trickle(stream, LINE + b"Content-Length: 4000000\r\n\r\n", b"<"),
    "slow chunks": lambda stream: trickle(stream, LINE + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n<\r\n"),
    "slow challenge": lambda stream: trickle(stream, b"HTTP/1.1 401 No\r\n", b"A: b\r\n"),
    "flood of header": lambda stream: flood(stream, LINE, b"A: " + b"b" * 1000 + b"\r\n"),
    "flood of interim answers": lambda stream: flood(stream, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "flood of tiny chunks": lambda stream: flood(
        stream, LINE + b"Transfer-Encoding: chunked\r\n\r\n", b"2\r\n<<\r\n" * 10_000
    ),
    "flood until close": lambda stream: flood(stream, LINE + b"\r\n", b"<" * 100_000),
    "flood between requests": lambda stream: answered_then(stream, b"HTTP/1.1 200 OK\r\n\r\n" * 10_000),
    "one attribute more": lambda stream: answer(stream, b"<a %s/>" % many(b" b%d=''")),
    "attributes": lambda stream: answer(stream, repeated(b"<a %s/>" % many(b" b%d=''", 10_000))),
    "namespaces of one tag": lambda stream: answer(stream, b"<a %s/>" % many(b" xmlns:b%d='c'")),
    "namespaces": lambda stream: answer(stream, repeated(b"<a %s/>" % many(b" xmlns:b%d='c'", 10_000))),
    "a long namespace on many names": lambda stream: answer(stream, LONG_NAME + many(b"<b%d/>") + b"</a>"),
    "a short one on many names": lambda stream: answer(
        stream, b"<a xmlns='%s'>%s</a>" % (b"n" * xml.MAX_NAMESPACE, many(b"<b%d/>", 90_000 * 10))
    ),
    "text in pieces": lambda stream: answer(stream, b"<a>%s</a>" % repeated(b"x<b/>")),
    "text in comments": lambda stream: answer(stream, b"<a>%s</a>" % repeated(b"x<!---->")),
    "text of references": lambda stream: answer(stream, b"<a>%s</a>" % repeated(b"&lt;")),
    "references to what is no character": lambda stream: answer(stream, b"<a>%s</a>" % repeated(b"&#1;")),
    "octets that are no text": lambda stream: answer(stream, b"<a>%s</a>" % repeated(b"\xff\x01")),
    "wide text": lambda stream: answer(stream, b"<a>%s&#x10FFFF;</a>" % repeated(b"x")),
    "a long comment": lambda stream: answer(stream, b"<a><!--%s--></a>" % repeated(b"x")),
    "elements": lambda stream: answer(stream, b"<a>%s</a>" % repeated(b"<b/>")),
    "deep elements": lambda stream: answer(stream, repeated(b"<b>")),
    "a fault that never ends": lambda stream: answer(
        stream, b"<e:Fault><e:Reason><e:Text>%s</e:Text></e:Reason></e:Fault>" % repeated(b"x \x1b[2J")
    ),
    "endless pulls": lambda stream: answer(stream, ITEM, OPENED, PULLED % ITEM),
    "empty pulls": lambda stream: answer(stream, ITEM, OPENED, PULLED % b""),
    "fat pulls": lambda stream: answer(stream, ITEM, OPENED, PULLED % (ITEM * 1000)),
    "fatter pulls": lambda stream: answer(stream, ITEM, OPENED, PULLED % (b"<a>%s</a>" % many(b"<b%d/>", 600_000))),
}


class Records:
    """The peer's side of TLS, one call of `sendall` a record."""

    def __init__(self, connected, context):
        self._socket = connected
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)

    def _until(self, step):
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                result = step()
                self._socket.sendall(self._out.read())
                return result
            self._socket.sendall(self._out.read())
            piece = self._socket.recv(65536)
            if not piece:
                raise ConnectionResetError
            self._in.write(piece)

    def handshake(self):
        self._until(self._tls.do_handshake)

    def recv(self, size):
        return self._until(lambda: self._tls.read(size))

    def sendall(self, data):
        self._tls.write(data)
        self._socket.sendall(self._out.read())

    def tiny(self, data):
        """A record for each byte, all at once."""
        for byte in data:
            self._tls.write(bytes([byte]))
        self._socket.sendall(self._out.read())


def slow_handshake(connected, _context):
    while True:
        connected.sendall(b"\x16\x03\x03\x40\x00\x02"[:1])
        time.sleep(0.02)


def flooding_handshake(connected, _context):
    """Handshake records that never make a whole message."""
    connected.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + b"\x03\x03" + b"s" * 16378)
    while True:
        connected.sendall(b"\x16\x03\x03\x40\x00" + b"s" * 16384)


def secured(act):
    def converse(connected, context):
        stream = Records(connected, context)
        stream.handshake()
        act(stream)

    return converse


def one_byte_records(stream):
    request(stream)
    stream.sendall(LINE + b"Content-Length: 4000000\r\n\r\n")
    while True:
        stream.tiny(b"<" * 1000)


def slow_records(stream):
    trickle(stream, LINE + b"Content-Length: 4000000\r\n\r\n", b"<", 0.01)


TLS = {
    "slow TLS handshake": slow_handshake,
    "flood of TLS handshake": flooding_handshake,
    "records of one byte, slow": secured(slow_records),
    "records of one byte, fast": secured(one_byte_records),
    "flood between requests in TLS": secured(lambda stream: answered_then(stream, b"x" * 16384)),
    "endless pulls in TLS": secured(lambda stream: answer(stream, ITEM, OPENED, PULLED % ITEM)),
}


class Hostile:
    """Accepts until the end of the block, and does to each connection what `act` does, in a thread of its own."""

    def __init__(self, act):
        self._act = act
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open = []

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connected = self._listener.accept()[0]
                connected.settimeout(60)
                self._open.append(connected)
                threading.Thread(target=self._converse, args=(connected,), daemon=True).start()

    def _converse(self, connected):
        with contextlib.suppress(OSError, ValueError):
            self._act(connected)
        connected.close()

    def __exit__(self, *_error):
        self._listener.close()
        for connected in self._open:
            connected.close()


def asked(peer, fingerprint=""):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "collections")}
    command = [sys.executable, str(CHILD), str(peer.port), fingerprint, str(DEADLINE)]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def check(told, *ends):
    assert told["ended"][0] in ends, told
    assert len(told["ended"][-1]) < 1500
    assert told["seconds"] < DEADLINE + ROOM, told
    assert told["memory"] < MEMORY, told


@pytest.mark.parametrize("kind", PLAIN)
def test_a_hostile_peer_costs_little_time_and_memory(kind):
    with Hostile(PLAIN[kind]) as peer:
        check(asked(peer), *TROUBLE, *(["ok"] if kind in SOUND else []))


@pytest.mark.parametrize("kind", TLS)
def test_a_hostile_peer_in_tls_costs_little_time_and_memory(kind, device_certificate):
    context = serving(device_certificate)
    with Hostile(lambda connected: TLS[kind](connected, context)) as peer:
        check(asked(peer, device_certificate.fingerprint), *TROUBLE, *(["ok"] if kind in SOUND else []))


@pytest.mark.parametrize(("tickets", "end"), [(0, "ok"), (200, "ok"), (20_000, "Interrupted")])
def test_session_tickets_are_taken_until_they_are_a_flood(device_certificate, tickets, end):
    context = serving(device_certificate)
    context.num_tickets = tickets
    with Hostile(lambda connected: secured(lambda stream: answer(stream, ITEM))(connected, context)) as peer:
        check(asked(peer, device_certificate.fingerprint), end, "Unreachable" if end != "ok" else "ok")
