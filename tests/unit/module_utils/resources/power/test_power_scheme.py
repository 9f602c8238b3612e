# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power packages in words, which one is chosen, and what is refused before the firmware falls silent."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AccessDenied, InvalidOption, Unavailable
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.packages import in_words
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.power_scheme import PowerScheme

from tests.in_process import Before, machine
from tests.unit.module_utils.scripted import fault


def wanted(**given):
    return {**{option.name: option.default for option in PowerScheme.options}, **given}


def firmware_of(device):
    return device.client.transport.service.firmware


@pytest.mark.parametrize(
    ("description", "asleep", "off", "after_power_loss"),
    [
        ("Mobile: ON in S0", "never", "never", True),  # recorded
        ("Mobile: ON in S0, ME Wake in S3, S4-5 (AC only)", "woken", "woken", True),  # recorded
        ("Desktop: ON in S0; ME Wake in S3-S5", "woken", "woken", True),  # vendor's guide, Legacy Alarm Clock Feature
        ("Desktop: ON in S0, S3", "always", "never", True),  # the same
        ("Mobile: ON in S0, S3/AC, S4-5/AC", "always", "always", True),  # Intel, on AMT 2.5
        ("Mobile: ON in S0; ME Wol in S3/AC", "woken", "never", True),  # the same
        ("Desktop:ON in S0, S3, ME WoL in S3, S4-5, OFF After Power Loss", "woken", "woken", False),  # HP dc7900
        ("Desktop: ON in S0, S3, S4-5, OFF After Power Loss", "always", "always", False),
        ("", None, None, None),
        ("Intel(r) AMT Power Scheme", None, None, None),
    ],
)
def test_descriptions_in_words(description, asleep, off, after_power_loss):
    found = in_words(description)
    assert (found["while_asleep"], found["while_off"], found["after_power_loss"]) == (asleep, off, after_power_loss)


def test_the_package_is_chosen_by_words_and_its_costs_are_told():
    device = machine("16")
    outcome = converge(PowerScheme(), device, wanted(while_off="never"))
    assert outcome.before["while_off"] == "woken"
    assert outcome.after["package"] == "Desktop: ON in S0"
    assert any("no alarm, no remote access" in sentence for sentence in outcome.facts["costs"])
    assert firmware_of(device).schemes.current == 0
    again = converge(PowerScheme(), device, wanted(while_off="never", while_asleep="never"))
    assert (again.changed, "costs" in again.facts) == (False, False)


def test_it_can_be_chosen_by_its_description():
    device = machine("16")
    assert converge(PowerScheme(), device, wanted(package="Desktop: ON in S0")).changed
    assert firmware_of(device).schemes.current == 0


@pytest.mark.parametrize(
    "given", [{"while_off": "always"}, {"package": "Mobile: ON in S0"}, {"after_power_loss": False}]
)
def test_one_that_the_machine_does_not_have_is_refused_with_those_that_it_has(given):
    device = machine("16")
    with pytest.raises(Unavailable, match="has no power package with") as caught:
        converge(PowerScheme(), device, wanted(**given))
    assert caught.value.hint == "it has these: Desktop: ON in S0; Desktop: ON in S0, ME Wake in S3, S4-5 (AC only)"
    assert device.written == 0


@pytest.mark.parametrize("power", ["off", "sleep", "hibernate"])
def test_a_firmware_that_would_fall_silent_at_once_is_left_as_it_is(power):
    device = machine("16", power=power)
    with pytest.raises(Unavailable, match="the machine is {0}, in which the firmware would not answer".format(power)):
        converge(PowerScheme(), device, wanted(while_off="never"))
    assert device.written == 0
    assert firmware_of(device).reachable_at(0)


def test_a_machine_that_is_switched_off_later_is_not_reached_any_more():
    device = machine("16")
    converge(PowerScheme(), device, wanted(while_asleep="never", while_off="never"))
    firmware = firmware_of(device)
    assert firmware.reachable_at(0)
    firmware.power.set_state("off")
    assert not firmware.reachable_at(0)


def test_the_idle_timeout_is_set_without_the_package():
    device = machine("16", power="off")
    outcome = converge(PowerScheme(), device, wanted(idle_timeout=3))
    assert outcome.after["idle_timeout"] == 3
    assert firmware_of(device).general.values["IdleWakeTimeout"] == 3
    assert firmware_of(device).schemes.current == 1
    assert not converge(PowerScheme(), device, wanted(idle_timeout=3, while_off="woken")).changed


class Without(Before):
    """A firmware that has no packages, or shows them to administrators only."""

    def __init__(self, real, subcode):
        super().__init__(real)
        self.subcode = subcode

    def post(self, body, *how):
        return fault(self.subcode) if b"AMT_SystemPowerScheme" in body else super().post(body, *how)


@pytest.mark.parametrize(("subcode", "kind"), [("DestinationUnreachable", Unavailable), ("AccessDenied", AccessDenied)])
def test_who_asks_for_the_timeout_alone_needs_no_package(subcode, kind):
    device = machine("16")
    device.client.transport = Without(device.client.transport, subcode)
    outcome = converge(PowerScheme(), device, wanted(idle_timeout=3))
    assert (outcome.changed, outcome.after["package"]) == (True, None)
    with pytest.raises(kind):
        converge(PowerScheme(), device, wanted(idle_timeout=3, while_off="never"))


def test_an_export_in_words_fits_every_machine():
    device = machine("16")
    told = PowerScheme().export(PowerScheme().read(device, wanted()))
    assert told == {"while_asleep": "woken", "while_off": "woken", "after_power_loss": True, "idle_timeout": 65535}
    assert not converge(PowerScheme(), device, wanted(**told)).changed


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"idle_timeout": 0}, "idle_timeout: 0 cannot be used: from 1 to 4294967295 minutes"),
        ({"package": "x", "while_off": "never"}, "package: 'x' cannot be used: give either this or while_off"),
    ],
)
def test_what_cannot_be_is_refused_before_any_connection(given, reason):
    with pytest.raises(InvalidOption, match=reason):
        PowerScheme().check(wanted(**given))


def test_firmware_without_packages(monkeypatch):
    device = machine("9")
    monkeypatch.setattr(firmware_of(device), "rules", {})
    with pytest.raises(Unavailable, match="package: this firmware has no power packages"):
        converge(PowerScheme(), device, wanted(while_off="never"))
