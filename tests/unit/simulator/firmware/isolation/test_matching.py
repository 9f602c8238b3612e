# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which packets a filter fits. Everything is dropped, one filter passes: what passes fits."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.firmware.isolation.matching import ethernet_conditions, ip_conditions
from simulator.frames import HOST_MAC, PEER_MAC, Flow
from simulator.packets import parse

from .conftest import HOST6, OTHER, OTHER6, PEER, PEER6, RX, hexed

TCP, UDP = 6, 17


@pytest.mark.parametrize(
    ("fields", "inside", "outside"),
    [
        ({"HdrDestAddress": hexed(PEER)}, PEER, OTHER),
        ({"HdrDestAddress": hexed("198.51.100.0"), "HdrDestMask": "ffffff00"}, "198.51.100.255", "198.51.101.0"),
        ({"HdrDestAddress": hexed(PEER), "HdrDestMask": "FFFFFF00"}, "198.51.100.0", "198.51.99.255"),
        ({"HdrDestAddress": hexed("0.0.0.7"), "HdrDestMask": "000000ff"}, PEER, OTHER),
        ({"HdrDestAddress": hexed(PEER), "HdrDestAddressEndOfRange": hexed("198.51.101.3")}, PEER, "198.51.101.4"),
        ({"HdrDestAddress": hexed(PEER), "HdrDestAddressEndOfRange": hexed("198.51.101.3")}, "198.51.101.3", OTHER),
    ],
)
def test_addresses_of_ipv4(bench, fields, inside, outside):
    bench.isolate(bench.ip(HdrIPVersion=4, **fields))
    assert bench.sent(inside).passes
    assert not bench.sent(outside).passes


@pytest.mark.parametrize(
    ("fields", "inside", "outside"),
    [
        ({"HdrDestAddress": hexed(PEER6)}, PEER6, OTHER6),
        ({"HdrDestAddress": hexed(PEER6) + "00000002"}, PEER6, OTHER6),
        ({"HdrDestAddress": hexed(PEER6), "HdrDestMask": "ff" * 6 + "00" * 10}, "2001:db8:1::", "2001:db8:2::"),
        ({"HdrDestAddress": hexed(PEER6), "HdrDestAddressEndOfRange": hexed(OTHER6)}, OTHER6, "2001:db8:2::a"),
    ],
)
def test_addresses_of_ipv6(bench, fields, inside, outside):
    bench.isolate(bench.ip(HdrIPVersion=6, **fields))
    assert bench.sent(inside).passes
    assert not bench.sent(outside).passes


def test_the_source_is_the_hosts_own_when_it_sends(bench):
    bench.isolate(bench.ip(HdrIPVersion=4, HdrSrcAddress=hexed(PEER), direction=RX))
    assert bench.received(PEER).passes
    assert not bench.received(OTHER).passes
    assert not bench.sent(PEER).passes


def test_a_version_and_no_more(bench):
    bench.isolate(bench.ip(HdrIPVersion=6))
    assert bench.sent(PEER6).passes
    assert not bench.sent(PEER).passes


def test_without_a_version_both_fit_and_arp_does_not(bench):
    bench.isolate(bench.ip())
    assert bench.sent(PEER).passes and bench.sent(PEER6).passes
    assert not bench.sent(PEER, "arp").passes


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        (443, 443, (443,), (442, 444)),
        (1000, 2000, (1000, 2000), (999, 2001)),
        (1000, None, (1000, 65535), (999,)),
        (None, 1000, (0, 1000), (1001,)),
    ],
)
def test_ports_and_open_bounds(bench, start, end, inside, outside):
    given_bounds = {"HdrDestPortStart": start, "HdrDestPortEnd": end}
    bounds = {name: value for name, value in given_bounds.items() if value is not None}
    bench.isolate(bench.ip(HdrProtocolID=TCP, **bounds))
    assert all(bench.sent(destination_port=port).passes for port in inside)
    assert not any(bench.sent(destination_port=port).passes for port in outside)


def test_the_port_of_the_other_protocol_does_not_fit(bench):
    bench.isolate(bench.ip(HdrProtocolID=UDP, HdrDestPortStart=53, HdrDestPortEnd=53))
    assert bench.sent(protocol="udp", destination_port=53).passes
    assert not bench.sent(protocol="tcp", destination_port=53).passes


def test_source_ports(bench):
    bench.isolate(bench.ip(HdrProtocolID=UDP, HdrSrcPortStart=53, HdrSrcPortEnd=53, direction=RX))
    assert bench.received(protocol="udp", source_port=53).passes
    assert not bench.received(protocol="udp", source_port=54).passes


def test_a_later_fragment_fits_no_port_but_its_protocol(bench):
    frame = bytearray(Flow("192.0.2.10", PEER, "tcp", destination_port=443).frame())
    frame[14 + 6 : 14 + 8] = b"\x00\x05"
    bench.isolate(bench.ip(HdrProtocolID=TCP, HdrDestPortStart=0, HdrDestPortEnd=65535), name="ports")
    assert not bench.firmware.filter_packet(0, "transmit", bytes(frame)).passes
    bench.release()
    bench.isolate(bench.ip(HdrProtocolID=TCP), name="protocol")
    assert bench.firmware.filter_packet(0, "transmit", bytes(frame)).passes


def test_any_of_several_code_points(bench):
    bench.isolate(bench.ip(HdrDSCP=[10, 46]))
    assert bench.sent(dscp=46).passes and bench.sent(PEER6, dscp=10).passes
    assert not bench.sent(dscp=0).passes


def test_a_flow_label(bench):
    bench.isolate(bench.ip(HdrIPVersion=6, HdrFlowLabel="0abcde"))
    assert bench.sent(PEER6, flow_label=0xABCDE).passes
    assert not bench.sent(PEER6, flow_label=0xABCDF).passes
    assert not bench.sent(PEER).passes


@pytest.mark.parametrize(
    ("flags", "passes"),
    [(("syn",), True), (("syn", "ece"), True), (("syn", "ack"), False), (("ack",), False), ((), False)],
)
def test_flags_that_must_be_on_and_off(bench, flags, passes):
    bench.isolate(bench.ip(HdrProtocolID=TCP, TCPFlagsOn=[1], TCPFlagsOff=[4]))
    assert bench.sent(flags=flags).passes is passes


def test_flags_do_not_fit_what_has_none(bench):
    bench.isolate(bench.ip(HdrProtocolID=TCP, TCPFlagsOff=[4]))
    assert bench.sent(flags=("syn",)).passes
    assert not bench.sent(protocol="udp").passes


def test_ethertypes(bench):
    bench.isolate(bench.ethernet(0x806))
    assert bench.sent(protocol="arp").passes
    assert not bench.sent().passes


@pytest.mark.parametrize(
    ("fields", "fitting", "other"),
    [
        ({"HdrVLANID8021": 100}, {"vlan": 100}, {"vlan": 101}),
        ({"HdrVLANID8021": 0}, {"vlan": 0}, {"vlan": None}),
        ({"HdrPriorityValue8021": 5}, {"vlan": 1, "priority": 5}, {"vlan": 1, "priority": 4}),
        ({"HdrPriorityValue8021": 0}, {"vlan": 1}, {"vlan": None}),
        ({"HdrSrcMACAddr8021": HOST_MAC}, {}, {"source_mac": PEER_MAC}),
        (
            {"HdrDestMACAddr8021": PEER_MAC, "HdrDestMACMask8021": bytes.fromhex("ffffff000000")},
            {"destination_mac": bytes.fromhex("00005effffff")},
            {"destination_mac": bytes.fromhex("00005f00530b")},
        ),
    ],
)
def test_fields_of_the_ethernet_header(bench, fields, fitting, other):
    bench.isolate(bench.ethernet(0x800, **fields))
    assert bench.sent(**fitting).passes
    assert not bench.sent(**other).passes


addresses = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)
networks = st.tuples(addresses, st.integers(0, 32)).map(lambda pair: ipaddress.ip_network(pair, strict=False))


@settings(max_examples=300)
@given(network=networks, found=addresses, near=st.booleans())
def test_masks_are_what_python_calls_networks(network, found, near):
    target = network.network_address + int(found) % network.num_addresses if near else found
    fields = {
        "HdrIPVersion": 4,
        "HdrDestAddress": network.network_address.packed,
        "HdrDestMask": network.netmask.packed,
    }
    packet = parse(Flow("192.0.2.1", str(target)).frame())
    assert all(condition(packet) for condition in ip_conditions(fields)) is (target in network)


@settings(max_examples=300)
@given(st.lists(addresses, min_size=2, max_size=2).map(sorted), addresses)
def test_ranges_include_both_ends(ends, found):
    first, last = ends
    fields = {"HdrIPVersion": 4, "HdrSrcAddress": first.packed, "HdrSrcAddressEndOfRange": last.packed}
    for each in (found, first, last):
        packet = parse(Flow(str(each), "192.0.2.1").frame())
        assert all(condition(packet) for condition in ip_conditions(fields)) is (first <= each <= last)


@given(st.binary(min_size=6, max_size=6), st.binary(min_size=6, max_size=6), st.binary(min_size=6, max_size=6))
def test_masks_of_macs_compare_the_bits_that_are_set(address, mask, found):
    fields = {"HdrProtocolID8021": 0x800, "HdrSrcMACAddr8021": address, "HdrSrcMACMask8021": mask}
    packet = parse(Flow("192.0.2.1", "192.0.2.2", source_mac=found).frame())
    same = all((a ^ f) & m == 0 for a, m, f in zip(address, mask, found))
    assert all(condition(packet) for condition in ethernet_conditions(fields)) is same


def test_the_hosts_ipv6_address_is_one_of_ipv6(bench):
    bench.isolate(bench.ip(HdrIPVersion=6, HdrSrcAddress=hexed(HOST6)))
    assert bench.sent(PEER6).passes
