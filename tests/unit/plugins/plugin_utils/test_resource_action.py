# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options in and errors out; whole tasks run in tests/integration."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.machine import open_machine
from ansible_collections.outofband.amt.plugins.module_utils.option import Option
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Reference
from ansible_collections.outofband.amt.plugins.plugin_utils.resource_action import failure, validated

from tests.unit.module_utils.wsman.peer import Peer

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


@pytest.mark.parametrize(
    ("given", "variables"),
    [
        ({"host": "pc", "user": "admin", "password": "S3cret"}, ["amt_host", "amt_user"]),
        ({"hostname": "pc", "username": "admin"}, ["amt_host", "amt_user"]),
        ({"amt_host": "pc", "amt_tls": False}, ["amt_host", "amt_tls"]),
        ({"port": 1, "use_ssl": False, "validate_certs": False}, ["amt_port", "amt_tls", "amt_fingerprint"]),
        ({"Timeout": 3, "legacy_tls": True}, ["amt_read_timeout", "amt_legacy_tls"]),
    ],
)
def test_a_log_in_as_options_of_the_task_is_told_as_variables_of_the_host(given, variables):
    with pytest.raises(AnsibleActionFail) as caught:
        validated(OPTIONS, {"state": "on", **given})
    message = str(caught.value)
    assert "variables of the host" in message and "group_vars" in message
    assert all(variable in message for variable in variables)
    assert "S3cret" not in message and "Supported parameters" not in message


def test_what_a_task_itself_has_is_no_variable_and_what_nobody_has_is_named():
    assert validated(OPTIONS, {"state": "on", "password": "x"})[0]["password"] == "x"
    with pytest.raises(AnsibleActionFail, match="colour: there is no such option; size: there is no such option"):
        validated(OPTIONS, {"state": "on", "colour": "red", "size": 3})


def test_what_nobody_has_inside_of_an_option_is_named_with_its_place():
    inner = (Option("name"), Option("realms", type="list", elements="str"))
    options = (
        Option("profile", type="dict", options=(Option("users", type="list", elements="dict", options=inner),)),
        *OPTIONS,
    )
    given = {"state": "on", "colour": "red", "profile": {"users": [{"name": "a", "password": "S3cret"}]}}
    with pytest.raises(AnsibleActionFail) as caught:
        validated(options, given)
    message = str(caught.value)
    assert "profile.users.password: there is no such option; profile.users has name, realms" in message
    assert "colour: there is no such option" in message
    assert "variables of the host" not in message and "S3cret" not in message


UNUSABLE = [
    ({"host": "pc:16993"}, ["amt_host", "amt_port"]),
    ({"password": ""}, ["amt_password"]),
    ({"password": "x\n"}, ["amt_password", "line feed"]),
    ({"username": "x\n"}, ["amt_user"]),
    ({"uuid": "0" * 32}, ["amt_uuid"]),
    ({"ca_file": "/nonexistent"}, ["amt_ca_file"]),
    ({"legacy_tls": False}, ["amt_legacy_tls"]),
    ({"connect_timeout": 0}, ["amt_connect_timeout"]),
]


@pytest.mark.parametrize(("settings", "words"), UNUSABLE, ids=lambda value: str(value)[:24])
def test_hints_name_the_variables_of_the_host(settings, words):
    def closes(conversation):
        conversation.socket.recv(65536)

    with Peer(closes) as peer, pytest.raises(errors.AmtError) as caught:
        given = {"host": "127.0.0.1", "port": peer.port, "password": "x", **settings}
        with open_machine(Endpoint(**given)) as machine:
            machine.client.get(Reference("AMT_GeneralSettings"))
    message = failure(caught.value)["msg"]
    assert all(word in message for word in words), message
    assert "`" not in message


def test_an_option_of_a_task_keeps_its_name_though_the_log_in_has_the_same():
    assert failure(errors.InvalidOption("password", "the password", "too short"))["msg"].startswith("password:")
