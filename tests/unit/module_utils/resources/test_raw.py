# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a caller gives in wire names is looked at before any connection."""

from __future__ import annotations

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.resources.raw import Raw

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
