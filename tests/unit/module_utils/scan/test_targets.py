# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of places as addresses."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.scan import words
from ansible_collections.outofband.amt.plugins.module_utils.scan.targets import Target, Wanted, expand
from hypothesis import given
from hypothesis import strategies as st


def addresses(**wanted):
    targets, _unknown = expand(Wanted(**{name: tuple(value) for name, value in wanted.items()}))
    return [target.address for target in targets]


def test_network_leaves_out_its_own_and_the_broadcast_address():
    assert addresses(networks=["192.0.2.0/29"]) == ["192.0.2.{0}".format(n) for n in range(1, 7)]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("192.0.2.8/31", ["192.0.2.8", "192.0.2.9"]),
        ("192.0.2.8/32", ["192.0.2.8"]),
        ("192.0.2.9/30", ["192.0.2.9", "192.0.2.10"]),
        ("2001:db8::/127", ["2001:db8::", "2001:db8::1"]),
    ],
)
def test_small_networks(network, expected):
    assert addresses(networks=[network]) == expected


def test_ranges_cross_octets_and_may_be_short():
    assert addresses(ranges=["192.0.2.254-192.0.3.1"]) == ["192.0.2.254", "192.0.2.255", "192.0.3.0", "192.0.3.1"]
    assert addresses(ranges=["192.0.2.7-9"]) == ["192.0.2.7", "192.0.2.8", "192.0.2.9"]


def test_each_address_once_in_the_order_given():
    assert addresses(hosts=["192.0.2.2", "192.0.2.1", "192.0.2.2"], ranges=["192.0.2.1-2"]) == [
        "192.0.2.1",
        "192.0.2.2",
    ]


def test_names_are_looked_up_and_kept():
    targets, unknown = expand(Wanted(hosts=("localhost", "no-such-name.invalid")))
    assert targets and {target.name for target in targets} == {"localhost"}
    assert all(ipaddress.ip_address(target.address).is_loopback for target in targets)
    assert unknown == ["no-such-name.invalid"]


def answering(monkeypatch, **places):
    """The resolver knows these names, with (address, zone) of each."""

    def looked_up(name, _port, **_how):
        found = places.get(name.replace("-", "_"))
        if not found:
            raise socket.gaierror("Name or service not known")
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 0, 0, zone))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))
            for address, zone in found
        ]

    monkeypatch.setattr(words.socket, "getaddrinfo", looked_up)


def test_every_address_of_a_name_is_tried(monkeypatch):
    answering(monkeypatch, pc_01=[("2001:db8::1", 0), ("192.0.2.1", 0), ("192.0.2.1", 0)], pc_02=[("192.0.2.1", 0)])
    targets, unknown = expand(Wanted(hosts=("pc-01", "pc-02.", "pc-01", "pc-03"), networks=("192.0.2.0/30",)))
    assert targets == [Target("192.0.2.1", "pc-01"), Target("192.0.2.2"), Target("2001:db8::1", "pc-01")]
    assert unknown == ["pc-03"]


def test_a_zone_is_kept_and_looked_up(monkeypatch):
    answering(monkeypatch, pc_01=[("fe80::1", socket.if_nametoindex("lo"))])
    assert addresses(hosts=["pc-01", "fe80::2%eth0", "fe80::a%1"]) == ["fe80::2%eth0", "fe80::a%1", "fe80::1%lo"]
    assert addresses(ranges=["fe80::1%eth0-fe80::2"]) == ["fe80::1%eth0", "fe80::2%eth0"]
    assert addresses(hosts=["fe80::1%eth0", "fe80::5%eth0"], exclude=["fe80::1"]) == ["fe80::5%eth0"]


def test_an_ipv4_address_in_the_clothes_of_ipv6_is_itself():
    assert addresses(hosts=["::ffff:192.0.2.1", "192.0.2.1"]) == ["192.0.2.1"]


def test_files_hold_any_of_them_with_comments(tmp_path):
    listing = tmp_path / "machines.txt"
    listing.write_text("# floor two\n192.0.2.1  # printer room\n\n192.0.2.8/31\n192.0.2.4-5\n")
    expected = ["192.0.2.1", "192.0.2.8", "192.0.2.9", "192.0.2.4", "192.0.2.5"]
    assert addresses(files=[str(listing)]) == expected


def test_exclude_takes_addresses_networks_and_ranges():
    kept = addresses(networks=["192.0.2.0/28"], exclude=["192.0.2.1", "192.0.2.8/29", "192.0.2.3-5"])
    assert kept == ["192.0.2.2", "192.0.2.6", "192.0.2.7"]


@pytest.mark.parametrize(
    ("wanted", "option"),
    [
        ({"networks": ["192.0.2.0/33"]}, "networks"),
        ({"networks": ["floor-two"]}, "networks"),
        ({"networks": ["192.0.2.0"]}, "networks"),
        ({"networks": ["2001:db8::1"]}, "networks"),
        ({"hosts": ["pc-01:16992"]}, "hosts"),
        ({"hosts": ["[2001:db8::1]:16993"]}, "hosts"),
        ({"hosts": ["[2001:db8::1]"]}, "hosts"),
        ({"hosts": ["https://pc-01:16993/"]}, "hosts"),
        ({"hosts": ["192.0.2.300"]}, "hosts"),
        ({"hosts": ["2001:db8::12345"]}, "hosts"),
        ({"hosts": ["-oProxyCommand=x"]}, "hosts"),
        ({"hosts": ["pc 01"]}, "hosts"),
        ({"hosts": ["pc\n01"]}, "hosts"),
        ({"hosts": ["pc..01"]}, "hosts"),
        ({"hosts": ["224.0.0.1"]}, "hosts"),
        ({"hosts": ["0.0.0.0"]}, "hosts"),
        ({"hosts": ["::"]}, "hosts"),
        ({"hosts": ["fe80::1%../x"]}, "hosts"),
        ({"ranges": ["192.0.2.1"]}, "ranges"),
        ({"ranges": ["192.0.2.9-192.0.2.1"]}, "ranges"),
        ({"ranges": ["192.0.2.9-2001:db8::1"]}, "ranges"),
        ({"ranges": ["192.0.2.9-300"]}, "ranges"),
        ({"exclude": ["printer"], "hosts": ["192.0.2.1"]}, "exclude"),
        ({"files": ["/nonexistent/list"]}, "files"),
        ({"networks": ["10.0.0.0/8"]}, "limit"),
    ],
)
def test_mistakes_name_the_option_the_value_and_the_way_out(wanted, option):
    with pytest.raises(InvalidOption) as caught:
        addresses(**wanted)
    assert caught.value.option == option
    assert str(caught.value).startswith("{0}: ".format(option))
    assert " cannot be used: " in str(caught.value)


def test_a_vast_network_is_refused_without_being_listed():
    with pytest.raises(InvalidOption, match="18446744073709551616 addresses"):
        addresses(networks=["2001:db8::/64"])


@given(st.ip_addresses(v=4), st.integers(min_value=24, max_value=32))
def test_a_network_gives_what_the_standard_library_calls_hosts(address, prefix):
    network = ipaddress.ip_network((address, prefix), strict=False)
    assert addresses(networks=[str(network)]) == [str(host) for host in network.hosts()]


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_named_mistake(text):
    for option in ("networks", "ranges", "exclude"):
        try:
            assert all(isinstance(target, Target) for target in expand(Wanted(**{option: (text,)}, limit=1000))[0])
        except InvalidOption as refusal:
            assert refusal.option in (option, "limit")
