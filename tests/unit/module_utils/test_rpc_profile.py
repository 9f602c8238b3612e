# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile of rpc-go as a document: what it becomes, that it is taken, and that nothing is lost in silence."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import DeviceProfile
from ansible_collections.outofband.amt.plugins.module_utils.rpc_profile import from_rpc

from tests import certificate_maker as made
from tests.interop.own_requests import defaults

ROOT = "".join(made.root("One").strip().splitlines()[1:-1])
WIFI = {"profileName": "office", "ssid": "office", "password": "a passphrase", "priority": 1}
PSK = {**WIFI, "authenticationMethod": "WPA2PSK", "encryptionMethod": "CCMP"}
CIRA = {
    "mpsAddress": "mps.example.com",
    "mpsPort": 4433,
    "mpsUsername": "admin",
    "mpsPassword": "P@ssw0rd1",
    "mpsCert": ROOT,
}
WHOLE = {
    "id": 1,
    "name": "office",
    "configuration": {
        "generalSettings": {"sharedFQDN": False, "networkInterfaceEnabled": 1, "pingResponseEnabled": False},
        "network": {
            "wired": {"dhcpEnabled": True, "ipSyncEnabled": True, "ieee8021x": None},
            "wireless": {"wifiSyncEnabled": True, "uefiWiFiSyncEnabled": False, "profiles": [PSK]},
            "proxy": [{"address": "proxy.example.com", "port": 3128, "networkDnsSuffix": "example.com"}],
        },
        "tls": {"signingAuthority": "SelfSigned", "mutualAuthentication": False, "enabled": True, "allowNonTLS": False},
        "redirection": {"enabled": True, "services": {"kvm": True, "sol": True, "ider": False}, "userConsent": "All"},
        "userAccounts": {"userAccounts": ["eve"]},
        "enterpriseAssistant": {"url": "", "username": ""},
        "amtSpecific": {
            "controlMode": "acmactivate",
            "adminPassword": "P@ssw0rd2",
            "generateRandomPassword": False,
            "provisioningCert": "MIIK",
            "cira": {**CIRA, "environmentDetection": ["example.com"]},
        },
        "newSection": {"flag": True},
    },
}


def test_what_it_becomes():
    document, behind = from_rpc(WHOLE)
    assert document["name"] == {"shared_fqdn": False, "ping": False}
    assert document["consent"] == {"policy": "all"}
    assert document["redirection"] == {"kvm": True, "sol": True, "ider": False, "listener": True}
    assert document["tls"] == {"remote": {"enabled": True, "mutual": False, "plain_ports": False}}
    assert document["wired"] == {"addressing": "dhcp"}
    (wifi,) = document["wireless"]["profiles"]
    assert (wifi["security"], wifi["encryption"], wifi["passphrase"]) == ("wpa2_psk", "ccmp", "a passphrase")
    assert document["wireless"]["sync"] == "all"
    (server,) = document["remote_access"]["servers"]
    assert (server["address"], server["port"]) == ("mps.example.com", 4433)
    assert document["remote_access"]["local_domains"] == ["example.com"]
    assert document["remote_access"]["proxies"][0]["dns_suffix"] == "example.com"
    assert document["admin"] == {"password": "P@ssw0rd2"}
    assert [row["setting"] for row in behind] == [
        "amtSpecific.cira",
        "generalSettings.networkInterfaceEnabled",
        "tls.signingAuthority",
        "userAccounts.userAccounts",
        "amtSpecific.controlMode",
        "amtSpecific.provisioningCert",
        "newSection.flag",
    ]


def test_the_document_is_one_that_is_taken():
    document, _behind = from_rpc(WHOLE)
    whole = DeviceProfile()
    whole.check(defaults(whole, profile=document))
    rows = {part.name: {option.name for option in part.resource.options} for part in whole.parts}
    assert {name: set(part) - rows[name] for name, part in document.items()} == {name: set() for name in document}


@pytest.mark.parametrize(
    ("wired", "becomes"),
    [
        ({"dhcpEnabled": False, "ipSyncEnabled": True}, {"addressing": "shared"}),
        (
            {
                "ipAddress": "192.0.2.7",
                "subnetMask": "255.255.255.0",
                "defaultGateway": "192.0.2.1",
                "primaryDNS": "192.0.2.53",
            },
            {
                "addressing": "static",
                "address": "192.0.2.7",
                "netmask": "255.255.255.0",
                "gateway": "192.0.2.1",
                "dns": ["192.0.2.53"],
            },
        ),
        ({}, None),
    ],
)
def test_addresses(wired, becomes):
    assert from_rpc({"configuration": {"network": {"wired": wired}}})[0].get("wired") == becomes


def test_words_that_nobody_knows_are_named():
    odd = {**WIFI, "authenticationMethod": "Other", "encryptionMethod": "WEP"}
    document, behind = from_rpc({"configuration": {"network": {"wireless": {"profiles": [odd]}}}})
    assert document["wireless"]["profiles"] == [
        {"name": "office", "ssid": "office", "priority": 1, "passphrase": "a passphrase"}
    ]
    assert [row["setting"] for row in behind] == [
        "network.wireless.profiles[office].authenticationMethod",
        "network.wireless.profiles[office].encryptionMethod",
    ]


def test_802_1x_leaves_its_keys_behind_and_says_so():
    given = {"username": "pc", "authenticationProtocol": 0, "clientCert": "MII", "privateKey": "MII", "pxeTimeout": 120}
    document, behind = from_rpc({"configuration": {"network": {"wired": {"ieee8021x": given}}}})
    assert document["8021x"] == {"enabled": True, "method": "tls", "username": "pc", "pxe_timeout": 120}
    assert [row["setting"].rpartition(".")[2] for row in behind] == ["clientCert", "privateKey"]


@pytest.mark.parametrize("content", [None, "3q2+7w==", [], {}, {"configuration": "no"}])
def test_what_is_no_profile_is_refused(content):
    with pytest.raises(InvalidOption, match="no profile of rpc-go"):
        from_rpc(content)
