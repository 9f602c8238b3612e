# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The byte stream through a proxy command, and what Ansible does to connections besides tasks."""

from __future__ import annotations

import sys

RELAY = """
import os, select, socket, sys
peer = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while True:
    ready, _, _ = select.select([0, peer], [], [])
    if 0 in ready:
        data = os.read(0, 65536)
        if not data:
            break
        peer.sendall(data)
    if peer in ready:
        data = peer.recv(65536)
        if not data:
            break
        os.write(1, data)
"""


def test_a_proxy_command_carries_tls_and_its_failure_is_told(simulate, controller):
    running = simulate([{"name": "desk", "generation": 16}])
    device = running.device("desk")
    relay = controller.write("relay.py", RELAY)
    command = "'{0}' '{1}' {2} %p".format(sys.executable, relay, device.address)
    variables = controller.securely(
        device, running, amt_fingerprint=device.fingerprint, amt_host="not.reachable.invalid"
    )
    hosts = {
        "behind": {**variables, "amt_proxy_command": command},
        "broken": {**variables, "amt_proxy_command": "ls /nonexistent-folder"},
        "missing": {**variables, "amt_proxy_command": "no-such-program %h"},
    }
    ask = {"name": "ask", "outofband.amt.amt_info": {"gather_subset": ["power"]}}
    tasks = [ask, {"name": "reset", "ansible.builtin.meta": "reset_connection"}, {**ask, "name": "again"}]
    run = controller.play(tasks, controller.inventory(hosts))
    assert run.of("ask", "behind")["kind"] == run.of("again", "behind")["kind"] == "ok", run.output
    assert run.of("ask", "broken")["kind"] == run.of("ask", "missing")["kind"] == "unreachable"
    assert "nonexistent-folder" in run.result("ask", "broken")["msg"]
    assert "no-such-program" in run.result("ask", "missing")["msg"]


def test_a_hung_device_ends_with_the_deadline(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False}])
    device = running.device("desk")
    device.fail("hung")
    variables = controller.plainly(device, running, amt_read_timeout=1, amt_deadline=3)
    ask = {"name": "ask", "outofband.amt.amt_info": {"gather_subset": ["power"]}}
    run = controller.play([ask], controller.inventory({"desk": variables}))
    record = run.of("ask")
    assert record["kind"] == "unreachable", record
    assert record["result"]["error"] and record["result"]["hint"]
