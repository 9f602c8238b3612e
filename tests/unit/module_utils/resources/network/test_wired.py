# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wired interface: what is told of an instance, what is refused before any write, what is sent."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, SchemaRefused, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.wired import Wired

from tests.in_process import machine
from tests.interop.own_requests import defaults

STATIC = {"addressing": "static", "address": "192.0.2.77", "netmask": "24", "gateway": "192.0.2.1"}


def wired(device, **given):
    return converge(Wired(), device, defaults(Wired(), **given))


def six(**given):
    return {"ipv6": given}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"addressing": "dhcp", "address": "192.0.2.7"}, "address: .*with addressing: dhcp"),
        ({"addressing": "shared", "dns": ["192.0.2.7"]}, "dns: .*with addressing: shared"),
        ({**STATIC, "address": "300.1.1.1"}, "address: '300.1.1.1'"),
        ({**STATIC, "address": "2001:db8::1"}, "address: .*IPv4 address such as"),
        ({**STATIC, "address": "224.0.0.1"}, "address: .*no machine"),
        ({**STATIC, "address": "127.0.0.1"}, "address: .*no machine"),
        ({**STATIC, "address": "192.0.2.0"}, "address: .*whole net 192.0.2.0/24"),
        ({**STATIC, "address": "192.0.2.255"}, "address: .*whole net"),
        ({**STATIC, "netmask": "255.0.255.0"}, "netmask: '255.0.255.0'"),
        ({**STATIC, "netmask": "0.0.0.255"}, "netmask: '0.0.0.255'"),
        ({**STATIC, "netmask": "33"}, "netmask: '33'"),
        ({**STATIC, "gateway": "192.0.3.1"}, "gateway: '192.0.3.1' .*not another address in the net"),
        ({**STATIC, "gateway": "192.0.2.77"}, "gateway: .*not another address"),
        ({**STATIC, "dns": ["192.0.2.1", "192.0.2.1"]}, "dns: .*two different"),
        ({**STATIC, "dns": ["192.0.2.1", "192.0.2.2", "192.0.2.3"]}, "dns: .*room for two"),
        ({"vlan": 4095}, "vlan: 4095"),
        ({"link_policy": []}, "link_policy"),
        (six(address="fe80::1"), "ipv6.address: .*by itself"),
        (six(address="192.0.2.1"), "ipv6.address: .*IPv6 address such as"),
        (six(address="2001:db8::1%eth0"), "ipv6.address"),
        (six(router="ff02::1"), "ipv6.router: .*no machine"),
        (six(interface_id="mac", manual_interface_id="0123456789abcdef"), "it goes with interface_id: manual"),
        (six(manual_interface_id="0" * 16), "not all 0"),
        (six(manual_interface_id="xyz"), "16 hexadecimal digits"),
    ],
)
def test_what_no_interface_can_have_is_refused_before_any_connection(given, named):
    with pytest.raises(InvalidOption, match=named):
        Wired().check(defaults(Wired(), **given))


@pytest.mark.parametrize(
    ("before", "given", "named"),
    [
        ({}, {"addressing": "static"}, "addressing: 'static' .*needs address too"),
        ({}, {"addressing": "static", "address": "192.0.2.77"}, "needs netmask too"),
        (STATIC, {"gateway": "198.51.100.1"}, "gateway: '198.51.100.1' .*192.0.2.0/24"),
        (STATIC, {"address": "198.51.100.7"}, "gateway: '192.0.2.1' .*198.51.100.0/24"),
        ({}, six(interface_id="manual"), "ipv6.interface_id: .*needs manual_interface_id too"),
    ],
)
def test_what_does_not_go_with_what_is_there_is_refused_before_any_write(before, given, named):
    device = machine()
    wired(device, **before)
    written = device.written
    with pytest.raises(InvalidOption, match=named):
        wired(device, **given)
    assert device.written == written


def test_a_static_address_and_the_way_back():
    device = machine()
    after = wired(device, **STATIC, dns=["192.0.2.53"]).after
    assert {name: after[name] for name in STATIC} == {**STATIC, "netmask": "255.255.255.0"}
    assert wired(device, gateway="0.0.0.0").after["gateway"] is None
    after = wired(device, addressing="dhcp").after
    assert (after["addressing"], after["address"], after["dns"]) == ("dhcp", None, [])
    assert wired(device).facts["current"]["address"] == "192.0.2.10"


def test_only_what_is_asked_for_changes():
    device = machine("11")
    wired(device, **STATIC, vlan=9, link_policy=["sx_ac", "s0_ac", "s0_dc"])
    outcome = wired(device, link_policy=["s0_ac"])
    assert outcome.after == {**outcome.before, "link_policy": ["s0_ac"]}
    assert outcome.before["link_policy"] == ["s0_ac", "sx_ac", "s0_dc"]
    assert wired(device).after["vlan"] == 9


def test_ipv6_is_switched_on_after_it_is_set_up():
    device = machine()
    given = six(
        enabled=True, interface_id="manual", manual_interface_id="01:23:45:67:89:ab:cd:ef", address="2001:DB8::0:7"
    )
    after = wired(device, **given).after["ipv6"]
    assert after == {
        "enabled": True,
        "interface_id": "manual",
        "manual_interface_id": "0123456789ABCDEF",
        "address": "2001:db8::7",
        "router": "::",
        "dns": [],
    }
    assert wired(device).facts["current"]["ipv6"] == ["fe80::123:4567:89ab:cdef", "2001:db8::7"]
    asked = [body for body in device.client.transport.sent if b"transfer/Put<" in body]
    assert [b"IPS_IPv6PortSettings>" in body for body in asked] == [True, False]
    assert wired(device, **six(address="::", interface_id="mac")).after["ipv6"]["manual_interface_id"] is None


def test_a_policy_without_a_word_is_kept():
    device = machine()
    present = {**Wired().read(device, defaults(Wired())), "other_policies": [8]}
    planned = Wired().plan(present, defaults(Wired(), link_policy=["s0_ac"]))
    with pytest.raises(SchemaRefused, match="LinkPolicy"):
        Wired().apply(device, present, planned, defaults(Wired()))
    (put,) = (body for body in device.client.transport.sent if b"transfer/Put<" in body)
    assert put.count(b"LinkPolicy>") == 4
    assert b"<p:LinkPolicy>8<" in put


def test_a_device_without_a_wired_interface():
    device = machine(mac="00-00-00-00-00-00")
    with pytest.raises(Unavailable, match="no wired interface"):
        wired(device, vlan=7)


@pytest.mark.parametrize("before", [{}, STATIC, {"addressing": "shared"}, six(enabled=True, dns=["2001:db8::53"])])
def test_what_is_read_changes_nothing_when_it_is_wished_for(before):
    device = machine("19")
    wired(device, **before)
    exported = Wired().desired(wired(device).after)
    again = wired(device, **exported)
    assert (again.changed, again.after) == (False, exported)
