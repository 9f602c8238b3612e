# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which policy is active, and which of its filters decides."""

from __future__ import annotations

import pytest

from .conftest import DROP, DROP_COUNT, OTHER, PASS, PASS_COUNT, PEER, RATE, RX, handle, hexed

DEFAULT, AGENTS = "AMT_NetworkPortDefaultSystemDefensePolicy", "AMT_AgentPresenceInterfacePolicy"
POLICY, STATISTICS = "AMT_SystemDefensePolicy", "AMT_ActiveFilterStatistics"
BOUND = "AMT_NetworkPortSystemDefensePolicy"


def to_peer(bench, profile=PASS, **fields):
    return bench.ip(profile, HdrIPVersion=4, HdrDestAddress=hexed(PEER), **fields)


def test_without_a_policy_everything_passes(bench):
    bench.policy(drop=True)
    verdict = bench.sent()
    assert (verdict.action, verdict.by, verdict.policy) == ("pass", "no policy", "")


def test_the_verdict_says_who_decided(bench):
    bench.isolate(to_peer(bench, Name="remediation"), name="isolated")
    verdict = bench.sent(PEER)
    assert (verdict.action, verdict.by, verdict.policy, verdict.handle) == ("pass", "remediation", "isolated", 1)
    verdict = bench.sent(OTHER)
    assert (verdict.action, verdict.by, verdict.handle) == ("drop", "default", 0xFFFFFFFC)
    assert bench.received(OTHER).handle == 0xFFFFFFFD


def test_the_default_also_drops_what_is_no_ip(bench):
    bench.isolate(to_peer(bench))
    assert not bench.sent(protocol="arp").passes


def test_a_dropping_filter_outweighs_a_passing_one_in_any_order(bench):
    """The vendor's guide: of the filters that fit, one that drops is enough."""
    narrow, wide = to_peer(bench, DROP, Name="narrow"), bench.ip(PASS, Name="wide")
    for order in ((narrow, wide), (wide, narrow)):
        bench.isolate(*order)
        assert bench.sent(PEER).by == "narrow" and not bench.sent(PEER).passes
        assert bench.sent(OTHER).by == "wide" and bench.sent(OTHER).passes
        bench.release()


def test_a_policy_that_passes_by_default_drops_by_filter(bench):
    bench.isolate(to_peer(bench, DROP), drop=False)
    assert not bench.sent(PEER).passes
    assert bench.sent(OTHER).passes and bench.received(PEER).passes


def test_each_direction_has_its_own_default(bench):
    bench.isolate(drop=False, RxDefaultDrop=True)
    assert bench.sent().passes and not bench.received().passes


def test_a_filter_acts_in_its_direction_only(bench):
    bench.isolate(bench.ip(PASS, RX))
    assert bench.received().passes and not bench.sent().passes


def test_a_rate_limit_passes_so_many_a_second(bench, clock):
    bench.isolate(to_peer(bench, RATE, FilterProfileData=3))
    assert [bench.sent(PEER).passes for _each in range(5)] == [True, True, True, False, False]
    clock.advance(1)
    assert [bench.sent(PEER).passes for _each in range(4)] == [True, True, True, False]


def test_a_used_up_rate_limit_outweighs_a_passing_filter(bench):
    bench.isolate(bench.ip(PASS), to_peer(bench, RATE, FilterProfileData=1, Name="slowly"))
    assert bench.sent(PEER).passes
    assert bench.sent(PEER).by == "slowly" and not bench.sent(PEER).passes


def statistics(bench, policy, reset=False):
    """(packets, matched) by the filter's name, from a snapshot taken now."""
    reply = bench.invoke(policy, "UpdateStatistics", NetworkInterface=bench.port(), ResetOnRead=reset)
    assert reply["ReturnValue"] == 0
    return shown(bench)


def shown(bench):
    return {
        row["Dependent"].selectors["Dependent"].selectors["Name"]: (row["ReadCount"], row["FilterMatched"])
        for row in bench.firmware.instances(STATISTICS)
    }


def test_counters_are_those_of_the_last_snapshot(bench):
    policy = bench.isolate(to_peer(bench, PASS_COUNT, Name="peer"), bench.ip(DROP_COUNT, RX, Name="in"))
    for _each in range(3):
        bench.sent(PEER)
    assert shown(bench) == {"peer": (0, False), "in": (0, False)}
    assert statistics(bench, policy) == {"peer": (3, True), "in": (0, False)}
    bench.received()
    bench.sent(PEER)
    assert shown(bench)["in"] == (0, False)
    assert statistics(bench, policy) == {"peer": (4, True), "in": (1, True)}


def test_a_snapshot_may_reset(bench, clock):
    policy = bench.isolate(to_peer(bench, PASS_COUNT, Name="peer"))
    bench.sent(PEER)
    clock.advance(60)
    assert statistics(bench, policy, reset=True) == {"peer": (1, True)}
    assert statistics(bench, policy) == {"peer": (0, False)}
    (row,) = bench.firmware.instances(STATISTICS)
    assert row["ActivationTime"].text == "2026-01-01T00:00:00Z"
    assert row["LastResetTime"].text == "2026-01-01T00:01:00Z"


def test_what_counts_nothing_still_tells_that_it_matched(bench):
    policy = bench.isolate(to_peer(bench, PASS, Name="peer"))
    bench.sent(PEER)
    assert statistics(bench, policy) == {"peer": (0, True)}


def test_every_filter_that_fits_counts(bench):
    policy = bench.isolate(to_peer(bench, PASS_COUNT, Name="peer"), bench.ip(DROP_COUNT, Name="all"))
    bench.sent(PEER)
    assert statistics(bench, policy) == {"peer": (1, True), "all": (1, True)}


def test_there_are_no_statistics_of_a_policy_that_is_not_active(bench):
    policy = bench.policy()
    reply = bench.invoke(policy, "UpdateStatistics", NetworkInterface=bench.port(), ResetOnRead=False)
    assert reply["ReturnValue"] != 0
    assert bench.firmware.instances(STATISTICS) == []


def test_an_event_comes_once_until_statistics_are_read(bench):
    rule = to_peer(bench, PASS, event=True)
    policy = bench.isolate(rule)
    for _each in range(3):
        bench.sent(PEER)
    assert [row.data for row in bench.events()] == [b"\xaa" + handle(rule).to_bytes(4, "big")]
    statistics(bench, policy)
    bench.sent(PEER)
    assert len(bench.events()) == 2


def test_events_of_the_defaults_carry_their_handles(bench):
    bench.isolate(TxDefaultMatchEvent=True, RxDefaultMatchEvent=True)
    bench.sent()
    bench.received()
    assert [row.data[1:] for row in bench.events()] == [b"\xff\xff\xff\xfc", b"\xff\xff\xff\xfd"]


def test_a_start_of_the_host_lets_filters_report_again(bench):
    bench.isolate(to_peer(bench, PASS, event=True))
    bench.sent(PEER)
    bench.firmware.power.set_state("off")
    bench.firmware.power.set_state("on")
    bench.sent(PEER)
    assert len(bench.events()) == 2


@pytest.mark.parametrize("support", [1, 2, 3, 4])
def test_anti_spoofing_outranks_a_filter_that_passes(bench, support):
    bench.isolate(bench.ip(PASS), AntiSpoofingSupport=support)
    assert bench.sent(PEER).passes
    verdict = bench.sent(PEER, host=OTHER)
    assert (verdict.action, verdict.by, verdict.handle) == ("drop", "anti-spoofing", 0xFFFFFFFA)
    assert bench.received(PEER, host=OTHER).by == "default"
    assert [row.data[1:] for row in bench.events()] == [b"\xff\xff\xff\xfa"]


def test_anti_spoofing_lets_a_host_get_an_address(bench):
    bench.isolate(bench.ip(PASS), AntiSpoofingSupport=1)
    assert bench.sent("255.255.255.255", "udp", host="0.0.0.0", source_port=68, destination_port=67).passes
    assert bench.sent("ff02::1", "icmp", host="fe80::1").passes


def test_what_passes_anti_spoofing_still_meets_the_filters(bench):
    bench.isolate(to_peer(bench, DROP, Name="no"), AntiSpoofingSupport=1)
    assert bench.sent(PEER).by == "no"


def test_the_policy_with_the_highest_precedence_is_active(bench):
    """One by the console, one for want of another, one by agents: see also the tests of agents and environment."""
    bench.bind(bench.policy(drop=False, precedence=9, name="fallback"), cls=DEFAULT)
    assert bench.sent().policy == "fallback"
    bench.bind(bench.policy(precedence=1, name="console"))
    assert bench.sent().policy == "console"
    bench.bind(bench.policy(precedence=5, name="agents"), cls=AGENTS)
    assert bench.sent().policy == "console"
    bench.firmware.agent_presence.switch(True, bench.clock.now())
    assert bench.sent().policy == "agents"
    states = {cls: bench.firmware.instances(cls)[0] for cls in (BOUND, AGENTS, DEFAULT)}
    assert {cls: row["Active"] for cls, row in states.items()} == {BOUND: False, AGENTS: True, DEFAULT: False}
    assert states[BOUND]["Enabled"] and states[AGENTS]["Enabled"]
    bench.release(cls=AGENTS)
    assert bench.sent().policy == "console"
    bench.release()
    assert bench.sent().policy == "fallback"


def test_a_timeout_ends_a_policy_and_the_next_one_takes_over(bench, clock):
    policy = bench.isolate()
    assert bench.invoke(policy, "GetTimeout") == {"Timeout": 0, "ReturnValue": 0}
    assert bench.invoke(policy, "SetTimeout", Timeout=30)["ReturnValue"] == 0
    assert bench.invoke(policy, "GetTimeout")["Timeout"] == 30
    bench.bind(bench.policy(drop=False, name="fallback"), cls=DEFAULT)
    clock.advance(30 * 60 - 1)
    assert not bench.sent().passes
    clock.advance(1)
    assert bench.sent().policy == "fallback"
    (row,) = bench.firmware.instances(BOUND)
    assert (row["Enabled"], row["Active"]) == (False, False)


def test_a_policy_that_ran_out_runs_again_once_bound_anew(bench, clock):
    policy = bench.isolate()
    bench.invoke(policy, "SetTimeout", Timeout=1)
    clock.advance(60)
    assert bench.sent().passes
    bench.release()
    bench.bind(policy)
    clock.advance(59)
    assert not bench.sent().passes


def test_the_time_of_a_policy_runs_while_it_is_active(bench, clock):
    """An outranked policy waits. When two end in one long silence, each ends at its own time."""
    console = bench.policy(precedence=1, name="console")
    agents = bench.policy(precedence=5, name="agents")
    bench.invoke(console, "SetTimeout", Timeout=2)
    bench.invoke(agents, "SetTimeout", Timeout=10)
    bench.bind(console)
    bench.bind(agents, cls=AGENTS)
    bench.firmware.agent_presence.switch(True, clock.now())
    clock.advance(11 * 60)
    assert bench.sent().policy == "console"
    (row,) = bench.firmware.instances(BOUND)
    assert row["Active"]
    clock.advance(60)
    assert bench.sent().by == "no policy"


@pytest.mark.parametrize(("minutes", "status"), [(65535, 0), (65536, 0x24)])
def test_how_long_a_timeout_may_be(bench, minutes, status):
    assert bench.invoke(bench.policy(), "SetTimeout", Timeout=minutes)["ReturnValue"] == status


def test_both_ports_filter_by_themselves(bench_with):
    bench = bench_with(wireless=True)
    bench.bind(bench.policy(name="wireless"), port=1)
    assert bench.sent().passes
    assert bench.firmware.filter_packet(1, "transmit", bytes(12) + b"\x08\x06").policy == "wireless"
    (row,) = bench.firmware.instances(BOUND)
    assert row["Antecedent"].selectors["DeviceID"] == "Intel(r) AMT Ethernet Port 1"


def test_a_device_without_a_wireless_port_has_none_to_filter(bench_with):
    bench = bench_with(wireless=False)
    with pytest.raises(KeyError):
        bench.firmware.filter_packet(1, "transmit", bytes(14))
