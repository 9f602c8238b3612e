# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One-shot boot against simulated firmware, which boots and says from what."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, NotReached, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot

from tests.in_process import machine

RESET, GRACEFUL_RESET = 10, 14


def wanted(**given):
    return {**{option.name: option.default for option in Boot.options}, **given}


def run(device, **given):
    return converge(Boot(), device, wanted(**given))


def firmware(device):
    return device.client.transport.service.firmware


def boots(device):
    device.clock.advance(300)
    firmware(device).settle()
    return [start.device for start in firmware(device).boot.boots]


@pytest.mark.parametrize("target", ["pxe", "disk", "cd", "bios_setup"])
@pytest.mark.parametrize("power", ["on", "off"])
def test_the_machine_starts_from_the_target_once(target, power):
    device = machine(power=power)
    run(device, target=target, restart="immediate")
    assert boots(device)[-1] == target
    assert run(device, target="none").before["target"] == "none"
    run(device, target="disk", restart="immediate")
    assert boots(device)[-1] == "disk"


def test_without_restart_the_next_boot_whenever_it_comes_takes_it():
    device = machine(power="on")
    outcome = run(device, target="pxe")
    assert (outcome.before["target"], outcome.after["target"]) == ("none", "pxe")
    assert "pxe" not in boots(device)
    assert not run(device, target="pxe").changed


def test_none_takes_an_override_back():
    device = machine(power="on")
    run(device, target="bios_setup", lock_keyboard=True)
    outcome = run(device, target="none")
    assert outcome.changed
    assert outcome.before["lock_keyboard"] is True
    assert firmware(device).boot.next_device() == "default"
    assert not run(device, target="none").changed


def test_a_target_replaces_another_one():
    device = machine(power="on")
    run(device, target="bios_setup")
    run(device, target="pxe")
    assert firmware(device).boot.next_device() == "pxe"


def test_the_order_on_the_wire_is_put_clear_role_source():
    device = machine(power="on")
    run(device, target="pxe")
    written = [
        word
        for document in device.client.transport.sent
        for word in ("ChangeBootOrder_INPUT", "transfer/Put", "SetBootConfigRole_INPUT")
        if word.encode() in document.replace(b"<a:Action>", b"")
    ]
    order = [word.partition("_")[0].partition("/")[2] or word.partition("_")[0] for word in written]
    assert order == ["Put", "ChangeBootOrder", "SetBootConfigRole", "ChangeBootOrder"]


def test_what_the_firmware_does_not_offer_is_refused_before_anything_is_written():
    device = machine(power="on")
    with pytest.raises(Unavailable, match="target: safe_mode"):
        run(device, target="safe_mode")
    with pytest.raises(Unavailable, match="lock_sleep_button"):
        run(device, target="pxe", lock_sleep_button=True)
    assert not any(b"_INPUT" in document or b"/Put" in document for document in device.client.transport.sent)


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"target": "pxe", "media_index": 1}, "media_index"),
        ({"target": "disk", "media_index": 3}, "media_index"),
        ({"target": "none", "sol": True}, "sol"),
        ({"target": "pxe", "restart": "graceful", "wait_timeout": 0}, "wait_timeout"),
        ({"target": "pxe", "restart": "graceful", "force_after": 0}, "force_after"),
        ({"target": "pxe", "restart": "graceful", "force_after": 60, "wait": False}, "force_after"),
        ({"target": "pxe", "force_after": 60}, "force_after"),
    ],
)
def test_options_that_make_no_sense_are_refused_by_name(given, option):
    with pytest.raises(InvalidOption) as caught:
        Boot().check(wanted(**given))
    assert caught.value.option == option


def test_a_graceful_restart_is_waited_for_until_the_override_is_used_up():
    device = machine(power="on")
    outcome = run(device, target="pxe", restart="graceful")
    assert [start.device for start in firmware(device).boot.boots] == ["pxe"]
    assert (outcome.facts["power"]["state"], outcome.after["restart"]) == ("on", "reset")
    assert firmware(device).power.requests == [GRACEFUL_RESET]


def test_a_system_that_does_not_restart_is_forced_after_the_time_given():
    device = machine(power="on", durations={"graceful": 100000})
    device.deadline = Deadline(device.clock, 100)
    run(device, target="pxe", restart="graceful", force_after=100)
    assert firmware(device).power.requests == [GRACEFUL_RESET, RESET]
    assert boots(device) == ["pxe"]


def test_a_restart_that_is_not_seen_is_no_success():
    device = machine(power="on", durations={"graceful": 100000})
    with pytest.raises(NotReached, match="no restart was seen within 30 seconds"):
        run(device, target="pxe", restart="graceful", wait_timeout=30)


def test_a_restart_need_not_be_waited_for():
    device = machine(power="off")
    started = device.clock.now()
    run(device, target="pxe", restart="immediate", wait=False)
    assert device.clock.now() == started


def test_a_machine_that_was_off_is_on_when_the_task_ends():
    device = machine(power="off")
    outcome = run(device, target="pxe", restart="immediate")
    assert outcome.facts["power"]["state"] == "on"
    assert [start.device for start in firmware(device).boot.boots] == ["pxe"]


def test_a_machine_in_standby_is_woken_and_restarted():
    device = machine(power="standby")
    run(device, target="pxe", restart="immediate")
    assert boots(device) == ["pxe"]


def test_how_it_is_waited_is_no_matter_of_the_boot():
    device = machine(power="on")
    run(device, target="pxe")
    assert not run(device, target="pxe", wait=False, wait_timeout=5).changed


def test_a_restart_that_is_not_on_offer_is_refused_before_anything_is_written(monkeypatch):
    device = machine(power="on")
    monkeypatch.setattr(type(firmware(device).power), "available", [4])
    with pytest.raises(Unavailable, match="does not offer cycle"):
        run(device, target="pxe", restart="immediate")
    assert firmware(device).boot.order == []


def test_there_is_no_target_for_diagnostics():
    """Firmware has dropped its boot source since AMT 7 (vendor's guide), so that it would be accepted and ignored."""
    (target,) = (option for option in Boot.options if option.name == "target")
    assert "diagnostics" not in target.choices and {"none", "pxe", "bios_setup"} < set(target.choices)
