# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Isolation over HTTP on a device that fails by its own script: after each failure the device is as it was or isolated
as asked, and the next run leaves it in order."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint

from simulator.pytest_plugin import fleet, simulator_state
from tests.unit.module_utils.defense import bench

__all__ = ["fleet", "simulator_state"]

FAULTS = ("lost_answer", "drop_before_answer", "flash_write_limit", "busy", "drop_during_answer", "garbage")
STEPS = (
    {"cls": "AMT_Hdr8021Filter", "verb": "create"},
    {"cls": "AMT_IPHeadersFilter", "verb": "create", "nth": 4},
    {"cls": "AMT_SystemDefensePolicy", "verb": "create"},
    {"method": "SetTimeout"},
    {"cls": "AMT_NetworkPortSystemDefensePolicy", "verb": "delete"},
    {"cls": "AMT_NetworkPortSystemDefensePolicy", "verb": "create"},
)
"""The requests of an isolation that write, in their order."""


def isolation(machine):
    return bench.isolate(machine, ip=[4], expires=60, allow=["dhcp", {"to": "10.0.5.20, https"}])


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.get("cls") or step["method"])
def test_a_device_that_fails_once(fleet, fault, step):
    running = fleet([{"name": "pc", "generation": 15}])
    device = running.device("pc")
    endpoint = Endpoint(device.address, port=running.ports.plain, password=device.password, tls=False)
    with open_machine(endpoint, clock=running.clock) as machine:
        bench.bind_foreign(machine)
        device.fail(fault, times=1, **step)
        try:
            isolation(machine)
            failed = False
        except AmtError:
            failed = True
    device.heal()
    running.clock.advance(60)
    with open_machine(endpoint, clock=running.clock) as machine:
        bound = bench.bound_name(machine)
        assert bound == "theirs" if failed else bound.startswith("ob")
        isolation(machine)
        assert not isolation(machine).changed
        assert bench.orphans(machine) == [] and len(bench.names(machine)) == 2
        bench.release(machine)
        assert (bench.bound_name(machine), bench.names(machine)) == ("theirs", ["theirs"])
