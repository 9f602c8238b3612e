# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles of the target side refuse before they do anything. What they do: tests/kernel and tests/dnf."""

from __future__ import annotations

import pytest

WRONG = {
    "lms": {
        "state": ({"lms_state": "stopped"}, "lms_state"),
        "level": ({"lms_log_level": "loud"}, "lms_log_level"),
        "wait": ({"lms_wait_timeout": "long"}, "lms_wait_timeout"),
        "signature": ({"lms_verify_signature": "perhaps"}, "lms_verify_signature"),
        "text": ({"lms_repository": "https://packages.example"}, "lms_repository"),
        "nowhere": ({"lms_repository": {"name": "lms"}}, "url"),
        "misspelt": ({"lms_repository": {"url": "https://packages.example", "suite": "stable"}}, "suite"),
    },
    "os_watchdog": {
        "state": ({"os_watchdog_state": "stopped"}, "os_watchdog_state"),
        "feeder": ({"os_watchdog_feeder": "cron"}, "os_watchdog_feeder"),
        "timeout": ({"os_watchdog_timeout": "long"}, "os_watchdog_timeout"),
        "lift": ({"os_watchdog_lift_blacklist": "perhaps"}, "os_watchdog_lift_blacklist"),
        "expiry": ({"os_watchdog_on_expiry": "explode"}, "os_watchdog_on_expiry"),
        "delay": ({"os_watchdog_reboot_delay": 86401}, "0 to 86400"),
        "negative": ({"os_watchdog_reboot_delay": -1}, "0 to 86400"),
    },
}


@pytest.mark.parametrize("role", WRONG)
def test_bad_input_is_named_and_nothing_is_done(controller, role):
    """A host for each mistake, all of them this machine, which a dry run would leave alone besides."""
    here = {"ansible_connection": "local", "ansible_become": False}
    hosts = {host: {**here, **variables} for host, (variables, _named) in WRONG[role].items()}
    task = {"name": "role", "ansible.builtin.include_role": {"name": "outofband.amt." + role}}
    done = controller.play([task], controller.inventory(hosts), "--check")
    for host, (_variables, named) in WRONG[role].items():
        last = [each for each in done.records if each["host"] == host][-1]
        said = last["result"].get("argument_errors", last["result"]["msg"])
        assert last["kind"] == "failed" and named in str(said), (host, said)
        assert "Validating" in last["task"] or "Refuse" in last["task"], last["task"]
