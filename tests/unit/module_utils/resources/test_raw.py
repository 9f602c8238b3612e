# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a caller gives in wire names is looked at before any connection."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.raw import Raw

from tests.in_process import machine

BARE = {"action": "get", "selectors": {}, "properties": {}, "omit": [], "method": None, "arguments": {}}
INSIDE = {"class": "CIM_X", "properties": {"a b": "1"}}


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"class_name": "AMT_X/../y"}, "class_name"),
        ({"class_name": "AMT_X\n"}, "class_name"),
        ({"method": "Do><x", "action": "invoke"}, "method"),
        ({"selectors": {'Name" x="': "1"}}, "selectors"),
        ({"selectors": {1: "1"}}, "selectors"),
        ({"properties": {"a><b": "1"}, "action": "put"}, "properties"),
        ({"arguments": {"a-b": "1"}}, "arguments"),
        ({"properties": {"Y": INSIDE}}, "properties"),
        ({"properties": {"Y": [INSIDE]}}, "properties"),
        (
            {"arguments": {"Y": {"class": "CIM_X", "selectors": {"Z": {"class": "CIM_Y", "selectors": {"": 1}}}}}},
            "arguments",
        ),
        ({"arguments": {"Y": {"class": "CIM_X y", "selectors": {}}}}, "class"),
    ],
)
def test_what_is_no_name_is_refused_before_any_connection(given, option):
    with pytest.raises(InvalidOption) as caught:
        Raw().check({**BARE, "class_name": "AMT_X", **given})
    assert caught.value.option == option


def test_names_are_accepted():
    Raw().check({**BARE, "class_name": "CIM_X", "selectors": {"_Name1": "any >< value"}})


EVENTS = {
    "create": lambda client, trouble: setattr(client, "create", trouble),
    "delete": lambda client, trouble: setattr(client, "delete", trouble),
    "invoke": lambda client, trouble: setattr(client, "invoke", trouble),
}


@pytest.mark.parametrize("kind", [errors.AccessDenied, errors.Busy, errors.Indeterminate, errors.InvalidSelectors])
@pytest.mark.parametrize("action", EVENTS)
def test_what_was_refused_or_lost_and_leaves_no_state_to_read_is_no_success(action, kind):
    def fail(*_arguments, **_named):
        raise kind("no")

    device = machine("16")
    EVENTS[action](device.client, fail)
    given = {"class_name": "CIM_BootConfigSetting", "action": action, "method": "Do", "properties": {"InstanceID": "1"}}
    with pytest.raises(kind):
        converge(Raw(), device, {**BARE, "changes": True, **given})


def test_what_was_carried_out_is_a_change_and_no_matter_of_reading_back():
    device = machine("16")
    given = {"class_name": "CIM_BootConfigSetting", "action": "invoke", "method": "ChangeBootOrder", "changes": True}
    selectors = {"selectors": {"InstanceID": "Intel(r) AMT: Boot Configuration 0"}}
    outcome = converge(Raw(), device, {**BARE, **given, **selectors})
    assert outcome.changed and not outcome.note and outcome.facts["result"]["ReturnValue"] == "0"
    assert sum(b"ChangeBootOrder" in sent for sent in device.client.transport.sent) == 1
