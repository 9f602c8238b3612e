# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power against simulated firmware: which request is chosen, what is waited for, what is refused and how."""

from __future__ import annotations

import re

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.power import STATES
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    Fault,
    Indeterminate,
    Interrupted,
    InvalidOption,
    NotReached,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power import Power
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply

from tests.in_process import machine

ON, CYCLE, OFF, RESET, GRACEFUL_OFF, GRACEFUL_RESET = 2, 5, 8, 10, 12, 14


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

    def get(self, cim):
        return cim.decode({"PowerState": str(STATES[self.state])})


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


def test_a_refused_request_is_looked_at_after_the_pause_before_it_is_sent_again():
    """Somebody else's request is under way; by the time of the second try it has done what was asked for."""
    device = machine(power="off")
    firmware(device).power.accept(ON)
    assert run(device, state="on").changed
    assert requests(device) == [ON]


def test_a_request_that_is_refused_is_chosen_anew_when_the_state_has_changed():
    device = machine(power="on", lms=False)
    firmware(device).power.accept(OFF)
    with pytest.raises(Unavailable, match="the machine is off and does not offer reset"):
        run(device, state="reset")
    assert requests(device) == [OFF]


def firmware(device):
    return device.client.transport.service.firmware


@pytest.mark.parametrize(("session", "word"), [("sol", "SOL"), ("ider", "media"), ("kvm", "KVM")])
def test_a_refusal_while_a_session_is_open_says_so(session, word):
    device = machine(power="on")
    firmware(device).redirection.sessions.add(session)
    with pytest.raises(Refused) as caught:
        run(device, state="off", graceful="never")
    assert word in caught.value.hint
    assert len(caught.value.details["sessions"]) == 1


def test_a_refusal_without_a_session_names_both_reasons():
    device = machine("16", power="on")
    with pytest.raises(Refused) as caught:
        run(device, state="sleep")
    assert "under way" in caught.value.hint
    assert "session" in caught.value.hint


@pytest.mark.parametrize("generation", ["12", "16"])
def test_on_wakes_a_machine_in_modern_standby(generation):
    device = machine(generation, power="standby")
    outcome = run(device, state="on")
    assert (outcome.before["state"], outcome.after["state"]) == ("standby", "on")
    assert outcome.facts["os_power_saving"] == "full_power"
    assert firmware(device).power.saving == 2
    assert requests(device) == []
    assert not run(device, state="on").changed


def test_a_machine_goes_back_into_modern_standby_and_stays_there():
    device = machine(power="on")
    outcome = run(device, state="standby")
    assert (outcome.before["state"], outcome.after["state"]) == ("on", "standby")
    assert firmware(device).power.saving == 3
    assert not run(device, state="standby").changed


@pytest.mark.parametrize(("generation", "power"), [("9", "on"), ("16", "off"), ("12", "sleep")])
def test_standby_is_asked_of_a_running_system_that_has_it(generation, power):
    with pytest.raises(Unavailable, match="does not offer standby"):
        run(machine(generation, power=power), state="standby")


@pytest.mark.parametrize(("state", "request_"), [("off", OFF), ("reset", RESET), ("cycle", CYCLE)])
def test_what_is_asked_of_a_machine_in_standby_wakes_it_first(state, request_):
    device = machine(power="standby")
    outcome = run(device, state=state, graceful="never", wait=False)
    assert outcome.before["state"] == "standby"
    assert requests(device) == [request_]
    woken, asked = [document for document in device.client.transport.sent if b"StateChange_INPUT" in document]
    assert b"RequestOSPowerSavingStateChange" in woken
    assert b"RequestPowerStateChange" in asked


@pytest.mark.parametrize("graceful", ["prefer", "require"])
def test_a_system_in_standby_is_woken_so_that_it_can_shut_down_by_itself(graceful):
    device = machine(power="standby")
    predicted = converge(Power(), device, wanted(state="off", graceful=graceful), dry_run=True)
    outcome = run(device, state="off", graceful=graceful)
    assert requests(device) == [GRACEFUL_OFF]
    assert predicted.facts["request"] == outcome.facts["request"] == "graceful_off"


def test_a_system_that_offers_nothing_after_it_was_woken_is_switched_off_where_that_is_allowed():
    with pytest.raises(Unavailable, match="does not offer a graceful off"):
        run(machine(power="standby", lms=False), state="off", graceful="require")
    device = machine(power="standby", lms=False)
    assert run(device, state="off").facts["request"] == "off"
    assert requests(device) == [OFF]


@pytest.mark.parametrize(("state", "power", "request_"), [("off", "on", "graceful_off"), ("on", "off", "on")])
def test_what_was_asked_of_the_firmware_is_told(state, power, request_):
    device = machine(power=power)
    assert converge(Power(), device, wanted(state=state), dry_run=True).facts["request"] == request_
    assert run(device, state=state).facts["request"] == request_
    assert "request" not in run(device, state=state).facts


@pytest.mark.parametrize("force_after", [299, 300, 301, 3000])
def test_force_after_forces_however_it_stands_to_the_deadline(force_after):
    device = machine(power="on", durations={"graceful": 100000})
    device.deadline = Deadline(device.clock, 300)
    run(device, state="off", force_after=force_after)
    assert requests(device) == [GRACEFUL_OFF, OFF]


def test_a_wait_that_the_deadline_ends_names_the_deadline():
    device = machine(power="on", durations={"graceful": 100000})
    device.deadline = Deadline(device.clock, 60)
    with pytest.raises(NotReached, match=r"within (59|60) seconds, when the deadline") as caught:
        run(device, state="off", wait_timeout=300)
    assert "deadline" in caught.value.hint


@pytest.mark.parametrize("state", ["reset", "cycle"])
def test_a_system_that_does_not_restart_is_forced_to(state):
    device = machine(power="on", durations={"graceful": 100000})
    run(device, state=state, force_after=60)
    device.clock.advance(10)
    firmware(device).settle()
    assert requests(device)[-1] == {"reset": RESET, "cycle": CYCLE}[state]
    assert len(firmware(device).boot.boots) == 1


def test_a_restart_that_nobody_follows_is_no_success():
    device = machine(power="on", durations={"graceful": 100000})
    with pytest.raises(NotReached, match="no restart was seen within 60 seconds"):
        run(device, state="reset", wait_timeout=60)
    assert firmware(device).boot.boots == []


@pytest.mark.parametrize("again", range(3))
def test_a_system_that_restarts_by_itself_is_not_forced(again):
    """The second restart has the same reason as the first; then the local service tells, which is gone meanwhile."""
    device = machine(power="on")
    for _time in range(again + 1):
        run(device, state="reset", force_after=120)
        device.clock.advance(60)
    assert requests(device) == [GRACEFUL_RESET] * (again + 1)
    assert len(firmware(device).boot.boots) == again + 1


def test_a_restart_into_something_without_a_local_service_is_seen_by_the_override_that_it_used_up():
    device = machine(power="on", durations={"system": 100000})
    for _boot in range(2):
        firmware(device).boot.role = 1
        firmware(device).power.service_from = 0
        run(device, state="reset", force_after=60)
    assert requests(device) == [GRACEFUL_RESET, GRACEFUL_RESET]


def refusing(device, cls):
    """Every read of a class fails with a fault that nobody knows."""
    post = device.client.transport.post

    def refuse(body, *_how):
        if b"transfer/Get<" in body and b"/" + cls + b"<" in body:
            raise Fault("the firmware says something new", subcode="NeverHeardOf")
        return post(body)

    device.client.transport.post = refuse


@pytest.mark.parametrize(
    "cls", [b"CIM_AssociatedPowerManagementService", b"IPS_PowerManagementService", b"IPS_HostBootReason"]
)
@pytest.mark.parametrize(("power", "state"), [("on", "off"), ("on", "reset"), ("off", "on")])
def test_a_class_that_cannot_be_read_does_not_cost_the_act(cls, power, state):
    device = machine(power=power)
    refusing(device, cls)
    post = device.client.transport.post

    def refuse_enumeration(body, *_how):
        if b"enumeration/Enumerate<" in body and b"/" + cls + b"<" in body:
            raise Fault("the firmware says something new", subcode="NeverHeardOf")
        return post(body)

    device.client.transport.post = refuse_enumeration
    outcome = run(device, state=state)
    assert outcome.changed
    assert len(requests(device)) == 1


@pytest.mark.parametrize("answer", ["", "maybe", "2</g:PowerState><g:PowerState>8"])
def test_a_state_that_is_no_state_is_unknown_and_set(answer):
    device = machine(power="on")
    post = device.client.transport.post

    def spoil(body, *_how):
        reply = post(body)
        spoiled = re.sub(rb"<g:PowerState>[0-9]+", b"<g:PowerState>" + answer.encode(), reply.body)
        return HttpReply(reply.status, {}, spoiled)

    device.client.transport.post = spoil
    outcome = run(device, state="off")
    assert (outcome.before["state"], outcome.after["state"]) == ("unknown", "off")
    assert requests(device) == [GRACEFUL_OFF]


def test_a_device_that_is_away_while_power_changes_is_waited_for():
    device = machine(power="off")
    post, away = device.client.transport.post, [20]

    def vanish(body, *_how):
        if requests(device) and away[0]:
            away[0] -= 1
            raise Interrupted("connection reset", sent=False)
        return post(body)

    device.client.transport.post = vanish
    assert run(device, state="on").changed
    assert away == [0]


def test_the_answer_shows_what_is_offered_after_the_act():
    device = machine(power="on", lms=False)
    outcome = run(device, state="off")
    assert outcome.facts["available"] == ["on"]


def test_a_machine_that_went_off_instead_of_restarting_is_switched_on():
    """The request to restart was followed by a person's shutdown; off, it can be neither reset nor cycled."""
    device = machine(power="on", durations={"graceful": 100000})
    power = firmware(device).power
    post = device.client.transport.post

    def shut_down(body, *_how):
        if power.requests == [GRACEFUL_RESET] and device.clock.now() > started + 30 and power.state == ON:
            power.set_state("off")
        return post(body)

    started = device.clock.now()
    device.client.transport.post = shut_down
    run(device, state="reset", force_after=60)
    assert power.requests == [GRACEFUL_RESET, ON]
    assert power.state == ON
