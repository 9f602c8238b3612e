# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches of redirection, the screen's settings, and who may end which session."""

from __future__ import annotations

import pytest

from simulator.values import Fault

SERVICE, SCREEN, ACCESS = "AMT_RedirectionService", "IPS_KVMRedirectionSettingData", "CIM_KVMRedirectionSAP"
NAME = ("ElementName", "Intel(r) KVM Redirection Settings")


def put_screen(firmware, **values):
    return firmware.put(SCREEN, {}, [NAME, *values.items()])


@pytest.mark.parametrize(("number", "left"), [("0", {"sol", "kvm"}), ("1", {"ider", "kvm"})])
def test_sessions_of_drives_and_of_the_serial_port_are_ended_by_number(make, number, left):
    """Intel's MOF, TerminateSession: IDER 0, SOL 1."""
    firmware = make(sessions=["sol", "ider", "kvm"])
    assert firmware.invoke(SERVICE, {}, "TerminateSession", [("SessionType", number)]) == {"ReturnValue": 0}
    assert firmware.redirection.sessions == left


def test_a_number_that_is_no_session(make):
    assert make().invoke(SERVICE, {}, "TerminateSession", [("SessionType", "2")]) == {"ReturnValue": 0x24}


def test_only_the_machine_itself_ends_a_session_of_kvm(make):
    firmware = make(sessions=["kvm"])
    assert firmware.invoke(SCREEN, {}, "TerminateSession", []) == {"ReturnValue": 0x10}
    assert firmware.redirection.sessions == {"kvm"}
    firmware.local = True
    assert firmware.invoke(SCREEN, {}, "TerminateSession", []) == {"ReturnValue": 0}
    assert firmware.redirection.sessions == set()


def test_what_is_switched_off_ends(make):
    firmware = make(sessions=["sol", "ider", "kvm"])
    firmware.invoke(SERVICE, {}, "RequestStateChange", [("RequestedState", "32770")])
    assert firmware.redirection.sessions == {"sol", "kvm"}
    firmware.invoke(ACCESS, {}, "RequestStateChange", [("RequestedState", "3")])
    assert firmware.redirection.sessions == {"sol"}


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"Is5900PortEnabled": "true"}, 0x806),
        ({"RFBPassword": "short"}, 0x806),
        ({"Is5900PortEnabled": "true", "RFBPassword": "Rfb-Pa55"}, None),
    ],
)
def test_port_5900_needs_a_password(make, values, status):
    firmware = make("15")
    if status is None:
        assert put_screen(firmware, **values)["Is5900PortEnabled"] is True
        assert firmware.listens(5900)
        return
    with pytest.raises(Fault) as caught:
        put_screen(firmware, **values)
    assert caught.value.detail == "AMT-STATUS {0}".format(status)


def test_port_5900_is_gone(make):
    firmware = make("19")
    for values in ({"Is5900PortEnabled": "true"}, {"RFBPassword": "Rfb-Pa55"}):
        with pytest.raises(Fault) as caught:
            put_screen(firmware, **values)
        assert caught.value.detail == "AMT-STATUS {0}".format(0x812)
    assert put_screen(firmware, SessionTimeout="9")["SessionTimeout"] == 9


@pytest.mark.parametrize(("name", "value"), [("SessionTimeout", "256"), ("DefaultScreen", "4")])
def test_limits_of_the_screen(make, name, value):
    with pytest.raises(Fault) as caught:
        put_screen(make(), **{name: value})
    assert name in caught.value.detail


def test_without_kvm_in_the_firmware_menu_nothing_of_it_can_be_changed(make):
    firmware = make(kvm=False, kvm_in_mebx=False)
    assert firmware.get(SCREEN, {})["EnabledByMEBx"] is False
    assert firmware.invoke(ACCESS, {}, "RequestStateChange", [("RequestedState", "2")]) == {"ReturnValue": 4}
    with pytest.raises(Fault):
        put_screen(firmware, SessionTimeout="9")


@pytest.mark.parametrize("cls", [SERVICE, ACCESS])
def test_the_switches_are_the_administrator_s(make, cls):
    firmware = make(users={"helper": {"password": "x", "realms": ["redirection"]}})
    firmware.caller = "helper"
    state = {SERVICE: "32768", ACCESS: "3"}[cls]
    with pytest.raises(Fault) as caught:
        firmware.invoke(cls, {}, "RequestStateChange", [("RequestedState", state)])
    assert caught.value.subcode == "AccessDenied"
