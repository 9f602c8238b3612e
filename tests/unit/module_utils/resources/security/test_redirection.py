# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is switched on of redirection, and the sessions that are open."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    Fault,
    InvalidOption,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.option import HIDDEN
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.redirection import Redirection

from tests.in_process import is_read, machine

PASSWORD = "Rfb-Pa55"


def wanted(**given):
    return {**{option.name: option.default for option in Redirection.options}, **given}


def run(device, **given):
    return converge(Redirection(), device, wanted(**given))


def firmware_of(device):
    return device.client.transport.service.firmware


def methods(device):
    """What was asked of the device that is no read: the last word of each action."""
    sent = (body for body in device.client.transport.sent if not is_read(body))
    return [body.partition(b"</a:Action>")[0].rpartition(b"/")[2].decode() for body in sent]


@pytest.mark.parametrize("state", [(sol, ider) for sol in (False, True) for ider in (False, True)])
def test_serial_port_and_drives_are_one_state_of_four(state):
    """Intel's MOF: 32768 neither, 32769 drives, 32770 the serial port, 32771 both."""
    device = machine("16")
    run(device, sol=state[0], ider=state[1])
    shown = firmware_of(device).get("AMT_RedirectionService", {})["EnabledState"]
    assert shown == 32768 + 2 * state[0] + state[1]
    assert (converge(Redirection(), device, wanted()).after["sol"], shown & 1) == (state[0], state[1])


def test_what_is_not_asked_for_stays():
    device = machine("16")
    outcome = run(device, sol=False)
    assert {name for name in outcome.after if outcome.after[name] != outcome.before[name]} == {"sol"}
    assert methods(device) == ["RequestStateChange"]


@pytest.mark.parametrize("generation", ["9", "11", "12", "15", "16", "19"])
def test_what_is_read_asks_for_nothing_when_fed_back(generation):
    device = machine(generation, sessions=["sol"])
    found = Redirection().read(device, wanted())
    told = {option.name: found[option.name] for option in Redirection.options if option.name in found}
    assert not run(device, **told).changed
    assert methods(device) == []


def test_the_switch_of_redirection_needs_the_administrator():
    device = machine("16", users={"helper": {"password": "Help-Me-77", "realms": ["redirection"]}})
    firmware_of(device).caller = "helper"
    assert run(device, listener=False).after["listener"] is False
    with pytest.raises(AccessDenied):
        run(device, sol=False)


def test_port_5900_is_opened_with_its_password_in_one_write():
    device = machine("15")
    outcome = run(device, port_5900=True, rfb_password=PASSWORD)
    assert methods(device) == ["Put"]
    assert firmware_of(device).redirection.rfb_password == PASSWORD
    assert (outcome.after["port_5900"], outcome.after["rfb_password"]) == (True, HIDDEN)
    assert firmware_of(device).listens(5900)


def test_the_password_is_set_again_only_when_asked_for():
    device = machine("15")
    run(device, port_5900=True, rfb_password=PASSWORD)
    assert not run(device, port_5900=True, rfb_password="Rfb-Pa56").changed
    again = run(device, port_5900=True, rfb_password="Rfb-Pa56", update_rfb_password="always")
    assert again.changed
    assert firmware_of(device).redirection.rfb_password == "Rfb-Pa56"


def test_port_5900_without_a_password_tells_what_is_missing():
    with pytest.raises(Fault, match="INVALID_PASSWORD") as caught:
        run(machine("15"), port_5900=True)
    assert caught.value.hint == "port 5900 needs a password: give rfb_password"


@pytest.mark.parametrize(("version", "has_port"), [("16.1.32", True), ("16.1.33", False), ("19.0.5", False)])
def test_firmware_that_has_no_port_5900_any_more(version, has_port):
    device = machine(version.partition(".")[0], version=version)
    if has_port:
        assert run(device, port_5900=True, rfb_password=PASSWORD).changed
        return
    with pytest.raises(Unavailable, match="this firmware has no port 5900 any more.*" + version):
        run(device, port_5900=True, rfb_password=PASSWORD)
    assert methods(device) == []
    assert not run(device, port_5900=False, rfb_password=PASSWORD).changed


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Rfb-Pa5", "exactly 8"),
        ("Rfb-Pa555", "exactly 8"),
        ("rfb-pa55", "upper-case"),
        ("RFB-PA55", "lower-case"),
        ("Rfb-Pass", "a digit"),
        ("RfbxPa55", "special"),
        ("Rfb:Pa55", "refuses the character :"),
        ("Rfb-Pä55", "printable ASCII"),
    ],
)
def test_a_password_that_firmware_would_refuse(password, reason):
    with pytest.raises(InvalidOption, match=reason) as caught:
        Redirection().check(wanted(rfb_password=password))
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"session_timeout": 256}, "session_timeout: 256 cannot be used: from 0 to 255 minutes"),
        ({"session_timeout": -1}, "from 0 to 255"),
        ({"screen": 4}, "screen: 4 cannot be used: from 0 to 3"),
        ({"update_rfb_password": "always"}, "give the rfb_password"),
    ],
)
def test_what_no_firmware_could_do(given, reason):
    with pytest.raises(InvalidOption, match=reason):
        Redirection().check(wanted(**given))


def test_kvm_that_the_firmware_menu_forbids():
    device = machine("16", kvm=False, kvm_in_mebx=False)
    with pytest.raises(Unavailable, match="MEBx"):
        run(device, kvm=True)
    assert run(device).facts["kvm_in_mebx"] is False
    assert not run(device, kvm=False).changed


@pytest.mark.parametrize("cls", ["AMT_WebUIService", "CIM_KVMRedirectionSAP", "IPS_KVMRedirectionSettingData"])
def test_firmware_that_lacks_a_class(cls, monkeypatch):
    option = {"AMT_WebUIService": "web_ui", "CIM_KVMRedirectionSAP": "kvm"}.get(cls, "session_timeout")
    device = machine("16")
    firmware = firmware_of(device)
    monkeypatch.setattr(firmware, "rules", {key: rule for key, rule in firmware.rules.items() if key[1] != cls})
    assert run(device).after[option] is None
    with pytest.raises(Unavailable, match="^{0}: this firmware has no ".format(option)):
        run(device, **{option: 1})


def test_sessions_are_told_and_ended():
    device = machine("16", sessions=["kvm", "sol", "ider"])
    assert run(device).after["sessions"] == ["ider", "kvm", "sol"]
    outcome = run(device, end_sessions=["sol", "ider"])
    assert (outcome.before["sessions"], outcome.after["sessions"]) == (["ider", "kvm", "sol"], ["kvm"])
    assert methods(device) == ["TerminateSession", "TerminateSession"]
    assert firmware_of(device).redirection.sessions == {"kvm"}
    assert not run(device, end_sessions=["sol", "ider"]).changed


def test_a_session_of_kvm_is_ended_by_switching_kvm_off_and_on():
    device = machine("16", sessions=["kvm"])
    outcome = run(device, end_sessions=["kvm"])
    assert (outcome.after["sessions"], outcome.after["kvm"]) == ([], True)
    assert methods(device) == ["TerminateSession", "RequestStateChange", "RequestStateChange"]
    assert firmware_of(device).redirection.kvm_enabled


def test_what_is_switched_off_is_ended_first():
    device = machine("16", sessions=["sol", "kvm"])
    outcome = run(device, sol=False, kvm=False)
    assert (outcome.before["sessions"], outcome.after["sessions"]) == (["kvm", "sol"], [])
    assert methods(device) == ["RequestStateChange", "TerminateSession", "RequestStateChange"]
    assert not firmware_of(device).redirection.kvm_enabled


def test_a_user_who_may_not_see_sessions_is_told_of_none_and_ends_none(monkeypatch):
    device = machine("16", sessions=["sol"], users={"helper": {"password": "Help-Me-77", "realms": ["redirection"]}})
    firmware_of(device).caller = "helper"
    monkeypatch.setattr("simulator.firmware.security.users.realms_for", realms_without_sessions)
    assert run(device).after["sessions"] == []
    with pytest.raises(AccessDenied):
        run(device, end_sessions=["sol"])


def realms_without_sessions(cls, _changes):
    return frozenset((3,)) if "SessionUsingPort" in cls else frozenset((2, 3))


def test_worn_flash_is_named():
    with pytest.raises(Refused, match="FLASH_WRITE_LIMIT_EXCEEDED"):
        run(machine("16", flash_limit=0), sol=False)
