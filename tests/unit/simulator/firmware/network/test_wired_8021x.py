# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""802.1x of the simulator's wire: whole, sound, with certificates that are there and stay there."""

from __future__ import annotations

import pytest

from simulator.firmware.security.key_store import CERTIFICATE, Stored, reference
from simulator.values import Fault

CLS = "IPS_IEEE8021xSettings"
PEAP = {"AuthenticationProtocol": "2", "Username": "u", "Password": "p"}


def put(firmware, enabled, **values):
    firmware.put(CLS, {}, [("ElementName", "x"), ("InstanceID", "x"), ("Enabled", str(enabled)), *values.items()])


def certify(firmware, **certificates):
    return firmware.invoke(CLS, {}, "SetCertificates", list(certificates.items()))["ReturnValue"]


def test_it_is_off_at_first_and_tells_no_secret(make):
    firmware = make()
    assert firmware.get(CLS, {})["Enabled"] == 3
    put(firmware, 6, **PEAP)
    shown = firmware.get(CLS, {})
    assert (shown["Enabled"], shown["Username"], "Password" in shown) == (6, "u", False)
    put(firmware, 3)
    assert firmware.get(CLS, {})["Enabled"] == 3


@pytest.mark.parametrize(
    ("enabled", "values", "named"),
    [
        (6, {}, "36"),
        (6, {**PEAP, "PSK": "QUJD"}, "36"),
        (6, {"AuthenticationProtocol": "2", "Username": "u"}, "36"),
        (4, PEAP, "Enabled"),
        (3, {"PxeTimeout": "86401"}, "PxeTimeout"),
    ],
)
def test_what_is_unsound_is_refused(make, enabled, values, named):
    with pytest.raises(Fault) as caught:
        put(make(), enabled, **values)
    assert caught.value.detail.endswith(" " + named)


def test_certificates_are_there_wanted_and_kept_while_in_use(make, authority_certificate):
    firmware = make()
    handle = firmware.key_store.keep(Stored(authority_certificate, is_root=True))
    root = reference(CERTIFICATE, handle)
    assert certify(firmware, ServerCertificateIssuer=root) == 0x24
    put(firmware, 2, **PEAP)
    assert certify(firmware, ServerCertificateIssuer=reference(CERTIFICATE, 77)) == 0x814
    assert certify(firmware, ServerCertificateIssuer=root) == 0
    (context,) = firmware.instances("IPS_8021xCredentialContext")
    assert context["ElementInContext"] == root
    with pytest.raises(Fault):
        firmware.delete(CERTIFICATE, dict(root.selectors))
    put(firmware, 6, **PEAP)
    assert firmware.instances("IPS_8021xCredentialContext") == []
    firmware.delete(CERTIFICATE, dict(root.selectors))


def test_a_method_by_certificate_wants_one(make, authority_certificate):
    firmware = make()
    root = reference(CERTIFICATE, firmware.key_store.keep(Stored(authority_certificate, is_root=True)))
    put(firmware, 2, AuthenticationProtocol="0", Username="u")
    assert certify(firmware, ServerCertificateIssuer=root) == 0x24
