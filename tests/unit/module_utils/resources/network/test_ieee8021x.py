# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""802.1X on the wire: what each method takes, certificates, secrets that cannot be read, and the way back."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption, Refused
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.network import eap
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.credentials import read_certificates
from ansible_collections.outofband.amt.plugins.module_utils.resources.network.ieee8021x import Ieee8021x

from simulator.firmware.network import eap as firmware_eap
from simulator.firmware.security.key_store import Stored
from tests.in_process import machine
from tests.interop.own_requests import defaults

PEAP = {"method": "peap_mschapv2", "username": "pc-01", "password": "s3cret"}
SAMPLES = {"password": "s3cret", "psk": "QUJDRA==", "username": "pc-01", "pac": "QUJD"}


def plugged(device, **given):
    return converge(Ieee8021x(), device, defaults(Ieee8021x(), **given))


def on_the_wire(device):
    return device.client.transport.service.firmware.wired_8021x


@pytest.fixture
def trusting(authority_certificate, own_certificate):
    """A device with a root and a certificate of its own, and their fingerprints."""
    device = machine()
    store = device.client.transport.service.firmware.key_store
    store.keep(Stored(authority_certificate, is_root=True))
    store.keep(Stored(own_certificate))
    rows = read_certificates(device).values()
    return device, {row["root"]: row["fingerprint"] for row in rows}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"enabled": False, **PEAP}, "method: .*enabled: false"),
        ({"enabled": True, "method": "md5", "roaming_identity": "x"}, "roaming_identity: .*md5 takes none"),
        (
            {"enabled": True, "method": "tls", "password": "s3cret"},
            "password: 'the one that is given' .*tls takes none",
        ),
        ({"enabled": True, **PEAP, "username": "u" * 129}, "username: 'u+' .*up to 128 characters"),
        ({"enabled": True, **PEAP, "domain": "D" * 129}, "domain: 'D+' .*up to 128 characters"),
        ({"method": "fast_gtc", "pac_password": "s3cret" * 43}, "pac_password: 'the one that is given' .*up to 256"),
        ({"method": "fast_gtc", "pac": "QUJD" * 86}, "pac: 'the one that is given' .*up to 256 octets"),
        ({"pxe_timeout": 86401}, "pxe_timeout: 86401"),
    ],
)
def test_what_goes_with_no_method_is_refused_before_any_connection(given, named):
    with pytest.raises(InvalidOption, match=named) as caught:
        Ieee8021x().check(defaults(Ieee8021x(), **given))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"enabled": True}, "method: None"),
        ({"enabled": True, "method": "peap_gtc", "username": "x"}, "needs password too"),
        ({"enabled": True, "method": "sim", "username": "x"}, "needs psk too"),
        ({"enabled": True, "method": "tls", "username": "x"}, "needs client_certificate too"),
        ({"enabled": True, "method": "tls", "username": "x", "client_certificate": "3"}, "no certificate of its own"),
        (PEAP, "enabled: None .*give enabled: true"),
    ],
)
def test_what_is_missing_is_named_before_any_write(given, named):
    device = machine()
    with pytest.raises(InvalidOption, match=named):
        plugged(device, **given)
    assert device.written == 0


@pytest.mark.parametrize("method", [method for method in eap.METHODS if "tls" not in method.split("_")])
def test_every_method_is_taken_with_what_it_needs_and_what_it_may_have(method):
    """By a firmware that has the rules from the schema by itself."""
    takes = eap.METHODS[method]
    device = machine("9")
    for names in (takes.needs, takes.needs + takes.may):
        values = {name: SAMPLES.get(name, "radius.test") for name in names if name not in eap.CERTIFICATES}
        values.update({"server_name_match": "suffix"} if "server_name" in names else {})
        after = plugged(device, enabled=True, method=method, **values).after
        assert (after["enabled"], after["method"]) == (True, method)
        assert on_the_wire(device).values["Enabled"] == 6
    assert firmware_eap.is_sound(on_the_wire(device).values)


def test_with_certificates_by_tls_and_without_again(trusting):
    device, fingerprints = trusting
    given = {"method": "tls", "username": "pc-01", "server_name": "radius.test"}
    certificates = {"client_certificate": fingerprints[False], "root_certificate": fingerprints[True]}
    after = plugged(device, enabled=True, **given, **certificates).after
    assert {name: after[name] for name in certificates} == certificates
    assert after["server_name_match"] == "full"
    assert (on_the_wire(device).values["Enabled"], len(on_the_wire(device).certificates)) == (2, 2)
    assert not plugged(device, enabled=True, **given, **certificates).changed
    assert not plugged(device).changed
    other = plugged(device, **PEAP, root_certificate="").after
    assert (other["client_certificate"], other["root_certificate"]) == (None, None)
    assert on_the_wire(device).values["Enabled"] == 6


def test_certificates_alone_need_no_password(trusting):
    device, fingerprints = trusting
    plugged(device, enabled=True, **PEAP, root_certificate=fingerprints[True])
    device.client.transport.sent.clear()
    on_the_wire(device).certificates = []
    assert plugged(device, root_certificate=fingerprints[True]).changed
    assert not [body for body in device.client.transport.sent if b"transfer/Put<" in body]


def test_a_refused_certificate_leaves_802_1x_off(trusting, monkeypatch):
    device, fingerprints = trusting
    monkeypatch.setattr(type(on_the_wire(device).firmware.key_store), "has", lambda self, each: False)
    with pytest.raises(Refused, match="SetCertificates"):
        plugged(device, enabled=True, **PEAP, root_certificate=fingerprints[True])
    assert on_the_wire(device).values["Enabled"] == 3


def test_the_password_is_needed_for_every_change_and_written_anew_when_asked():
    device = machine()
    plugged(device, enabled=True, **PEAP)
    with pytest.raises(InvalidOption, match=r"password: None .*cannot be read and sent again"):
        plugged(device, username="pc-02")
    assert not plugged(device, password="another").changed
    outcome = plugged(device, password="another", update_password="always")
    assert outcome.changed
    assert "another" not in str([outcome.before, outcome.after])
    assert on_the_wire(device).values["Password"] == "another"


def test_off_says_nothing_of_what_was_there_and_an_empty_text_is_none():
    device = machine()
    plugged(device, enabled=True, **PEAP, domain="TEST", in_os=False, pxe_timeout=0)
    assert plugged(device, enabled=True, **PEAP, domain="").after["domain"] is None
    after = plugged(device, enabled=False).after
    assert (after["enabled"], after["method"], after["in_os"], after["pxe_timeout"]) == (False, None, False, 0)


@pytest.mark.parametrize("before", [{}, {"enabled": True, **PEAP, "server_name": "radius.test"}])
def test_what_is_read_changes_nothing_when_it_is_wished_for(before):
    device = machine("19")
    plugged(device, **before)
    exported = Ieee8021x().desired(plugged(device).after)
    again = plugged(device, **exported)
    assert (again.changed, again.after) == (False, exported)


@pytest.mark.parametrize(("name", "longest"), [("Username", 128), ("Domain", 128), ("PACPassword", 256)])
def test_the_simulated_firmware_takes_no_longer_text(name, longest):
    values = {"AuthenticationProtocol": 5, "Username": "u", "Password": "s3cret", name: "x" * longest}
    assert firmware_eap.is_sound(values)
    assert not firmware_eap.is_sound({**values, name: "x" * (longest + 1)})
