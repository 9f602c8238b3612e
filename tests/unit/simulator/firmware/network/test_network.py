# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces: legal combinations, absent adapters, who answers when the host sleeps."""

from __future__ import annotations

import pytest

from simulator.values import Fault

WIRED = {"InstanceID": "Intel(r) AMT Ethernet Port Settings 0"}
WIRELESS = {"InstanceID": "Intel(r) AMT Ethernet Port Settings 1"}
STATIC = [
    ("DHCPEnabled", "false"),
    ("IpSyncEnabled", "false"),
    ("SharedStaticIp", "false"),
    ("IPAddress", "192.0.2.77"),
    ("SubnetMask", "255.255.255.0"),
    ("DefaultGateway", "192.0.2.1"),
]
NAME = ("ElementName", "Intel(r) AMT Ethernet Port Settings")


def put(firmware, *fields, selectors=WIRED):
    return firmware.put("AMT_EthernetPortSettings", selectors, [NAME, *fields])


def refused(firmware, *fields, selectors=WIRED):
    with pytest.raises(Fault) as caught:
        put(firmware, *fields, selectors=selectors)
    return caught.value.detail.rpartition(" ")[2]


def test_a_lease_is_shown(make):
    port = make(address="127.9.0.4").get("AMT_EthernetPortSettings", WIRED)
    assert (port["IPAddress"], port["DefaultGateway"], port["DHCPEnabled"]) == ("127.9.0.4", "127.9.0.1", True)
    assert port["LinkPolicy"] == [1, 14]


def test_a_static_address_and_back(make):
    firmware = make()
    port = put(firmware, *STATIC)
    assert (port["IPAddress"], port["DHCPEnabled"], port["SharedDynamicIP"]) == ("192.0.2.77", False, False)
    assert "SecondaryDNS" not in port
    port = put(firmware, ("DHCPEnabled", "true"), ("IpSyncEnabled", "true"), ("SharedStaticIp", "false"))
    assert port["IPAddress"] == "192.0.2.10"
    assert [row.code for row in firmware.events.audited] == [2200, 2200]


def test_addresses_sent_back_while_dhcp_rules_are_refused(make):
    assert refused(make(), ("DHCPEnabled", "true"), ("SubnetMask", "255.255.255.0")) == "36"


def test_the_host_s_static_address_is_not_given(make):
    firmware = make()
    synced = [("DHCPEnabled", "false"), ("IpSyncEnabled", "true"), ("SharedStaticIp", "true")]
    assert refused(firmware, *synced, ("IPAddress", "192.0.2.77")) == "36"
    assert put(firmware, *synced)["SharedStaticIp"] is True


@pytest.mark.parametrize(
    "combination", ["true true true", "true false false", "false true false", "false false true", "true true false"]
)
def test_other_combinations_are_refused(make, combination):
    values = zip(("DHCPEnabled", "SharedStaticIp", "IpSyncEnabled"), combination.split())
    assert refused(make(), *values) == "36"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (STATIC[:4], "36"),
        ([*STATIC[:3], *STATIC[4:]], "36"),
        ([*STATIC[:3], ("IPAddress", "300.1.1.1"), *STATIC[4:]], "27"),
        ([*STATIC[:4], ("SubnetMask", "255.0.255.0")], "37"),
        ([("LinkPolicy", "1"), ("LinkPolicy", "15")], "LinkPolicy"),
        ([("ConsoleTcpMaxRetransmissions", "4")], "ConsoleTcpMaxRetransmissions"),
    ],
)
def test_values_that_make_no_sense_are_refused(make, fields, named):
    assert refused(make(), *fields) == named


def test_a_wireless_address_is_never_static(make):
    assert refused(make(wireless=True), ("IPAddress", "192.0.2.7"), selectors=WIRELESS) == "36"


def test_an_absent_adapter_is_an_instance_of_zeros_or_none(make):
    with pytest.raises(Fault) as caught:
        make("9", wireless=False).get("AMT_EthernetPortSettings", WIRELESS)
    assert caught.value.subcode == "DestinationUnreachable"
    port = make("12", wireless=False).get("AMT_EthernetPortSettings", WIRELESS)
    assert (port["MACAddress"], port["LinkIsUp"]) == ("00-00-00-00-00-00", False)
    assert make("12", wireless=False).get("CIM_WiFiPort", {})["PermanentAddress"] == "000000000000"
    assert make("12", wireless=False).instances("AMT_WiFiPortConfigurationService") == []


def test_a_notebook_has_an_adapter(make):
    port = make("12", platform="notebook").get("AMT_EthernetPortSettings", WIRELESS)
    assert port["MACAddress"] != "00-00-00-00-00-00"
    assert port["PhysicalConnectionType"] == 3


def test_link_preference_is_for_wireless(make):
    firmware = make(wireless=True)
    fields = [("LinkPreference", "1"), ("Timeout", "60")]
    assert firmware.invoke("AMT_EthernetPortSettings", WIRELESS, "SetLinkPreference", fields) == {"ReturnValue": 0}
    assert firmware.get("AMT_EthernetPortSettings", WIRELESS)["LinkControl"] == 1
    assert firmware.invoke("AMT_EthernetPortSettings", WIRED, "SetLinkPreference", fields) == {"ReturnValue": 0x24}


def test_addresses_are_written_in_three_ways(make):
    firmware = make(mac="00:00:5E:00:53:01")
    assert firmware.get("AMT_EthernetPortSettings", WIRED)["MACAddress"] == "00-00-5e-00-53-01"
    port = firmware.get("CIM_EthernetPort", {"DeviceID": "Intel(r) AMT Ethernet Port 0"})
    assert port["NetworkAddresses"] == ["00005e005301"]
    assert firmware.get("IPS_LANEndpoint", {})["MACAddress"] == "00005e005301"


def test_without_a_policy_for_sleep_nobody_answers_when_the_host_is_off(make):
    firmware = make("12")
    assert firmware.listens(16992)
    put(firmware, ("LinkPolicy", "1"))
    assert firmware.listens(16992)
    firmware.power.set_state("off")
    assert not firmware.listens(16992)
    assert firmware.presence() is None
    assert not firmware.reachable_at(0)


def test_on_battery_another_policy_counts(make):
    firmware = make("12", on_battery=True, power="off")
    assert not firmware.listens(16992)
    firmware.network.wired["LinkPolicy"] = [1, 14, 224]
    assert firmware.listens(16992)


def test_ports_follow_tls_and_redirection(make):
    def listening(firmware):
        return [port for port in (623, 664, 5900, 16992, 16993, 16994, 16995) if firmware.listens(port)]

    assert listening(make("9")) == [16992, 16994]
    assert listening(make("12", tls=True)) == [16992, 16993, 16994, 16995]
    assert listening(make("16")) == [16993, 16995]
    assert listening(make("16", tls=False, redirection=False)) == [16993]
    assert listening(make("16", version="16.0.15")) == [16992, 16993, 16994, 16995]
    assert listening(make("12", control_mode="none")) == []


def test_presence_tells_versions_that_fit_a_nibble(make):
    assert make("11").presence() == {"port": 16992, "version": (11, 8), "state": 2, "both_ports": False}
    assert make("16").presence() == {"port": 16993, "version": (0, 0), "state": 2, "both_ports": False}
    assert make("12", tls=True).presence()["both_ports"] is True


def test_presence_can_be_switched_off(make):
    firmware = make("12")
    firmware.general.values["RmcpPingResponseEnabled"] = False
    assert firmware.presence() is None


def test_plain_ports_cannot_be_opened_from_16_1_on(make):
    firmware = make("16")
    remote = {"InstanceID": "Intel(r) AMT 802.3 TLS Settings"}
    fields = [("AcceptNonSecureConnections", "true"), ("ElementName", remote["InstanceID"]), ("Enabled", "true")]
    with pytest.raises(Fault) as caught:
        firmware.put("AMT_TLSSettingData", remote, fields)
    assert (caught.value.subcode, caught.value.detail, caught.value.status) == ("InternalError", "AMT-STATUS 36", 500)


def test_tls_takes_effect_with_the_commit(make):
    firmware = make("12")
    remote = {"InstanceID": "Intel(r) AMT 802.3 TLS Settings"}
    fields = [("AcceptNonSecureConnections", "false"), ("ElementName", remote["InstanceID"]), ("Enabled", "true")]
    firmware.put("AMT_TLSSettingData", remote, fields)
    assert (firmware.listens(16992), firmware.listens(16993)) == (True, False)
    assert firmware.invoke("AMT_SetupAndConfigurationService", {}, "CommitChanges", []) == {"ReturnValue": 0}
    assert (firmware.listens(16992), firmware.listens(16993)) == (False, True)
    assert firmware.events.audited[-1].code == 1607


def test_a_network_that_is_switched_off_stays_off(make):
    firmware = make("12")
    fields = [("ElementName", "Intel(r) AMT: General Settings"), ("AMTNetworkEnabled", "0")]
    firmware.put("AMT_GeneralSettings", {}, fields)
    assert not firmware.listens(16992)
    assert firmware.presence() is None
