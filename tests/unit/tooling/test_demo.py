# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration looks for ports that it can have, whoever has AMT's own."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import socket
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[3] / "demo" / "run"


@pytest.fixture
def demo():
    loader = importlib.machinery.SourceFileLoader("demo_run", str(RUN))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("demo_run", loader))
    sys.modules[module.__name__] = module  # dataclasses look for it there
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.0.7", "0.0.0.0"])
def test_a_port_that_is_taken_is_passed_over(demo, kind, address):
    with socket.socket(socket.AF_INET, kind) as first, socket.socket(socket.AF_INET, kind) as second:
        for taken in (first, second):
            taken.bind((address, 0))
            if kind == socket.SOCK_STREAM:
                taken.listen()
        ports = [taken.getsockname()[1] for taken in (first, second)]
        assert demo.may_bind(kind, ports[0]) == 0
        chosen = demo.first_free(kind, *ports)
        assert chosen not in (0, *ports)
    assert demo.first_free(kind, *ports) == ports[0]


def test_the_fleet_gets_three_ports(demo, monkeypatch):
    said = []
    monkeypatch.setattr(demo, "say", said.append)
    monkeypatch.setattr(demo, "may_bind", lambda kind, port, bind=demo.may_bind: bind(kind, 0))
    ports = demo.choose_ports()
    assert len({ports.plain, ports.tls}) == 2 and ports.presence
    assert len(said) == 2 and str(ports.tls) in said[0] and str(ports.presence) in said[1]
