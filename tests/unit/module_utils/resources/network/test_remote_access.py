# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the device from outside: servers, policies, proxies, and where it is at home."""

from __future__ import annotations

import hashlib

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, Overtaken, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.option import HIDDEN
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.network import access_policies, places
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.remote_access import RemoteAccess
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from simulator.firmware.security.key_store import Stored
from tests import certificate_maker as made
from tests.in_process import is_read, machine

ONE = {"address": "mps.example.net", "username": "fleet", "password": "Mps-Passw0rd"}
TWO = {"address": "192.0.2.9", "port": 443, "common_name": "two", "username": "fleet", "password": "Mps-Passw0rd"}
PERIODIC = {"trigger": "periodic", "servers": ["mps.example.net"], "interval": 25}
CALLED = {"servers": [ONE], "policies": [PERIODIC]}


def wanted(**given):
    return {**{option.name: option.default for option in RemoteAccess.options}, **given}


def run(device, dry_run=False, **given):
    want = wanted(**given)
    RemoteAccess().check(want)
    return converge(RemoteAccess(), device, want, dry_run)


def firmware_of(device):
    return device.client.transport.service.firmware


def written(device, since=0):
    sent = (body for body in device.client.transport.sent[since:] if not is_read(body))
    actions = (body.partition(b"</a:Action>")[0].rpartition(b">")[2].split(b"/")[-2:] for body in sent)
    return [b" ".join(each).decode() for each in actions]


def test_the_schedule_is_that_of_a_recorded_policy():
    """AAAAAAAAABk= is what a device showed for 25 seconds."""
    device = machine("16")
    run(device, **CALLED)
    assert firmware_of(device).tunnels.policies[2].data == b"\0\0\0\0\0\0\0\x19"
    run(device, policies=[{"trigger": "periodic", "servers": ["mps.example.net"], "daily": "23:05"}])
    assert firmware_of(device).tunnels.policies[2].data == b"\0\0\0\x01\0\0\0\x17\0\0\0\x05"
    assert run(device).after["policies"][0]["daily"] == "23:05"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", (None, None)),
        (b"\0\0\0\0\0\0\0\x19" + bytes(24), (25, None)),
        (b"\0\0\0\1\0\0\0\x03\0\0\0\x1e", (None, "03:30")),
        (b"\0\0\0\7\0\0\0\x03", (None, None)),
        (b"\0\0", (None, None)),
    ],
)
def test_what_a_device_says_of_its_schedule(data, told):
    assert tuple(access_policies._schedule(data).values()) == told


def test_members_are_added_changed_and_left():
    device = machine("16")
    run(device, **CALLED)
    added = run(device, servers=[TWO], policies=[{"trigger": "user", "servers": ["192.0.2.9:443", "mps.example.net"]}])
    assert [each["address"] for each in added.after["servers"]] == ["192.0.2.9", "mps.example.net"]
    assert [each["trigger"] for each in added.after["policies"]] == ["user", "periodic"]
    assert firmware_of(device).tunnels.policies[0].servers == (1, 0)
    assert not run(device, servers=[TWO, ONE]).changed


def test_what_is_read_asks_for_nothing_when_fed_back():
    device = machine("16")
    run(
        device, **CALLED, proxies=[{"address": "proxy", "port": 8080, "dns_suffix": "x.test"}], local_domains=["a.test"]
    )
    document = RemoteAccess().export(RemoteAccess().read(device, wanted()))
    assert document["purge"]
    assert document["policies"] == [
        {"trigger": "periodic", "servers": ["mps.example.net"], "lifetime": 0, "interval": 25}
    ]
    assert not run(device, **document).changed


def test_a_server_that_goes_takes_its_policy_along_and_one_made_anew_brings_it_back():
    device = machine("16")
    run(device, servers=[TWO], policies=[{**PERIODIC, "servers": ["192.0.2.9"]}])
    before = len(device.client.transport.sent)
    changed = run(device, servers=[{**TWO, "common_name": "other"}])
    assert changed.after["policies"] == changed.before["policies"]
    assert written(device, before) == [
        "transfer Delete",
        "transfer Delete",
        "AMT_RemoteAccessService AddMpServer",
        "AMT_RemoteAccessService AddRemoteAccessPolicyRule",
    ]
    assert run(device, servers=[], policies=[], purge=True).after["servers"] == []


def test_a_login_is_changed_where_it_is():
    device = machine("16")
    run(device, **CALLED)
    before = len(device.client.transport.sent)
    outcome = run(device, servers=[{**ONE, "username": "other", "password": "Mps-Passw1rd"}])
    assert outcome.after["servers"][0]["password"] == HIDDEN
    assert written(device, before) == ["transfer Put"]
    server = firmware_of(device).tunnels.servers[0]
    assert (server.username, server.password) == ("other", "Mps-Passw1rd")
    assert not run(device, servers=[{**ONE, "username": "other", "password": "Mps-Passw2rd"}]).changed
    again = run(device, servers=[{**ONE, "username": "other", "password": "Mps-Passw2rd"}], update_password="always")
    assert (again.changed, server.password) == (True, "Mps-Passw2rd")


def test_a_device_shows_a_certificate_of_its_own():
    device = machine("16", tls=False)
    der = x509.load_pem_x509_certificate(made.leaf("mps", "One").encode()).public_bytes(Encoding.DER)
    firmware_of(device).key_store.add_certificate({}, der)
    fingerprint = hashlib.sha256(der).hexdigest()
    spelt = ":".join(fingerprint[at : at + 2].upper() for at in range(0, 64, 2))
    outcome = run(device, servers=[{"address": "mps.example.net", "certificate": spelt}])
    assert outcome.after["servers"][0]["certificate"] == fingerprint
    assert not run(device, servers=[{"address": "mps.example.net", "certificate": fingerprint}]).changed
    before = len(written(device))
    for dry_run in (True, False):
        with pytest.raises(InvalidOption, match="the device has {0}".format(fingerprint[:16])):
            run(device, dry_run, servers=[{"address": "other.example.net", "certificate": "00" * 32}], purge=True)
    assert len(written(device)) == before


def test_a_root_is_shown_to_no_server():
    device = machine("16", tls=False)
    der = x509.load_pem_x509_certificate(made.leaf("mps", "One").encode()).public_bytes(Encoding.DER)
    firmware_of(device).key_store.keep(Stored(der, is_root=True))
    with pytest.raises(InvalidOption, match="the device has no certificate of its own"):
        run(device, servers=[{"address": "a.test", "certificate": hashlib.sha256(der).hexdigest()}])


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"servers": [{"address": "no host"}]}, "give an IP address or the name of a host"),
        ({"servers": [{"address": "192.0.2.300"}]}, "give an IP address"),
        ({"servers": [{**ONE, "port": 0}]}, "servers.port: 0 cannot be used: from 1 to 65535"),
        ({"servers": [ONE, {**ONE, "address": "MPS.example.net."}]}, "listed twice"),
        ({"servers": [{**ONE, "common_name": "x"}]}, "leave common_name out"),
        ({"servers": [{**ONE, "certificate": "00" * 32}]}, "not both"),
        ({"servers": [{**ONE, "username": "a-b"}]}, "64 letters and digits"),
        ({"servers": [{**ONE, "username": "a" * 65}]}, "64 letters and digits"),
        ({"servers": [{**ONE, "password": "x" * 65}]}, "64 characters"),
        ({"servers": [{**ONE, "password": ""}]}, "printable ASCII"),
        ({"servers": [{"address": "mps", "certificate": "12:34"}]}, "64 hexadecimal digits"),
        ({"policies": [PERIODIC, PERIODIC]}, "listed twice"),
        ({"policies": [{**PERIODIC, "interval": None}]}, "give interval or daily"),
        ({"policies": [{**PERIODIC, "daily": "03:30"}]}, "give interval or daily"),
        ({"policies": [{"trigger": "user", "servers": ["x"], "interval": 5}]}, "for no other"),
        ({"policies": [{**PERIODIC, "interval": None, "daily": "3:30"}]}, "as '03:30'"),
        ({"policies": [{**PERIODIC, "interval": None, "daily": "24:00"}]}, "as '03:30'"),
        ({"policies": [{**PERIODIC, "servers": []}]}, "name the servers"),
        ({"policies": [{**PERIODIC, "lifetime": -1}]}, "lifetime: -1 cannot be used"),
        ({"policies": [{**PERIODIC, "interval": 0}]}, "interval: 0 cannot be used"),
        ({"proxies": [{"address": "p", "port": 1, "dns_suffix": ""}]}, "domain of the network"),
        ({"proxies": [{"address": "p", "port": 1, "dns_suffix": "x"}] * 2}, "listed twice"),
        ({"local_domains": ["a b"]}, "local_domains: 'a b' cannot be used"),
        ({"local_domains": ["a" * 64]}, "give a domain of up to 190"),
        ({"local_domains": [letter + ".test" for letter in "abcdef"]}, "room for 5"),
        ({"local_domains": ["a.test", "A.test"]}, "different ones"),
        ({"local_ipv6_prefixes": ["2001:db8::1/48"]}, "give the prefix of a network"),
        ({"local_ipv6_prefixes": ["2001:db8::"]}, "give the prefix of a network"),
    ],
)
def test_what_no_device_could_do(given, reason):
    with pytest.raises(InvalidOption, match=reason):
        RemoteAccess().check(wanted(**given))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"servers": [{"address": "new.example.net"}]}, "give username and password, or certificate"),
        ({"servers": [{"address": "new.example.net", "username": "x"}]}, "give username and password"),
        ({"servers": [{"address": "192.0.2.7", "username": "x", "password": "y"}]}, "give common_name"),
        ({"servers": [{"address": "mps.example.net", "username": "x"}]}, "comes with its password"),
        ({"policies": [{**PERIODIC, "servers": ["nowhere"]}]}, "not among the servers, which are: mps.example.net"),
        ({"policies": [{**PERIODIC, "servers": ["mps.example.net"] * 2}]}, "up to 2 different servers"),
        (
            {"servers": [], "purge": True},
            "servers: 'mps.example.net' cannot be used: the periodic policy still calls it",
        ),
        ({"servers": [{**ONE, "address": "mps{0}".format(number)} for number in range(6)]}, "room for 6"),
    ],
)
def test_what_this_device_could_not_do_is_refused_before_a_write(given, reason):
    device = machine("16")
    run(device, **CALLED)
    before = len(written(device))
    with pytest.raises(InvalidOption, match=reason):
        run(device, **given)
    assert len(written(device)) == before


def test_a_task_that_may_cut_its_own_tunnel_says_so():
    device = machine("16")
    run(device, **CALLED)
    firmware_of(device).tunnels.is_open = True
    assert run(device).facts["tunnel"] is True
    for given in ({"local_domains": ["x.test"]}, {"policies": [], "purge": True}, {"servers": [TWO]}):
        with pytest.raises(Unavailable, match="has a tunnel to a management presence server open") as caught:
            run(device, dry_run=True, **given)
        assert "force: true" in caught.value.hint
    assert run(device, user_access="none").changed
    assert run(device, servers=[], policies=[], purge=True, force=True).changed


@pytest.mark.parametrize(
    "given",
    [
        {"local_domains": ["x.test"]},
        {"local_ipv6_prefixes": ["2001:db8:1::/48"]},
        {"local_domains": ["x.test"], "servers": [ONE]},
    ],
)
def test_a_device_that_calls_nobody_is_not_shut_out(given):
    device = machine("16")
    with pytest.raises(Unavailable, match="no policy has it open one") as caught:
        run(device, dry_run=True, **given)
    assert "force: true" in caught.value.hint
    assert run(device, **given, force=True).changed
    assert not run(device, **given).changed
    assert run(device, local_domains=[], local_ipv6_prefixes=[]).changed


def test_the_last_policy_stays_while_a_device_may_be_outside():
    device = machine("16")
    run(device, **CALLED, local_domains=["x.test"])
    before = len(written(device))
    with pytest.raises(Unavailable, match="outside of local_domains"):
        run(device, policies=[], purge=True)
    assert len(written(device)) == before
    assert run(device, policies=[], local_domains=[], purge=True).changed


@pytest.mark.parametrize(("generation", "has"), [("9", False), ("11", False), ("12", True), ("19", True)])
def test_proxies_are_for_some_generations(generation, has):
    device = machine(generation)
    given = {"proxies": [{"address": "proxy", "port": 8080, "dns_suffix": "x.test"}]}
    if has:
        assert run(device, **given).after["proxies"][0]["port"] == 8080
        return
    assert run(device).after["proxies"] is None
    for lacked in (given, {"proxy_sync": False}):
        with pytest.raises(Unavailable, match="this firmware has no HTTP proxies"):
            run(device, **lacked)
    assert run(device, **CALLED).changed


def test_proxies_of_the_system_are_left():
    device = machine("16")
    proxy = {"address": "proxy", "port": 8080, "dns_suffix": "x.test"}
    run(device, proxies=[proxy])
    assert run(device, proxies=[], purge=True).after["proxies"] == [proxy]
    assert run(device, proxies=[], purge=True, proxy_sync=False).after["proxies"] == []


@pytest.mark.parametrize("word", ["none", "bios", "os", "both"])
def test_where_a_user_can_call(word):
    device = machine("16")
    run(device, user_access=word)
    shown = firmware_of(device).get("AMT_UserInitiatedConnectionService", {})["EnabledState"]
    assert shown == {"none": 32768, "bios": 32769, "os": 32770, "both": 32771}[word]


def test_what_is_at_home_is_put_whole_and_taken_back():
    device = machine("16")
    run(device, **CALLED, local_domains=["a.test", "b.test"], local_ipv6_prefixes=["2001:db8:1::/48"])
    remote = firmware_of(device).remote
    assert (remote.suffixes, remote.prefixes) == (["a.test", "b.test"], ["2001:db8:1::/48"])
    run(device, local_domains=[])
    assert (remote.suffixes, remote.prefixes) == ([], ["2001:db8:1::/48"])


def test_a_server_that_vanishes_meanwhile():
    device = machine("16")
    run(device, **CALLED)
    with pytest.raises(Overtaken, match="there no more"):
        access_policies.add(device, {**PERIODIC, "servers": ["gone"], "lifetime": 0, "daily": None})


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (("mps", 4433), "mps"),
        (("mps", 443), "mps:443"),
        (("2001:db8::1", 443), "[2001:db8::1]:443"),
        (("2001:db8::1", 4433), "2001:db8::1"),
    ],
)
def test_how_a_server_is_named(key, told):
    assert places.shown(key) == told


def test_a_policy_of_a_trigger_that_is_not_known_is_left():
    device = machine("16")
    run(device, servers=[ONE], policies=[PERIODIC])
    tunnels = firmware_of(device).tunnels
    tunnels.shown_rule = home_provisioning(tunnels.shown_rule)
    assert run(device).after["policies"][0]["trigger"] == 3
    document = RemoteAccess().export(RemoteAccess().read(device, wanted()))
    assert document["policies"] == []
    assert not run(device, **document).changed
    with pytest.raises(InvalidOption, match="the 3 policy still calls it"):
        run(device, servers=[], purge=True)


def home_provisioning(shown):
    return lambda policy: {**shown(policy), "Trigger": 3, "PolicyRuleName": "Home"}


def test_the_order_of_domains_makes_no_difference():
    device = machine("16")
    run(device, **CALLED, local_domains=["a.test", "B.test"])
    assert not run(device, local_domains=["b.test", "A.test"]).changed
    assert run(device, local_domains=["b.test"]).changed
