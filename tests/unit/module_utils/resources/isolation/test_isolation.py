# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Isolation on simulated firmware, which filters packets with an evaluator of its own."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.isolation import (
    ENVIRONMENT_DETECTION,
    POLICY,
    WATCHDOG,
    WATCHDOG_ACTION,
)
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defenses import read_defenses

from tests.unit.module_utils.defense import bench
from tests.unit.module_utils.scripted import fault

MODES = {
    "killed before": {},
    "killed after": {"carried_out": True},
    "answer lost": {"carried_out": True, "recovers": True},
    "request lost": {"recovers": True},
    "refused": {"refuse": fault("AccessDenied"), "recovers": True},
}
GOALS = ("isolated", "released", "changed")


def act(device, goal):
    if goal == "released":
        return bench.release(device)
    given = {"allow": [*bench.ALLOW, "ntp"], "expires": 9} if goal == "changed" else {}
    return bench.isolate(device, ip=[4], **given)


def prepared(goal, before):
    device = bench.fresh(before)
    if goal != "isolated":
        bench.isolate(device, ip=[4])
    return device


def state(device):
    """What a packet meets: the bound policy and its rules."""
    held = read_defenses(device)
    bound = held.bound("system_defense", "wired")
    return held.read_policy(held.policies[bound.policy]).lines() if bound else None


def count_writes(goal, before):
    device = prepared(goal, before)
    start = len(bench.writes(device))
    act(device, goal)
    return len(bench.writes(device)) - start, state(device)


@pytest.mark.once
@pytest.mark.parametrize("before", [True, False], ids=["policy before", "nothing before"])
@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("mode", MODES)
def test_a_failure_at_any_step_is_undone_or_finished(mode, goal, before):
    steps, reached = count_writes(goal, before)
    assert steps >= (3 if before or goal == "changed" else 2)
    for step in range(1, steps + 1):
        device = prepared(goal, before)
        was, sound = state(device), device.client.transport
        device.client.transport = bench.Dying(sound, step, **MODES[mode])
        failed = None
        try:
            act(device, goal)
        except AmtError as error:
            failed = error
        assert device.client.transport.struck
        device.client.transport = sound
        if MODES[mode].get("recovers"):
            assert state(device) in (was, reached), "half open after step {0}: {1}".format(step, failed)
            assert failed is not None or state(device) == reached
        if before:
            assert "theirs" in bench.names(device)
        act(device, goal)
        assert state(device) == reached
        assert bench.orphans(device) == []
        assert len([name for name in bench.names(device) if name.startswith("ob")]) == (goal != "released")
        assert not act(device, goal).changed
        bench.release(device)
        assert bench.bound_name(device) == ("theirs" if before else None)
        assert bench.names(device) == (["theirs"] if before else []) and bench.orphans(device) == []


@pytest.mark.once
@pytest.mark.parametrize("mode", ["killed before", "killed after"])
def test_release_after_an_isolation_that_was_killed_anywhere(mode):
    steps, _reached = count_writes("isolated", True)
    for step in range(1, steps + 1):
        device = prepared("isolated", True)
        sound = device.client.transport
        device.client.transport = bench.Dying(sound, step, **MODES[mode])
        with pytest.raises(AmtError):
            act(device, "isolated")
        device.client.transport = sound
        bench.release(device)
        assert (bench.bound_name(device), bench.names(device), bench.orphans(device)) == ("theirs", ["theirs"], [])


def test_packets_meet_what_was_asked():
    device = bench.fresh()
    assert bench.answer(device, to="198.51.100.7", protocol="tcp", port=443) == "pass"
    bench.isolate(device, allow=["dhcp", "dns", {"to": "198.51.100.7, tcp/443"}])
    assert bench.answer(device, to="198.51.100.7", protocol="tcp", port=443) == "pass"
    assert bench.answer(device, to="198.51.100.7", protocol="tcp", port=80) == "drop"
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=443) == "drop"
    assert bench.answer(device, to="198.51.100.8", protocol="udp", port=53) == "pass"
    assert bench.answer(device, **{"from": "198.51.100.8", "protocol": "tcp", "port": 22}) == "drop"
    bench.release(device)
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=80) == "pass"
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=25) == "drop"


def test_check_mode_writes_nothing_and_tells_the_real_diff():
    device = bench.fresh()
    start = len(bench.writes(device))
    predicted = bench.isolate(device, dry_run=True)
    assert len(bench.writes(device)) == start
    real = bench.isolate(device)
    assert (predicted.before, predicted.after) == (real.before, real.after)
    assert "out pass ipv4 tcp to 10.0.5.20 port 443 count" in real.after["rules"]
    assert real.after["rules"][-1] == "in drop everything else count"
    written = len(bench.writes(device))
    assert not bench.isolate(device).changed
    assert len(bench.writes(device)) == written


def test_host_names_are_resolved_and_followed():
    device = bench.fresh(before=False)
    allow = ["dhcp", {"to": "repair.example, https"}]
    first = bench.isolate(device, resolve=lambda name: ["10.0.7.7"], allow=allow)
    assert first.facts["resolved"] == {"repair.example": ["10.0.7.7"]}
    again = bench.isolate(device, resolve=lambda name: ["10.0.7.9", "fd00::9"], allow=allow)
    assert again.changed
    assert any("to fd00::9 port 443" in line for line in again.after["rules"])

    def unknown(name):
        raise OSError("no such host")

    with pytest.raises(InvalidOption, match="cannot resolve"):
        bench.isolate(device, resolve=unknown, allow=allow)


def test_what_does_not_change_is_not_made_anew():
    device = bench.fresh(before=False)
    bench.isolate(device, allow=["dhcp", "ntp"], ip=[4])
    start = len(bench.writes(device))
    bench.isolate(device, allow=["dhcp", "ntp", {"to": "10.0.0.1, https"}], ip=[4])
    sent = bench.writes(device)[start:]
    assert sum(b"<w:ResourceURI>" in each and b"/transfer/Create<" in each for each in sent) == 2 + 1 + 1
    assert bench.orphans(device) == []


def test_expiry_is_set_changed_in_place_and_seen_when_it_has_passed():
    device = bench.fresh()
    bench.isolate(device, expires=30)
    start = len(bench.writes(device))
    assert bench.isolate(device, expires=60).after["expires"] == 60
    assert len(bench.writes(device)) - start == 1
    device.clock.advance(61 * 60)
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=80) == "pass"
    assert bench.release(device).before["state"] in ("expired", "interrupted")
    assert bench.bound_name(device) == "theirs"


def test_isolating_again_after_the_expiry():
    device = bench.fresh()
    bench.isolate(device, expires=5)
    device.clock.advance(6 * 60)
    assert bench.isolate(device, expires=5).changed
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=80) == "drop"
    bench.release(device)
    assert bench.bound_name(device) == "theirs"


def test_the_policy_before_may_be_gone():
    device = bench.fresh()
    instance_id = bench.bound_name(device) and read_defenses(device).bound("system_defense", "wired").policy
    bench.isolate(device)
    device.delete(POLICY, InstanceID=instance_id)
    outcome = bench.release(device)
    assert outcome.before["before"] == "(no longer on the device)"
    assert bench.bound_name(device) is None and bench.names(device) == []


def test_a_policy_of_another_feature_that_would_win_is_refused():
    device = bench.fresh(before=False)
    bench.bind_foreign(device, by="agent", precedence=1000)
    start = len(bench.writes(device))
    with pytest.raises(Unavailable, match="precedence 1000"):
        bench.isolate(device)
    assert len(bench.writes(device)) == start
    bench.isolate(device, precedence=1001)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"allow": ["dns"]}, "allow dhcp"),
        ({"allow": ["dhcp"], "neighbours": False}, "allow arp"),
    ],
)
def test_what_would_cost_manageability_is_refused_before_anything_is_written(given, reason):
    device = bench.fresh()
    start = len(bench.writes(device))
    with pytest.raises(Unavailable, match=reason) as caught:
        bench.isolate(device, **given)
    assert "force" in caught.value.hint
    assert len(bench.writes(device)) == start
    assert bench.isolate(device, force=True, **given).changed


def test_what_does_not_fit_is_said_before_anything_is_written():
    device = bench.fresh()
    start = len(bench.writes(device))
    many = [{"to": "10.{0}.0.1, tcp/{1}".format(number, 1000 + 2 * number)} for number in range(90)]
    with pytest.raises(Unavailable, match="do not fit on this device: direction out needs 93 filters") as caught:
        bench.isolate(device, allow=["dhcp", *many], ip=[4])
    assert any("GlobalMaxSupportedFilters" in reason for reason in caught.value.details["reasons"])
    assert len(bench.writes(device)) == start


def test_wired_and_wireless_are_isolated_on_their_own():
    device = bench.fresh(before=False, wireless=True)
    bench.isolate(device)
    bench.isolate(device, port="wireless", force=True)
    assert bench.release(device).changed
    assert bench.bound_name(device, port="wireless") is not None
    assert bench.orphans(device) == []
    bench.release(device, port="wireless")
    assert bench.names(device) == []


def test_a_machine_without_wireless_is_told_so():
    with pytest.raises(Unavailable, match="no wireless port"):
        bench.isolate(bench.fresh(wireless=False), port="wireless")


def test_bound_to_environment_detection():
    device = bench.fresh()
    with pytest.raises(Unavailable, match="no domain or prefix"):
        bench.isolate(device, when="environment")
    device.modify(ENVIRONMENT_DETECTION, {"DetectionAlgorithm": 0, "DetectionStrings": ["corp.example"]})
    assert bench.isolate(device, when="environment").changed
    assert not bench.isolate(device, when="environment").changed
    assert bench.bound_name(device) == "theirs"
    assert bench.bound_name(device, by="environment").startswith("ob")
    bench.release(device, when="environment")
    assert bench.bound_name(device, by="environment") is None
    assert bench.names(device) == ["theirs"]


AGENT = {"id": "12345678-9abc-def0-1234-56789ABCDEF0", "description": "edr", "startup": 60, "timeout": 30}


def agent_says(device, method, **arguments):
    device_id = device.enumerate(WATCHDOG)[0]["DeviceID"]
    return device.invoke(WATCHDOG, method, arguments, DeviceID=device_id)


def test_an_agent_that_does_not_live_isolates_and_one_that_does_releases():
    device = bench.fresh(before=False)
    given = {"when": "agent", "agent": AGENT}
    predicted = bench.isolate(device, dry_run=True, **given)
    assert device.enumerate(WATCHDOG) == []
    assert bench.isolate(device, **given).after == predicted.after
    start = len(bench.writes(device))
    assert not bench.isolate(device, **given).changed and len(bench.writes(device)) == start
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=80) == "pass"
    device.clock.advance(61)
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=80) == "drop"
    agent_says(device, "RegisterAgent")
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=80) == "pass"
    device.clock.advance(31)
    assert bench.answer(device, to="198.51.100.8", protocol="tcp", port=80) == "drop"
    assert bench.isolate(device, when="agent", agent={**AGENT, "timeout": 90}).changed
    assert device.enumerate(WATCHDOG)[0]["TimeoutInterval"] == 90
    assert bench.release(device, **given).after["agent"] is None
    assert device.enumerate(WATCHDOG) == [] and bench.names(device) == []


@pytest.mark.once
@pytest.mark.parametrize("mode", MODES)
def test_a_watchdog_half_made_is_finished_by_the_next_run(mode):
    given = {"when": "agent", "agent": AGENT, "ip": [4]}
    device = bench.fresh()
    bench.isolate(device, **given)
    steps = len(bench.writes(device))
    for step in range(3, steps + 1):
        device = bench.fresh()
        sound = device.client.transport
        device.client.transport = bench.Dying(sound, step, **MODES[mode])
        try:
            bench.isolate(device, **given)
        except AmtError:
            pass
        device.client.transport = sound
        bench.isolate(device, **given)
        assert not bench.isolate(device, **given).changed
        assert len(device.enumerate(WATCHDOG_ACTION)) == 2
        assert bench.bound_name(device, by="agent").startswith("ob") and bench.orphans(device) == []


def test_bound_to_agent_presence():
    device = bench.fresh()
    assert bench.isolate(device, when="agent").changed
    assert not bench.isolate(device, when="agent").changed
    assert bench.bound_name(device) == "theirs"
    bench.release(device, when="agent")
    assert bench.names(device) == ["theirs"]


@pytest.mark.parametrize(
    "given",
    [
        {"expires": -1},
        {"expires": 70000},
        {"precedence": -1},
        {"ip": []},
        {"expires": 5, "when": "agent"},
        {"expires": 5, "state": "released"},
        {"allow": ["?"]},
    ],
)
def test_what_no_device_could_do_is_refused_without_a_connection(given):
    device = bench.fresh(before=False)
    with pytest.raises(InvalidOption):
        bench.isolate(device, **given)
    assert device.client.transport.sent == []
