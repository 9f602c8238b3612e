# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wireless profiles of the simulator: whole, sound, one priority each, and those in use are kept."""

from __future__ import annotations

import pytest

from simulator.values import Epr, Fault, Nested

SERVICE, PROFILE = "AMT_WiFiPortConfigurationService", "CIM_WiFiEndpointSettings"
PREFIX = "Intel(r) AMT:WiFi Endpoint Settings "
ENDPOINT = ("WiFiEndpoint", Epr("CIM_WiFiEndpoint", {"Name": "WiFi Endpoint 0"}))


def settings(name, priority=1, **changes):
    found = {
        "ElementName": name,
        "InstanceID": PREFIX + name,
        "SSID": name,
        "Priority": str(priority),
        "AuthenticationMethod": "6",
        "EncryptionMethod": "4",
        "PSKPassPhrase": "passphrase",
        **changes,
    }
    return Nested(PROFILE, [(key, value) for key, value in found.items() if value is not None])


def add(firmware, name, priority=1, more=(), **changes):
    fields = [ENDPOINT, ("WiFiEndpointSettingsInput", settings(name, priority, **changes)), *more]
    return firmware.invoke(SERVICE, {}, "AddWiFiSettings", fields)["ReturnValue"]


def test_a_profile_is_made_shown_without_its_secret_changed_and_deleted(make):
    firmware = make(wireless=True)
    assert add(firmware, "a") == 0
    (shown,) = firmware.instances(PROFILE)
    assert (shown["InstanceID"], shown["BSSType"], "PSKPassPhrase" in shown) == (PREFIX + "a", 3, False)
    there = ("WiFiEndpointSettings", Epr(PROFILE, {"InstanceID": PREFIX + "a"}))
    changed = [there, ("WiFiEndpointSettingsInput", settings("a", 7))]
    assert firmware.invoke(SERVICE, {}, "UpdateWiFiSettings", changed) == {"ReturnValue": 0}
    assert firmware.instances(PROFILE)[0]["Priority"] == 7
    renamed = [there, ("WiFiEndpointSettingsInput", settings("b"))]
    assert firmware.invoke(SERVICE, {}, "UpdateWiFiSettings", renamed) == {"ReturnValue": 3}
    firmware.delete(PROFILE, {"InstanceID": PREFIX + "a"})
    assert firmware.instances(PROFILE) == []
    assert firmware.invoke(SERVICE, {}, "UpdateWiFiSettings", changed) == {"ReturnValue": 4}


@pytest.mark.parametrize(
    ("generation", "changes", "status"),
    [
        ("16", {"PSKPassPhrase": None}, 3),
        ("16", {"PSKPassPhrase": "short"}, 3),
        ("16", {"PSKValue": "QUJD"}, 3),
        ("16", {"EncryptionMethod": "3"}, 3),
        ("12", {"EncryptionMethod": "3"}, 0),
        ("12", {"AuthenticationMethod": "32768"}, 3),
        ("16", {"AuthenticationMethod": "32768"}, 0),
        ("16", {"AuthenticationMethod": "7"}, 3),
        ("16", {"SSID": "s" * 33}, 3),
        ("16", {"Priority": "0"}, 3),
        ("16", {"InstanceID": "another"}, 3),
    ],
)
def test_unsound_profiles_are_refused(make, generation, changes, status):
    assert add(make(generation, wireless=True), "a", **changes) == status


def test_a_priority_a_name_and_a_place_are_one_s_alone(make):
    firmware = make(wireless=True)
    assert [add(firmware, str(number), number + 1) for number in range(9)] == [0] * 8 + [2]
    assert add(firmware, "0", 9) == 2
    firmware.delete(PROFILE, {"InstanceID": PREFIX + "0"})
    assert add(firmware, "new", 2) == 3


def test_who_is_in_use_or_the_system_s_is_not_deleted(make):
    firmware = make(wireless=True)
    add(firmware, "a")
    firmware.wifi_profiles.in_use, firmware.wifi_profiles.users = "a", ["cafe"]
    for name, subcode in (
        (PREFIX + "a", "InternalError"),
        ("Intel(r) AMT:WiFi Endpoint User Settings cafe", "AccessDenied"),
    ):
        with pytest.raises(Fault) as caught:
            firmware.delete(PROFILE, {"InstanceID": name})
        assert caught.value.subcode == subcode
    assert firmware.invoke(SERVICE, {}, "DeleteAllITProfiles", []) == {"ReturnValue": 0}
    assert firmware.invoke(SERVICE, {}, "DeleteAllUserProfiles", []) == {"ReturnValue": 0}
    assert [row["ElementName"] for row in firmware.instances(PROFILE)] == ["a"]


@pytest.mark.parametrize(
    ("protocol", "given", "status"),
    [
        ("2", {"Username": "u", "Password": "p"}, 0),
        ("2", {"Username": "u"}, 3),
        ("2", {"Username": "u", "Password": "p", "PSK": "QUJD"}, 3),
        ("8", {"Username": "u", "PSK": "QUJD"}, 0),
        ("0", {"Username": "u"}, 3),
        ("11", {"Username": "u", "Password": "p"}, 3),
    ],
)
def test_what_a_protocol_of_802_1x_takes(make, protocol, given, status):
    fields = [("ElementName", "a"), ("InstanceID", "x"), ("AuthenticationProtocol", protocol), *given.items()]
    more = [("IEEE8021xSettingsInput", Nested("CIM_IEEE8021xSettings", fields))]
    firmware = make(wireless=True)
    assert add(firmware, "a", more=more, AuthenticationMethod="7", PSKPassPhrase=None) == status
    shown = firmware.instances("CIM_IEEE8021xSettings")
    assert [("Password" in row, row["ElementName"]) for row in shown] == [(False, "a")] * (status == 0)
