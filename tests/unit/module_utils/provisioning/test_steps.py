# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of provisioning, and what the firmware has heard of each."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.steps import setup

from simulator.digest import secret
from tests.unit.module_utils.provisioning.machines import Host


@pytest.mark.parametrize(("generation", "commits"), [("12", 0), ("16", 0), ("19", 1)])
def test_a_setup_is_committed_only_where_firmware_waits_for_that(generation, commits):
    """While the mode changes the administrator is locked out: no log-in is refused."""
    host = Host(generation)
    hashed = secret("admin", host.device.firmware.digest_realm, "Secret1!")
    with host.machine() as machine:
        setup(machine, {"password_hash": hashed, "wait_timeout": 120})
    assert host.mode() == "client"
    entries = host.device.surroundings.journal.entries()
    assert [entry.method for entry in entries if entry.login == "refused"] == []
    assert [entry.method for entry in entries].count("CommitChanges") == 2 * commits
    host.node.close()
