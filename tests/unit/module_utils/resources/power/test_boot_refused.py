# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A boot that cannot be had: it is known before anything is cleared, and the error says what would help."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    ConsentRequired,
    Fault,
    Indeterminate,
    NotReached,
    Refused,
)
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot_targets import TARGETS

from tests.in_process import machine

from .test_boot import firmware, run, wanted

ANYTHING = [
    *({"target": target} for target in TARGETS),
    {"target": "pxe", "sol": True},
    {"target": "disk", "secure_boot": True},
    {"target": "disk", "media_index": 1},
]


def written(device):
    return [
        word
        for document in device.client.transport.sent
        for word in (b"ChangeBootOrder_INPUT", b"transfer/Put<", b"SetBootConfigRole_INPUT", b"PowerStateChange_INPUT")
        if word in document
    ]


def consent(device):
    service = firmware(device).consent
    service.start({})
    service.send({}, int(service.code))


@pytest.mark.parametrize("given", ANYTHING, ids=str)
@pytest.mark.parametrize("setting", [{"control_mode": "client"}, {"consent": "all"}], ids=str)
def test_where_consent_is_required_every_target_and_option_needs_it(setting, given):
    device = machine("16", power="on", platform="workstation", **setting)
    for dry_run in (True, False):
        with pytest.raises(ConsentRequired, match="consent of the user") as caught:
            converge(Boot(), device, wanted(**given, restart="immediate"), dry_run=dry_run)
        assert "amt_consent" in caught.value.hint
        assert "consent: given" in caught.value.hint
    assert written(device) == []
    consent(device)
    assert run(device, **given).changed


def test_consent_for_the_screen_alone_is_none_for_the_boot():
    device = machine("16", power="on", consent="kvm")
    run(device, target="pxe")
    assert firmware(device).boot.next_device() == "pxe"


def test_what_is_as_wanted_needs_no_consent_and_no_look_for_it():
    device = machine("16", power="on", control_mode="client")
    assert not run(device, target="none").changed
    assert not any(b"IPS_OptInService" in document for document in device.client.transport.sent)


def test_an_override_without_settings_is_taken_back_without_consent():
    device = machine("16", power="on", consent="all")
    consent(device)
    run(device, target="pxe")
    firmware(device).consent.state = 0
    predicted = converge(Boot(), device, wanted(target="none"), dry_run=True)
    outcome = run(device, target="none")
    assert (predicted.before, predicted.after) == (outcome.before, outcome.after)
    assert firmware(device).boot.order == []
    assert firmware(device).boot.next_device() == "default"
    assert not run(device, target="none").changed


def test_an_override_with_settings_needs_consent_to_be_taken_back():
    device = machine("16", power="on", consent="all")
    consent(device)
    run(device, target="bios_setup")
    firmware(device).consent.state = 0
    with pytest.raises(ConsentRequired):
        run(device, target="none")
    assert firmware(device).boot.next_device() == "bios_setup"


def answering(device, word, times=1):
    """The first `times` requests with that word in them come to nothing: the firmware says no."""
    left = [times]

    def post(body, only_on=0, slow=False):
        if word in body and left[0]:
            left[0] -= 1
            raise AccessDenied("the sender was not authorized", subcode="AccessDenied")
        return original(body)

    original = device.client.transport.post
    device.client.transport.post = post


def test_consent_that_ends_between_look_and_write_is_named():
    device = machine("16", power="on", consent="all")
    consent(device)
    post = device.client.transport.post

    def forget(body, *_how):
        if b"transfer/Put<" in body:
            firmware(device).consent.state = 0
        return post(body)

    device.client.transport.post = forget
    with pytest.raises(ConsentRequired, match="this change of the next boot"):
        run(device, target="pxe")


def test_a_refusal_that_has_nothing_to_do_with_consent_stays_what_it_is():
    device = machine("16", power="on")
    answering(device, b"transfer/Put<")
    with pytest.raises(AccessDenied, match="not authorized"):
        run(device, target="pxe")


@pytest.mark.parametrize(("before", "asked"), [("pxe", "disk"), ("pxe", "bios_setup"), ("bios_setup", "pxe")])
def test_a_refused_write_of_the_settings_leaves_the_override_that_was_there(before, asked):
    device = machine("16", power="on")
    run(device, target=before)
    answering(device, b"transfer/Put<")
    with pytest.raises(AccessDenied):
        run(device, target=asked)
    assert firmware(device).boot.next_device() == before


def test_settings_and_a_source_that_exclude_each_other_follow_each_other():
    device = machine("16", power="on")
    for target in ("pxe", "bios_setup", "disk", "ider_cd", "cd"):
        run(device, target=target, sol=target != "cd")
        assert firmware(device).boot.next_device() == target


@pytest.mark.parametrize("cls", [b"AMT_BootCapabilities", b"CIM_ElementSettingData", b"CIM_OrderedComponent"])
@pytest.mark.parametrize("generation", ["9", "16"])
def test_a_class_that_is_refused_costs_the_comparison_and_not_the_boot(cls, generation):
    device = machine(generation, power="on")
    answering(device, b"/" + cls + b"<", times=1000)
    assert run(device, target="pxe").changed
    assert firmware(device).boot.next_device() == "pxe"
    assert run(device, target="none").changed
    assert firmware(device).boot.next_device() == "default"


def test_consent_that_cannot_be_read_is_left_to_the_firmware():
    device = machine("16", power="on")
    answering(device, b"IPS_OptInService<", times=1000)
    assert run(device, target="pxe").changed


def test_a_boot_that_is_not_as_it_was_set_is_no_success():
    device = machine("16", power="on")
    boot = firmware(device).boot
    set_role = boot.set_boot_config_role

    def forgetful(*given, **arguments):
        answer = set_role(*given, **arguments)
        boot.role = 32768
        return answer

    boot.set_boot_config_role = forgetful
    with pytest.raises(NotReached, match="accepted target pxe and has none"):
        run(device, target="pxe")


class Interloper:
    """Another run, right after the n-th request of ours."""

    def __init__(self, device, after, **given):
        self.left = after
        self.device = device
        self.given = given
        self.post = device.client.transport.post
        device.client.transport.post = self

    def __call__(self, body, *_how):
        answer = self.post(body)
        self.left -= 1
        if self.left == 0:
            run(self.device, **self.given)
        return answer


def requests_before_the_last_look():
    """Of a run that nobody disturbs, all but the two with which it lists the order at the end."""
    device = machine("16", power="on")
    run(device, target="cd")
    before = len(device.client.transport.sent)
    run(device, target="pxe")
    return len(device.client.transport.sent) - before - 2


@pytest.mark.once
@pytest.mark.parametrize("theirs", ["pxe", "disk", "bios_setup", "none"])
def test_another_run_in_between_leaves_one_of_the_two_wishes_and_ours_only_where_we_say_so(theirs):
    for after in range(1, requests_before_the_last_look() + 1):
        device = machine("16", power="on")
        run(device, target="cd")
        Interloper(device, after, target=theirs)
        try:
            run(device, target="pxe")
            assert firmware(device).boot.next_device() == "pxe", after
        except (NotReached, Fault, Refused, Indeterminate):
            assert firmware(device).boot.next_device() in {"pxe", "default" if theirs == "none" else theirs}, after
