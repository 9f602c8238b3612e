# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and interfaces from a playbook: check mode, create, again, modify, again, counted on the wire."""

from __future__ import annotations

import pytest

OFFICE = {"name": "office", "security": "wpa2_psk", "passphrase": "0ffice secret"}
CREATED = {
    "amt_8021x": {"enabled": True, "method": "md5", "username": "pc", "password": "0n the wire", "in_os": False},
    "amt_wireless": {"profiles": [OFFICE], "radio": "s0_sx", "sync": "all"},
    "amt_wired": {"link_policy": ["s0_ac", "sx_ac", "s0_dc"], "ipv6": {"enabled": True, "dns": ["2001:db8::53"]}},
    "amt_name": {"hostname": "desk-7", "domain": "oob.example.net", "shared_fqdn": False, "ddns": "firmware"},
}
MODIFIED = {
    "amt_8021x": {"enabled": False},
    "amt_wireless": {"profiles": [], "purge": True, "radio": "off"},
    "amt_wired": {"vlan": 7, "ipv6": {"interface_id": "mac"}},
    "amt_name": {"hostname": "desk-7", "ddns": "none", "ping": False},
}


@pytest.fixture
def climb(simulate, controller):
    """One rung: run a task for each module; what they did, and the writes that the firmware saw."""
    running = simulate([{"name": "desk", "generation": 15, "tls": False, "wireless": True}])
    inventory = controller.inventory({"desk": controller.plainly(running.device("desk"), running)})

    def run(wishes, *arguments):
        running.journal.clear()
        tasks = [{"name": module, "outofband.amt." + module: wish} for module, wish in wishes.items()]
        done = controller.play(tasks, inventory, "--diff", *arguments)
        assert done.code == 0, done.output
        return done, running.journal.writes()

    return run


def test_check_create_again_modify_again(climb):
    checked, writes = climb(CREATED, "--check")
    assert writes == []
    created, writes = climb(CREATED)
    assert set(created.changed().values()) == {True}
    for module in CREATED:
        assert created.result(module)["diff"] == checked.result(module)["diff"], module
    modified, writes = climb(MODIFIED)
    assert writes and set(modified.changed().values()) == {True}
    for secret in ("0ffice secret", "0n the wire"):
        assert secret not in checked.output + created.output
    again, writes = climb(MODIFIED)
    assert writes == []
    assert set(again.changed().values()) == {False}
