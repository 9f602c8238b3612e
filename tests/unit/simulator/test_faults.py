# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the table, as a client's bare socket or curl sees it, and what it leaves in the firmware."""

from __future__ import annotations

import socket
import time

import pytest
import requests
from requests.auth import HTTPDigestAuth

from simulator.faults import CONNECT, FAULTS, TABLE, UnknownFault, make_script
from simulator.listening import silence, tcp_listener

from .asking import PASSWORD, curl, get, power, wsman

SENT_NOTHING, RESET, TIMED_OUT, PARTIAL = 52, 56, 28, 18
"""curl's exit codes: empty reply, receive error, time-out, transfer shorter than promised."""


@pytest.fixture
def running(fleet):
    return fleet([{"name": "pc", "generation": 12, "tls": False}])


def turned_off(running) -> bool:
    running.clock.advance(60)
    return (
        running.device("pc").call(lambda firmware: firmware.get("CIM_AssociatedPowerManagementService", {}))[
            "PowerState"
        ]
        == 8
    )


ANSWERED = {
    "delay": (200, {"seconds": 0.3}),
    "busy": (503, {}),
    "busy_fault": (400, {}),
    "access_denied": (400, {}),
    "unsupported": (400, {}),
    "flash_write_limit": (200, {}),
    "clock_jump": (200, {}),
    "restart_after": (200, {}),
    "short_pulls": (200, {}),
    "html_answer": (200, {}),
    "empty_answer": (200, {}),
    "malformed_xml": (200, {}),
    "deep_xml": (200, {}),
    "entities": (200, {}),
    "trickle": (200, {"seconds": 0.0001}),
}
BROKEN = {
    "drop_before_answer": {SENT_NOTHING, RESET},
    "lost_answer": {SENT_NOTHING, RESET},
    "drop_during_answer": {RESET, PARTIAL},
    "cut_chunk": {PARTIAL, RESET},
    "garbage": {1, RESET},
    "endless_headers": {RESET, 27},
    "endless_answer": {RESET, PARTIAL},
}
UNAUTHORIZED = ("stale_nonce", "wrong_password")


def test_every_fault_of_the_table_is_tested_here():
    connecting = {kind.name for kind in TABLE if kind.stage == CONNECT}
    assert set(FAULTS) == {*ANSWERED, *BROKEN, *UNAUTHORIZED, *connecting}


@pytest.mark.parametrize("fault", ANSWERED)
def test_faults_that_answer(running, fault):
    status, parameters = ANSWERED[fault]
    running.device("pc").fail(fault, **parameters)
    assert wsman(running, "pc", power(8)).status == status
    assert turned_off(running) is FAULTS[fault].executed


@pytest.mark.parametrize("fault", BROKEN)
def test_faults_that_break_the_connection(running, fault):
    running.device("pc").fail(fault, **dict.fromkeys(FAULTS[fault].parameters, 1 << 20))
    answer = wsman(running, "pc", power(8))
    assert answer.code in BROKEN[fault], answer
    assert turned_off(running) is FAULTS[fault].executed
    entry = running.journal.entries(verb="invoke")[-1]
    assert (entry.fault, entry.took_effect) == (fault, FAULTS[fault].executed)


@pytest.mark.parametrize("fault", BROKEN)
def test_faults_break_a_connection_under_tls_as_well(fleet, fault):
    running = fleet([{"name": "pc", "generation": 16}])
    running.device("pc").fail(fault, **dict.fromkeys(FAULTS[fault].parameters, 1 << 20))
    where = "https://{0}:{1}/wsman".format(running.device("pc").address, running.ports.tls)
    answer = curl(where, power(8), "--cacert", str(running.ca_file))
    assert answer.code in BROKEN[fault], answer
    assert turned_off(running) is FAULTS[fault].executed


@pytest.mark.parametrize("fault", UNAUTHORIZED)
def test_faults_of_the_log_in(running, fault):
    running.device("pc").fail(fault)
    assert wsman(running, "pc", power(8)).status == 401
    assert turned_off(running) is False


def test_the_clock_jumps_once_per_request(running):
    before = running.device("pc").call(lambda firmware: firmware.clock.now())
    running.device("pc").fail("clock_jump", seconds=-7200, times=1)
    wsman(running, "pc", get())
    assert running.device("pc").call(lambda firmware: firmware.clock.now()) == before - 7200


def test_worn_flash_shows_in_the_return_value(running):
    running.device("pc").fail("flash_write_limit")
    assert wsman(running, "pc", power(8)).texts("ReturnValue") == ["32806"]
    assert wsman(running, "pc", get()).status == 200


def test_after_a_restart_the_device_is_away_and_comes_back(running):
    running.device("pc").fail("restart_after", seconds=5, times=1)
    assert wsman(running, "pc", get()).status == 200
    assert wsman(running, "pc", get()).status == 0
    running.clock.advance(5)
    assert wsman(running, "pc", get()).status == 200


def test_a_fault_strikes_what_it_is_scripted_for(running):
    device = running.device("pc")
    device.fail("busy", verb="get", cls="AMT_GeneralSettings", nth=2, times=1)
    statuses = [wsman(running, "pc", get(cls)).status for cls in ("CIM_Chip", *["AMT_GeneralSettings"] * 3)]
    assert statuses == [200, 200, 503, 200]
    device.fail("busy")
    assert wsman(running, "pc", get()).status == 503
    device.heal()
    assert wsman(running, "pc", get()).status == 200


def test_a_fault_can_strike_before_the_log_in(running):
    running.device("pc").fail("garbage", login="none")
    assert curl("http://{0}:{1}/".format(running.device("pc").address, running.ports.plain)).status == 0


def seconds_to_connect(running, port: int) -> float:
    started = time.monotonic()
    with socket.create_connection((running.device("pc").address, port), timeout=1):
        return time.monotonic() - started


def test_a_device_with_its_own_sockets_refuses_and_comes_back(running):
    running.device("pc").fail("refuse")
    with pytest.raises(ConnectionRefusedError):
        seconds_to_connect(running, running.ports.plain)
    running.device("pc").heal()
    assert wsman(running, "pc", get()).status == 200


def test_on_a_shared_socket_refusal_is_a_reset(fleet):
    running = fleet([{"name": "pc", "generation": 12, "tls": False, "faults": ["refuse"]}], sockets_each=False)
    assert wsman(running, "pc", get()).status == 0


def test_a_hung_device_takes_the_connection_and_says_nothing(running):
    running.device("pc").fail("hung")
    answer = wsman(running, "pc", get(), seconds=0.5)
    assert (answer.code, answer.status) == (TIMED_OUT, 0)


def test_a_connection_that_exists_falls_silent_too(running):
    with requests.Session() as session:
        session.auth = HTTPDigestAuth("admin", PASSWORD)
        where = "http://{0}:{1}/wsman".format(running.device("pc").address, running.ports.plain)
        assert session.post(where, data=get(), timeout=60).status_code == 200
        running.device("pc").fail("unplugged")
        with pytest.raises(requests.exceptions.ReadTimeout):
            session.post(where, data=get(), timeout=0.3)


def test_a_machine_whose_management_sleeps_is_absent_as_described(fleet):
    running = fleet([{"name": "a"}, {"name": "b", "absence": "silence"}], generation=16, control_mode="none")
    where = "http://{0}:{1}/"
    codes = [curl(where.format(running.device(name).address, running.ports.plain), seconds=0.5).code for name in "ab"]
    assert codes[0] in (RESET, 7)
    assert codes[1] == TIMED_OUT


def silence_is_granted() -> bool:
    """Whether this user may attach socket filters; the README tells what becomes of silence without."""
    with tcp_listener("127.0.0.1", 0) as listener:
        return silence(listener, [])


def test_an_unplugged_device_is_silent(running):
    running.device("pc").fail("unplugged")
    if silence_is_granted():
        with pytest.raises(TimeoutError):
            seconds_to_connect(running, running.ports.plain)
    answer = wsman(running, "pc", get(), seconds=0.5)
    assert (answer.code, answer.status) == (TIMED_OUT, 0)
    running.device("pc").heal()
    assert wsman(running, "pc", get()).status == 200


def test_a_tls_handshake_can_break(fleet):
    running = fleet([{"name": "pc", "generation": 16, "faults": ["tls_broken"]}])
    where = "https://{0}:{1}/".format(running.device("pc").address, running.ports.tls)
    assert curl(where, None, "--insecure").code == 35


@pytest.mark.parametrize(
    ("fault", "settings", "hint"),
    [
        ("fire", {}, "choose from refuse"),
        ("busy", {"colour": "red"}, "it takes verb"),
        ("busy", {"nth": 0}, "whole number from 1"),
        ("busy", {"times": "often"}, "whole number from 1"),
        ("busy", {"login": "maybe"}, "accepted, none, any"),
    ],
)
def test_a_script_that_means_nothing_says_what_would(fault, settings, hint):
    with pytest.raises(UnknownFault, match=hint):
        make_script(fault, **settings)
