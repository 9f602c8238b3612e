# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two operators at two controllers with one machine: real programs at the same time, and a look at the machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator import flows
from tests.integration.conftest import Controller

REPAIR = {"to": "198.51.100.20", "protocol": "tcp", "port": 443}
ELSEWHERE = {"to": "198.51.100.21", "protocol": "tcp", "port": 443}
ALLOW = ["dhcp", {"to": "198.51.100.20, https"}]
ISOLATED = {"outofband.amt.amt_isolation": {"state": "isolated", "allow": ALLOW, "ip": [4]}}
RELEASED = {"outofband.amt.amt_isolation": {"state": "released"}}
OFF = {"outofband.amt.amt_power": {"state": "off", "graceful": "never"}}


@pytest.fixture
def desks(simulate, tmp_path):
    """Eight machines, and two controllers that both know all of them."""
    names = ["desk-{0}".format(number) for number in range(8)]
    running = simulate([{"name": name, "generation": 15, "tls": False, "power": "on"} for name in names])
    controllers = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        controller = Controller(folder)
        hosts = {name: controller.plainly(running.device(name), running) for name in names}
        controllers.append((controller, controller.inventory(hosts)))

    def both(*tasks):
        def play(pair, task):
            controller, inventory = pair
            return controller.play([{"name": "it", **task}], inventory, "-f", "8")

        with ThreadPoolExecutor(2) as pool:
            runs = list(pool.map(play, controllers, tasks))
        return runs, [running.device(name) for name in names]

    return both


def verdicts(device):
    return device.call(lambda firmware: tuple(flows.ask(firmware, each)["action"] for each in (REPAIR, ELSEWHERE)))


def left_over(device):
    """Filters that no policy lists, and policies that nothing binds."""

    def count(firmware):
        listed = {row.handle for policy in firmware.defense.policies.values() for row in policy.filters}
        bound = {each.policy.handle for port in firmware.defense.ports.values() for each in port.bindings.values()}
        return len(set(firmware.defense.filters) - listed) + len(set(firmware.defense.policies) - bound)

    return device.call(count)


def test_the_same_quarantine_twice(desks):
    runs, devices = desks(ISOLATED, ISOLATED)
    assert [run.code for run in runs] == [0, 0], runs[0].output + runs[1].output
    for device in devices:
        assert verdicts(device) == ("pass", "drop"), device.name
        assert left_over(device) == 0, device.name
        results = [run.result("it", device.name) for run in runs]
        assert any(result["changed"] for result in results)


def test_a_quarantine_beside_switching_off(desks):
    runs, devices = desks(ISOLATED, OFF)
    assert [run.code for run in runs] == [0, 0], runs[0].output + runs[1].output
    for device in devices:
        assert verdicts(device) == ("pass", "drop"), device.name


def test_a_quarantine_beside_a_release(desks):
    runs, devices = desks(ISOLATED, RELEASED)
    for device in devices:
        results = [run.result("it", device.name) for run in runs]
        assert verdicts(device) in (("pass", "drop"), ("pass", "pass")), device.name
        told = [state for state, result in zip(("drop", "pass"), results) if not result.get("failed")]
        assert verdicts(device)[1] in told, results
        assert left_over(device) == 0, device.name
