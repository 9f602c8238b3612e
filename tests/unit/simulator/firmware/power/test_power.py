# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power changes later than it is asked for, and only as the state of the host allows."""

from __future__ import annotations

import pytest

from simulator.firmware import GENERATIONS
from simulator.values import Epr, Fault, Interval

from ..conftest import SYSTEM

ON, SLEEP, CYCLE, HIBERNATE, OFF, RESET, NMI, GRACEFUL_OFF, GRACEFUL_RESET = 2, 4, 5, 7, 8, 10, 11, 12, 14
MODERN = [generation for generation in GENERATIONS if generation != "9"]


def available(firmware):
    return firmware.get("CIM_AssociatedPowerManagementService", {})["AvailableRequestedPowerStates"]


def requested(firmware, *fields):
    return firmware.invoke("CIM_PowerManagementService", {}, "RequestPowerStateChange", list(fields))["ReturnValue"]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_off_takes_its_time(make, clock, request_power, power_of, generation):
    firmware = make(generation)
    assert request_power(firmware, OFF) == 0
    assert power_of(firmware) == ON
    clock.advance(4.9)
    assert power_of(firmware) == ON
    clock.advance(0.1)
    assert power_of(firmware) == OFF
    assert available(firmware) == [ON]


def test_durations_are_the_user_s(make, clock, request_power, power_of):
    firmware = make(durations={"off": 60})
    request_power(firmware, OFF)
    clock.advance(59)
    assert power_of(firmware) == ON
    clock.advance(1)
    assert power_of(firmware) == OFF


def test_a_cycle_goes_through_off_and_boots(make, clock, request_power, power_of):
    firmware = make()
    assert request_power(firmware, CYCLE) == 0
    seen = []
    for _second in range(10):
        clock.advance(1)
        seen.append(power_of(firmware))
    assert seen == [ON] * 4 + [OFF] * 3 + [ON] * 3
    assert [start.device for start in firmware.boot.boots] == ["default"]


def test_a_long_look_away_misses_nothing(make, clock, request_power, power_of):
    firmware = make()
    started = clock.now()
    request_power(firmware, CYCLE)
    clock.advance(3600)
    assert power_of(firmware) == ON
    assert [start.time for start in firmware.boot.boots] == [started + 8]


def test_a_reset_boots_without_going_off(make, clock, request_power, power_of):
    firmware = make()
    assert request_power(firmware, RESET) == 0
    for _second in range(4):
        clock.advance(1)
        assert power_of(firmware) == ON
    assert len(firmware.boot.boots) == 1


def test_a_transition_that_runs_admits_no_other(make, clock, request_power):
    firmware = make()
    assert request_power(firmware, OFF) == 0
    assert request_power(firmware, ON) == 2
    assert request_power(firmware, OFF) == 2
    clock.advance(10)
    assert request_power(firmware, ON) == 0


@pytest.mark.parametrize(("generation", "answer"), [("9", 0), ("11", 0), ("12", 0), ("15", 2), ("16", 2), ("19", 2)])
def test_switching_on_what_is_on_returns_0_or_2_and_does_nothing(make, clock, request_power, generation, answer):
    firmware = make(generation)
    assert request_power(firmware, ON) == answer
    clock.advance(100)
    firmware.settle()
    assert firmware.boot.boots == []


@pytest.mark.parametrize("request_", [OFF, RESET, CYCLE, GRACEFUL_OFF])
def test_what_is_off_can_only_be_switched_on(make, clock, request_power, request_):
    firmware = make(power="off")
    assert request_power(firmware, request_) == 2
    assert request_power(firmware, ON) == 0
    clock.advance(3)
    assert firmware.power.state == OFF
    firmware.settle()
    assert firmware.power.state == ON


@pytest.mark.parametrize("generation", MODERN)
def test_graceful_requests_need_the_local_service(make, request_power, generation):
    assert {GRACEFUL_OFF, GRACEFUL_RESET, SLEEP, HIBERNATE} <= set(available(make(generation, lms=True)))
    without = make(generation, lms=False)
    assert set(available(without)) & {GRACEFUL_OFF, GRACEFUL_RESET, SLEEP, HIBERNATE} == set()
    assert request_power(without, GRACEFUL_OFF) == 2


def test_graceful_requests_are_slow(make, clock, request_power, power_of):
    firmware = make()
    assert request_power(firmware, GRACEFUL_OFF) == 0
    clock.advance(19)
    assert power_of(firmware) == ON
    clock.advance(1)
    assert power_of(firmware) == OFF


def test_amt_9_knows_no_graceful_request(make, request_power):
    firmware = make("9", lms=True)
    assert available(firmware) == [RESET, OFF, CYCLE]
    assert request_power(firmware, GRACEFUL_OFF) == 2


@pytest.mark.parametrize("generation", ["16", "19"])
def test_new_firmware_lists_sleep_and_refuses_it(make, request_power, generation):
    firmware = make(generation)
    for state in (SLEEP, HIBERNATE):
        assert state in available(firmware)
        assert request_power(firmware, state) == 2


def test_waking_from_sleep_is_no_boot_and_from_hibernation_is_one(make, clock, request_power, power_of):
    firmware = make("12")
    for state, boots in ((SLEEP, 0), (HIBERNATE, 1)):
        assert request_power(firmware, state) == 0
        clock.advance(4)
        assert power_of(firmware) == state
        assert request_power(firmware, ON) == 0
        clock.advance(3)
        assert power_of(firmware) == ON
        assert len(firmware.boot.boots) == boots


def test_a_hung_host_offers_nothing_graceful_and_a_reset_heals_it(make, clock, request_power, power_of):
    firmware = make(hung=True)
    assert power_of(firmware) == ON
    assert available(firmware) == [RESET, OFF, CYCLE, NMI]
    assert request_power(firmware, GRACEFUL_RESET) == 2
    assert request_power(firmware, RESET) == 0
    clock.advance(2 + 14)
    assert available(firmware) == [RESET, OFF, CYCLE, NMI]
    clock.advance(1)
    assert GRACEFUL_RESET in available(firmware)


def test_requests_are_told_apart_by_their_return_values(make):
    firmware = make()
    element = ("ManagedElement", SYSTEM)
    assert requested(firmware, ("PowerState", "17"), element) == 5
    assert requested(firmware, ("PowerState", "0"), element) == 5
    assert requested(firmware, ("PowerState", "6"), element) == 1
    assert requested(firmware, ("PowerState", "8")) == 5
    assert requested(firmware, element) == 5
    assert requested(firmware, ("PowerState", "8"), ("ManagedElement", Epr("CIM_Fan", {}))) == 5
    assert requested(firmware, ("PowerState", "8"), element, ("TimeoutPeriod", Interval("PT60S"))) == 4098
    assert firmware.power.steps == []


def test_a_state_that_is_no_number_is_a_schema_violation(make):
    with pytest.raises(Fault) as caught:
        requested(make(), ("PowerState", "off"), ("ManagedElement", SYSTEM))
    assert caught.value.subcode == "SchemaValidationError"


def test_a_person_at_the_machine_is_heard_at_once(make, power_of, request_power):
    firmware = make()
    request_power(firmware, OFF)
    firmware.power.set_state("hibernate")
    assert power_of(firmware) == HIBERNATE
    firmware.power.set_state("on")
    assert power_of(firmware) == ON
    assert len(firmware.boot.boots) == 1


def test_a_clock_that_jumps_back_delays(make, clock, request_power, power_of):
    firmware = make()
    request_power(firmware, OFF)
    clock.advance(-3600)
    clock.advance(5)
    assert power_of(firmware) == ON
    clock.advance(3600)
    assert power_of(firmware) == OFF


def test_capabilities_name_what_a_generation_can(make):
    def supported(generation):
        return make(generation).get("CIM_PowerManagementCapabilities", {})["RequestedPowerStatesSupported"]

    assert supported("9") == [5, 8, 2, 10]
    assert supported("16") == [5, 8, 2, 10, 11, 12, 14]


@pytest.mark.parametrize("session", ["sol", "ider", "kvm"])
def test_an_open_session_keeps_the_power_on(make, request_power, session):
    firmware = make()
    firmware.redirection.sessions.add(session)
    assert [request_power(firmware, state) for state in (OFF, CYCLE, RESET)] == [2, 2, 0]


def test_without_a_running_system_nothing_is_said_about_its_saving(make):
    assert make("16").get("IPS_PowerManagementService", {})["OSPowerSavingState"] == 2
    assert "OSPowerSavingState" not in make("16", power="off").get("IPS_PowerManagementService", {})


def saving(firmware):
    return firmware.get("IPS_PowerManagementService", {}).get("OSPowerSavingState")


def request_saving(firmware, state):
    fields = [("OSPowerSavingState", str(state)), ("ManagedElement", SYSTEM)]
    return firmware.invoke("IPS_PowerManagementService", {}, "RequestOSPowerSavingStateChange", fields)["ReturnValue"]


def test_asking_for_modern_standby_came_with_10_and_takes_a_moment(make, clock):
    with pytest.raises(Fault) as caught:
        request_saving(make("9"), 3)
    assert caught.value.subcode == "DestinationUnreachable"
    firmware = make("12")
    assert request_saving(firmware, 3) == 0
    assert saving(firmware) == 2
    clock.advance(1)
    assert saving(firmware) == 3


@pytest.mark.parametrize(("generation", "answer"), [("12", 0), ("16", 2)])
def test_switching_on_what_is_in_modern_standby_does_not_wake_it(make, clock, request_power, generation, answer):
    firmware = make(generation, power="standby")
    assert (firmware.power.state, saving(firmware)) == (ON, 3)
    assert request_power(firmware, ON) == answer
    clock.advance(100)
    assert saving(firmware) == 3
    assert request_saving(firmware, 2) == 0
    clock.advance(1)
    assert saving(firmware) == 2
    assert firmware.boot.boots == []


def test_a_platform_with_modern_standby_offers_no_sleep_and_nothing_of_its_system_while_it_saves(make, clock):
    firmware = make("12", power="standby")
    assert available(firmware) == [RESET, OFF, CYCLE, NMI]
    request_saving(firmware, 2)
    clock.advance(1)
    assert {GRACEFUL_OFF, HIBERNATE} <= set(available(firmware))
    assert SLEEP not in available(firmware)


def test_a_person_can_send_it_into_modern_standby_and_a_reset_ends_that(make, clock, request_power):
    firmware = make("12")
    firmware.power.set_state("standby")
    assert (firmware.power.state, saving(firmware)) == (ON, 3)
    assert request_power(firmware, RESET) == 0
    clock.advance(2)
    assert saving(firmware) == 2


@pytest.mark.parametrize(("session", "cls"), [("sol", "Sol"), ("ider", "Ider"), ("kvm", "Kvm")])
def test_an_open_session_is_an_instance(make, session, cls):
    firmware = make()
    assert firmware.instances("IPS_{0}SessionUsingPort".format(cls)) == []
    firmware.redirection.sessions.add(session)
    assert len(firmware.instances("IPS_{0}SessionUsingPort".format(cls))) == 1


def test_the_acts_are_audited(make, clock, request_power):
    firmware = make("12")
    for state in (RESET, CYCLE, SLEEP, ON, GRACEFUL_OFF, ON, GRACEFUL_RESET, OFF):
        assert request_power(firmware, state) == 0
        clock.advance(60)
        firmware.settle()
    assert [row.code for row in firmware.events.audited] == [1703, 1702, 1707, 1700, 1705, 1700, 1706, 1701]
