# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU time of a request on one kept-alive connection: the core's client beside pywinrm's and requests', same bodies.

First without a log-in, since pywinrm knows no digest. Then with digest, where the core also builds the request and
reads the answer, which the others leave to their caller.
"""

from __future__ import annotations

import multiprocessing
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator

import requests
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpTransport
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Reference
from winrm.transport import Transport

from tests.bench.figures import Figure
from tests.in_process import machine

REQUESTS, ROUNDS = 1500, 5
TARGET = Reference("CIM_AssociatedPowerManagementService")
BODY = envelope.request(envelope.GET, TARGET)
TYPE = "application/soap+xml;charset=UTF-8"
CHALLENGE = (
    b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
    b'WWW-Authenticate: Digest realm="Digest:A4070000", nonce="b4070000", stale="false", qop="auth"\r\n\r\n'
)


def measure() -> Iterator[Figure]:
    with listening(log_in=False) as address:
        cost = compare({"core": core(address), "requests": plain_requests(address), "pywinrm": pywinrm(address)})
    for name, microseconds in cost.items():
        yield Figure("client, one connection: CPU per request, {0}".format(name), microseconds, "us")
    faster = min(cost["requests"], cost["pywinrm"])
    yield Figure(
        "client, one connection: CPU of the faster other / the core's", faster / cost["core"], "x", 3, least=True
    )
    with listening(log_in=True) as address:
        cost = compare({"core": whole_get(address), "requests": digest_requests(address)})
    for name, microseconds in cost.items():
        yield Figure("client, digest: CPU per request, {0}".format(name), microseconds, "us")
    yield Figure("client, digest: CPU of requests / the core's", cost["requests"] / cost["core"], "x", 3, least=True)


def compare(clients: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median microseconds of CPU per request, measured in turn."""
    spent: dict[str, list[float]] = {name: [] for name in clients}
    for _round in range(ROUNDS):
        for name, post in clients.items():
            spent[name].append(cpu_of(post))
    return {name: statistics.median(times) * 1e6 / REQUESTS for name, times in spent.items()}


def cpu_of(post: Callable[[], object]) -> float:
    assert post()
    started = time.process_time()
    for _request in range(REQUESTS):
        post()
    return time.process_time() - started


def core(address: tuple[str, int]) -> Callable[[], object]:
    transport = HttpTransport(Endpoint(*address, tls=False, password="x"))
    return lambda: transport.post(BODY).status == 200


def whole_get(address: tuple[str, int]) -> Callable[[], object]:
    opened = open_machine(Endpoint(*address, tls=False, password="x", deadline=3600))
    return lambda: opened.client.get(TARGET)


def plain_requests(address: tuple[str, int]) -> Callable[[], object]:
    session = requests.Session()
    session.trust_env = False
    url = "http://{0}:{1}/wsman".format(*address)
    return lambda: session.post(url, data=BODY, headers={"Content-Type": TYPE}).content


def digest_requests(address: tuple[str, int]) -> Callable[[], object]:
    session = requests.Session()
    session.trust_env = False
    session.auth = requests.auth.HTTPDigestAuth("admin", "x")
    url = "http://{0}:{1}/wsman".format(*address)
    return lambda: session.post(url, data=BODY, headers={"Content-Type": TYPE}).content


def pywinrm(address: tuple[str, int]) -> Callable[[], object]:
    url = "http://{0}:{1}/wsman".format(*address)
    transport = Transport(endpoint=url, username="x", password="x", auth_method="basic", message_encryption="never")
    return lambda: transport.send_message(BODY)


class listening:
    """A process that answers every request with the same bytes, so that only the clients differ."""

    def __init__(self, log_in: bool) -> None:
        self.log_in = log_in

    def __enter__(self) -> tuple[str, int]:
        self.socket = socket.create_server(("127.0.0.1", 0))
        arguments = (self.socket, self.log_in)
        self.process = multiprocessing.get_context("fork").Process(target=serve, args=arguments, daemon=True)
        self.process.start()
        address: tuple[str, int] = self.socket.getsockname()
        return address

    def __exit__(self, *_exception: object) -> None:
        self.process.terminate()
        self.process.join()
        self.socket.close()


def serve(listener: socket.socket, log_in: bool) -> None:
    answer = sound_answer()
    while True:
        connection, _peer = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=answer_all, args=(connection, answer, log_in), daemon=True).start()


def sound_answer() -> bytes:
    """What a firmware says to BODY."""
    device = machine("16")
    device.client.get(TARGET)
    (body,) = device.client.transport.answered
    return "HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nContent-Length: {1}\r\n\r\n".format(TYPE, len(body)).encode() + body


def answer_all(connection: socket.socket, answer: bytes, log_in: bool) -> None:
    received = b""
    while True:
        while received.count(b"</s:Envelope>") == 0:
            piece = connection.recv(65536)
            if not piece:
                return
            received += piece
        request, _end, received = received.partition(b"</s:Envelope>")
        connection.sendall(CHALLENGE if log_in and b"Authorization: Digest" not in request else answer)
