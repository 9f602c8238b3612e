# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much there is room for: in all, on a port, in each direction, for each IP version."""

from __future__ import annotations

import pytest

from simulator.firmware.settings import Settings
from simulator.values import Fault

from .conftest import DROP_COUNT, PASS, PASS_COUNT, RATE, RX, TX

BOUND = "AMT_NetworkPortSystemDefensePolicy"


def room_for(bench, *filters, **fields):
    """Whether a port takes a policy with these filters."""
    policy = bench.policy(*filters, **fields)
    try:
        bench.bind(policy)
    except Fault as fault:
        assert (fault.subcode, fault.detail) == ("InternalError", "AMT-STATUS 23")
        assert bench.firmware.instances(BOUND) == []
        return False
    bench.release()
    return True


def limited(**limits):
    return {"defense": limits}


def test_the_device_tells_its_limits(bench_with):
    bench = bench_with(wireless=True, **limited(IPv4_MaxTxFilters=9, wireless={"IPv4_MaxTxFilters": 4}))
    rows = bench.firmware.instances("AMT_NetworkPortSystemDefenseCapabilities")
    assert [row["InstanceID"][-1] for row in rows] == ["0", "1"]
    assert [row["IPv4_MaxTxFilters"] for row in rows] == [9, 4]
    (general,) = bench.firmware.instances("AMT_GeneralSystemDefenseCapabilities")
    assert (general["GlobalMaxSupportedPolicies"], general["GlobalMaxSupportedFilters"]) == (8, 80)


@pytest.mark.parametrize(
    ("limit", "what"), [("GlobalMaxSupportedFilters", "ip"), ("GlobalMaxSupportedPolicies", "policy")]
)
def test_the_limits_of_the_whole_device(bench_with, limit, what):
    bench = bench_with(**limited(**{limit: 2}))
    first = getattr(bench, what)()
    getattr(bench, what)()
    with pytest.raises(Fault, match="internal") as caught:
        getattr(bench, what)()
    assert caught.value.detail == "AMT-STATUS 23"
    bench.delete(first)
    getattr(bench, what)()


def test_a_policy_holds_62_filters(bench):
    filters = [bench.ip() for _each in range(63)]
    bench.policy(*filters[:62])
    with pytest.raises(Fault):
        bench.policy(*filters)


def test_the_default_takes_a_filter_of_its_direction(bench_with):
    bench = bench_with(**limited(IPv4_MaxTxFilters=3, IPv4_MaxRxFilters=2))
    sending = [bench.ip(direction=TX, HdrIPVersion=4) for _each in range(3)]
    receiving = [bench.ip(direction=RX, HdrIPVersion=4) for _each in range(2)]
    assert room_for(bench, *sending[:2], *receiving[:1])
    assert not room_for(bench, *sending[:3])
    assert not room_for(bench, *receiving[:2])


def test_ethernet_filters_count_among_those_of_ipv4(bench_with):
    bench = bench_with(**limited(IPv4_MaxTxFilters=2))
    assert room_for(bench, bench.ethernet(0x806))
    assert not room_for(bench, bench.ethernet(0x806), bench.ip(HdrIPVersion=4))


def test_an_ipv6_filter_takes_the_room_of_several(bench_with):
    bench = bench_with(**limited(IPv4_MaxTxFilters=8, IPv6_to_IPv4_Ratio=3))
    two = [bench.ip(HdrIPVersion=6) for _each in range(2)]
    four = bench.ip(HdrIPVersion=4)
    assert room_for(bench, *two, four)
    assert not room_for(bench, *two, four, bench.ip(HdrIPVersion=4))


def test_ipv6_has_a_limit_of_its_own(bench_with):
    bench = bench_with(**limited(IPv6_MaxTxFilters=1))
    two = [bench.ip(HdrIPVersion=6) for _each in range(2)]
    assert room_for(bench, two[0])
    assert not room_for(bench, *two)


def test_a_filter_without_a_version_takes_room_of_both(bench_with):
    bench = bench_with(**limited(IPv4_MaxTxFilters=4, IPv6_to_IPv4_Ratio=2))
    assert room_for(bench, bench.ip())
    assert not room_for(bench, bench.ip(), bench.ip(HdrIPVersion=4))


@pytest.mark.parametrize(("profile", "counts"), [(PASS_COUNT, True), (DROP_COUNT, True), (RATE, False), (PASS, False)])
def test_what_takes_a_counter(bench_with, profile, counts):
    bench = bench_with(**limited(IPv4_MaxTxCounters=0))
    more = {"FilterProfileData": 1} if profile == RATE else {}
    assert room_for(bench, bench.ip(profile, HdrIPVersion=4, **more)) is not counts


def test_a_default_that_counts_takes_a_counter(bench_with):
    bench = bench_with(**limited(IPv4_MaxRxCounters=1))
    counting = bench.ip(PASS_COUNT, RX, HdrIPVersion=4)
    assert room_for(bench, counting)
    assert room_for(bench, RxDefaultCount=True)
    assert not room_for(bench, counting, RxDefaultCount=True)


def test_anti_spoofing_needs_a_port_that_can(bench_with):
    bench = bench_with(**limited(IPv4_AntiSpoofingCapable=False, IPv6_AntiSpoofingCapable=False))
    assert not room_for(bench, AntiSpoofingSupport=1)
    assert room_for(bench)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"filters": 8}, "no such limit: filters"),
        ({"IPv4_MaxTxFilters": "8"}, "'8' is no int"),
        ({"IPv4_MaxTxFilters": -1}, "-1 is no int"),
        ({"IPv4_MaxTxFilters": True}, "True is no int"),
        ({"wireless": {"GlobalMaxSupportedFilters": 1}}, "wireless: no such limit"),
    ],
)
def test_a_limit_that_is_none_is_refused(given, reason):
    with pytest.raises(ValueError, match=reason):
        Settings(defense=given).check()
