# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated audit log: what it does when it is full or locked, and what is refused then."""

from __future__ import annotations

import pytest

from simulator.firmware.inventory.audit_log import NO_ROLL_OVER, RESTRICTED, ROLL_OVER
from simulator.values import Fault

AUDITOR = {"auditor": {"password": "Aud1tor!", "realms": ["audit_log"]}}


def fill(firmware, count):
    for _each in range(count):
        firmware.login_failed("x")


def state(firmware):
    return firmware.get("AMT_AuditLog", {})["AuditState"]


def lock(firmware, flag=0, seconds=100, handle=None):
    fields = [("LockTimeoutInSeconds", str(seconds)), ("Flag", str(flag))]
    return firmware.invoke("AMT_AuditLog", {}, "SetAuditLock", fields + ([("Handle", str(handle))] if handle else []))


def make_critical(firmware, code):
    row = [("Enable", "true"), ("AuditedAppID", str(code // 100)), ("EventID", str(code % 100)), ("PolicyType", "1")]
    return firmware.invoke("AMT_AuditPolicyRule", {}, "SetAuditPolicy", row)["ReturnValue"]


def test_a_log_that_overwrites_keeps_the_last_five_super_critical_acts(make):
    firmware = make("12")
    firmware.audit_log.capacity = 20
    for _each in range(7):
        firmware.events.audit(1704)
    fill(firmware, 40)
    codes = [row.code for row in firmware.events.audited]
    assert (len(codes), codes[:5], set(codes[5:])) == (20, [1704] * 5, {1605})
    assert state(firmware) == 16


def test_a_log_that_keeps_refuses_critical_acts_when_it_is_full(make, request_power):
    firmware = make("12")
    firmware.audit_log.capacity, firmware.audit_log.storage = 20, NO_ROLL_OVER
    assert make_critical(firmware, 1701) == 0
    fill(firmware, 40)
    assert (len(firmware.events.audited), state(firmware)) == (17, 16 | 4)
    for _each in range(3):
        firmware.events.audit(1701)
    assert state(firmware) == 16 | 4 | 8
    assert request_power(firmware, 8) == 2075
    assert request_power(firmware, 5) in (0, 4096)
    assert [name for _time, name in firmware.events.alerts][:5] == [
        f"iAMT00{number}" for number in (29, 30, 31, 32, 33)
    ]


def test_a_log_that_keeps_for_days_overwrites_what_is_older(make, clock):
    firmware = make("12")
    firmware.audit_log.capacity, firmware.audit_log.storage, firmware.audit_log.days = 10, RESTRICTED, 3
    fill(firmware, 15)
    assert len(firmware.events.audited) == 10
    clock.advance(4 * 86400)
    fill(firmware, 4)
    assert [row.time < firmware.device_time() for row in firmware.events.audited] == [True] * 6 + [False] * 4
    assert firmware.get("AMT_AuditLog", {})["MinDaysToKeep"] == 3


def test_a_lock_holds_until_it_is_ended_or_over(make, clock, request_power):
    firmware = make("12")
    make_critical(firmware, 1701)
    handle = lock(firmware)["Handle"]
    fill(firmware, 3)
    assert request_power(firmware, 8) == 2075
    assert [row.code for row in firmware.events.audited] == [2001]
    assert lock(firmware)["ReturnValue"] == 0x805
    assert lock(firmware, handle=handle) == {"Handle": handle, "ReturnValue": 0}
    assert lock(firmware, flag=2, handle=handle) == {"ReturnValue": 0}
    assert lock(firmware, seconds=301)["ReturnValue"] == 0x24
    lock(firmware)
    assert state(firmware) & 2
    clock.advance(101)
    assert not state(firmware) & 2


def test_the_administrator_is_the_auditor_until_there_is_one(make):
    firmware = make("12", users=AUDITOR)
    assert firmware.get("AMT_AuditLog", {})
    for act in (lambda: lock(firmware), lambda: make_critical(firmware, 1701)):
        with pytest.raises(Fault, match="AccessDenied"):
            act()
    firmware.caller = "auditor"
    assert lock(firmware)["ReturnValue"] == 0


@pytest.mark.parametrize(
    ("generation", "enable", "code", "kind", "value"),
    [
        ("12", "false", 1704, 0, 0x24),
        ("11", "false", 1704, 0, 0),
        ("11", "false", 1600, 0, 0x24),
        ("12", "false", 2000, 0, 0x24),
        ("12", "true", 2001, 1, 0x24),
        ("12", "true", 9901, 0, 0x24),
        ("12", "true", 1615, 1, 0),
    ],
)
def test_what_a_policy_may_say(make, generation, enable, code, kind, value):
    firmware = make(generation)
    before = dict(firmware.audit_policy.enabled)
    rows = [("Enable", "false"), ("Enable", enable), ("AuditedAppID", "27"), ("AuditedAppID", str(code // 100))]
    rows += [("EventID", "0"), ("EventID", str(code % 100)), ("PolicyType", "0"), ("PolicyType", str(kind))]
    outcome = firmware.invoke("AMT_AuditPolicyRule", {}, "SetAuditPolicyBulk", rows)
    assert outcome == {"ReturnValue": value}
    assert (firmware.audit_policy.enabled == before) is bool(value)
    assert firmware.events.audited[-1].code == 2001


def test_switched_off_it_still_has_what_is_super_critical(make):
    firmware = make("12")
    firmware.audit_log.state = 3
    fill(firmware, 2)
    firmware.events.audit(1704)
    assert [row.code for row in firmware.events.audited] == [1704]
    assert firmware.audit_log.storage == ROLL_OVER
