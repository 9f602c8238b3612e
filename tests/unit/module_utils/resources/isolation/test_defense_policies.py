# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies as desired state on simulated firmware: create, again, modify, again, purge, and killed at every step."""

from __future__ import annotations

from random import Random

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defenses import read_defenses

from tests.unit.module_utils.defense import bench, worlds
from tests.unit.module_utils.scripted import fault

WEB = {
    "name": "web",
    "direction": "out",
    "action": "pass",
    "protocol": "tcp",
    "destination_ports": "443",
    "ip_version": 4,
}
SYN = {"name": "syn", "direction": "out", "action": "limit", "rate": 20, "protocol": "tcp", "tcp_flags_on": [1]}
ARP = {"name": "arp", "direction": "in", "action": "pass", "ethertype": "arp", "count": True}
LAB = {"name": "lab", "filters": [WEB, ARP], "transmit": {"action": "drop", "count": True}, "precedence": 7}
LAB2 = {**LAB, "filters": [{**WEB, "destination_ports": "8443"}, ARP, SYN], "timeout": 30}
OTHER = {"name": "other", "filters": [], "receive": {"action": "drop"}}

MODES = {
    "killed before": {},
    "killed after": {"carried_out": True},
    "answer lost": {"carried_out": True, "recovers": True},
    "request lost": {"recovers": True},
    "refused": {"refuse": fault("AccessDenied"), "recovers": True},
}


def run(device, *policies, dry_run=False, **given):
    resource = DefensePolicies()
    return converge(resource, device, bench.wanted(resource, policies=list(policies), **given), dry_run)


def lines(device, port="wired"):
    held = read_defenses(device)
    bound = held.bound("system_defense", port)
    return held.read_policy(held.policies[bound.policy]).lines() if bound else None


def test_create_again_modify_again_purge():
    device = bench.fresh()
    predicted = run(device, LAB, OTHER, dry_run=True)
    assert bench.names(device) == ["theirs"]
    real = run(device, LAB, OTHER)
    assert (predicted.before, predicted.after) == (real.before, real.after)
    start = len(bench.writes(device))
    assert not run(device, LAB, OTHER).changed and len(bench.writes(device)) == start
    changed = run(device, LAB2)
    assert changed.changed and [member["name"] for member in changed.after["policies"]] == ["lab", "other"]
    assert bench.names(device) == ["ob+lab", "ob-other", "theirs"]
    assert not run(device, LAB2).changed
    assert run(device, OTHER, purge=True).changed
    assert bench.names(device) == ["ob-other", "theirs"] and bench.orphans(device) == []
    run(device, purge=True)
    assert bench.names(device) == ["theirs"]


def test_what_is_not_given_stays():
    device = bench.fresh(before=False)
    run(device, LAB2)
    after = run(device, {"name": "lab", "precedence": 9}).after["policies"][0]
    assert after["precedence"] == 9 and after["timeout"] == 30 and len(after["filters"]) == 3


def test_a_timeout_is_changed_in_place():
    device = bench.fresh(before=False)
    run(device, LAB)
    start = len(bench.writes(device))
    run(device, {"name": "lab", "timeout": 9})
    assert len(bench.writes(device)) - start == 1
    assert not run(device, {"name": "lab", "timeout": 9}).changed


def test_ports_are_bound_moved_and_left():
    device = bench.fresh(before=False, wireless=True)
    run(device, {**LAB, "ports": ["wired", "wireless"]}, OTHER)
    assert bench.bound_name(device) == bench.bound_name(device, port="wireless") == "ob-lab"
    run(device, LAB2)
    assert bench.bound_name(device) == bench.bound_name(device, port="wireless") == "ob+lab"
    run(device, {**OTHER, "ports": ["wired"]})
    assert (bench.bound_name(device), bench.bound_name(device, port="wireless")) == ("ob-other", "ob+lab")
    assert not run(device, {**OTHER, "ports": ["wired"]}, {**LAB2, "ports": ["wireless"]}).changed
    run(device, {"name": "lab", "ports": []})
    assert bench.bound_name(device, port="wireless") is None
    run(device, purge=True)
    assert bench.names(device) == []


def test_what_something_else_made_is_left_alone_unless_asked():
    device = bench.fresh()
    with pytest.raises(Unavailable, match="made by something else"):
        run(device, {**LAB, "ports": ["wired"]})
    assert run(device, purge=True).after["foreign"] == ["theirs"]
    assert bench.names(device) == ["theirs"]
    assert run(device, purge=True, foreign=True).before["foreign"] == ["theirs"]
    assert bench.names(device) == [] and read_defenses(device).filters == {}


def test_an_isolated_port_and_what_it_had_before_are_not_touched():
    device = bench.fresh(before=False)
    run(device, {**LAB, "ports": ["wired"]})
    bench.isolate(device)
    with pytest.raises(Unavailable, match="is isolated"):
        run(device, {**OTHER, "ports": ["wired"]})
    with pytest.raises(Unavailable, match="what release brings back"):
        run(device, purge=True)
    run(device, {**LAB2})
    bench.release(device)
    assert bench.bound_name(device) == "ob+lab"


def test_what_does_not_fit_is_said_before_anything_is_written():
    device = bench.fresh(before=False)
    rules = [{**WEB, "name": "w{0}".format(n), "destination_ports": str(n)} for n in range(1000, 1070)]
    start = len(bench.writes(device))
    with pytest.raises(Unavailable, match="policy needs 70 filters and can list 62"):
        run(device, {"name": "many", "filters": rules})
    assert len(bench.writes(device)) == start


@pytest.mark.parametrize(
    "policies",
    [
        [LAB, LAB],
        [LAB, {"name": "two", "filters": [WEB]}],
        [{"name": "a name far too long"}],
        [{"name": "iso0.none"}],
        [{**LAB, "ports": ["wired"]}, {**OTHER, "ports": ["wired"]}],
        [{"name": "t", "timeout": 70000}],
    ],
)
def test_what_no_device_could_do_is_refused_without_a_connection(policies):
    device = bench.fresh(before=False)
    with pytest.raises(InvalidOption):
        run(device, *policies)
    assert device.client.transport.sent == []


def test_filter_names_are_of_the_whole_device():
    device = bench.fresh(before=False)
    run(device, LAB)
    with pytest.raises(Unavailable, match="also one of policy 'lab'"):
        run(device, {"name": "two", "filters": [WEB]})


def prepared(bound):
    device = bench.fresh(before=False)
    bench.create_foreign(device)
    run(device, {**LAB, "ports": ["wired"] if bound else []})
    return device


@pytest.mark.once
@pytest.mark.parametrize("bound", [True, False], ids=["bound", "not bound"])
@pytest.mark.parametrize("mode", MODES)
def test_a_failure_at_any_step_is_undone_or_finished(mode, bound):
    goal = ({**LAB2, "ports": ["wired"]} if bound else LAB2, OTHER)
    device = prepared(bound)
    start = len(bench.writes(device))
    run(device, *goal)
    steps, reached = len(bench.writes(device)) - start, lines(device)
    for step in range(1, steps + 1):
        device = prepared(bound)
        was, sound = lines(device), device.client.transport
        device.client.transport = bench.Dying(sound, step, **MODES[mode])
        try:
            run(device, *goal)
        except AmtError:
            pass
        device.client.transport = sound
        if MODES[mode].get("recovers"):
            assert lines(device) in (was, reached)
        run(device, *goal)
        assert lines(device) == reached
        assert bench.orphans(device) == []
        assert not run(device, *goal).changed
        assert [name[3:] for name in bench.names(device) if name.startswith("ob")] in (
            ["lab", "other"],
            ["other", "lab"],
        )


@pytest.mark.once
def test_random_policies_come_back_as_they_were_given():
    random = Random(11)
    for number in range(40):
        device = bench.fresh(before=False)
        words = worlds.policy_words(random, "p{0}".format(number))
        try:
            first = run(device, {**words, "ports": ["wired"]})
        except AmtError as error:
            assert isinstance(error, Unavailable), (words, error)
            continue
        assert first.changed
        assert not run(device, {**words, "ports": ["wired"]}).changed, words
