# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A document with the administrator's password: it is changed at the very end, and the next run logs in with it."""

from __future__ import annotations

from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.profile import DeviceProfile

from tests.interop.own_requests import defaults

WHOLE = DeviceProfile()
GIVEN = {"admin": {"password": "N3w-P@ssw0rd"}, "name": {"ping": False}}


def test_the_log_in_of_the_run_is_changed_last_and_found_again(site):
    pc = site(12, tls=False)
    told, endpoint = [], pc.endpoint(tls=False)
    for _run in range(2):
        with open_machine(endpoint, pc.running.clock) as machine:
            told.append(converge(WHOLE, machine, defaults(WHOLE, profile=GIVEN)))
    first, again = told
    assert first.facts["applied"] == ["name", "admin"]
    assert (again.changed, again.facts["reached"]) == (False, "admin")
    assert "N3w-P@ssw0rd" not in str([(each.before, each.after, each.facts) for each in told])
