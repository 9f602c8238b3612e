# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU time of a request on one kept-alive connection: the core's client beside pywinrm's and requests', same bodies."""

from __future__ import annotations

import multiprocessing
import socket
import statistics
import time
from collections.abc import Callable, Iterator

import requests
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.http import HttpTransport
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Reference
from winrm.transport import Transport

from tests.bench.figures import Figure

REQUESTS, ROUNDS = 1500, 5
BODY = envelope.request(envelope.GET, Reference("CIM_AssociatedPowerManagementService"))
ANSWER_BODY = b"<x>" + b"y" * 1743 + b"</x>"
TYPE = "application/soap+xml;charset=UTF-8"
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nContent-Length: {1}\r\n\r\n".format(TYPE, len(ANSWER_BODY))
ANSWER = HEAD.encode() + ANSWER_BODY


def measure() -> Iterator[Figure]:
    with listening() as address:
        clients = {"core": core(address), "requests": plain_requests(address), "pywinrm": pywinrm(address)}
        spent: dict[str, list[float]] = {name: [] for name in clients}
        for _round in range(ROUNDS):
            for name, post in clients.items():
                spent[name].append(cpu_of(post))
    cost = {name: statistics.median(times) * 1e6 / REQUESTS for name, times in spent.items()}
    for name, microseconds in cost.items():
        yield Figure("client, one connection: CPU per request, {0}".format(name), microseconds, "us")
    faster = min(cost["requests"], cost["pywinrm"])
    yield Figure(
        "client, one connection: CPU of the faster other / the core's", faster / cost["core"], "x", 3, least=True
    )


def cpu_of(post: Callable[[], object]) -> float:
    post()
    started = time.process_time()
    for _request in range(REQUESTS):
        post()
    return time.process_time() - started


def core(address: tuple[str, int]) -> Callable[[], object]:
    transport = HttpTransport(Endpoint(*address, tls=False, password="x"))
    return lambda: transport.post(BODY)


def plain_requests(address: tuple[str, int]) -> Callable[[], object]:
    session = requests.Session()
    session.trust_env = False
    url = "http://{0}:{1}/wsman".format(*address)
    return lambda: session.post(url, data=BODY, headers={"Content-Type": TYPE}).content


def pywinrm(address: tuple[str, int]) -> Callable[[], object]:
    url = "http://{0}:{1}/wsman".format(*address)
    transport = Transport(endpoint=url, username="x", password="x", auth_method="basic", message_encryption="never")
    return lambda: transport.send_message(BODY)


class listening:
    """A process that answers every request with the same bytes, so that only the clients differ."""

    def __enter__(self) -> tuple[str, int]:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.process = multiprocessing.get_context("fork").Process(target=serve, args=(self.socket,), daemon=True)
        self.process.start()
        address: tuple[str, int] = self.socket.getsockname()
        return address

    def __exit__(self, *_exception: object) -> None:
        self.process.terminate()
        self.process.join()
        self.socket.close()


def serve(listener: socket.socket) -> None:
    import threading

    while True:
        connection, _peer = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=answer_all, args=(connection,), daemon=True).start()


def answer_all(connection: socket.socket) -> None:
    received = b""
    while True:
        while received.count(b"</s:Envelope>") == 0:
            piece = connection.recv(65536)
            if not piece:
                return
            received += piece
        received = received.partition(b"</s:Envelope>")[2]
        connection.sendall(ANSWER)
