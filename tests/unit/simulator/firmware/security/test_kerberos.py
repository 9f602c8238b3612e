# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos settings: what is kept, told and refused."""

from __future__ import annotations

import base64

import pytest

from simulator.values import Fault

CLASS = "AMT_KerberosSettingData"
KEY = [("Passphrase", "x"), ("Salt", "y"), ("IterationCount", "4096")]
ON = [("KrbEnabled", "true"), ("RealmName", "EXAMPLE.COM")]
MASTER = [("MasterKey", base64.b64encode(bytes(16)).decode()), ("EncryptionAlgorithm", "0")]


def test_what_is_told_back(make):
    firmware = make()
    told = firmware.put(CLASS, {}, [*ON, *KEY, ("KeyVersion", "7"), ("ServicePrincipalName", "HTTP/pc:16992")])
    assert told["RealmName"] == "EXAMPLE.COM" and told["KeyVersion"] == 7
    assert told["ConfiguredEncryptionAlgorithms"] == [0, 1, 2] and told["MaximumClockTolerance"] == 5
    assert not {"Passphrase", "Salt", "MasterKey", "ServicePrincipalName"} & set(told)
    assert firmware.put(CLASS, {}, [*ON, *MASTER])["ConfiguredEncryptionAlgorithms"] == [0]


def test_a_key_that_was_told_is_kept(make):
    firmware = make()
    firmware.put(CLASS, {}, [*ON, *KEY])
    firmware.put(CLASS, {}, [("KrbEnabled", "false")])
    assert firmware.put(CLASS, {}, ON)["KrbEnabled"] is True


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ([("RealmName", "X")], "MissingValues: KrbEnabled"),
        ([("KrbEnabled", "true"), *KEY], "MissingValues: RealmName"),
        (ON, "MissingValues: Passphrase"),
        ([*ON, *KEY[:2]], "MissingValues: IterationCount"),
        ([*ON, *KEY, *MASTER], "InvalidValues: MasterKey"),
        ([*ON, ("MasterKey", "AAAA")], "InvalidValues: MasterKey"),
        ([*ON, *KEY, ("MaximumClockTolerance", "6")], "InvalidValues: MaximumClockTolerance"),
        ([*ON, *KEY, ("ConfiguredEncryptionAlgorithms", "3")], "InvalidValues: ConfiguredEncryptionAlgorithms"),
        ([*ON, *MASTER, ("ConfiguredEncryptionAlgorithms", "1")], "InvalidValues: ConfiguredEncryptionAlgorithms"),
        ([*ON, *KEY, *[("ServicePrincipalName", "HTTP/x")] * 5], "InvalidValues: ServicePrincipalName"),
    ],
)
def test_refusals(make, fields, named):
    firmware = make()
    with pytest.raises(Fault) as caught:
        firmware.put(CLASS, {}, fields)
    assert caught.value.detail.endswith(named)
    assert firmware.get(CLASS, {})["KrbEnabled"] is False
