# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The question whether AMT answers on this machine, to servers that answer as AMT does, otherwise, or not at all."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.lms import health

from tests.unit.module_utils.wsman.authority import Authority, serving

AMT = b"HTTP/1.1 303 See Other\r\nLocation: /logon.htm\r\nServer: Intel(R) Active Management Technology 16.1.25\r\n\r\n"
NAME = "Intel(R) Active Management Technology 16.1.25"
STANDARD = b"HTTP/1.1 303 See Other\r\nServer: Intel(R) Standard Manageability 16.1.25\r\n\r\n"


@pytest.fixture
def server():
    """Starts one on a free port of this machine, plain or with a TLS context, and returns the port."""
    with contextlib.ExitStack() as open_things:

        def start(answer, context=None):
            listening = open_things.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve():
                with contextlib.suppress(OSError):
                    peer, _address = listening.accept()
                    with context.wrap_socket(peer, server_side=True) if context else peer as stream:
                        stream.recv(4096)
                        stream.sendall(answer)

            threading.Thread(target=serve, daemon=True).start()
            return listening.getsockname()[1]

        yield start


@pytest.fixture
def ports(monkeypatch):
    """Nobody listens on either, unless a test says so."""

    def use(plain=1, tls=1):
        monkeypatch.setattr(health, "PLAIN", plain)
        monkeypatch.setattr(health, "TLS", tls)

    use()
    return use


def test_it_answers(server, ports):
    ports(plain=server(AMT))
    assert health.banner(60.0) == NAME


def test_it_answers_over_tls_only(server, ports, tmp_path):
    certificate = Authority(tmp_path).issue("amt", "DNS:pc.example")
    ports(tls=server(AMT, serving(certificate)))
    assert health.banner(60.0) == NAME


def test_a_platform_with_a_part_of_the_features_has_a_name_of_its_own(server, ports):
    ports(plain=server(STANDARD))
    assert health.banner(2.0) == "Intel(R) Standard Manageability 16.1.25"


def test_it_answers_over_the_tls_of_old_firmware(server, ports, tmp_path):
    certificate = Authority(tmp_path).issue("amt", "DNS:pc.example")
    context = serving(certificate, maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    ports(tls=server(AMT, context))
    assert health.banner(60.0) == NAME


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n", b"\0" * 70000, b"Server: x"])
def test_what_is_not_amt(server, ports, answer):
    ports(plain=server(answer))
    assert health.banner(2.0) is None


def test_nobody_answers(ports):
    assert health.banner(2.0) is None


def test_one_that_says_nothing_is_not_waited_for_long(ports):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ports(plain=listening.getsockname()[1])
        assert health.banner(0.2) is None
