# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be made, read and deleted, what is refused, and what is left in the logs."""

from __future__ import annotations

import pytest

from simulator.values import Epr, Fault

from .conftest import DROP, PASS, PEER, PEER6, RATE, ZEROED, handle, hexed, wired

IP, ETHERNET = "AMT_IPHeadersFilter", "AMT_Hdr8021Filter"
POLICY, IN_POLICY, BOUND = (
    "AMT_SystemDefensePolicy",
    "AMT_FilterInSystemDefensePolicy",
    "AMT_NetworkPortSystemDefensePolicy",
)
SIX = bytes(6)


def refused(function, *arguments, **fields):
    """(subcode, detail) of the fault."""
    with pytest.raises(Fault) as caught:
        function(*arguments, **fields)
    return caught.value.subcode, caught.value.detail.rpartition("/")[2]


def test_a_filter_is_read_back_as_it_was_given(bench):
    fields = {"HdrIPVersion": 4, "HdrDestAddress": "C6336407", "HdrProtocolID": 6, "TCPFlagsOn": [1, 6]}
    reference = bench.ip(RATE, FilterProfileData=10, Name="sixteen letters.", **fields)
    assert reference.resource == IP
    assert reference.selectors == {
        "CreationClassName": IP,
        "InstanceID": "1",
        "Name": "sixteen letters.",
        "SystemCreationClassName": "CIM_ComputerSystem",
        "SystemName": "Intel(r) AMT",
    }
    shown = bench.firmware.get(IP, {"InstanceID": "1"})
    assert shown["HdrDestAddress"] == bytes.fromhex("c6336407")
    assert (shown["FilterProfileData"], shown["TCPFlagsOn"], shown["ActionEventOnMatch"]) == (10, [1, 6], False)
    assert "HdrSrcAddress" not in shown


def test_handles_are_not_given_again(bench):
    first = bench.ip()
    bench.delete(first)
    assert handle(bench.ethernet(0x806)) > handle(first)


@pytest.mark.parametrize("missing", [*ZEROED, "Name", "FilterProfile", "FilterDirection", "ActionEventOnMatch"])
def test_what_a_filter_must_have(bench, missing):
    fields = {**ZEROED, "Name": "x", "FilterProfile": 3, "FilterDirection": 0, "ActionEventOnMatch": False}
    pairs = wired({name: value for name, value in fields.items() if name != missing})
    assert refused(bench.firmware.create, IP, pairs) == ("InvalidRepresentation", "MissingValues: " + missing)
    assert bench.firmware.instances(IP) == []


def invalid(name):
    return "InvalidRepresentation", "InvalidValues: " + name


def missing_value(name):
    return "InvalidRepresentation", "MissingValues: " + name


V4, V6 = {"HdrIPVersion": 4}, {"HdrIPVersion": 6}
ADDRESS = {**V4, "HdrSrcAddress": hexed(PEER)}
TCP_PORTS = {"HdrProtocolID": 6, "HdrSrcPortStart": 1, "HdrSrcPortEnd": 2}


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"Name": "seventeen letters"}, invalid("Name")),
        ({"Name": ""}, ("SchemaValidationError", "Name")),
        ({"FilterProfile": 5}, invalid("FilterProfile")),
        ({"FilterDirection": 2}, invalid("FilterDirection")),
        ({"FilterProfile": RATE}, missing_value("FilterProfileData")),
        ({"FilterProfile": RATE, "FilterProfileData": 0}, invalid("FilterProfileData")),
        ({"FilterProfile": PASS, "FilterProfileData": 9}, invalid("FilterProfileData")),
        ({"HdrIPVersion": 5}, invalid("HdrIPVersion")),
        ({"HdrSrcAddress": hexed(PEER)}, missing_value("HdrIPVersion")),
        ({**V6, "HdrSrcAddress": hexed(PEER)}, invalid("HdrSrcAddress")),
        ({**V4, "HdrDestAddress": hexed(PEER6)}, invalid("HdrDestAddress")),
        ({**V4, "HdrSrcMask": "ffffffff"}, missing_value("HdrSrcAddress")),
        ({**V4, "HdrDestAddressEndOfRange": hexed(PEER)}, missing_value("HdrDestAddress")),
        ({**ADDRESS, "HdrSrcMask": "ffffff00", "HdrSrcAddressEndOfRange": hexed(PEER)}, invalid("HdrSrcMask")),
        ({**ADDRESS, "HdrSrcMask": "ffff"}, invalid("HdrSrcMask")),
        ({**ADDRESS, "HdrSrcAddressEndOfRange": "c6336400"}, invalid("HdrSrcAddressEndOfRange")),
        ({**V4, "HdrSrcAddress": "198.51.100.7"}, ("SchemaValidationError", "HdrSrcAddress")),
        ({"HdrSrcPortStart": 1}, invalid("HdrSrcPortStart")),
        ({"HdrProtocolID": 1, "HdrDestPortEnd": 1}, invalid("HdrDestPortEnd")),
        ({"HdrProtocolID": 17, "HdrDestPortStart": 2, "HdrDestPortEnd": 1}, invalid("HdrDestPortEnd")),
        ({**TCP_PORTS, "HdrDestPortStart": 3, "HdrDestPortEnd": 4}, invalid("HdrDestPortStart")),
        ({**TCP_PORTS, "HdrDestPortStart": 3, "HdrDestPortEnd": 3}, invalid("HdrDestPortStart")),
        ({"HdrDSCP": [64]}, invalid("HdrDSCP")),
        ({**V4, "HdrFlowLabel": "000001"}, invalid("HdrFlowLabel")),
        ({**V6, "HdrFlowLabel": "100000"}, invalid("HdrFlowLabel")),
        ({**V6, "HdrFlowLabel": "0001"}, invalid("HdrFlowLabel")),
        ({"HdrProtocolID": 17, "TCPFlagsOn": [1]}, invalid("TCPFlagsOn")),
        ({"HdrProtocolID": 6, "TCPFlagsOff": [8]}, invalid("TCPFlagsOff")),
        ({"HdrProtocolID": 6, "TCPFlagsOn": [1], "TCPFlagsOff": [1]}, invalid("TCPFlagsOff")),
        ({"HdrProtocolID": 256}, ("SchemaValidationError", "HdrProtocolID")),
        ({"FilterEnabled": True}, ("SchemaValidationError", "FilterEnabled")),
    ],
)
def test_what_an_ip_filter_may_not_have(bench, fields, answer):
    assert refused(bench.ip, **fields) == answer
    assert bench.firmware.instances(IP) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"HdrProtocolID": 6, "HdrSrcPortStart": 5, "HdrSrcPortEnd": 5, "HdrDestPortStart": 7, "HdrDestPortEnd": 7},
        TCP_PORTS,
        {"HdrProtocolID": 17, "HdrDestPortStart": 1024},
        {**V6, "HdrDestAddress": hexed(PEER6) + "00000002"},
    ],
)
def test_what_is_allowed_at_the_edge(bench, fields):
    bench.ip(**fields)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"HdrSrcMACAddr8021": bytes(5)}, invalid("HdrSrcMACAddr8021")),
        ({"HdrDestMACMask8021": SIX}, missing_value("HdrDestMACAddr8021")),
        ({"HdrDestMACAddr8021": SIX, "HdrDestMACMask8021": bytes(7)}, invalid("HdrDestMACMask8021")),
        ({"HdrPriorityValue8021": 8}, invalid("HdrPriorityValue8021")),
        ({"HdrVLANID8021": 4096}, invalid("HdrVLANID8021")),
        ({"HdrProtocolID8021": 65536}, ("SchemaValidationError", "HdrProtocolID8021")),
    ],
)
def test_what_an_ethernet_filter_may_not_have(bench, fields, answer):
    assert refused(bench.ethernet, 0x800, **fields) == answer


def test_an_ethernet_filter_needs_its_ethertype(bench):
    fields = {**ZEROED, "Name": "x", "FilterProfile": 3, "FilterDirection": 0, "ActionEventOnMatch": False}
    assert refused(bench.create, ETHERNET, **fields) == missing_value("HdrProtocolID8021")


def test_a_filter_cannot_be_changed(bench):
    reference = bench.ip()
    assert refused(bench.firmware.put, IP, reference.selectors, [])[0] == "ActionNotSupported"


def test_a_policy_and_what_hangs_on_it(bench):
    rule, other = bench.ip(), bench.ethernet(0x806)
    policy = bench.policy(rule, other, name="isolated", precedence=7)
    shown = bench.firmware.get(POLICY, policy.selectors)
    assert (shown["PolicyName"], shown["PolicyPrecedence"]) == ("isolated", 7)
    assert shown["FilterCreationHandles"] == [handle(rule), handle(other)]
    members = bench.firmware.instances(IN_POLICY)
    assert [row["Dependent"] for row in members] == [rule, other]
    assert {row["Antecedent"].selectors["InstanceID"] for row in members} == {str(handle(policy))}
    found = bench.firmware.get(
        IN_POLICY, {"Antecedent": policy, "Dependent": Epr(IP, {"InstanceID": str(handle(rule))})}
    )
    assert found == members[0]
    (hosted,) = bench.firmware.instances("AMT_SystemDefensePolicyInService")
    assert (hosted["Antecedent"].resource, hosted["Dependent"]) == ("AMT_SystemDefenseService", policy)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"PolicyName": "seventeen letters"}, invalid("PolicyName")),
        ({"FilterCreationHandles": [4711]}, invalid("FilterCreationHandles")),
        ({"AntiSpoofingSupport": 5}, invalid("AntiSpoofingSupport")),
        ({"PolicyPrecedence": -1}, ("SchemaValidationError", "PolicyPrecedence")),
    ],
)
def test_what_a_policy_may_not_have(bench, fields, answer):
    assert refused(bench.policy, **fields) == answer


def test_a_policy_takes_a_filter_once(bench):
    rule = bench.ip()
    assert refused(bench.policy, rule, rule) == invalid("FilterCreationHandles")


@pytest.mark.parametrize("side", ["Tx", "Rx"])
@pytest.mark.parametrize("what", ["Drop", "MatchEvent", "Count"])
def test_all_six_defaults_have_to_be_said(bench, side, what):
    names = [s + "Default" + w for s in ("Tx", "Rx") for w in ("Drop", "MatchEvent", "Count")]
    fields = {name: True for name in names if name != side + "Default" + what}
    answer = refused(bench.create, POLICY, InstanceID="0", PolicyName="x", PolicyPrecedence=1, **fields)
    assert answer == missing_value(side + "Default" + what)


def test_what_is_in_use_cannot_be_deleted(bench):
    rule = bench.ip()
    policy = bench.isolate(rule)
    assert refused(bench.delete, rule) == ("InternalError", "AMT-STATUS 16")
    assert refused(bench.delete, policy) == ("InternalError", "AMT-STATUS 16")
    assert bench.sent().by == "ip 1"
    bench.release()
    bench.delete(policy)
    bench.delete(rule)
    assert bench.firmware.instances(POLICY) == bench.firmware.instances(IP) == []


def test_a_binding_is_found_by_its_two_ends(bench):
    policy = bench.isolate(name="isolated")
    found = bench.firmware.get(BOUND, {"Antecedent": bench.port(), "Dependent": policy})
    assert (found["Enabled"], found["Active"]) == (True, True)
    assert found["Antecedent"].selectors["DeviceID"] == "Intel(r) AMT Ethernet Port 0"


def test_a_port_takes_one_policy_at_a_time(bench):
    bench.isolate()
    assert refused(bench.bind, bench.policy())[0] == "AlreadyExists"


@pytest.mark.parametrize("end", ["Antecedent", "Dependent"])
def test_a_binding_needs_ends_that_exist(bench, end):
    ends = {"Antecedent": bench.port(), "Dependent": bench.policy()}
    nothing = Epr(ends[end].resource, {"DeviceID" if end == "Antecedent" else "InstanceID": "nothing"})
    assert refused(bench.create, BOUND, **{**ends, end: nothing}) == invalid(end)
    del ends[end]
    assert refused(bench.create, BOUND, **ends) == missing_value(end)


def test_writes_wear_the_flash_and_reads_do_not(bench_with):
    bench = bench_with(flash_limit=4)
    bench.isolate(bench.ip())
    policy = bench.firmware.reference(POLICY, bench.firmware.instances(POLICY)[0])
    bench.invoke(policy, "UpdateStatistics", NetworkInterface=bench.port(), ResetOnRead=True)
    bench.invoke(policy, "GetTimeout")
    assert bench.firmware.flash.writes == 3
    assert bench.invoke(policy, "SetTimeout", Timeout=5)["ReturnValue"] == 0
    assert bench.invoke(policy, "SetTimeout", Timeout=6)["ReturnValue"] == 0x26
    assert refused(bench.ip) == ("InternalError", "AMT-STATUS 38")
    assert refused(bench.release) == ("InternalError", "AMT-STATUS 38")


def test_what_is_done_is_audited(bench):
    rule = bench.ip()
    policy = bench.policy(rule)
    bench.bind(policy, cls="AMT_NetworkPortDefaultSystemDefensePolicy")
    bench.release(cls="AMT_NetworkPortDefaultSystemDefensePolicy")
    bench.delete(policy)
    bench.delete(rule)
    assert [row.code for row in bench.firmware.events.audited] == [2500, 2502, 2504, 2503, 2501]


def test_client_control_mode_has_no_system_defense(bench_with):
    bench = bench_with(control_mode="client")
    for cls in (IP, POLICY, "AMT_GeneralSystemDefenseCapabilities", "AMT_NetworkPortSystemDefenseCapabilities"):
        assert bench.firmware.instances(cls) == []
    assert refused(bench.ip, DROP)[0] == "AccessDenied"


def test_a_device_may_lack_the_feature(bench_with):
    bench = bench_with(defense={"supported": False})
    for cls in (IP, ETHERNET, POLICY, "AMT_SystemDefenseService"):
        assert refused(bench.firmware.instances, cls)[0] == "DestinationUnreachable"
    assert refused(bench.ip)[0] == "DestinationUnreachable"
    assert bench.sent().passes


def test_names_may_have_to_be_unique(bench_with):
    bench = bench_with(defense={"unique_names": True})
    bench.ip(Name="dns")
    assert refused(bench.ethernet, 0x806, Name="dns")[0] == "AlreadyExists"
    bench.policy(name="isolated")
    assert refused(bench.policy, name="isolated")[0] == "AlreadyExists"
