# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the user at the machine has to agree, and the dialogue in which he does."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, Refused, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.option import HIDDEN
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.user_consent import UserConsent

from tests.in_process import is_read, machine

SERVICE = "IPS_OptInService"


def wanted(**given):
    return {**{option.name: option.default for option in UserConsent.options}, **given}


def run(device, dry_run=False, **given):
    return converge(UserConsent(), device, wanted(**given), dry_run)


def firmware_of(device):
    return device.client.transport.service.firmware


def wrong(code):
    return "{0:06d}".format((int(code) + 1) % 10**6)


def writes(device):
    return [body for body in device.client.transport.sent if not is_read(body)]


def test_the_dialogue():
    device = machine("16", control_mode="client")
    asked = run(device, consent="requested")
    assert (asked.before["consent"], asked.after["consent"]) == ("absent", "requested")
    assert not run(device, consent="requested").changed
    code = firmware_of(device).consent.code
    given = run(device, consent="given", code=code)
    assert (given.after["consent"], given.after["code"]) == ("given", HIDDEN)
    assert not run(device, consent="given", code=code).changed
    assert not run(device, consent="given").changed
    assert not run(device, consent="requested").changed
    assert run(device).after["consent"] == "given"
    assert run(device, consent="absent").changed
    assert not run(device, consent="absent").changed


def test_a_code_that_begins_with_zeros(monkeypatch):
    device = machine("16", control_mode="client")
    run(device, consent="requested")
    monkeypatch.setattr(firmware_of(device).consent, "code", "000042")
    run(device, consent="given", code="000042")
    assert b">42<" in writes(device)[-1]
    assert firmware_of(device).consent.given


def test_what_is_read_asks_for_nothing_when_fed_back():
    device = machine("16", consent="all")
    for prepare in ({}, {"consent": "requested"}):
        run(device, **prepare)
        found = UserConsent().read(device, wanted())
        told = {option.name: found[option.name] for option in UserConsent.options if option.name in found}
        assert not run(device, **told).changed


@pytest.mark.parametrize("consent", ["requested", "given"])
def test_where_nothing_needs_consent_none_is_asked_for(consent):
    device = machine("16", consent="none")
    outcome = run(device, consent=consent, code="123456" if consent == "given" else None)
    assert (outcome.changed, outcome.after["consent"]) == (False, "absent")
    assert writes(device) == []


def test_a_policy_that_takes_the_need_away_asks_no_more():
    device = machine("16", consent="all")
    outcome = run(device, policy="none", consent="requested")
    assert (outcome.after["policy"], outcome.after["consent"]) == ("none", "absent")
    assert firmware_of(device).consent.state == 0


def test_a_wrong_code_is_told_and_the_third_ends_the_request():
    device = machine("16", control_mode="client")
    run(device, consent="requested")
    code = wrong(firmware_of(device).consent.code)
    for expected in ("INVALID_STATE", "INVALID_STATE", "BLOCKED"):
        with pytest.raises(Refused, match=expected) as caught:
            run(device, consent="given", code=code)
        assert code not in str(caught.value) + caught.value.hint + str(caught.value.details)
        assert "code" in caught.value.hint
    assert run(device).after["consent"] == "absent"


def test_a_code_without_a_request():
    device = machine("16", control_mode="client")
    with pytest.raises(Unavailable, match="no code is on the machine's screen") as caught:
        run(device, consent="given", code="123456")
    assert "consent: requested" in caught.value.hint
    assert writes(device) == []


def test_consent_without_a_code():
    device = machine("16", control_mode="client")
    run(device, consent="requested")
    with pytest.raises(InvalidOption, match="consent: 'given' cannot be used: give the code"):
        run(device, consent="given", dry_run=True)


def test_a_code_that_is_over():
    device = machine("16", control_mode="client")
    run(device, consent="requested")
    device.clock.advance(301)
    with pytest.raises(Unavailable, match="no code"):
        run(device, consent="given", code="123456")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"code_timeout": 59}, "code_timeout: 59 cannot be used: from 60 to 900 seconds"),
        ({"code_timeout": 901}, "from 60 to 900"),
        ({"display_timeout": 0}, "from 1 to 65535 seconds"),
        ({"code": "123456"}, "goes with consent: given"),
        ({"consent": "given", "code": "5349"}, "six digits; in YAML put it in quotes"),
        ({"consent": "given", "code": "12345x"}, "six digits"),
        ({"consent": "given", "code": "\u0661\u0662\u0663\u0664\u0665\u0666"}, "six digits"),
    ],
)
def test_what_no_firmware_could_do(given, reason):
    with pytest.raises(InvalidOption, match=reason):
        UserConsent().check(wanted(**given))


@pytest.mark.parametrize(
    ("settings", "given", "reason"),
    [
        ({"control_mode": "client"}, {"policy": "none"}, "policy is as client control mode has it"),
        ({"control_mode": "client"}, {"display_timeout": 600}, "display_timeout is as client control mode has it"),
        ({"consent_is_remote": False}, {"policy": "all"}, "firmware menu .MEBx. keeps it"),
    ],
)
def test_what_the_control_mode_or_the_firmware_menu_keeps(settings, given, reason):
    device = machine("16", **settings)
    with pytest.raises(Unavailable, match=reason):
        run(device, dry_run=True, **given)
    assert not run(device, policy=run(device).after["policy"]).changed


def test_time_outs_are_the_administrator_s_even_where_the_menu_keeps_the_policy():
    device = machine("16", consent_is_remote=False)
    assert run(device, display_timeout=600).after["display_timeout"] == 600


def test_consent_lets_the_next_boot_be_changed():
    device = machine("16", control_mode="client")
    run(device, consent="requested")
    run(device, consent="given", code=firmware_of(device).consent.code)
    assert firmware_of(device).consent.given
    device.clock.advance(121)
    assert run(device).after["consent"] == "absent"
