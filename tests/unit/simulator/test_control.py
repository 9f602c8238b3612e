# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control interface, asked by requests."""

from __future__ import annotations

import asyncio

import pytest
import requests

from simulator.control import ControlServer
from simulator.pytest_plugin import free_ports

from .asking import get, power, wsman


@pytest.fixture
def controlled(fleet):
    """A running fleet and a function that asks its control interface."""
    running = fleet([{"name": "pc", "generation": 12, "tls": False}])
    port = free_ports("127.0.0.1").plain
    server = ControlServer(running.simulation, "127.0.0.1:{0}".format(port))
    asyncio.run_coroutine_threadsafe(server.start(), running.loop).result(60)

    def ask(method: str, path: str, **more) -> requests.Response:
        return requests.request(method, "http://127.0.0.1:{0}{1}".format(port, path), timeout=60, **more)

    yield running, ask
    asyncio.run_coroutine_threadsafe(server.stop(), running.loop).result(60)


def test_the_overview_shows_devices_and_no_secret(controlled):
    running, ask = controlled
    shown = ask("GET", "/").json()
    assert [device["name"] for device in shown["devices"]] == ["pc"]
    assert shown["ports"]["plain"] == running.ports.plain
    assert running.device("pc").password not in ask("GET", "/devices/pc").text


def test_faults_are_scripted_and_forgotten(controlled):
    running, ask = controlled
    assert ask("POST", "/devices/pc/faults", json={"fault": "busy", "class": "AMT_GeneralSettings"}).status_code == 200
    assert wsman(running, "pc", get()).status == 503
    assert ask("GET", "/devices/pc").json()["faults"][0]["struck"] == 1
    assert ask("DELETE", "/devices/pc/faults").status_code == 200
    assert wsman(running, "pc", get()).status == 200


def test_the_journal_is_asked_for_what_matters(controlled):
    running, ask = controlled
    wsman(running, "pc", get())
    wsman(running, "pc", power(8))
    writes = ask("GET", "/journal?access=write&device=pc").json()
    assert [(entry["method"], entry["took_effect"]) for entry in writes] == [("RequestPowerStateChange", True)]
    assert ask("GET", "/journal?since={0}".format(writes[0]["number"])).json() == []
    assert ask("GET", "/journal?colour=red").status_code == 400
    assert ask("GET", "/journal?since=often").status_code == 400
    assert len(ask("GET", "/journal?status=401").json()) == 2
    assert len(ask("GET", "/journal?took_effect=true&verb=get").json()) == 1
    ask("DELETE", "/journal")
    assert ask("GET", "/journal").json() == []


def test_the_clock_is_moved(controlled):
    running, ask = controlled
    wsman(running, "pc", power(8))
    before = ask("GET", "/").json()["clock"]
    assert ask("POST", "/clock", json={"advance": 60}).json()["clock"] == before + 60
    assert wsman(running, "pc", get("CIM_AssociatedPowerManagementService")).texts("PowerState") == ["8"]
    assert ask("GET", "/devices/pc").json()["power"] == 8


def test_the_firmware_is_looked_into(controlled):
    _running, ask = controlled
    (power_service,) = ask("GET", "/devices/pc/instances/CIM_AssociatedPowerManagementService").json()
    assert power_service["PowerState"] == 2
    assert power_service["UserOfService"]["selectors"]["Name"] == "ManagedSystem"
    assert ask("GET", "/devices/pc/instances/CIM_BIOSElement").json()[0]["ReleaseDate"].endswith("Z")
    assert ask("GET", "/devices/pc/instances/AMT_NoSuchClass").status_code == 404


def test_certificates_are_handed_out(controlled):
    running, ask = controlled
    assert ask("GET", "/ca.pem").content == running.ca_file.read_bytes()
    assert ask("GET", "/devices/pc").json()["fingerprint"] == running.device("pc").fingerprint


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("GET", "/devices/other", None, 404),
        ("PUT", "/devices/pc/faults", None, 404),
        ("POST", "/devices/pc/faults", b'{"fault": "fire"}', 400),
        ("POST", "/devices/pc/faults", b"[]", 400),
        ("POST", "/devices/pc/faults", b"{", 400),
        ("POST", "/devices/pc/faults", b"{}", 400),
        ("POST", "/clock", b'{"advance": "soon"}', 400),
    ],
)
def test_what_cannot_be_done_is_said(controlled, method, path, body, status):
    _running, ask = controlled
    reply = ask(method, path, data=body)
    assert reply.status_code == status
    assert reply.json()["error"]


def test_a_flow_is_judged(controlled):
    _running, ask = controlled
    answer = ask("POST", "/devices/pc/flow", json={"to": "192.0.2.1", "protocol": "tcp", "port": 443}).json()
    assert (answer["direction"], answer["action"], answer["by"]) == ("transmit", "pass", "no policy")
    assert ask("POST", "/devices/pc/flow", json={"to": "nowhere"}).status_code == 400


def test_the_hosts_side_is_seen_and_moved(controlled):
    running, ask = controlled
    seen = ask("GET", "/devices/pc/mei").json()
    assert seen["clients"] == {"fixed MKHI": 0, "MKHI": 0, "AMTHI": 0, "WD": 0, "LME": 0, "HOTHAM": 0}
    assert (seen["control_mode"], seen["provisioning_state"], seen["watchdog"]["running"]) == ("admin", 2, False)
    node = running.device("pc").mei().connect("05b79a6f-4628-4d7f-899d-a91514cb32ab")
    node.write(bytes.fromhex("021313107800") + bytes(17))
    assert ask("GET", "/devices/pc/mei").json()["watchdog"]["timeout"] == 120
    ask("POST", "/clock", json={"advance": 121})
    assert ask("GET", "/devices/pc/mei").json()["watchdog"]["expired"]
    changed = ask("POST", "/devices/pc/mei", json={"remove": "WD", "watchdog": {"required": False}}).json()
    assert "WD" not in changed["clients"] and not changed["watchdog"]["required"]
    restored = ask("POST", "/devices/pc/mei", json={"add": "WD", "restart": 0, "answers_reset": False}).json()
    assert "WD" in restored["clients"] and not restored["answers_reset"]
    assert ask("POST", "/devices/pc/mei/faults", json={"fault": "mei_busy", "times": 2}).json()["times"] == 2
    assert len(ask("GET", "/devices/pc/mei").json()["faults"]) == 1
    assert ask("DELETE", "/devices/pc/mei/faults").status_code == 200
    for wrong in ({"remove": "nobody"}, {"restart": "soon"}, {"watchdog": {"colour": True}}, {"jump": 1}):
        assert ask("POST", "/devices/pc/mei", json=wrong).status_code == 400
    assert ask("POST", "/devices/pc/mei/faults", json={"fault": "none"}).status_code == 400
    assert ask("PUT", "/devices/pc/mei").status_code == 404
