# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another console left for the next boot does not survive a run, and a run that cannot help it says so."""

from __future__ import annotations

import base64
import re
import struct

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim import power as table
from ansible_collections.outofband.amt.plugins.module_utils.errors import ConsentRequired, NotReached
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.power.boot import Boot
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply

from simulator.firmware.power.boot_data import DEFAULTS
from tests.in_process import machine

from .test_boot import firmware, run, wanted

PARAMETERS = struct.pack("<HHII", 0x8086, 1, 4, 1 << 2)

#: Everything that the simulated firmware lets a console set -> a value at which it is not at rest.
ARMED = {
    "BIOSPause": True,
    "BIOSSetup": True,
    "BootMediaIndex": 1,
    "ConfigurationDataReset": True,
    "EnforceSecureBoot": True,
    "FirmwareVerbosity": 2,
    "ForcedProgressEvents": True,
    "IDERBootDevice": 1,
    "LockKeyboard": True,
    "LockPowerButton": True,
    "LockResetButton": True,
    "LockSleepButton": True,
    "PlatformErase": True,
    "ReflashBIOS": True,
    "SecureErase": True,
    "UefiBootNumberOfParams": 1,
    "UseIDER": True,
    "UseSOL": True,
    "UseSafeMode": True,
    "UserPasswordBypass": True,
}
NOT_READ_BACK = {"RSEPassword", "UefiBootParametersArray"}


def arm(device, **settings):
    """What another console did: the firmware's own state, past our core."""
    boot = firmware(device).boot
    boot.data.update(settings)
    if boot.data["UefiBootNumberOfParams"]:
        boot.data["UefiBootParametersArray"] = PARAMETERS
    boot.cleared = False


def test_every_setting_has_a_value_at_rest_and_a_test():
    assert set(table.AT_REST) == set(ARMED) | NOT_READ_BACK == set(DEFAULTS)
    assert all(not rest or rest in ("default", "floppy") for rest in table.AT_REST.values())
    assert set(table.DESTRUCTIVE) <= set(ARMED)


@pytest.mark.parametrize("target", ["none", "pxe", "bios_setup"])
@pytest.mark.parametrize("name", ARMED)
def test_what_somebody_left_is_told_and_gone(name, target):
    device = machine("16", power="on", platform="workstation")
    arm(device, **{name: ARMED[name]})
    predicted = converge(Boot(), device, wanted(target=target), dry_run=True)
    assert firmware(device).boot.data[name] == ARMED[name]
    outcome = run(device, target=target)
    assert outcome.changed
    assert (predicted.before, predicted.after) == (outcome.before, outcome.after)
    own = {"BIOSSetup": True} if target == "bios_setup" else {}
    assert firmware(device).boot.data == {**DEFAULTS, **own}
    assert not run(device, target=target).changed


def test_armed_names_what_no_option_of_ours_is_about():
    device = machine("16", power="on", platform="notebook")
    arm(device, SecureErase=True, PlatformErase=True, UefiBootNumberOfParams=1, LockKeyboard=True)
    outcome = run(device, target="disk")
    erase = ["PlatformErase", "SecureErase", "UefiBootNumberOfParams", "UefiBootParametersArray"]
    assert (outcome.before["armed"], outcome.after["armed"]) == (erase, [])
    assert outcome.before["lock_keyboard"] is True


def test_an_armed_setting_is_written_away_even_when_the_target_is_there_already():
    device = machine("16", power="on", platform="notebook")
    run(device, target="pxe")
    arm(device, SecureErase=True)
    outcome = run(device, target="pxe")
    assert outcome.changed
    assert outcome.before["target"] == outcome.after["target"] == "pxe"
    assert firmware(device).boot.data["SecureErase"] is False
    assert firmware(device).boot.next_device() == "pxe"


def test_a_source_without_a_role_is_taken_back_too():
    device = machine("16", power="on")
    run(device, target="pxe")
    firmware(device).boot.role = 32768
    outcome = run(device, target="none")
    assert outcome.before["armed"] == ["CIM_OrderedComponent"]
    assert firmware(device).boot.order == []
    assert not run(device, target="none").changed


@pytest.mark.parametrize("target", ["none", "pxe"])
@pytest.mark.parametrize("name", ["PlatformErase", "SecureErase"])
def test_what_the_firmware_does_not_let_go_of_fails_the_run_before_the_machine_may_start(name, target):
    device = machine("16", power="on", platform="notebook", latches=[name])
    arm(device, **{name: True})
    restart = {} if target == "none" else {"restart": "immediate"}
    with pytest.raises(NotReached, match="keeps {0} armed".format(name)) as caught:
        run(device, target=target, **restart)
    assert caught.value.details["armed"] == [name]
    assert "do not start this machine" in caught.value.hint
    assert firmware(device).power.requests == []
    assert firmware(device).boot.order == []


def test_what_latches_and_harms_nobody_is_told():
    device = machine("16", power="on", latches=["ForcedProgressEvents"])
    arm(device, ForcedProgressEvents=True)
    outcome = run(device, target="pxe")
    assert outcome.facts["latched"] == ["ForcedProgressEvents"]
    assert firmware(device).boot.next_device() == "pxe"


def test_a_refused_write_that_leaves_something_armed_says_what():
    device = machine("16", power="on", platform="notebook", flash_limit=0)
    arm(device, SecureErase=True)
    with pytest.raises(NotReached, match=r"keeps SecureErase armed.*FLASH_WRITE_LIMIT_EXCEEDED"):
        run(device, target="none")


class Rewriting:
    """A transport that lays texts over what the firmware says and hears: a property that no table has."""

    def __init__(self, transport, added):
        self.transport = transport
        self.service = transport.service
        self.added = dict(added)
        self.sent = []

    def post(self, body, only_on=0, slow=False):
        self.sent.append(body)
        text = body.decode()
        for name in list(self.added):
            start, end = "<p:{0}>".format(name), "</p:{0}>".format(name)
            if start in text:
                self.added[name] = text.partition(start)[2].partition(end)[0]
                text = text.replace(start + self.added[name] + end, "")
        answer = self.transport.post(text.encode())
        document = answer.body.decode()
        for name, value in self.added.items():
            document = document.replace("<g:BIOSSetup>", "<g:{0}>{1}</g:{0}><g:BIOSSetup>".format(name, value))
        return HttpReply(answer.status, {}, document.encode())

    def close(self):
        self.transport.close()


def test_a_switch_that_no_table_has_is_brought_to_rest_unless_it_only_reports():
    device = machine("16", power="on")
    device.client.transport = Rewriting(device.client.transport, {"DiskShredder": "true", "ShredderEnabled": "true"})
    outcome = run(device, target="pxe")
    assert outcome.before["armed"] == ["DiskShredder"]
    assert device.client.transport.added == {"DiskShredder": "false", "ShredderEnabled": "true"}
    assert not run(device, target="pxe").changed


@pytest.mark.parametrize(("name", "spoiled"), [("SecureErase", ""), ("FirmwareVerbosity", "loud"), ("UseSOL", "maybe")])
def test_a_setting_that_cannot_be_read_is_set(name, spoiled):
    device = machine("16", power="on")
    transport = device.client.transport
    post, sound = transport.post, []

    def spoil(body, *_how):
        sound.extend([True] if b"transfer/Put<" in body else [])
        answer = post(body)
        start = "<g:{0}>".format(name).encode()
        before, found, rest = answer.body.partition(start)
        if found and not sound:
            return HttpReply(answer.status, {}, before + start + spoiled.encode() + b"<" + rest.partition(b"<")[2])
        return answer

    transport.post = spoil
    outcome = run(device, target="pxe")
    assert outcome.before["armed"] == [name]
    assert firmware(device).boot.next_device() == "pxe"
    assert not run(device, target="pxe").changed


def test_parameters_and_passwords_of_others_are_not_sent_back():
    device = machine("16", power="on", platform="notebook")
    arm(device, UefiBootNumberOfParams=1)
    run(device, target="disk")
    put = next(document for document in device.client.transport.sent if b"transfer/Put<" in document)
    assert base64.b64encode(PARAMETERS) not in put
    assert b"RSEPassword" not in put
    assert b"UefiBootNumberOfParams>0<" in put


@pytest.mark.parametrize(("name", "held"), [("RSEPassword", "********"), ("UefiBootParametersArray", "AAAAAAAAAAA=")])
def test_what_cannot_be_taken_back_and_arms_nothing_is_not_written_again_and_again(name, held):
    device = machine("16", power="on")
    post = device.client.transport.post

    def show(body, *_how):
        answer = post(body)
        document = re.sub(r"<g:{0}>[^<]*</g:{0}>|<g:{0}/>".format(name).encode(), b"", answer.body)
        shown = "<g:{0}>{1}</g:{0}><g:UseIDER>".format(name, held).encode()
        return HttpReply(answer.status, {}, document.replace(b"<g:UseIDER>", shown))

    device.client.transport.post = show
    outcome = run(device, target="none")
    assert not outcome.changed
    assert outcome.before["armed"] == []


def test_what_stays_armed_for_want_of_consent_is_named():
    device = machine("16", power="on", platform="notebook", control_mode="client")
    arm(device, SecureErase=True, LockKeyboard=True, ConfigurationDataReset=True)
    for dry_run in (True, False):
        with pytest.raises(ConsentRequired, match="until then SecureErase, ConfigurationDataReset stays armed"):
            converge(Boot(), device, wanted(target="none"), dry_run=dry_run)
