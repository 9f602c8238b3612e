# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power against simulated firmware: which request is chosen, what is waited for, what is refused and how."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    Indeterminate,
    InvalidOption,
    NotReached,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.power import Power

from tests.in_process import machine

OFF, RESET, GRACEFUL_OFF, GRACEFUL_RESET = 8, 10, 12, 14


def wanted(**given):
    return {**{option.name: option.default for option in Power.options}, **given}


def run(device, **given):
    return converge(Power(), device, wanted(**given))


def requests(device):
    """What the simulated firmware accepted, as numbers."""
    return device.client.transport.service.firmware.power.requests


def test_a_running_system_is_asked_and_waited_for():
    device = machine(power="on")
    started = device.clock.now()
    outcome = run(device, state="off")
    assert (outcome.before["state"], outcome.after["state"]) == ("on", "off")
    assert requests(device) == [GRACEFUL_OFF]
    assert device.clock.now() > started
    assert not run(device, state="off").changed


@pytest.mark.parametrize("trouble", [{"hung": True}, {"lms": False}])
def test_a_system_that_cannot_be_asked_is_switched_off_at_once(trouble):
    device = machine(power="on", **trouble)
    run(device, state="off")
    assert requests(device) == [OFF]
    with pytest.raises(Unavailable, match="does not offer a graceful off"):
        run(machine(power="on", **trouble), state="off", graceful="require")


def test_never_graceful_is_immediate():
    device = machine(power="on")
    run(device, state="off", graceful="never")
    assert requests(device) == [OFF]


def test_a_graceful_request_that_nobody_follows_is_forced_after_the_time_given():
    device = machine(power="on", durations={"graceful": 100000})
    run(device, state="off", force_after=30)
    assert requests(device) == [GRACEFUL_OFF, OFF]


def test_without_force_after_the_wait_ends_with_an_error_that_says_so():
    device = machine(power="on", durations={"graceful": 100000})
    with pytest.raises(NotReached, match="was not off within 60 seconds"):
        run(device, state="off", wait_timeout=60)
    assert requests(device) == [GRACEFUL_OFF]


def test_an_event_on_a_machine_that_is_off_names_what_it_offers():
    with pytest.raises(Unavailable, match=r"the machine is off and does not offer reset; it offers: .*on"):
        run(machine(power="off"), state="reset")


@pytest.mark.parametrize("generation", ["16", "19"])
def test_a_state_that_is_offered_and_refused_is_an_error_with_the_name_of_the_refusal(generation):
    with pytest.raises(Refused) as caught:
        run(machine(generation, power="on"), state="sleep")
    assert caught.value.name != "unknown"


def test_not_waiting_returns_at_once():
    device = machine(power="off")
    started = device.clock.now()
    assert run(device, state="on", wait=False).changed
    assert device.clock.now() == started


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"state": "on", "wait_timeout": 0}, "wait_timeout"),
        ({"state": "off", "force_after": -1}, "force_after"),
        ({"state": "off", "force_after": 5, "wait": False}, "force_after"),
        ({"state": "sleep", "graceful": "require"}, "graceful"),
    ],
)
def test_options_that_make_no_sense_are_refused_by_name(given, option):
    with pytest.raises(InvalidOption) as caught:
        Power().check(wanted(**given))
    assert caught.value.option == option


@pytest.mark.parametrize(("reported", "means"), [("light_sleep", "sleep"), ("hard_off", "off")])
def test_what_firmware_tells_apart_and_users_do_not_is_one_state(reported, means):
    present = Power().read(FixedState(reported), {})
    assert present["state"] == means


class FixedState:
    def __init__(self, state):
        self.state = state

    def get(self, _cim):
        return {"PowerState": self.state, "AvailableRequestedPowerStates": []}


def test_a_refusal_that_passes_is_tried_again_after_a_look_at_the_state():
    device = machine(power="off")
    invoke, refusals = device.invoke, [2, 2]

    def busy_twice(cim, method, arguments):
        if refusals:
            raise Refused(method, "STATE_CHANGE", refusals.pop(), "UNKNOWN_OR_FAILED")
        return invoke(cim, method, arguments)

    device.invoke = busy_twice
    assert run(device, state="on").changed
    assert refusals == []


@pytest.mark.parametrize(("took_effect", "state"), [(True, "on"), (False, "off")])
def test_a_lost_answer_is_given_time_to_show_before_it_is_called_indeterminate(took_effect, state):
    device = machine(power="off")
    invoke = device.invoke

    def lose(cim, method, arguments):
        if took_effect:
            invoke(cim, method, arguments)
        raise Indeterminate("lost")

    device.invoke = lose
    if took_effect:
        assert "took effect" in run(device, state="on").note
    else:
        with pytest.raises(Indeterminate) as caught:
            run(device, state="on")
        assert caught.value.found["state"] == state
