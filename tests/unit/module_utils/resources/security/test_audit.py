# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is audited: wishes for single acts and for whole parts, what firmware keeps, the lock, and the key."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    InvalidOption,
    Refused,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.audit import Audit

from tests import certificate_maker as made
from tests.in_process import machine


def run(device, dry_run=False, **given):
    return converge(Audit(), device, {**{option.name: option.default for option in Audit.options}, **given}, dry_run)


def firmware_of(device):
    return device.client.transport.firmware


def events(*rows, **given):
    return {"events": [row if isinstance(row, dict) else {"name": row} for row in rows], **given}


def told(outcome):
    return {row["name"]: row["critical"] for row in outcome.after["events"]}


def test_what_is_there():
    found = run(machine("16"))
    assert not found.changed
    assert (found.after["enabled"], found.after["lock"], found.after["has_key"]) == (True, "unlocked", False)
    assert (found.facts["storage_policy"], found.facts["percent_free"]) == ("overwrite", 100)
    assert told(found)["remote_control.boot_options"] is True
    assert told(found)["remote_control.power_up"] is False
    assert "security_admin.power_package_changed" not in told(found)


def test_one_act_and_a_whole_part():
    device = machine("16")
    found = run(
        device, **events({"name": "wireless", "audited": False}, {"name": "network.vlan_changed", "critical": True})
    )
    assert found.changed
    assert not any(name.startswith("wireless.") for name in told(found))
    assert told(found)["network.vlan_changed"] is True
    assert firmware_of(device).audit_policy.enabled[2203] is True
    assert 2700 not in firmware_of(device).audit_policy.enabled
    assert not run(device, **events({"name": "wireless", "audited": False}, "network.vlan_changed")).changed


def test_the_last_row_about_an_act_counts():
    device = machine("16")
    rows = ({"name": "kvm", "audited": False}, {"name": "kvm.consent_given", "critical": True})
    assert [name for name in told(run(device, **events(*rows))) if name.startswith("kvm.")] == ["kvm.consent_given"]


@pytest.mark.parametrize("generation", ["9", "11", "12", "19"])
def test_purge_leaves_what_firmware_keeps(generation):
    device = machine(generation)
    found = run(device, **events("consent", purge=True))
    kept = {
        "audit_log.cleared",
        "audit_log.recovered",
        "security_admin.provisioning_started",
        "remote_control.boot_options",
    }
    assert kept < set(told(found))
    assert {name.partition(".")[0] for name in told(found)} >= {"consent"}
    assert "network.ip_changed" not in told(found)
    assert not run(device, **events("consent", purge=True)).changed


def test_a_whole_part_is_asked_for_as_far_as_it_can_be():
    device = machine("16")
    run(device, **events({"name": "audit_log", "critical": True}, {"name": "remote_control", "critical": True}))
    run(device, **events({"name": "audit_log", "audited": False}, {"name": "remote_control", "critical": False}))
    policy = firmware_of(device).audit_policy.enabled
    assert [code for code in policy if code // 100 == 20] == [2000, 2005]
    assert {code: policy[code] for code in (1700, 1704)} == {1700: False, 1704: True}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (events("everything"), "events: 'everything'"),
        (events("network.nothing"), "one event of it"),
        (events({"name": "audit_log.cleared", "audited": False}), "whatever the policy says"),
        (events({"name": "audit_log.exported", "critical": True}), "does not take it as critical"),
        ({"purge": True}, "it goes with events"),
        ({"lock_seconds": 301}, "lock_seconds"),
        ({"signing_key": made.key_pem("signer", 2048)}, "go together"),
        ({"signing_key": "nothing", "signing_certificates": [made.root("One")]}, "signing_key"),
        ({"signing_key": made.key_pem("a"), "signing_certificates": [made.leaf("a", "One")]}, "2048 bits"),
        ({"signing_key": made.key_pem("signer", 2048), "signing_certificates": [made.root("One")]}, "has to be of"),
    ],
)
def test_what_is_refused_before_anything_is_asked(given, said):
    device = machine("16")
    with pytest.raises(InvalidOption, match=said) as refusal:
        run(device, **given)
    assert device.client.transport.sent == []
    assert "PRIVATE" not in str(refusal.value)


def test_what_firmware_does_not_know_changes_nothing():
    device = machine("16")
    before = dict(firmware_of(device).audit_policy.enabled)
    with pytest.raises(Refused) as refusal:
        run(device, **events("network.77", "consent.policy_changed"))
    assert "all or nothing" in refusal.value.hint
    assert firmware_of(device).audit_policy.enabled == before


def test_locked_and_unlocked():
    device = machine("16")
    locked = run(device, lock="locked", lock_seconds=60)
    assert (locked.after["lock"], locked.facts["lock_handle"]) == ("locked", 1)
    firmware_of(device).login_failed("mallory")
    assert firmware_of(device).events.audited == []
    with pytest.raises(Unavailable, match="somebody"):
        run(device, lock="locked")
    with pytest.raises(Unavailable, match="somebody"):
        run(device, lock="unlocked")
    assert run(device, lock="unlocked", lock_handle=1).after["lock"] == "unlocked"
    assert not run(device, lock="unlocked").changed
    run(device, lock="unprovisioning", lock_seconds=60)
    device.clock.advance(61)
    assert run(device).after["lock"] == "unlocked"


def test_the_key():
    device = machine("16")
    certificate = made.pem(made.certificate("signer", bits=2048))
    given = {"signing_key": made.key_pem("signer", 2048), "signing_certificates": [certificate]}
    predicted = run(device, dry_run=True, **given)
    found = run(device, **given)
    assert (predicted.before, predicted.after) == (found.before, found.after)
    assert "PRIVATE" not in str((found.before, found.after, found.facts))
    assert (found.before["has_key"], found.after["has_key"]) == (False, True)
    assert not run(device, **given).changed
    assert run(device, update_signing_key="always", **given).changed
    assert firmware_of(device).audit_log.key is not None


def test_only_the_auditor_once_there_is_one():
    device = machine("16", users={"auditor": {"password": "Aud1tor!", "realms": ["audit_log"]}})
    with pytest.raises(AccessDenied) as refusal:
        run(device, enabled=False)
    assert "audit log (20)" in refusal.value.hint
    assert not run(device).changed
    firmware_of(device).caller = "auditor"
    assert run(device, enabled=False).changed
    assert not run(device, enabled=False).changed
