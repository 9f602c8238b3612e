# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Management presence servers and policies of the firmware, and what it refuses; proxies; who may call."""

from __future__ import annotations

import pytest

from simulator.values import Epr, Fault

SERVICE, SERVER, RULE = "AMT_RemoteAccessService", "AMT_ManagementPresenceRemoteSAP", "AMT_RemoteAccessPolicyRule"
PROXIES, USER = "IPS_HTTPProxyService", "AMT_UserInitiatedConnectionService"
LOGIN = {"AccessInfo": "mps.test", "InfoFormat": "201", "Port": "4433", "AuthMethod": "2", "Username": "me"}
WHOLE = {**LOGIN, "Password": "secret"}
EVERY = "AAAAAAAAABk="


def add(firmware, **changes):
    given = {name: value for name, value in {**WHOLE, **changes}.items() if value is not None}
    return firmware.invoke(SERVICE, {}, "AddMpServer", list(given.items()))


def add_rule(firmware, *servers, trigger="2", data=EVERY):
    fields = [("Trigger", trigger), ("TunnelLifeTime", "0"), *([("ExtendedData", data)] if data else [])]
    named = [("MpServer", Epr(SERVER, {"Name": name})) for name in servers]
    return firmware.invoke(SERVICE, {}, "AddRemoteAccessPolicyRule", [*fields, *named])


def test_a_server_shows_as_recorded(make):
    firmware = make()
    reply = add(firmware, AccessInfo="192.168.0.208", InfoFormat="3", CN="192.168.0.208")
    assert reply["MpServer"].selectors["Name"] == "Intel(r) AMT:Management Presence Server 0"
    shown = firmware.get(SERVER, {})
    assert (shown["AccessInfo"], shown["CN"], shown["Port"]) == ("192.168.0.208", "192.168.0.208", 4433)
    login = firmware.get("AMT_MPSUsernamePassword", {})
    assert login == {"InstanceID": "Intel(r) AMT:MPS Username Password 0", "RemoteID": "me"}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"InfoFormat": "3"}, 0x24),
        ({"CN": "x"}, 0x24),
        ({"AccessInfo": "192.0.2.1", "InfoFormat": "3"}, 0x24),
        ({"Port": "0"}, 0x24),
        ({"Username": "not-alphanumeric"}, 0x24),
        ({"Password": None}, 0x24),
        ({"Password": "x" * 65}, 0x24),
        ({"AuthMethod": "3"}, 0x24),
        ({"AuthMethod": "1"}, 0x814),
    ],
)
def test_a_server_that_is_refused(make, changes, status):
    assert add(make(), **changes)["ReturnValue"] == status


def test_one_server_too_many_and_one_twice(make):
    firmware = make()
    for number in range(6):
        assert add(firmware, AccessInfo="mps{0}.test".format(number))["ReturnValue"] == 0
    assert add(firmware, AccessInfo="mps6.test")["ReturnValue"] == 0x17
    other = make()
    add(other)
    assert add(other, AccessInfo="MPS.test")["ReturnValue"] == 0x80A
    assert add(other, Port="443")["ReturnValue"] == 0


def test_a_policy_shows_as_recorded_and_keeps_its_server(make):
    firmware = make()
    add(firmware)
    name = firmware.get(SERVER, {})["Name"]
    assert add_rule(firmware, name)["ReturnValue"] == 0
    rule = firmware.get(RULE, {})
    assert (rule["PolicyRuleName"], rule["Trigger"], rule["ExtendedData"]) == ("Periodic", 2, bytes(7) + b"\x19")
    assert rule["ElementName"] == "Inte(r) AMT:Remote Access Policy"
    with pytest.raises(Fault) as caught:
        firmware.delete(SERVER, {"Name": name})
    assert caught.value.detail == "AMT-STATUS 16"
    firmware.delete(RULE, {"PolicyRuleName": "Periodic"})
    firmware.delete(SERVER, {"Name": name})
    assert firmware.instances(SERVER) == []


@pytest.mark.parametrize(
    ("trigger", "data", "servers", "status"),
    [
        ("2", "", 1, 0x24),
        ("2", "AAAAAAAAAAA=", 1, 0x24),
        ("2", "AAAAAQAAABgAAAAA", 1, 0x24),
        ("1", EVERY, 1, 0x24),
        ("3", "", 1, 0x24),
        ("1", "", 0, 0x24),
        ("1", "", 3, 0x24),
        ("1", "", -1, 0x814),
    ],
)
def test_a_policy_that_is_refused(make, trigger, data, servers, status):
    firmware = make()
    names = [add(firmware, AccessInfo="mps{0}.test".format(each))["MpServer"].selectors["Name"] for each in range(3)]
    meant = names[:servers] if servers >= 0 else ["nobody"]
    assert add_rule(firmware, *meant, trigger=trigger, data=data)["ReturnValue"] == status


def test_one_policy_for_each_trigger(make):
    firmware = make()
    name = add(firmware)["MpServer"].selectors["Name"]
    for trigger in "01":
        assert add_rule(firmware, name, trigger=trigger, data="")["ReturnValue"] == 0
        assert add_rule(firmware, name, trigger=trigger, data="")["ReturnValue"] == 0x80A


def test_a_tunnel_ends_with_the_last_policy_or_when_it_is_closed(make):
    firmware = make(tunnel=True)
    assert firmware.get(SERVICE, {})["IsRemoteTunnelConnected"] is True
    name = add(firmware)["MpServer"].selectors["Name"]
    add_rule(firmware, name)
    firmware.delete(RULE, {"PolicyRuleName": "Periodic"})
    assert firmware.get(SERVICE, {})["IsRemoteTunnelConnected"] is False
    other = make(tunnel=True)
    other.invoke(SERVICE, {}, "CloseRemoteAccessConnection", [])
    assert other.get(SERVICE, {})["IsRemoteTunnelConnected"] is False


def test_proxies_come_and_go_and_are_not_taken_twice(make):
    """A device answered 2058 to the second of the same."""
    firmware = make("12")
    fields = [("AccessInfo", "proxy"), ("InfoFormat", "201"), ("Port", "8080"), ("NetworkDnsSuffix", "x.test")]
    assert firmware.invoke(PROXIES, {}, "AddProxyAccessPoint", fields)["ReturnValue"] == 0
    assert firmware.invoke(PROXIES, {}, "AddProxyAccessPoint", fields)["ReturnValue"] == 2058
    (row,) = firmware.instances("IPS_HTTPProxyAccessPoint")
    firmware.delete("IPS_HTTPProxyAccessPoint", {"Name": row["Name"]})
    assert firmware.instances("IPS_HTTPProxyAccessPoint") == []
    with pytest.raises(Fault):
        make("11").get(PROXIES, {})


@pytest.mark.parametrize(("state", "status"), [("32768", 0), ("32771", 0), ("32772", 5), ("2", 5)])
def test_who_may_call(make, state, status):
    firmware = make()
    assert firmware.invoke(USER, {}, "RequestStateChange", [("RequestedState", state)])["ReturnValue"] == status


@pytest.mark.parametrize("prefix", ["2001:db8::", "2001:db8::1/32", "x/8"])
def test_a_prefix_that_is_none(make, prefix):
    name = "Intel(r) AMT Environment Detection Settings"
    fields = [("ElementName", name), ("InstanceID", name), ("DetectionAlgorithm", "0")]
    with pytest.raises(Fault) as caught:
        make().put("AMT_EnvironmentDetectionSettingData", {}, [*fields, ("DetectionIPv6LocalPrefixes", prefix)])
    assert "DetectionIPv6LocalPrefixes" in caught.value.detail
