# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's side of port forwarding by hand, and HTTP over one of its channels."""

from __future__ import annotations

import hashlib
import re
import struct

LME = "6733a4db-0476-4e7b-b3af-bcfc29bee7a7"
AMTHI = "12f80028-b4b7-4b2d-aca8-46e0ff65814c"
FORWARDED = b"\0\0\0\x0fforwarded-tcpip"


def string(octets):
    return struct.pack(">I", len(octets)) + octets


def opening(port, sender=7, window=4096, kind=b"forwarded-tcpip"):
    numbers = struct.pack(">III", sender, window, 0xFFFFFFFF)
    return (
        b"\x5a" + string(kind) + numbers + string(b"127.0.0.1") + struct.pack(">I", port) + string(b"127.0.0.1")
    ) + struct.pack(">I", 40000)


class Host:
    """`read` and `write` of a connection to LME; the handshake is done when it is made."""

    def __init__(self, node):
        self.node = node.connect(LME)
        self.ports = []
        version = self.node.read(5)
        assert version[0] == 192 and struct.unpack_from(">III", version, 1) == (1, 0, 254) and len(version) == 93
        self.node.write(version)
        request = self.node.read(5)
        assert request == b"\x05" + string(b"pfwd@amt.intel.com")
        self.node.write(b"\x06" + request[1:])

    def forward(self):
        """Agree to listen, up to the port that is named last."""
        while not self.ports or self.ports[-1] != 664:
            request = self.node.read(5)
            assert request[:19] == b"\x50" + string(b"tcpip-forward") + b"\x01"
            assert request[19:32] == string(b"127.0.0.1")
            self.ports.append(struct.unpack_from(">I", request, 32)[0])
            self.node.write(struct.pack(">BI", 81, self.ports[-1]))
        return self

    def open(self, port, **options):
        self.node.write(opening(port, **options))
        answer = self.node.read(5)
        assert answer[0] == 91, answer.hex()
        _ours, theirs, window, _largest = struct.unpack_from(">IIII", answer, 1)
        return ChannelOfHost(self.node, options.get("sender", 7), theirs, window)


class ChannelOfHost:
    def __init__(self, node, ours, theirs, window):
        self.node, self.ours, self.theirs, self.window = node, ours, theirs, window
        self.closed = False
        self.largest_seen = 0
        self.early = b""

    def send(self, data):
        """What comes while there is no room is kept for `receive`."""
        while data:
            while not self.window:
                self.early += self._take(self.node.read(5))
            piece, data = data[: self.window], data[self.window :]
            self.window -= len(piece)
            self.node.write(struct.pack(">BI", 94, self.theirs) + string(piece))

    def _take(self, message):
        """Data of the device, acknowledged at once; nothing for other messages."""
        assert message[0] in (93, 94, 97), message.hex()
        assert struct.unpack_from(">I", message, 1)[0] == self.ours
        if message[0] == 93:
            self.window += struct.unpack_from(">I", message, 5)[0]
        elif message[0] == 97:
            self.closed = True
            self.node.write(struct.pack(">BI", 97, self.theirs))
        else:
            data = message[9:]
            self.largest_seen = max(self.largest_seen, len(data))
            self.node.write(struct.pack(">BII", 93, self.theirs, len(data)))
            return data
        return b""

    def receive(self):
        """The next data; nothing at the end."""
        if self.early:
            data, self.early = self.early, b""
            return data
        while not self.closed:
            data = self._take(self.node.read(5))
            if data:
                return data
        return b""

    def drain(self):
        """Take what is left until the device closes."""
        while self.receive():
            pass

    def end(self):
        """Close from here, unless the device was first."""
        if not self.closed:
            self.node.write(struct.pack(">BI", 97, self.theirs))
            self.drain_closed()

    def drain_closed(self):
        while (message := self.node.read(5))[0] != 97:
            pass
        assert message == struct.pack(">BI", 97, self.ours)
        self.closed = True


def reply(channel):
    """Head and body of one answer."""
    octets = b""
    while b"\r\n\r\n" not in octets:
        piece = channel.receive()
        if not piece:
            raise ConnectionResetError("the channel ended after {0!r}".format(octets))
        octets += piece
    head, _blank, body = octets.partition(b"\r\n\r\n")
    if b"chunked" in head:
        while not body.endswith(b"0\r\n\r\n"):
            body += channel.receive()
        body = re.sub(rb"[0-9A-F]{4}\r\n|\r\n|0\r\n\r\n$", b"", body)
    else:
        length = int(re.search(rb"Content-Length: (\d+)", head).group(1))
        while len(body) < length:
            body += channel.receive()
    return head.decode(), body


def post(channel, body, authorization=""):
    head = "POST /wsman HTTP/1.1\r\nHost: 127.0.0.1:16992\r\nContent-Length: {0}\r\n".format(len(body))
    if authorization:
        head += "Authorization: {0}\r\n".format(authorization)
    channel.send(head.encode() + b"\r\n" + body)
    return reply(channel)


def md5(*parts):
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def credentials(challenge, username, password):
    realm, nonce, offered = (re.search(name + '="([^"]*)"', challenge).group(1) for name in ("realm", "nonce", "qop"))
    assert "auth" in offered
    secret = md5(username, realm, password)
    answer = md5(secret, nonce, "00000001", "c", "auth", md5("POST", "/wsman"))
    shown = {"username": username, "realm": realm, "nonce": nonce, "uri": "/wsman", "cnonce": "c", "response": answer}
    return "Digest qop=auth, nc=00000001, " + ", ".join('{0}="{1}"'.format(*pair) for pair in shown.items())


def ask(host, body, username, password, port=16992, wrapped=None):
    """One logged-in request, over channels of its own; the head and the body of the answer."""
    first = channel_to(host, port, wrapped)
    head, _body = post(first, body)
    assert head.startswith("HTTP/1.1 401")
    first.drain()
    second = channel_to(host, port, wrapped)
    answer = post(second, body, credentials(head, username, password))
    second.end()
    return answer


def channel_to(host, port, wrapped):
    channel = host.open(port)
    return wrapped(channel) if wrapped else channel


def local_account(node):
    """Name and password that AMTHI hands out."""
    with node.connect(AMTHI) as amthi:
        amthi.write(bytes.fromhex("010100006700000428000000") + bytes(40))
        answer = amthi.read(5)
    assert len(answer) == 16 + 68
    return tuple(answer[start : start + 33].rstrip(b"\0").decode() for start in (16, 49))
