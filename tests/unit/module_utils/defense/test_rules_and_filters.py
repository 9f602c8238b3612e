# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Allow lists against the filters compiled from them: what the words let pass is what the filters let pass."""

from __future__ import annotations

from random import Random

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.isolation import FILTERS_IN_POLICY, NAME_LENGTH
from ansible_collections.outofband.amt.plugins.module_utils.defense import compiler, limits, rules, wire, words
from ansible_collections.outofband.amt.plugins.module_utils.defense.packet import read_flow
from ansible_collections.outofband.amt.plugins.module_utils.defense.verdict import verdict
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption

from tests.unit.module_utils.defense import worlds

NO_LIMITS = limits.Limits()
LISTS, FLOWS = 600, 100


def compiled(allow, versions=(4, 6), known=NO_LIMITS, **choices):
    return compiler.isolation(rules.read_rules(allow, {}, versions), "wired", known, **choices)


@pytest.mark.once
def test_words_and_filters_agree_on_60000_pairs():
    random = Random(20260701)
    met = {True: 0, False: 0}
    for _each in range(LISTS):
        allow = worlds.allow_list(random)
        meaning = rules.read_rules(allow, {}, (4, 6))
        policy = compiler.isolation(meaning, "wired", NO_LIMITS)
        for _packet in range(FLOWS):
            flow = worlds.flow(random)
            wanted = rules.passes(meaning, flow)
            met[wanted] += 1
            assert (verdict(policy, flow).action == "pass") == wanted, (allow, flow)
    assert sum(met.values()) >= 50_000
    assert min(met.values()) > 5_000, "the worlds must let packets meet rules"


def test_filters_are_what_one_filter_can_say_and_no_two_can_be_joined():
    random = Random(7)
    for _each in range(300):
        meaning = rules.read_rules(worlds.allow_list(random), {}, (4, 6))
        found = compiler.joined(compiler.boxes(meaning))
        assert all(box.expressible for box in found)
        for index, box in enumerate(found):
            for other in found[index + 1 :]:
                assert compiler._join(box, other) is None
        for rule in compiler.filters_of(meaning):
            if hasattr(rule.match, "check"):
                rule.match.check()
            assert len(rule.name) <= NAME_LENGTH - 3
        names = [rule.name for rule in compiler.filters_of(meaning)]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("allow", "filters"),
    [
        ([], 0),
        (["arp"], 2),
        ([{"to": "10.0.5.20, tcp/443"}], 2),
        ([{"to": "10.0.5.20, tcp/443"}, {"to": "10.0.5.21, tcp/443"}], 2),
        ([{"to": "10.0.5.20, tcp/443, tcp/444"}, {"to": "10.0.5.20, tcp/445"}], 2),
        ([{"to": "10.0.5.20, tcp/443"}, {"to": "10.0.5.0/24"}], 2),
        ([{"to": "10.0.5.20, tcp/443"}, {"from": "10.0.5.20, tcp/443"}], 4),
        ([{"to": "10.0.5.0/25"}, {"to": "10.0.5.128/25"}], 2),
        ([{"to": "10.0.5.0-10.0.5.9, tcp/1-9"}, {"to": "10.0.5.5-10.0.5.20, tcp/1-9"}], 2),
    ],
)
def test_few_filters(allow, filters):
    assert len(compiled(allow, versions=(4,)).filters) == filters


def test_a_box_that_others_cover_together_is_left_out():
    allow = [{"to": "10.0.0.0-10.0.0.9, tcp/1-9"}, {"to": "10.0.0.5-10.0.0.20, tcp/5-20"}]
    allow.append({"to": "10.0.0.5-10.0.0.9, tcp/5-9"})
    assert len(compiled(allow, versions=(4,)).filters) == 4


def test_lines_read_like_firewall_rules():
    policy = compiled([{"to": "10.0.5.20, tcp/443"}, "arp", "dhcp"], versions=(4,), count=False)
    assert policy.lines() == [
        "in pass ether arp",
        "in pass ipv4 tcp from 10.0.5.20 port 443",
        "in pass ipv4 udp from any port 67 to any port 68",
        "out pass ether arp",
        "out pass ipv4 tcp to 10.0.5.20 port 443",
        "out pass ipv4 udp from any port 68 to any port 67",
        "out drop everything else",
        "in drop everything else",
    ]


def test_host_names_are_found_and_given_their_addresses():
    allow = ["dns: ns.example", {"to": "remediation.example, 10-0-0-1.example, tcp/443, https"}, "to 10.0.0.1"]
    assert rules.hosts_in(allow) == ["ns.example", "remediation.example", "10-0-0-1.example"]
    known = {
        "ns.example": ["10.0.0.53", "fd00::53"],
        "remediation.example": ["fd00::1"],
        "10-0-0-1.example": ["10.0.0.1"],
    }
    read = rules.read_rules(allow, known, (4, 6))
    assert [str(peer) for rule in read for peer in rule.peers] == [
        "10.0.0.53",
        "fd00::53",
        "fd00::1",
        "10.0.0.1",
        "10.0.0.1",
    ]
    with pytest.raises(InvalidOption, match="no address of IP version 4"):
        rules.read_rules(allow, known, (4,))


@pytest.mark.parametrize(
    "entry",
    [
        "telnet 10.0.0.1",
        {"to": ""},
        {"to": "10.0.0.300"},
        {"to": "10.0.0.1, tcp/0-70000"},
        {"to": "10.0.0.9-10.0.0.1"},
        {"to": "10.0.0.1-fd00::1"},
        {"to": "10.0.0.1/255.0.255.0"},
        {"to": "10.0.0.1, gre/9"},
        {"to": "10.0.0.1", "from": "10.0.0.2"},
        {"arp": "10.0.0.1"},
        "ethertype/0x123456",
        "protocol/300",
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(entry):
    with pytest.raises(InvalidOption):
        rules.read_rules([entry], {}, (4, 6))


def test_neighbours_of_version_6_only_where_a_rule_reaches_it():
    plain = rules.read_rules([{"to": "10.0.0.1"}, "arp"], {}, (4, 6))
    assert [rule.text for rule in rules.neighbours(plain)] == ["arp"]
    wide = rules.read_rules(["dns"], {}, (4, 6))
    assert [rule.text for rule in rules.neighbours(wide)] == ["arp", "neighbours"]


def port_row(filters, counters, ratio=4, wide=4):
    row = {"IPv6_to_IPv4_Ratio": ratio}
    for side in ("Tx", "Rx"):
        row.update({"IPv4_Max{0}Filters".format(side): filters, "IPv4_Max{0}Counters".format(side): counters})
        row.update({"IPv6_Max{0}Filters".format(side): wide, "IPv6_Max{0}Counters".format(side): wide})
    return row


def independent_cost(policy, side, counters):
    """What a device would count, written out anew."""
    wide = plain = 0
    for rule in policy.filters:
        if rule.direction == side and (not counters or rule.count or rule.action == "limit"):
            version = getattr(rule.match, "version", 4)
            wide += version in (None, 6)
            plain += version in (None, 4)
    default = policy.transmit if side == "out" else policy.receive
    return plain, wide, int(default.count) if counters else 1


@pytest.mark.once
def test_random_lists_around_the_limits_fit_or_are_refused_with_a_reason():
    random = Random(99)
    fitting = refused = 0
    for _each in range(1500):
        most, counters, ratio, wide = (
            random.randint(2, 14),
            random.randrange(12),
            random.randint(1, 4),
            random.randrange(6),
        )
        known = limits.Limits(8, 80, {"wired": port_row(most, counters, ratio, wide)})
        policy = compiled(worlds.allow_list(random), known=known)
        said = limits.port_misfits(policy, "wired", known)
        true = True
        for side in ("out", "in"):
            for kind, room in ((False, most), (True, counters)):
                plain, over, besides = independent_cost(policy, side, kind)
                true = true and plain + over * ratio + besides <= room and over <= wide
        assert (not said) == true, (said, policy.lines())
        assert not any("counters" in sentence for sentence in said), "counting is left out where it does not fit"
        fitting, refused = fitting + true, refused + (not true)
    assert fitting > 200 and refused > 200


def test_sentences_name_limit_and_need():
    known = limits.Limits(8, 80, {"wired": port_row(3, 9, ratio=2, wide=1)})
    policy = compiled(
        [{"to": "10.0.0.1, tcp/443"}, {"to": "fd00::1, tcp/443"}, {"to": "fd00::9, tcp/443"}], known=known
    )
    said = limits.port_misfits(policy, "wired", known)
    assert said[0] == (
        "direction out needs 6 filters and the wired port has 3 (IPv4_MaxTxFilters): "
        "1 for IPv4 and Ethernet, 2 for IPv6 at 2 each, 1 for the default"
    )
    assert said[1] == "direction out needs 2 IPv6 filters and the wired port has 1 (IPv6_MaxTxFilters)"
    said = limits.device_misfits(known, 9, 81, FILTERS_IN_POLICY + 1)
    assert [sentence.rpartition("(")[2] for sentence in said[:2]] == [
        "GlobalMaxSupportedPolicies)",
        "GlobalMaxSupportedFilters)",
    ]
    assert "needs 9 policies" in said[0] and "can hold 8" in said[0]
    assert "needs 81 filters" in said[1] and "can hold 80" in said[1]
    assert said[2] == "a policy needs 63 filters and can list 62"


def test_filters_survive_the_wire_and_words():
    random = Random(3)
    for _each in range(2000):
        rule = words.filter_from(worlds.filter_words(random, "name"))
        cim = wire.filter_class(rule)
        sent = cim.encode(wire.filter_properties(rule, "ob-name"))
        row = cim.decode({name: _as_text(value) for name, value in sent.items()})
        assert wire.read_filter(cim, row, "name") == rule
        assert words.filter_from(words.words_of_filter(rule)) == rule


def _as_text(value):
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def test_different_filters_have_different_lines():
    random = Random(5)
    seen = {}
    for _each in range(3000):
        rule = words.filter_from(worlds.filter_words(random, "name"))
        assert seen.setdefault(str(rule), rule) == rule


def policy(**given):
    return words.policy_from({"name": "p", **given})


def test_drop_wins_over_pass_whatever_the_order():
    passing = {"name": "a", "direction": "out", "action": "pass", "protocol": "tcp"}
    dropping = {"name": "b", "direction": "out", "action": "drop", "protocol": "tcp", "destination_ports": "25"}
    flow = {"direction": "out", "source": "10.0.0.1", "destination": "10.0.0.2", "protocol": "tcp"}
    for filters in ([passing, dropping], [dropping, passing]):
        decided = verdict(policy(filters=filters), read_flow({**flow, "source_port": 9, "destination_port": 25}))
        assert (decided.action, decided.rule, set(decided.matched)) == ("drop", "b", {"a", "b"})
        assert verdict(policy(filters=filters), read_flow({**flow, "destination_port": 26})).rule == "a"


def test_limit_default_and_spoofing():
    limit = {"name": "syn", "direction": "out", "action": "limit", "rate": 10, "protocol": "tcp", "tcp_flags_on": [1]}
    flow = {"direction": "out", "source": "10.0.0.1", "destination": "10.0.0.2", "protocol": "tcp", "tcp_flags": [1]}
    limiting = policy(filters=[limit], transmit={"action": "drop"}, anti_spoofing=1)
    assert verdict(limiting, read_flow({**flow, "rate": 10})).action == "pass"
    assert verdict(limiting, read_flow({**flow, "rate": 11})).rule == "syn"
    assert verdict(limiting, read_flow({**flow, "tcp_flags": [0]})).rule == "default"
    assert verdict(limiting, read_flow({**flow, "spoofed": True})).rule == "anti_spoofing"
    assert verdict(limiting, read_flow({**flow, "direction": "in", "spoofed": True})).action == "pass"


@pytest.mark.parametrize(
    "words_given",
    [
        {"direction": "up"},
        {"direction": "out"},
        {"direction": "out", "source": "10.0.0.1", "destination": "fd00::1"},
        {"direction": "out", "source": "10.0.0.1", "source_port": 5},
        {"direction": "out", "source": "10.0.0.1", "sport": 5},
        {"direction": "out", "source": "10.0.0.1", "ethertype": "arp"},
        {"direction": "out", "ethertype": "arp", "vlan": 5000},
    ],
)
def test_a_flow_that_cannot_be_is_refused(words_given):
    with pytest.raises(InvalidOption):
        read_flow(words_given)


@pytest.mark.parametrize(
    "filter_given",
    [
        {"source_ports": "1"},
        {"protocol": "tcp", "source_ports": "1-2", "destination_ports": "3"},
        {"ethertype": "arp", "protocol": "tcp"},
        {"vlan": 3},
        {"source": "10.0.0.1", "destination": "fd00::1"},
        {"source": "10.0.0.1", "ip_version": 6},
        {"protocol": "udp", "tcp_flags_on": [1]},
        {"flow_label": 5, "ip_version": 4},
        {"action": "limit"},
        {"rate": 5},
        {"name": "a name that is too long"},
        {"name": "iso0.none"},
    ],
)
def test_a_filter_that_the_hardware_cannot_hold_is_refused(filter_given):
    with pytest.raises(InvalidOption):
        words.filter_from({"name": "f", "direction": "out", "action": "pass", **filter_given})
