# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint access control: what is written, in which order, and what is refused before that."""

from __future__ import annotations

import hashlib
import ssl

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import Fault, InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.certificates import Certificates
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.posture import Posture

from simulator import values as firmware_fault
from tests import certificate_maker as made
from tests.in_process import machine
from tests.interop.own_requests import defaults

MEMBERS = [{"certificate": made.leaf(name, "One"), "private_key": made.key_pem(name)} for name in ("a", "b")]
FIRST, SECOND = (hashlib.sha256(ssl.PEM_cert_to_DER_cert(each["certificate"])).hexdigest() for each in MEMBERS)


@pytest.fixture
def device():
    """With two certificates that could sign."""
    found = machine("16", tls=False)
    converge(Certificates(), found, defaults(Certificates(), roots=[made.root("One")], certificates=MEMBERS))
    return found


def run(device, dry_run=False, **given):
    return converge(Posture(), device, defaults(Posture(), **given), dry_run)


def state(device):
    return device.client.transport.service.firmware.access_control


def test_it_is_switched_on_with_a_signer_and_off_again(device):
    checked = run(device, dry_run=True, enabled=True, signer=FIRST, hash_algorithm="sha384")
    outcome = run(device, enabled=True, signer=FIRST, hash_algorithm="sha384")
    assert (checked.before, checked.after) == (outcome.before, outcome.after)
    assert (state(device).enabled, state(device).hash) == (True, 3)
    again = run(device, enabled=True, signer=FIRST.upper(), hash_algorithm="sha384")
    assert not again.changed
    assert len(bytes.fromhex(again.facts["posture_hash"])) == 48
    assert run(device, enabled=False).changed
    assert not state(device).enabled
    assert run(device).after["signer"] == FIRST


def test_another_signer_takes_its_place(device):
    run(device, enabled=True, signer=FIRST)
    assert run(device, signer=SECOND).changed
    assert run(device).after["signer"] == SECOND
    store = defaults(Certificates(), roots=[made.root("One")], certificates=[MEMBERS[0]], purge=True)
    converge(Certificates(), device, store)
    assert run(device).after["signer"] == SECOND
    with pytest.raises(firmware_fault.Fault, match="internal processing"):
        handle = state(device).signer.selectors["InstanceID"]
        device.client.transport.firmware.delete("AMT_PublicKeyCertificate", {"InstanceID": handle})


def test_counters_are_reset_each_time_it_is_asked_for(device):
    run(device, enabled=True, signer=FIRST)
    state(device).boots = 7
    before = run(device).facts["posture_hash"]
    assert run(device, reset=["boot", "agent_presence"]).changed
    assert state(device).resets == [1, 0]
    assert state(device).boots == 0
    assert run(device).facts["posture_hash"] != before
    assert run(device, dry_run=True, reset=["boot"]).changed
    assert state(device).resets == [1, 0]


def test_without_a_signer_it_is_not_switched_on(device):
    before = device.written
    with pytest.raises(InvalidOption, match=r"signer: .*postures are signed"):
        run(device, enabled=True)
    with pytest.raises(InvalidOption, match="signer: "):
        run(device, enabled=True, signer="00" * 32)
    assert device.written == before


@pytest.mark.parametrize(("vendors", "generation"), [("nac", "9"), ("both", "12")])
def test_what_amt_9_gave_up_is_refused(vendors, generation):
    device = machine(generation)
    with pytest.raises(Unavailable, match="no posture for Cisco's NAC") as caught:
        run(device, vendors=vendors)
    assert (caught.value.details["lacks"], device.written) == ("NAC", 0)


def test_firmware_that_gave_it_up_altogether():
    with pytest.raises(Unavailable, match="this firmware has no endpoint access control") as caught:
        run(machine("19"), enabled=False)
    assert "CSME 18" in caught.value.hint


def test_a_user_of_another_realm_is_told_which_it_takes():
    device = machine("16", users={"ops": {"password": "0perat0r!", "realms": ["remote_control"]}})
    device.client.transport.firmware.caller = "ops"
    with pytest.raises(Fault, match="AMT_EndpointAccessControlService") as caught:
        run(device)
    assert "endpoint access control admin (18)" in caught.value.hint
