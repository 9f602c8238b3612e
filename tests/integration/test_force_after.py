# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system that does not follow is forced, over a real connection whose deadline is no longer than the patience."""

from __future__ import annotations

OFF, RESET, GRACEFUL_OFF, GRACEFUL_RESET = 8, 10, 12, 14
STUBBORN = {"on": 0.2, "off": 0.2, "reset": 0.2, "standby": 0.2, "system": 0, "graceful": 100000}
DEADLINE = 8


def test_force_after_as_long_as_the_deadline_forces(simulate, controller):
    running = simulate([{"name": "desk", "generation": 15, "tls": False, "durations": STUBBORN}])
    plain = controller.plainly(running.device("desk"), running)
    inventory = controller.inventory({"desk": {**plain, "amt_deadline": DEADLINE}})
    run = controller.play(
        [
            {
                "name": "boot",
                "outofband.amt.amt_boot": {"target": "pxe", "restart": "graceful", "force_after": DEADLINE},
            },
            {"name": "off", "outofband.amt.amt_power": {"state": "off", "force_after": DEADLINE}},
        ],
        inventory,
    )
    assert run.code == 0, run.output
    assert run.result("off")["state"] == "off"
    asked = running.simulation.device("desk").powered.service.firmware.power
    assert asked.requests == [GRACEFUL_RESET, RESET, GRACEFUL_OFF, OFF]
    assert [start.device for start in asked.firmware.boot.boots] == ["pxe"]
