# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos settings on simulated firmware: when the key goes along, and what is refused before any write."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import (
    AccessDenied,
    Indeterminate,
    Interrupted,
    InvalidOption,
    Unavailable,
)
from ansible_collections.outofband.amt.plugins.module_utils.option import HIDDEN
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.kerberos import Kerberos

from tests.in_process import is_read, machine

SALT = "EXAMPLE.COMhostpc-01.example.com"
KEY = {"password": "long and random", "salt": SALT}
JOIN = {"enabled": True, "realm": "EXAMPLE.COM", "key_version": 2, "encryption": ["aes256", "aes128"], **KEY}
RC4 = {"enabled": True, "realm": "EXAMPLE.COM", "encryption": ["rc4"], "master_key": "0F" * 16}


def run(device, dry_run=False, **wanted):
    options = {option.name: option.default for option in Kerberos.options}
    return converge(Kerberos(), device, {**options, **wanted}, dry_run=dry_run)


def settings(device):
    return device.client.transport.firmware.kerberos


def written(device):
    return [sent for sent in device.client.transport.sent if not is_read(sent)]


def refused(device, match, error=InvalidOption, **wanted):
    before = len(written(device))
    for dry_run in (True, False):
        with pytest.raises(error, match=match) as caught:
            run(device, dry_run=dry_run, **wanted)
        assert "random" not in str(caught.value)
    assert len(written(device)) == before


def test_a_device_that_has_none_reads_as_recorded():
    assert run(machine()).after == {
        "enabled": False,
        "realm": None,
        "key_version": None,
        "encryption": None,
        "clock_tolerance": None,
        "spns": None,
    }


@pytest.mark.parametrize("generation", ["9", "12", "19"])
def test_password_salt_and_count_go_together_once(generation):
    device = machine(generation)
    outcome = run(device, **JOIN, spns=["HTTP/pc-01.example.com:16993"])
    assert outcome.after["password"] == HIDDEN and outcome.facts["supported"] == ["rc4", "aes128", "aes256"]
    assert settings(device).key == ("Passphrase", "long and random", SALT, 4096)
    assert settings(device).told["ConfiguredEncryptionAlgorithms"] == [1, 2]
    (sent,) = written(device)
    assert b"ServicePrincipalName>HTTP/pc-01.example.com:16993<" in sent and b"ServicePrincipalProtocol>1<" in sent
    assert b"SupportedEncryptionAlgorithms" not in sent
    assert not run(device, **JOIN, spns=["HTTP/pc-01.example.com:16993"]).changed


def test_a_key_of_rc4():
    device = machine()
    assert run(device, **RC4).changed
    assert settings(device).key == ("MasterKey", bytes([15]) * 16)
    assert not run(device, **RC4).changed


def test_what_is_read_and_given_back_changes_nothing():
    device = machine()
    run(device, **JOIN)
    told = run(device).after
    assert not run(device, **told).changed
    assert not run(device, **Kerberos().export(told)).changed


@pytest.mark.parametrize(
    ("change", "writes"),
    [
        ({"key_version": 3}, True),
        ({"realm": "EXAMPLE.NET"}, True),
        ({"encryption": ["aes256"]}, True),
        ({"update_password": "always"}, True),
        ({"clock_tolerance": 2}, False),
    ],
)
def test_when_the_key_goes_along(change, writes):
    device = machine()
    run(device, **JOIN)
    assert not run(device, **{**JOIN, "password": "another one"}).changed
    assert run(device, **{**JOIN, "password": "another one", **change}).changed
    assert (settings(device).key[1] == "another one") == writes
    assert (b"another one" in written(device)[-1]) == writes


def test_off_and_on_again_needs_the_key():
    device = machine()
    run(device, **JOIN)
    assert run(device, enabled=False).after["enabled"] is False
    refused(device, "password: 'nothing' .* needs the key anew", enabled=True)
    assert run(device, enabled=True, **KEY).changed


@pytest.mark.parametrize(
    ("wanted", "match"),
    [
        ({"enabled": True, **KEY}, "realm: 'nothing'"),
        ({**JOIN, "password": None}, "needs the key anew"),
        ({**JOIN, "salt": None}, "salt: 'nothing' .* goes with password"),
        ({**JOIN, "password": ""}, "the password"),
        ({**JOIN, "master_key": "0f" * 16}, "either this or password"),
        ({**RC4, "master_key": "0f" * 15}, "32 hexadecimal digits"),
        ({**RC4, "master_key": "xy" * 16}, "32 hexadecimal digits"),
        ({**RC4, "encryption": ["rc4", "aes128"]}, "AES takes password and salt"),
        ({**JOIN, "encryption": []}, "name at least one"),
        ({**JOIN, "realm": "example.com"}, "in capital letters"),
        ({**JOIN, "clock_tolerance": 6}, "from 1 to 5 minutes"),
        ({**JOIN, "key_version": -1}, "from 0 to"),
        ({**JOIN, "iterations": 0}, "from 1 to"),
        ({**JOIN, "spns": ["HTTP/pc-01:16992"] * 5}, "room for 4"),
        ({**JOIN, "spns": ["HTTP/pc-01.example.com"]}, "with a port of 16992"),
        ({**JOIN, "spns": ["HTTP/pc-01:16990"]}, "with a port of 16992"),
        ({**JOIN, "enabled": False}, "a key goes with enabled: true"),
    ],
)
def test_what_cannot_be_is_refused_before_any_write(wanted, match):
    refused(machine(), match, **wanted)


def test_what_this_firmware_does_not_offer_is_refused(monkeypatch):
    device = machine()
    monkeypatch.setattr("simulator.firmware.security.kerberos.SUPPORTED", [0])
    refused(device, "does not offer aes128, aes256", Unavailable, **JOIN)
    monkeypatch.setattr("simulator.firmware.security.kerberos.SUPPORTED", None)
    refused(device, "Passphrase, of AMT 8 and later", Unavailable, **{**JOIN, "encryption": None})


def test_who_is_logged_in_by_a_ticket_does_not_shut_himself_out():
    device = machine()
    run(device, **JOIN)
    device.reopen(auth="kerberos")
    refused(device, "let in by a ticket", Unavailable, enabled=False)
    refused(device, "let in by a ticket", Unavailable, **{**JOIN, "key_version": 9})
    assert run(device, clock_tolerance=3).changed


def test_it_takes_the_realm_of_administration():
    device = machine("16", users={"ops": {"password": "Op3rator!", "realms": ["user_access_control"]}})
    device.reopen(username="ops", password="Op3rator!")
    with pytest.raises(AccessDenied) as caught:
        run(device)
    assert "administration (3)" in caught.value.hint


class Losing:
    """Loses the answer to the one write."""

    def __init__(self, real):
        self.real = real

    def __getattr__(self, name):
        return getattr(self.real, name)

    def post(self, body, *_how):
        reply = self.real.post(body)
        if not is_read(body):
            raise Interrupted("the connection broke off")
        return reply


@pytest.mark.parametrize(("change", "known"), [({"key_version": 3}, True), ({"update_password": "always"}, False)])
def test_a_lost_answer_to_a_key_alone_proves_nothing(change, known):
    device = machine()
    run(device, **JOIN)
    device.client.transport = Losing(device.client.transport)
    if known:
        assert "an answer was lost" in run(device, **{**JOIN, **change}).note
        return
    with pytest.raises(Indeterminate):
        run(device, **{**JOIN, **change})
