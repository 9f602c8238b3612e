# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names: what is told of an instance, what is refused before anything is sent, what a shared name forbids."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.name import GENERAL, Name
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope

from tests.in_process import machine
from tests.interop.own_requests import defaults

RECORDED = Path(__file__).resolve().parents[6] / "shared" / "captures" / "amt" / "general" / "pull.xml"


def named(device, **given):
    return converge(Name(), device, defaults(Name(), **given))


@pytest.mark.skipif(not RECORDED.is_file(), reason="the recorded replies are not beside the checkout")
def test_what_a_recorded_device_tells():
    instance = envelope.read_instance(envelope.read_body(RECORDED.read_bytes()).child("Items").children[0])
    assert Name().told(GENERAL.decode(instance.properties)) == {
        "hostname": None,
        "domain": None,
        "shared_fqdn": True,
        "ddns": "dhcp_server",
        "ddns_interval": 1440,
        "ddns_ttl": 900,
        "ping": True,
        "rmcp_ping": True,
        "host_fqdn": None,
    }


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("hostname", ""),
        ("hostname", "pc.example.net"),
        ("hostname", "-pc"),
        ("hostname", "pc\n"),
        ("hostname", "p" * 64),
        ("hostname", "Büro"),
        ("domain", "example..net"),
        ("domain", ".".join(["d" * 63] * 3) + ".net"),
        ("ddns_interval", 19),
        ("ddns_interval", -1),
        ("ddns_ttl", 2**31),
    ],
)
def test_what_no_network_knows_is_refused_before_any_connection(option, value):
    with pytest.raises(InvalidOption, match=option):
        Name().check(defaults(Name(), **{option: value}))


@pytest.mark.parametrize("values", [{"hostname": "p" * 63, "domain": "d" * 63 + ".net"}, {"ddns_interval": 0}])
def test_what_fits_is_not(values):
    Name().check(defaults(Name(), **values))


@pytest.mark.parametrize(("option", "value"), [("hostname", "other"), ("domain", "other.test")])
def test_another_name_than_the_system_s_needs_one_of_its_own(option, value):
    device = machine(hostname="desk", domain="example.test")
    with pytest.raises(InvalidOption, match=r"shares .* desk.example.test: give that, or shared_fqdn: false"):
        named(device, **{option: value})
    assert named(device, **{option: value, "shared_fqdn": False}).after[option] == value


def test_the_system_s_own_name_may_be_given_while_it_is_shared():
    device = machine(hostname="desk", domain="example.test")
    named(device, hostname="own", shared_fqdn=False)
    assert named(device, hostname="Desk", shared_fqdn=True).after["hostname"] == "Desk"


def test_a_system_that_told_no_name_forbids_none():
    assert named(machine(lms=False), hostname="other").changed


@pytest.mark.parametrize(
    ("choice", "switches"), [("firmware", (True, True)), ("dhcp_server", (False, True)), ("none", (False, False))]
)
def test_who_tells_the_name_server(choice, switches):
    device = machine()
    named(device, ddns=choice)
    told = device.get(GENERAL)
    assert (told["DDNSUpdateEnabled"], told["DDNSUpdateByDHCPServerEnabled"]) == switches
    assert named(device).after["ddns"] == choice


@pytest.mark.parametrize("given", [{"ddns": "none"}, {"ddns_ttl": 60}, {"shared_fqdn": False}])
def test_what_this_firmware_lacks_is_named(given):
    lacking = GENERAL.decode({"HostName": "desk", "PingResponseEnabled": "true"})
    with pytest.raises(Unavailable, match=next(iter(given)) + ": this firmware has no"):
        Name().plan(Name().told(lacking), defaults(Name(), **given))


def test_what_is_read_changes_nothing_when_it_is_wished_for():
    device = machine("9", hostname="desk")
    named(device, hostname="own", shared_fqdn=False, ddns="none")
    exported = Name().desired(named(device).after)
    again = named(device, **exported)
    assert not again.changed
    assert again.after == exported
