# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames are read as their standards say. The octets were written out by hand."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.frames import Flow, NoFlow, checksum
from simulator.packets import NoFrame, parse

MACS = "ffffffffffff00005e00530a"
TCP_SYN = (  # 10.0.0.1:4660 -> 10.0.0.2:80, DSCP 46, SYN and ECE
    MACS + "0800" + "45b8002800004000400600000a0000010a000002" + "12340050000000010000000050420000ffff0000"
)
UDP_IN_VLAN = MACS + "8100" + "a064" + "0800" + "4500001c00000000401100000a0000010a000002" + "0035c00000080000"
ARP_REQUEST = MACS + "0806" + "000108000604000100005e00530a0a0000010000000000000a000002"
V6_HEAD = "60000000{0:04x}{1:02x}40" + "20010db8000000000000000000000001" + "20010db8000000000000000000000002"


def v6(next_header, payload, first="6000000000"):
    head = V6_HEAD.format(len(payload) // 2, next_header)
    return bytes.fromhex(MACS + "86dd" + head + payload)


def test_a_tcp_packet():
    packet = parse(bytes.fromhex(TCP_SYN))
    assert (packet.ethertype, packet.version, packet.protocol, packet.dscp) == (0x800, 4, 6, 46)
    assert (packet.source.hex(), packet.destination.hex()) == ("0a000001", "0a000002")
    assert (packet.source_port, packet.destination_port, packet.tcp_flags) == (4660, 80, 0x42)
    assert packet.source_mac.hex() == "00005e00530a"
    assert packet.vlan is None and packet.priority is None and packet.flow_label is None


def test_a_tag_gives_vlan_and_priority_and_what_follows_is_read():
    packet = parse(bytes.fromhex(UDP_IN_VLAN))
    assert (packet.vlan, packet.priority, packet.ethertype) == (100, 5, 0x800)
    assert (packet.protocol, packet.source_port, packet.destination_port) == (17, 53, 49152)


def test_of_two_tags_the_outer_one_counts():
    packet = parse(bytes.fromhex(MACS + "88a8" + "0007" + "8100" + "a064" + "0806"))
    assert (packet.vlan, packet.priority, packet.ethertype) == (7, 0, 0x806)


def test_arp_has_no_addresses_of_ip():
    packet = parse(bytes.fromhex(ARP_REQUEST))
    assert (packet.ethertype, packet.version, packet.source) == (0x806, None, None)


def test_a_flow_label_and_a_traffic_class():
    head = V6_HEAD.format(8, 17).replace("60000000", "6b8abcde")
    packet = parse(bytes.fromhex(MACS + "86dd" + head + "0035c00000080000"))
    assert (packet.dscp, packet.flow_label, packet.source_port) == (46, 0xABCDE, 53)


@pytest.mark.parametrize(
    ("first", "headers"),
    [
        (0, "1100050200000000"),  # hop by hop with a router alert
        (60, "2b00010400000000" + "1100010400000000"),  # destination options, then routing
        (51, "1104000000000001" + "00000002" + "000000000000000000000000"),  # authentication, 24 octets
        (44, "110000010000abcd"),  # the first of several fragments
    ],
)
def test_the_protocol_behind_extension_headers(first, headers):
    packet = parse(v6(first, headers + "0035c00000080000"))
    assert (packet.protocol, packet.source_port, packet.destination_port) == (17, 53, 49152)


def test_a_later_fragment_has_a_protocol_and_no_ports():
    packet = parse(v6(44, "110000b90000abcd" + "0035c00000080000"))
    assert (packet.protocol, packet.source_port) == (17, None)
    packet = parse(bytes.fromhex(TCP_SYN.replace("00004000", "00000010")))
    assert (packet.protocol, packet.source_port, packet.tcp_flags) == (6, None, None)


def test_options_of_ipv4_are_skipped():
    with_options = MACS + "0800" + "4600002000000000401100000a0000010a000002" + "01010100" + "0035c00000080000"
    assert parse(bytes.fromhex(with_options)).destination_port == 49152


def test_padding_is_no_payload():
    """An IPv4 packet of 20 octets in a frame of 60: what follows are no ports."""
    frame = bytes.fromhex(MACS + "0800" + "4500001400000000401100000a0000010a000002") + b"\x11" * 26
    assert parse(frame).source_port is None


@pytest.mark.parametrize("payload", ["", "45", "4400002800004000400600000a0000010a000002", "65" * 20, "45" * 19])
def test_what_is_no_ipv4_packet_is_only_a_frame(payload):
    packet = parse(bytes.fromhex(MACS + "0800" + payload))
    assert (packet.ethertype, packet.version, packet.source) == (0x800, None, None)


def test_cut_off_extension_headers_leave_no_protocol():
    packet = parse(v6(0, "11000502"))
    assert (packet.version, packet.protocol, packet.source_port) == (6, None, None)


def test_what_is_shorter_than_a_header_is_no_frame():
    with pytest.raises(NoFrame, match="13 octets"):
        parse(bytes(13))


@given(st.binary(min_size=14, max_size=120), st.sampled_from(["0800", "86dd", "8100", "0806"]))
def test_any_octets_are_read_without_an_error(octets, ethertype):
    parse(octets[:12] + bytes.fromhex(ethertype) + octets[12:])


@given(
    st.sampled_from([("192.0.2.1", "198.51.100.2"), ("2001:db8::1", "2001:db8::2")]),
    st.sampled_from(["tcp", "udp", "icmp", 47]),
    st.integers(0, 65535),
    st.integers(0, 65535),
    st.integers(0, 63),
    st.none() | st.integers(0, 4095),
)
def test_a_flow_is_read_as_it_was_said(ends, protocol, source_port, destination_port, dscp, vlan):
    packet = parse(Flow(*ends, protocol, source_port, destination_port, dscp=dscp, vlan=vlan).frame())
    assert (packet.dscp, packet.vlan) == (dscp, vlan)
    ports = (source_port, destination_port) if protocol in ("tcp", "udp") else (None, None)
    assert (packet.source_port, packet.destination_port) == ports
    assert packet.tcp_flags == (2 if protocol == "tcp" else None)


@pytest.mark.parametrize("protocol", ["tcp", "udp", "icmp"])
@pytest.mark.parametrize("ends", [("192.0.2.1", "198.51.100.2"), ("2001:db8::1", "2001:db8::2")])
def test_checksums_add_up(protocol, ends):
    """A receiver sums up header and payload with their checksums and finds none."""
    frame = Flow(*ends, protocol, 1000, 2000).frame()[14:]
    if frame[0] >> 4 == 4:
        assert checksum(frame[:20]) == 0
        addresses, number, payload = frame[12:20], frame[9], frame[20:]
    else:
        addresses, number, payload = frame[8:40], frame[6], frame[40:]
    pseudo = b"" if number == 1 else addresses + struct.pack(">II", len(payload), number)
    assert checksum(pseudo + payload) == 0


@pytest.mark.parametrize(
    ("flow", "reason"),
    [
        (Flow("192.0.2.1", "2001:db8::1"), "different IP versions"),
        (Flow("192.0.2.1", "somewhere"), "'somewhere' is no IP address"),
        (Flow("192.0.2.1", "192.0.2.2", "sctp"), "'sctp' is no protocol"),
        (Flow("192.0.2.1", "192.0.2.2", destination_port=65536), "destination_port: 65536 is not between"),
        (Flow("192.0.2.1", "192.0.2.2", flags=("xmas",)), "no such flags: xmas"),
        (Flow("2001:db8::1", "2001:db8::2", "arp"), "ARP is for IPv4"),
    ],
)
def test_what_is_no_flow_says_why(flow, reason):
    with pytest.raises(NoFlow, match=reason):
        flow.frame()
