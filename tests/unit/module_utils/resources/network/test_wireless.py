# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wireless profiles: what is refused before any write, how members change places, what the only link forbids."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, Refused, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.network import wireless_profiles
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.wireless import Wireless

from simulator.firmware.security.key_store import Stored
from tests.in_process import machine
from tests.interop.own_requests import defaults

OFFICE = {"name": "office", "security": "wpa2_psk", "passphrase": "0ffice secret"}
CAMPUS = {"name": "campus", "security": "wpa2_8021x"}
PEAP = {"method": "peap_mschapv2", "username": "pc-01", "password": "s3cret"}


def wireless(device, **given):
    return converge(Wireless(), device, defaults(Wireless(), **given))


def firmware_of(device):
    return device.client.transport.service.firmware


def by_802_1x(**settings):
    return {"profiles": [{**CAMPUS, "ieee8021x": settings}]}


@pytest.mark.parametrize(
    ("member", "named"),
    [
        ({**OFFICE, "name": " office"}, "profiles.name: ' office'"),
        ({**OFFICE, "name": "o" * 33}, "1 to 32 printable"),
        ({**OFFICE, "name": "my User Settings"}, "profiles of the operating system by these words"),
        ({**OFFICE, "ssid": "ö" * 17}, "ssid: .*1 to 32 octets"),
        ({**OFFICE, "priority": 0}, "priority: 0"),
        ({**OFFICE, "passphrase": "short"}, "passphrase: 'the one that is given' .*8 to 63"),
        ({**OFFICE, "passphrase": "pässphrase"}, "printable ASCII"),
        ({**OFFICE, "security": "wpa2_8021x"}, "passphrase: .*goes with security"),
        ({**OFFICE, "ieee8021x": PEAP}, "ieee8021x: .*goes with security"),
        ({**CAMPUS, "ieee8021x": {**PEAP, "psk": "QUJD"}}, "psk: .*peap_mschapv2 takes none"),
        ({**CAMPUS, "ieee8021x": {"method": "sim", "psk": "no base64!"}}, "psk: .*base64"),
        ({**CAMPUS, "ieee8021x": {**PEAP, "server_name_match": "full"}}, "goes with server_name"),
    ],
)
def test_what_no_device_takes_is_refused_before_any_connection(member, named):
    with pytest.raises(InvalidOption, match=named) as caught:
        Wireless().check(defaults(Wireless(), profiles=[member]))
    assert not any(secret in str(caught.value) for secret in ("0ffice", "s3cret", "short'", "QUJD"))


@pytest.mark.parametrize(
    "given",
    [
        {"profiles": [OFFICE, OFFICE]},
        {"profiles": [{**OFFICE, "priority": 1}, {**OFFICE, "name": "lab", "priority": 1}]},
        {"purge": True},
        {"link_policy": []},
        {"link_preference_timeout": 65536},
    ],
)
def test_what_does_not_go_together_is_refused(given):
    with pytest.raises(InvalidOption):
        Wireless().check(defaults(Wireless(), **given))


@pytest.mark.parametrize(
    ("generation", "given", "error", "named"),
    [
        ("16", {"profiles": [{"name": "office"}]}, InvalidOption, "security: None .*wpa2_psk"),
        ("16", {"profiles": [{"name": "office", "security": "wpa2_psk"}]}, InvalidOption, "passphrase"),
        ("16", {"profiles": [{**OFFICE, "name": str(number)} for number in range(9)]}, InvalidOption, "room for 8"),
        ("16", {"profiles": [{**OFFICE, "encryption": "tkip"}]}, Unavailable, "does not offer tkip"),
        ("12", {"profiles": [{**OFFICE, "security": "wpa3_sae"}]}, Unavailable, "does not offer wpa3_sae"),
        ("12", {"uefi_sharing": True}, Unavailable, "uefi_sharing: this firmware has no"),
        ("16", {"profiles": [CAMPUS]}, InvalidOption, "method: None .*peap_mschapv2"),
        ("16", by_802_1x(method="peap_gtc"), InvalidOption, "needs username, password too"),
        ("16", by_802_1x(method="tls", username="x"), InvalidOption, "needs client_certificate too"),
        (
            "16",
            by_802_1x(method="tls", username="x", client_certificate="ab" * 32),
            InvalidOption,
            "client_certificate: .*SHA-256 of one",
        ),
    ],
)
def test_what_this_device_cannot_have_is_refused_before_any_write(generation, given, error, named):
    device = machine(generation, wireless=True)
    with pytest.raises(error, match=named):
        wireless(device, **given)
    assert device.written == 0


def test_a_device_without_an_adapter():
    for generation in ("9", "16"):
        with pytest.raises(Unavailable, match="no wireless interface"):
            wireless(machine(generation, wireless=False), radio="s0")


def test_the_passphrase_is_needed_for_every_change_and_told_of_none():
    device = machine(wireless=True)
    wireless(device, profiles=[OFFICE])
    with pytest.raises(InvalidOption, match="cannot be read and sent again"):
        wireless(device, profiles=[{"name": "office", "ssid": "other"}])
    assert not wireless(device, profiles=[{**OFFICE, "passphrase": "another one"}]).changed
    changed = wireless(device, profiles=[{**OFFICE, "passphrase": "another one"}], update_password="always")
    assert changed.changed
    assert firmware_of(device).wifi_profiles.profiles["office"].values["PSKPassPhrase"] == "another one"
    assert "another one" not in str([changed.before, changed.after])


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
@pytest.mark.parametrize("added", [(), ("d",)])
def test_profiles_change_places_though_each_priority_is_one_s_alone(order, added):
    device = machine(wireless=True)

    def listed(names):
        members = [{**OFFICE, "name": name, "priority": number + 1} for number, name in enumerate(names)]
        return {"profiles": members, "purge": True}

    wireless(device, **listed("abc"))
    after = wireless(device, **listed((*added, *order))).after["profiles"]
    assert [(member["name"], member["priority"]) for member in after] == list(zip((*added, *order), itertools.count(1)))


def test_a_priority_that_is_not_given_is_the_first_free_one():
    device = machine(wireless=True)
    wireless(device, profiles=[{**OFFICE, "name": "b", "priority": 2}])
    after = wireless(device, profiles=[{**OFFICE, "name": "c"}, {**OFFICE, "name": "a"}]).after["profiles"]
    assert [(member["name"], member["priority"]) for member in after] == [("c", 1), ("b", 2), ("a", 3)]


def test_a_refusal_in_the_middle_leaves_what_was_there(monkeypatch):
    device = machine(wireless=True)
    wireless(device, profiles=[OFFICE])
    store = firmware_of(device).wifi_profiles
    monkeypatch.setattr(
        store, "is_sound", lambda each: each.values["ElementName"] != "c" and type(store).is_sound(store, each)
    )
    with pytest.raises(Refused, match="AddWiFiSettings"):
        wireless(device, profiles=[{**OFFICE, "name": name} for name in "abc"])
    assert list(store.profiles) == ["office"]


def test_certificates_by_fingerprint_and_by_handle(authority_certificate, own_certificate):
    device = machine(wireless=True)
    store = firmware_of(device).key_store
    root, own = store.keep(Stored(authority_certificate, is_root=True)), store.keep(Stored(own_certificate))
    fingerprints = {row["id"][-1]: row["fingerprint"] for row in shown(device)}
    given = {"method": "tls", "username": "pc-01", "server_name": "radius.example.net"}
    by_handle = {**given, "client_certificate": str(own), "root_certificate": fingerprints[str(root)]}
    (member,) = wireless(device, **by_802_1x(**by_handle)).after["profiles"]
    assert member["ieee8021x"]["client_certificate"] == fingerprints[str(own)]
    assert member["ieee8021x"]["server_name_match"] == "full"
    again = by_802_1x(**{**by_handle, "client_certificate": fingerprints[str(own)].upper()})
    assert not wireless(device, **again).changed
    with pytest.raises(InvalidOption, match="client_certificate"):
        wireless(device, **by_802_1x(**{**by_handle, "client_certificate": fingerprints[str(root)]}))
    assert wireless(device, profiles=[{"name": "campus", "ieee8021x": {"domain": None}}]).changed is False


def shown(device):
    from ansible_collections.outofband.amt.plugins.module_utils.resources.security.store import read_store

    return read_store(device)["store"]


def test_another_method_drops_what_it_does_not_take():
    device = machine(wireless=True)
    wireless(device, **by_802_1x(**PEAP, roaming_identity="anonymous", domain="EXAMPLE"))
    (member,) = wireless(device, **by_802_1x(**{**PEAP, "method": "md5"})).after["profiles"]
    assert (member["ieee8021x"]["domain"], member["ieee8021x"]["roaming_identity"]) == ("EXAMPLE", None)


@pytest.fixture
def only_by_air():
    device = machine(wireless=True, cable=False)
    wireless(device, profiles=[OFFICE, {**OFFICE, "name": "lab"}], radio="s0_sx", force=True)
    firmware_of(device).wifi_profiles.in_use = "office"
    return device


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"profiles": [], "purge": True}, "no profile of before"),
        ({"profiles": [{**OFFICE, "name": "lab"}], "purge": True}, "profile office is what it is connected by"),
        ({"profiles": [{**OFFICE, "ssid": "other"}]}, "profile office"),
        ({"profiles": [OFFICE], "update_password": "always"}, "profile office"),
        ({"radio": "off"}, "radio would be switched off"),
        ({"link_policy": ["sx_ac"]}, "link policy would lose s0_ac"),
    ],
)
def test_the_only_link_is_not_taken_away(only_by_air, given, named):
    written = only_by_air.written
    with pytest.raises(Unavailable, match=named + ".*force: true"):
        wireless(only_by_air, **given)
    assert only_by_air.written == written


@pytest.mark.parametrize(
    "given", [{"profiles": [OFFICE], "purge": True}, {"profiles": [{**OFFICE, "name": "lab", "ssid": "other"}]}]
)
def test_where_nobody_knows_what_the_only_link_is_connected_by_every_profile_stays(only_by_air, given, monkeypatch):
    monkeypatch.setattr(type(firmware_of(only_by_air).wifi), "last", "")
    assert wireless(only_by_air).facts["connected_to"] is None
    with pytest.raises(Unavailable, match=r"profile lab may be what it is connected by.*force: true"):
        wireless(only_by_air, **given)
    assert wireless(only_by_air, **given, force=True).changed


def test_what_leaves_the_link_alone_is_done_and_force_does_the_rest(only_by_air):
    assert wireless(only_by_air, profiles=[{**OFFICE, "name": "spare"}]).changed
    assert wireless(only_by_air, radio="off", force=True).after["radio"] == "off"


def test_profiles_of_the_system_are_told_and_removed_when_asked():
    device = machine(wireless=True)
    firmware_of(device).wifi_profiles.users = ["cafe"]
    assert wireless(device).after["system_profiles"] == ["cafe"]
    assert wireless(device, profiles=[], purge=True).after["system_profiles"] == ["cafe"]
    assert wireless(device, system_profiles="remove").after["system_profiles"] == []


def test_the_link_is_given_to_the_firmware_for_a_time():
    device = machine(wireless=True)
    assert wireless(device, link_preference="me").after["link_preference"] == "me"
    assert wireless(device, link_preference="host").changed


def test_what_is_read_changes_nothing_when_it_is_wished_for():
    device = machine("19", wireless=True)
    wireless(device, **by_802_1x(**PEAP), sync="user", radio="s0", link_policy=["s0_ac"], uefi_sharing=False)
    exported = wireless(device).after
    names = {option.name for option in Wireless().options} - {"system_profiles"}
    again = wireless(device, **{name: value for name, value in exported.items() if name in names}, purge=True)
    assert (again.changed, again.after) == (False, exported)


def test_the_passphrase_travels_as_the_vendor_s_console_sends_it():
    device = machine(wireless=True)
    wireless(device, profiles=[OFFICE])
    (body,) = (body for body in device.client.transport.sent if b"AddWiFiSettings_INPUT" in body)
    text = body.decode()
    assert "<e:PSKPassPhrase>0ffice secret</e:PSKPassPhrase>" in text
    assert "Intel(r) AMT:WiFi Endpoint Settings office" in text
    assert wireless_profiles.PROFILE_PREFIX in text
