# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real programs behind the simulator's filters, policies made over WS-Man."""

from __future__ import annotations

import base64
import ipaddress
import re

import pytest

from simulator.packets import parse

from .conftest import DNS, ELSEWHERE, HOST, REMEDIATION, v4, v6
from .console import BY_AGENTS, DROP_AND_COUNT, IN, OUT, RATE_LIMIT
from .places import wait_for

ICMP, TCP, UDP, ICMPV6, ARP = 1, 6, 17, 58, 2054
RUNNING, EXPIRED, ANY = 4, 8, 31
ACTIVATE, DEACTIVATE = 0, 1
BOTH = pytest.mark.parametrize("version", [4, 6])


def at(version, number):
    return v4(number) if version == 4 else v6(number)


def url(version, number, port=80):
    address = at(version, number)
    return "http://{0}:{1}/".format(address if version == 4 else "[" + address + "]", port)


def lifeline(console):
    """ARP and neighbour discovery, DNS, and the remediation server's HTTP; each in both directions."""
    handles = []
    for name, direction in (("arp >", OUT), ("arp <", IN)):
        handles.append(console.filter(name, "AMT_Hdr8021Filter", HdrProtocolID8021=ARP, FilterDirection=direction))
    for name, direction in (("nd >", OUT), ("nd <", IN)):
        neighbours = {"HdrIPVersion": 6, "HdrProtocolID": ICMPV6, "FilterDirection": direction}
        near = {"HdrDestAddress": "ff02" + "00" * 14, "HdrDestMask": "ffff" + "00" * 14} if direction == OUT else {}
        handles.append(console.filter(name, **neighbours, **near))
    for address in (v4, v6):
        handles += console.flow("dns", address(DNS), UDP, 53)
        handles += console.flow("remedy", address(REMEDIATION), TCP, 80)
        handles += neighbour_answers(console, address) if address is v6 else []
    return handles


def neighbour_answers(console, address):
    """The host's own advertisements, to those that it may talk to."""
    return [
        console.filter(
            "nd to {0}".format(number),
            HdrIPVersion=6,
            HdrProtocolID=ICMPV6,
            HdrDestAddress=packed(address(number)),
            FilterDirection=OUT,
        )
        for number in (DNS, REMEDIATION)
    ]


def packed(address):
    return ipaddress.ip_address(address).packed.hex()


@BOTH
def test_without_a_policy_everything_works(scene, version):
    assert scene.gets(url(version, ELSEWHERE)) == "this is elsewhere"
    assert scene.gets(url(version, REMEDIATION)) == "this is remediation"
    assert scene.reaches(at(version, ELSEWHERE))
    assert scene.resolves("elsewhere.example", "A", at(version, DNS)) == [v4(ELSEWHERE)]


def test_isolated_but_dns_and_the_remediation_server_work(scene):
    """Filters do not know ICMP's types: who may find a neighbour of IPv6 may also ping it."""
    policy = scene.console.policy(lifeline(scene.console))
    scene.console.bind(policy)
    for version, kind in ((4, "A"), (6, "AAAA")):
        for transport in (4, 6):
            assert scene.resolves("remediation.example", kind, at(transport, DNS)) == [at(version, REMEDIATION)]
        assert scene.gets("http://remediation.example/", "-{0}".format(version)) == "this is remediation"
        assert scene.fetches(url(version, ELSEWHERE)) == ""
        assert not scene.pings(at(version, ELSEWHERE))
        assert not scene.pings(at(version, HOST), scene.elsewhere)
    assert not scene.pings(v4(REMEDIATION))
    assert scene.reaches(v6(REMEDIATION))
    counted = scene.console.counters(policy)
    assert counted["dns >"] and counted["dns <"] and counted["remedy >"] and counted["remedy <"]
    scene.console.release()
    assert scene.gets(url(4, ELSEWHERE)) == scene.gets(url(6, ELSEWHERE)) == "this is elsewhere"


def test_an_isolated_host_cannot_be_reached(scene, tmp_path):
    scene.host.serve_page("this is the host", tmp_path, 8080)
    ask = ("curl", "--silent", "--max-time", "2", url(4, HOST, 8080))
    wait_for(lambda: scene.elsewhere.succeeds(*ask), "the page of the host")
    scene.console.bind(scene.console.policy(lifeline(scene.console)))
    for version in (4, 6):
        assert not scene.elsewhere.succeeds(*ask[:-1], url(version, HOST, 8080))
    scene.console.release()
    for version in (4, 6):
        again = (*ask[:-1], url(version, HOST, 8080))
        wait_for(lambda asked=again: scene.elsewhere.answer(*asked) == "this is the host", "the page of the host")


def test_a_connection_that_is_open_is_cut(scene, tmp_path):
    """A transfer under way stops when the policy is bound, not only new connections."""
    policy = scene.console.policy(lifeline(scene.console))
    ping = ("ping", "-n", "-c", "40", "-i", "0.25", "-W", "2", v4(ELSEWHERE))
    log = tmp_path / "ping"
    scene.host.start("sh", "-c", "exec {0} > {1}".format(" ".join(ping), log))
    wait_for(lambda: log.exists() and log.read_text().count("bytes from") >= 3, "three answers")
    scene.console.bind(policy)
    wait_for(lambda: "packet loss" in log.read_text(), "the summary")
    received = int(re.search(r"(\d+) received", log.read_text())[1])
    assert 3 <= received < 40


@BOTH
def test_connections_from_outside_are_refused_and_those_from_inside_work(scene, version, tmp_path):
    """Flags: a SYN without an ACK that comes in is dropped; answers carry an ACK."""
    scene.host.serve_page("this is the host", tmp_path, 8080 + version)
    ask = ("curl", "--silent", "--max-time", "2", url(version, HOST, 8080 + version))
    wait_for(lambda: scene.elsewhere.succeeds(*ask), "the page of the host")
    opening = {"HdrProtocolID": TCP, "TCPFlagsOn": [1], "TCPFlagsOff": [4], "FilterDirection": IN}
    rule = scene.console.filter("no opening", profile=DROP_AND_COUNT, **opening)
    policy = scene.console.policy([rule], drop=False)
    scene.console.bind(policy)
    assert not scene.elsewhere.succeeds(*ask)
    assert scene.gets(url(version, ELSEWHERE)) == "this is elsewhere"
    assert scene.console.counters(policy)["no opening"] >= 1


def test_a_range_of_addresses_and_one_dropped_out_of_it(scene):
    """A dropping filter outweighs the passing one whose range it lies in."""
    everyone = {"HdrIPVersion": 4, "HdrDestAddress": packed(v4(0)), "HdrDestAddressEndOfRange": packed(v4(255))}
    passing = scene.console.filter("everyone", **everyone, FilterDirection=OUT)
    one = {"HdrIPVersion": 4, "HdrDestAddress": packed(v4(ELSEWHERE))}
    dropping = scene.console.filter("but one", profile=DROP_AND_COUNT, **one, FilterDirection=OUT)
    arp = scene.console.filter("arp", "AMT_Hdr8021Filter", HdrProtocolID8021=ARP, FilterDirection=OUT)
    scene.console.bind(scene.console.policy([passing, dropping, arp], RxDefaultDrop=False))
    assert scene.reaches(v4(REMEDIATION))
    assert not scene.pings(v4(ELSEWHERE))


def test_a_rate_limit_thins_out_pings(scene):
    limit = {"HdrProtocolID": ICMP, "FilterDirection": OUT, "FilterProfileData": 3}
    policy = scene.console.policy([scene.console.filter("slowly", profile=RATE_LIMIT, **limit)], drop=False)
    assert scene.reaches(v4(ELSEWHERE))
    scene.console.bind(policy)
    sent = "ping -n -q -c 30 -i 0.1 -W 1 {0} || true".format(v4(ELSEWHERE))
    received = int(re.search(r"(\d+) received", scene.host.run("sh", "-c", sent))[1])
    assert 6 <= received < 25
    assert scene.console.counters(policy)["slowly"] == 30


@BOTH
def test_a_forged_source_does_not_get_out(scene, version):
    """The host gives itself another address, and the network never hears of it."""
    forged = at(version, 66)
    ping = ("ping", "-n", "-c", "1", "-W", "2", at(version, ELSEWHERE), "-I")
    scene.host.address("eth0", forged + ("/24" if version == 4 else "/64"))
    try:
        wait_for(lambda: scene.host.succeeds(*ping, forged), "an answer to the other address")
        scene.console.bind(scene.console.policy([], drop=False, AntiSpoofingSupport=1))
        assert not scene.host.succeeds(*ping, forged)
        wait_for(lambda: scene.host.succeeds(*ping, at(version, HOST)), "an answer to its own")
    finally:
        scene.host.run("ip", "address", "del", forged + ("/24" if version == 4 else "/64"), "dev", "eth0")


def test_isolation_ends_by_itself(scene):
    policy = scene.console.policy([])
    assert scene.console.invoke(policy, "SetTimeout", Timeout=5) == 0
    scene.console.bind(policy)
    assert not scene.pings(v4(ELSEWHERE))
    scene.clock.advance(5 * 60)
    assert scene.reaches(v4(ELSEWHERE))


def test_a_machine_whose_agent_dies_is_isolated(scene):
    """The agent calls in over WS-Man, then no more; once it is back, so is the network."""
    guid = base64.b64encode(b"endpoint agent 1").decode()
    agent = scene.console.create("AMT_AgentPresenceWatchdog", DeviceID=guid, StartupInterval=120, TimeoutInterval=30)
    for state, policy in ((EXPIRED, ACTIVATE), (RUNNING, DEACTIVATE)):
        action = {"OldState": ANY, "NewState": state, "EventOnTransition": True, "ActionSd": policy}
        assert scene.console.invoke(agent, "AddAction", **action) == 0
    scene.console.bind(scene.console.policy(lifeline(scene.console), name="agent died"), BY_AGENTS)
    assert scene.console.invoke(agent, "RegisterAgent") == 0
    scene.clock.advance(20)
    assert scene.reaches(v4(ELSEWHERE))
    scene.clock.advance(20)
    assert not scene.pings(v4(ELSEWHERE))
    assert scene.gets("http://remediation.example/", "-4") == "this is remediation"
    assert scene.console.invoke(agent, "RegisterAgent") == 0
    assert scene.reaches(v4(ELSEWHERE))


def test_frames_of_a_real_stack_are_read(scene):
    """What the filters see of the kernel's own frames: version, protocol, ports, flags."""
    assert scene.gets(url(4, REMEDIATION)) and scene.gets(url(6, REMEDIATION))
    seen = [(way, parse(frame)) for way, _passed, frame in scene.wire.frames]
    for version, ethertype in ((4, 0x800), (6, 0x86DD)):
        opening = [p for way, p in seen if way == "transmit" and p.ethertype == ethertype and p.tcp_flags == 2]
        assert {(p.version, p.protocol, p.destination_port) for p in opening} == {(version, TCP, 80)}
        answer = [p for way, p in seen if way == "receive" and p.version == version and p.tcp_flags == 0x12]
        assert {(p.source_port, p.destination_port) for p in answer} == {(80, opening[0].source_port)}
    assert any(p.ethertype == ARP for _way, p in seen)
    assert any(p.icmp_type == 135 for _way, p in seen)
