# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A refused Put names what only the firmware writes; every refusal names its class."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline
from ansible_collections.outofband.amt.plugins.module_utils.machine import Machine
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.raw import Raw
from ansible_collections.outofband.amt.plugins.module_utils.wsman.client import Client

from tests.unit.module_utils.scripted import FakeClock, Scripted, answer, fault

SETTINGS = answer("<S><DigestRealm>Digest:0</DigestRealm><HostName>pc</HostName><PowerSource>0</PowerSource></S>")


def refused(class_name, *script, **more):
    clock = FakeClock()
    deadline = Deadline(clock, 120)
    machine = Machine(Client(Scripted(*script, *[SETTINGS] * 5), clock, deadline), clock, deadline)
    given = {"class_name": class_name, "action": "put", "properties": {"HostName": "new"}, **more}
    with pytest.raises(errors.Fault, match="^" + class_name) as raised:
        converge(Raw(), machine, {**{option.name: option.default for option in Raw.options}, **given})
    return raised.value


def test_a_refused_put_names_the_read_only_properties_that_it_contained():
    refusal = refused("AMT_GeneralSettings", SETTINGS, SETTINGS, fault("InvalidRepresentation"))
    assert refusal.details["read_only"] == ["DigestRealm", "PowerSource"]
    assert "only the firmware writes DigestRealm, PowerSource: name in omit" in refusal.hint


def test_what_is_left_out_is_not_named():
    refusal = refused("AMT_GeneralSettings", SETTINGS, SETTINGS, fault("SchemaValidationError"), omit=["DigestRealm"])
    assert refusal.details["read_only"] == ["PowerSource"]


def test_of_a_class_without_a_table_what_was_sent_is_named():
    refusal = refused("AMT_NobodyKnowsIt", SETTINGS, SETTINGS, fault("InvalidRepresentation"))
    assert refusal.details["read_only"] == []
    assert refusal.hint == "name in omit what only the firmware writes; the Put had DigestRealm, HostName, PowerSource"


def test_a_user_without_a_realm_hears_of_the_realm():
    refusal = refused("AMT_GeneralSettings", fault("AccessDenied"))
    assert refusal.details["realm"] == "general_info"
