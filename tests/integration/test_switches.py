# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ladder of the clock, alarms, power packages, consent, redirection and remote access: check mode, create, again,
modify, again, purge."""

from __future__ import annotations

import pytest

NO_RFB = {"port_5900": False}
RFB = {"port_5900": True, "rfb_password": "Rfb-Pa55"}
SERVER = {"address": "mps.example.net", "username": "fleet", "password": "Mps-Passw0rd"}
CALLS = {
    "servers": [SERVER],
    "policies": [{"trigger": "periodic", "servers": ["mps.example.net"], "interval": 600}],
    "local_domains": ["corp.example.net"],
}
SILENCE = {"servers": [], "policies": [], "local_domains": [], "purge": True}
NIGHTLY = {
    "alarms": [
        {"name": "patches", "at": "2087-12-24 02:00", "every": "1 day"},
        {"name": "move", "at": "2087-12-24 05:00"},
    ],
    "time_zone": "+01:00",
    "tolerance": 3600,
}
NAMES = ("time", "power_scheme", "alarms", "redirection", "consent", "remote_access")
SECRETS = ("Rfb-Pa55", "Mps-Passw0rd")


def tasks(local_sync, scheme, alarms, redirection, consent, remote):
    options = {
        "time": {"local_sync": local_sync},
        "power_scheme": scheme,
        "alarms": alarms,
        "redirection": {"sol": False, **redirection},
        "consent": consent,
        "remote_access": remote,
    }
    return [{"name": name, "outofband.amt.amt_" + name: given} for name, given in options.items()]


CREATED = tasks(
    False,
    {"while_off": "never"},
    NIGHTLY,
    RFB,
    {"policy": "all", "display_timeout": 600, "consent": "requested"},
    CALLS,
)
MODIFIED = tasks(
    True,
    {"while_off": "woken", "idle_timeout": 3},
    {"alarms": [], "purge": True},
    NO_RFB,
    {"policy": "kvm", "consent": "absent"},
    SILENCE,
)


@pytest.fixture
def ladder(simulate, controller):
    """Climb one rung: run the tasks and return what they did and the writes that the firmware saw."""
    running = simulate([{"name": "desk", "generation": 15, "tls": False, "clock_offset": 300, "sessions": ["sol"]}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})

    def climb(listed, *arguments):
        running.journal.clear()
        run = controller.play(listed, inventory, "--diff", *arguments)
        assert run.code == 0, run.output
        assert [secret for secret in SECRETS if secret in run.output] == []
        return run, running.journal.writes()

    return climb


def test_check_create_again_modify_again_purge(ladder):
    checked, writes = ladder(CREATED, "--check")
    assert writes == []

    created, writes = ladder(CREATED)
    assert created.changed() == checked.changed() == dict.fromkeys(NAMES, True)
    for task in created.changed():
        assert created.result(task)["diff"] == checked.result(task)["diff"], task
    assert abs(created.result("time")["drift"] - 300) < 30
    assert created.result("power_scheme")["package"].endswith("ON in S0")
    assert [each["at"] for each in created.result("alarms")["alarms"]] == [
        "2087-12-24T05:00:00+01:00",
        "2087-12-24T02:00:00+01:00",
    ]
    assert created.result("alarms")["wakes_from"] == []
    assert created.result("redirection")["sessions"] == []
    assert created.result("remote_access")["limits"]["servers"] == 6

    again, writes = ladder(CREATED)
    assert writes == []
    assert set(again.changed().values()) == {False}

    modified, writes = ladder(MODIFIED)
    assert set(modified.changed().values()) == {True}
    assert modified.result("alarms")["alarms"] == []
    assert modified.result("consent")["consent"] == "absent"
    assert modified.result("remote_access")["servers"] == []
    assert writes != []

    again, writes = ladder(MODIFIED)
    assert writes == []
    assert set(again.changed().values()) == {False}
