# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three that know nothing of each other: the words of a rule, `defense_verdict`, and the simulated firmware, which
takes frames apart and filters them with an evaluator of its own. Policies get there over WS-Management."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from random import Random

from ansible_collections.outofband.amt.plugins.module_utils.defense.packet import Flow
from ansible_collections.outofband.amt.plugins.module_utils.defense.rules import neighbours, passes, read_rules
from ansible_collections.outofband.amt.plugins.module_utils.defense.verdict import verdict
from ansible_collections.outofband.amt.plugins.module_utils.defense.words import policy_from
from ansible_collections.outofband.amt.plugins.module_utils.errors import Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defense_policies import DefensePolicies
from ansible_collections.outofband.amt.plugins.module_utils.resources.isolation.defenses import read_defenses

from simulator import frames
from tests.unit.module_utils.defense import bench, worlds

POLICIES, PACKETS = 130, 200
"""Of each kind: 2 x 130 x 200 are more than 50,000 pairs."""

FAST = 1_000_000
"""Packets a second that no test sends; how limits count is the simulator's own test."""


def packet(random):
    """A flow, and the frame that a machine would send for it."""
    flow = replace(worlds.flow(random), rate=0.0)
    if flow.vlan is None or flow.version is None:
        flow = replace(flow, vlan=None, priority=None)
    elif flow.priority is None:
        flow = replace(flow, priority=0)
    return flow, frame_of(flow)


def frame_of(flow: Flow) -> bytes:
    ends = {
        "source_mac": flow.source_mac.to_bytes(6, "big"),
        "destination_mac": flow.destination_mac.to_bytes(6, "big"),
    }
    if flow.version is None:
        return ends["destination_mac"] + ends["source_mac"] + flow.ethertype.to_bytes(2, "big") + bytes(46)
    kind = ipaddress.IPv4Address if flow.version == 4 else ipaddress.IPv6Address
    return frames.Flow(
        str(kind(flow.source)),
        str(kind(flow.destination)),
        flow.protocol,
        source_port=flow.source_port or 0,
        destination_port=flow.destination_port or 0,
        flags=tuple(frames.FLAGS[number] for number in flow.tcp_flags),
        dscp=flow.dscp,
        flow_label=flow.flow_label or 0,
        vlan=flow.vlan,
        priority=flow.priority or 0,
        **ends,
    ).frame()


def firmware_says(device, flow, frame):
    firmware = device.client.transport.service.firmware
    return firmware.filter_packet(0, "transmit" if flow.direction == "out" else "receive", frame)


def test_isolation_words_verdict_and_firmware_agree():
    random, met = Random(41), {True: 0, False: 0}
    lists = 0
    while lists < POLICIES:
        allow = worlds.allow_list(random)
        device = bench.fresh(before=False)
        try:
            bench.isolate(device, allow=allow, force=True)
        except Unavailable:
            continue
        lists += 1
        rules = read_rules(allow, {}, (4, 6))
        rules += neighbours(rules)
        held = read_defenses(device)
        policy = held.read_policy(held.policies[held.bound("system_defense", "wired").policy])
        for _each in range(PACKETS):
            flow, frame = packet(random)
            wanted = passes(rules, flow)
            met[wanted] += 1
            said = firmware_says(device, flow, frame)
            assert (verdict(policy, flow).action == "pass") == wanted == said.passes, (allow, flow, said)
    assert min(met.values()) > 2_000


def test_policies_verdict_and_firmware_agree():
    random, decided = Random(42), {}
    made = 0
    resource = DefensePolicies()
    while made < POLICIES:
        words = {**worlds.policy_words(random), "ports": ["wired"]}
        for rule in words["filters"]:
            rule.update({"rate": FAST} if rule["action"] == "limit" else {})
        device = bench.fresh(before=False)
        try:
            converge(resource, device, bench.wanted(resource, policies=[words]))
        except Unavailable:
            continue
        made += 1
        policy = policy_from(words)
        for _each in range(PACKETS):
            flow, frame = packet(random)
            mine, said = verdict(policy, flow), firmware_says(device, flow, frame)
            assert mine.action == said.action, (words, flow, mine, said)
            assert (mine.rule == "default") == (said.by == "default"), (words, flow, mine, said)
            kind = (mine.action, "default" if mine.rule == "default" else "filter")
            decided[kind] = decided.get(kind, 0) + 1
    assert len(decided) == 4 and min(decided.values()) > 500, decided
