# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy for when an agent falls silent, and one for when the machine is elsewhere."""

from __future__ import annotations

import base64

import pytest

from simulator.values import Fault

from .conftest import wired

WATCHDOG, BY_AGENTS = "AMT_AgentPresenceWatchdog", "AMT_AgentPresenceInterfacePolicy"
DETECTION, BY_ENVIRONMENT = "AMT_EnvironmentDetectionSettingData", "AMT_EnvironmentDetectionInterfacePolicy"
GUID = base64.b64encode(bytes(range(16))).decode()
NOT_STARTED, STOPPED, RUNNING, EXPIRED, SUSPENDED = 1, 2, 4, 8, 16
ANY = 31
ACTIVATE, DEACTIVATE = 0, 1


@pytest.fixture
def agent(bench):
    """Two minutes to start, ten seconds between calls; expiry isolates, calling again releases."""
    reference = bench.create(WATCHDOG, DeviceID=GUID, StartupInterval=120, TimeoutInterval=10)
    silent = {"OldState": ANY, "NewState": EXPIRED, "EventOnTransition": True, "ActionSd": ACTIVATE}
    back = {"OldState": ANY, "NewState": RUNNING, "EventOnTransition": False, "ActionSd": DEACTIVATE}
    assert bench.invoke(reference, "AddAction", **silent)["ReturnValue"] == 0
    assert bench.invoke(reference, "AddAction", **back)["ReturnValue"] == 0
    return reference


def state(bench, agent):
    return bench.firmware.get(WATCHDOG, agent.selectors)["CurrentState"]


def register(bench, agent):
    reply = bench.invoke(agent, "RegisterAgent")
    assert (reply["ReturnValue"], reply["TimeoutInterval"]) == (0, 10)
    return reply["SessionSequenceNumber"]


def call(bench, agent, sequence, method="AssertPresence"):
    return bench.invoke(agent, method, SequenceNumber=sequence & 0xFFFFFFFF)["ReturnValue"]


def test_an_agent_that_falls_silent_isolates_the_machine(bench, agent, clock):
    bench.bind(bench.policy(name="isolated"), cls=BY_AGENTS)
    sequence = register(bench, agent)
    for step in range(1, 6):
        clock.advance(8)
        call(bench, agent, sequence + step)
    assert state(bench, agent) == RUNNING
    assert bench.sent().passes
    clock.advance(10)
    assert (bench.sent().action, bench.sent().policy) == ("drop", "isolated")
    assert state(bench, agent) == EXPIRED
    (row,) = bench.firmware.instances(BY_AGENTS)
    assert row["Enabled"] and row["Active"]
    register(bench, agent)
    assert bench.sent().passes


def test_an_agent_that_never_starts_expires(bench, agent, clock):
    bench.bind(bench.policy(), cls=BY_AGENTS)
    clock.advance(119)
    assert state(bench, agent) == NOT_STARTED
    assert bench.sent().passes
    clock.advance(1)
    assert not bench.sent().passes


def test_a_policy_that_comes_late_is_enabled_at_once(bench, agent, clock):
    clock.advance(120)
    assert state(bench, agent) == EXPIRED
    bench.bind(bench.policy(), cls=BY_AGENTS)
    assert not bench.sent().passes


def test_the_time_of_isolation_counts_from_expiry(bench, agent, clock):
    policy = bench.policy()
    bench.invoke(policy, "SetTimeout", Timeout=1)
    bench.bind(policy, cls=BY_AGENTS)
    clock.advance(120 + 61)
    assert bench.sent().passes


@pytest.mark.parametrize("step", [0, 2, -1])
def test_a_wrong_number_is_ignored(bench, agent, clock, step):
    sequence = register(bench, agent)
    clock.advance(9)
    assert call(bench, agent, sequence + step) == 0
    clock.advance(1)
    assert state(bench, agent) == EXPIRED


def test_numbers_start_over_after_the_highest(bench, agent, clock):
    register(bench, agent)
    bench.firmware.agent_presence.agents[bytes(range(16))].sequence = 0xFFFFFFFF
    clock.advance(9)
    call(bench, agent, 0)
    clock.advance(9)
    assert state(bench, agent) == RUNNING


def test_a_shutdown_is_no_expiry(bench, agent, clock):
    sequence = register(bench, agent)
    call(bench, agent, sequence + 1, "AssertShutdown")
    clock.advance(3600)
    assert state(bench, agent) == STOPPED
    assert call(bench, agent, sequence + 2) == 0
    assert state(bench, agent) == STOPPED


def test_an_expiry_is_an_event(bench, agent, clock):
    register(bench, agent)
    clock.advance(10)
    bench.sent()
    (event,) = bench.events(sensor=18)
    assert event.data == b"\xaa" + bytes(range(6)) + bytes((EXPIRED,))


def test_an_agent_sleeps_with_its_host_and_starts_with_it(bench, agent, clock):
    register(bench, agent)
    bench.firmware.power.set_state("sleep")
    clock.advance(3600)
    assert state(bench, agent) == SUSPENDED
    bench.firmware.power.set_state("on")
    assert state(bench, agent) == NOT_STARTED
    clock.advance(119)
    assert state(bench, agent) == NOT_STARTED


def test_actions_go_together(bench, agent, clock):
    rows = bench.firmware.instances("AMT_AgentPresenceWatchdogAction")
    assert [row["ActionSd"] for row in rows] == [ACTIVATE, DEACTIVATE]
    linked = [
        row for row in bench.firmware.instances("CIM_ConcreteDependency") if row["Antecedent"].resource == WATCHDOG
    ]
    assert len(linked) == 2
    reply = bench.invoke(linked[0]["Dependent"], "GetActionEac")
    assert reply == {"ActionEac": False, "ReturnValue": 0}
    assert bench.invoke(agent, "DeleteAllActions")["ReturnValue"] == 0
    bench.bind(bench.policy(), cls=BY_AGENTS)
    clock.advance(120)
    assert bench.sent().passes


@pytest.mark.parametrize("fields", [{"OldState": 0}, {"NewState": 32}, {"ActionSd": 2}])
def test_what_is_no_action(bench, agent, fields):
    wanted = {"OldState": 1, "NewState": 2, "EventOnTransition": False, **fields}
    assert bench.invoke(agent, "AddAction", **wanted)["ReturnValue"] == 0x24


@pytest.mark.parametrize(
    ("fields", "subcode"),
    [
        ({"DeviceID": "AAAA"}, "InvalidRepresentation"),
        ({"DeviceID": GUID}, "AlreadyExists"),
        ({"StartupInterval": 0}, "InvalidRepresentation"),
        ({"TimeoutInterval": 65536}, "SchemaValidationError"),
    ],
)
def test_what_is_no_watchdog(bench, agent, fields, subcode):
    wanted = {"DeviceID": GUID[::-1], "StartupInterval": 1, "TimeoutInterval": 1, **fields}
    with pytest.raises(Fault) as caught:
        bench.create(WATCHDOG, **wanted)
    assert caught.value.subcode == subcode


def test_a_watchdog_can_be_deleted(bench, agent):
    bench.delete(agent)
    assert bench.firmware.instances(WATCHDOG) == []


def set_environment_policy(bench, policy=None):
    fields = {} if policy is None else {"Policy": policy}
    return bench.firmware.invoke(DETECTION, {}, "SetSystemDefensePolicy", wired(fields))["ReturnValue"]


def make_local(bench, *domains):
    name = "Intel(r) AMT Environment Detection Settings"
    fields = {"ElementName": name, "InstanceID": name, "DetectionAlgorithm": 0, "DetectionStrings": list(domains)}
    bench.firmware.put(DETECTION, {}, wired(fields))


def test_a_machine_elsewhere_is_isolated(bench):
    make_local(bench, "example.test")
    assert set_environment_policy(bench, bench.policy(name="roaming")) == 0
    assert bench.sent().passes
    bench.firmware.whereabouts.move(0, "hotel.example.net")
    assert bench.sent().policy == "roaming" and not bench.sent().passes
    (row,) = bench.firmware.instances(BY_ENVIRONMENT)
    assert row["Enabled"] and row["Active"]
    bench.firmware.whereabouts.move(0, "branch.example.test")
    assert bench.sent().passes
    (row,) = bench.firmware.instances(BY_ENVIRONMENT)
    assert not row["Enabled"] and not row["Active"]


def test_local_domains_that_change_are_looked_at_again(bench):
    set_environment_policy(bench, bench.policy())
    assert bench.sent().passes
    make_local(bench, "example.org")
    assert not bench.sent().passes


def test_the_environments_policy_is_in_use_until_it_is_taken_back(bench):
    policy = bench.policy()
    set_environment_policy(bench, policy)
    with pytest.raises(Fault):
        bench.delete(policy)
    assert set_environment_policy(bench) == 0
    assert bench.firmware.instances(BY_ENVIRONMENT) == []
    bench.delete(policy)


def test_the_environments_policy_has_to_exist_and_to_fit(bench_with):
    bench = bench_with(defense={"IPv4_MaxTxFilters": 1})
    gone = bench.policy()
    bench.delete(gone)
    assert set_environment_policy(bench, gone) == 0x805
    assert set_environment_policy(bench, bench.policy(bench.ip(HdrIPVersion=4))) == 0x17
    assert bench.firmware.instances(BY_ENVIRONMENT) == []
