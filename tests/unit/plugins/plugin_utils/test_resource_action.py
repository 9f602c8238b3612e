# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options in and errors out; whole tasks run in tests/integration."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import failure, validated

OPTIONS = (
    Option("state", choices=("on", "off"), required=True),
    Option("count", type="int", default=3),
    Option("password", secret=True),
)


def test_types_and_defaults_are_applied():
    values, secrets = validated(OPTIONS, {"state": "on", "count": "7"})
    assert values == {"state": "on", "count": 7, "password": None}
    assert secrets == []


def test_secrets_are_known():
    assert validated(OPTIONS, {"state": "on", "password": "S3cret"})[1] == ["S3cret"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, ["state", "The options are: state, count, password"]),
        ({"state": "up"}, ["state", "up", "on, off"]),
        ({"state": "on", "count": "many"}, ["count", "many"]),
        ({"state": "on", "colour": "red"}, ["colour", "The options are"]),
        ({"state": "on", "count": "S3cret", "password": "S3cret"}, ["count"]),
    ],
)
def test_mistakes_are_named_with_the_way_out(arguments, words):
    with pytest.raises(AnsibleActionFail) as caught:
        validated(OPTIONS, arguments)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "S3cret" not in message


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.Unreachable("no route", "look"), "unreachable"),
        (errors.CertificateRefused("not pinned", "pin it"), "unreachable"),
        (errors.AuthenticationRefused("refused", "check"), "unreachable"),
        (errors.Busy("busy"), "failed"),
        (errors.Interrupted("cut"), "failed"),
        (errors.InvalidOption("state", "up", "say on"), "failed"),
        (errors.Refused("Class.Method", "STATE_CHANGE", 2, "UNKNOWN"), "failed"),
    ],
)
def test_errors_are_results_that_people_and_playbooks_can_read(error, kind):
    result = failure(error)
    assert result[kind] is True and {"failed", "unreachable"} & set(result) == {kind}
    assert result["changed"] is False
    assert result["error"] == type(error).__name__
    assert str(error).rstrip(".") in result["msg"] and error.hint.lower() in result["msg"].lower()
