# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""amt_isolation as a user runs it, and real programs on the machine that it isolates."""

from __future__ import annotations

import re

import pytest

from ..integration.conftest import Controller
from .conftest import DNS, ELSEWHERE, HOST, REMEDIATION, v4, v6
from .places import wait_for

ALLOW = [
    "dhcp",
    *({"dns": address(DNS)} for address in (v4, v6)),
    *(f"to: {address(REMEDIATION)}, http" for address in (v4, v6)),
]


@pytest.fixture
def isolation(scene, tmp_path):
    """isolation(**options): run the module on the device; what it returned."""
    controller = Controller(tmp_path)
    inventory = controller.inventory({"pc": controller.plainly(scene.device, scene.running)})

    def run(**options):
        ran = controller.play([{"name": "it", "outofband.amt.amt_isolation": options}], inventory)
        assert ran.code == 0, ran.output
        return ran.result("it")

    return run


def open_to_all(scene):
    answers = {scene.gets("http://elsewhere.example/", "-{0}".format(version)) for version in (4, 6)}
    return answers == {"this is elsewhere"} and scene.reaches(v4(ELSEWHERE)) and scene.reaches(v6(ELSEWHERE))


def test_isolated_but_dns_and_the_remediation_server_work(scene, isolation):
    """Pings of IPv6 are not asked for: the module lets ICMPv6 pass, since neighbours are found with it."""
    assert open_to_all(scene)
    assert isolation(state="isolated", allow=ALLOW)["changed"]
    for version in (4, 6):
        assert scene.gets("http://remediation.example/", "-{0}".format(version)) == "this is remediation"
        assert scene.fetches("http://elsewhere.example/", "-{0}".format(version)) == ""
    assert scene.resolves("remediation.example", "AAAA", v4(DNS)) == [v6(REMEDIATION)]
    assert scene.resolves("remediation.example", "A", v6(DNS)) == [v4(REMEDIATION)]
    assert not scene.pings(v4(ELSEWHERE)) and not scene.pings(v4(REMEDIATION))
    assert not scene.pings(v4(HOST), scene.elsewhere)
    assert not isolation(state="isolated", allow=ALLOW)["changed"]
    assert isolation(state="released")["changed"]
    assert open_to_all(scene)


def test_the_policy_before_is_back_after_release(scene, isolation):
    """An office's rule against pings is in force, then isolation, then the rule again."""
    rule = scene.console.filter("no pings", profile=1, HdrIPVersion=4, HdrProtocolID=1, FilterDirection=0)
    scene.console.bind(scene.console.policy([rule], name="office", drop=False))
    assert not scene.pings(v4(ELSEWHERE)) and scene.gets("http://elsewhere.example/", "-4")
    isolation(state="isolated", allow=ALLOW)
    assert isolation(state="isolated", allow=ALLOW)["before"] == "office"
    assert not scene.fetches("http://elsewhere.example/", "-4")
    isolation(state="released")
    assert not scene.pings(v4(ELSEWHERE)) and scene.gets("http://elsewhere.example/", "-4")


def test_an_expiry_gives_the_network_back(scene, isolation):
    isolation(state="isolated", allow=ALLOW, expires=30)
    assert not scene.pings(v4(ELSEWHERE))
    scene.clock.advance(30 * 60)
    assert open_to_all(scene)


def test_a_running_transfer_ends_with_isolation(scene, isolation, tmp_path):
    log = tmp_path / "ping"
    scene.host.start("sh", "-c", "exec ping -n -i 0.2 -W 1 {0} > {1}".format(v4(ELSEWHERE), log))
    wait_for(lambda: log.exists() and "bytes from" in log.read_text(), "an answer")
    isolation(state="isolated", allow=ALLOW)
    assert not scene.pings(v4(ELSEWHERE))
    answered = len(re.findall("bytes from", log.read_text()))
    assert not scene.pings(v4(ELSEWHERE))
    assert len(re.findall("bytes from", log.read_text())) == answered
