# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a program: started, asked, stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.pytest_plugin import free_ports

from .asking import PASSWORD, curl, get

ROOT = Path(__file__).resolve().parents[3]
TAKEN = "another simulator may run"
"""Somebody else was faster to use a port that was free."""


def simulator(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def program(tmp_path):
    """Start `serve` with options and wait until it serves; returns ports and the process. All end with the test."""
    started = []

    def attempt(*options: str):
        """What it complains of is None when it serves."""
        ports = free_ports("0.0.0.0")
        ready = tmp_path / "ready"
        command = [sys.executable, "-m", "simulator", "serve", "--ready-file", str(ready), "--port", str(ports.plain)]
        command += ["--tls-port", str(ports.tls), "--rmcp-port", str(ports.presence), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        deadline = time.monotonic() + 120
        while not ready.exists():
            if process.poll() is not None:
                return ports, process, process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return ports, process, None

    def start(*options: str):
        for _attempt in range(5):
            ports, process, complaint = attempt(*options)
            if complaint is None or TAKEN not in complaint:
                break
        assert complaint is None, complaint
        return ports, process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_help_tells_the_commands():
    done = simulator("--help")
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("serve", "list", "faults", "examples"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_keeps_a_journal_without_secrets_and_ends_cleanly(program, tmp_path, number):
    authority = tmp_path / "ca.pem"
    ports, process = program("--devices", "3", "--journal", "-", "--ca-out", str(authority))
    assert curl("http://127.1.0.1:{0}/wsman".format(ports.plain), get()).status == 200
    assert curl("https://127.1.0.3:{0}/wsman".format(ports.tls), get(), "--cacert", str(authority)).status in (0, 200)
    process.send_signal(number)
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, "Traceback" in errors) == (0, False), errors
    assert not (tmp_path / "ready").exists()
    entries = [json.loads(line) for line in output.splitlines()]
    assert [entry["login"] for entry in entries if entry["device"] == "amt-00001"] == ["none", "accepted"]
    assert PASSWORD not in output + errors
    assert "response=" not in output + errors


def test_it_ends_at_once_with_connections_open_and_control_asked(program, tmp_path):
    fleet = tmp_path / "fleet.yml"
    fleet.write_text(
        "devices: [{name: a, generation: 12, tls: false}, {name: b, generation: 12, tls: false, faults: [hung]}]"
    )
    where = tmp_path / "control"
    ports, process = program(str(fleet), "--control", "unix:{0}".format(where))
    with contextlib.ExitStack() as opened:
        for address in ("127.1.0.1", "127.1.0.2"):
            opened.enter_context(socket.create_connection((address, ports.plain))).sendall(b"POST /wsman HTTP/1.1\r\n")
        idle = opened.enter_context(socket.socket(socket.AF_UNIX))
        idle.connect(str(where))
        started = time.monotonic()
        process.terminate()
        _output, errors = process.communicate(timeout=120)
    assert (process.returncode, "Traceback" in errors) == (0, False), errors
    assert time.monotonic() - started < 25, "before the idle connection would be closed anyway, after 30 seconds"


def test_a_guest_finds_the_engine_and_keeps_the_program_from_nothing(program, tmp_path):
    _ports, process = program("--devices", "1", "--mei", str(tmp_path / "mei"))
    place = tmp_path / "mei" / "amt-00001.mei"
    with socket.socket(socket.AF_UNIX) as guest:
        guest.connect(str(place))
        guest.settimeout(60)
        guest.sendall(bytes.fromhex("0400000005000000"))
        assert guest.recv(8).hex() == "0c00000013000000"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert not place.exists()


def test_a_socket_that_cannot_be_had_is_named_with_the_way_out(tmp_path):
    done = simulator(
        "--devices", "1", "--port", "0", "--tls-port", "0", "--rmcp-port", "0", "--mei", str(tmp_path / ("x" * 120))
    )
    assert done.returncode == 2
    assert "amt-00001.mei cannot be had" in done.stderr and "--mei with a short path" in done.stderr


def test_list_shows_the_fleet_without_secrets(tmp_path):
    fleet = tmp_path / "fleet.yml"
    fleet.write_text("devices: [{name: pc, generation: 9, password: hidden, power: off, faults: [hung]}]")
    done = simulator("list", str(fleet))
    assert json.loads(done.stdout) == {
        "name": "pc",
        "address": "127.1.0.1",
        "generation": "9",
        "power": "off",
        "faults": ["hung"],
    }


def test_faults_are_listed():
    assert "lost_answer" in simulator("faults").stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("serve",), "either a fleet file or --devices N"),
        (("serve", "/nowhere.yml"), "/nowhere.yml: No such file or directory"),
        (("serve", "--devices", "1", "--control", "0.0.0.0:1"), "neither 127.x.x.x:PORT nor unix:PATH"),
    ],
)
def test_what_the_user_has_to_change_is_one_line(arguments, complaint):
    done = simulator(*arguments, "--port", "0", "--tls-port", "0", "--rmcp-port", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_a_port_that_is_taken_is_named_with_the_way_out(program):
    ports, _process = program("--devices", "1")
    done = simulator("serve", "--devices", "1", "--port", str(ports.plain), "--tls-port", "0", "--rmcp-port", "0")
    assert done.returncode == 2
    assert "TCP port {0} on 0.0.0.0 cannot be had".format(ports.plain) in done.stderr


def test_without_the_privilege_the_presence_port_is_named_with_the_way_out():
    drop = ["setpriv", "--bounding-set=-net_bind_service"] if os.geteuid() == 0 else []
    serve = [sys.executable, "-m", "simulator", "serve", "--devices", "1", "--port", "0", "--tls-port", "0"]
    done = subprocess.run([*drop, *serve], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert (
        "UDP port 623 on 0.0.0.0 needs root or CAP_NET_BIND_SERVICE; say --port, --tls-port or --rmcp-port"
        in done.stderr
    )
