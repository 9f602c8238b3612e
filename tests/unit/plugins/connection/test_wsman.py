# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the options of the connection come from, resolved by Ansible's own configuration manager."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import yaml
from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.playbook.play_context import PlayContext
from ansible_collections.outofband.amt.plugins.connection import wsman
from ansible_collections.outofband.amt.plugins.doc_fragments import login
from ansible_collections.outofband.amt.plugins.module_utils.errors import InvalidOption
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.plugin_utils.host_endpoint import host_endpoint, split_command

NAME = "outofband.amt.wsman"
HOST = {"inventory_hostname": "desk"}


@pytest.fixture
def connection(monkeypatch):
    """A connection whose options Ansible resolves by the plugin's own documentation."""
    documented = yaml.safe_load(wsman.DOCUMENTATION)["options"]
    shared = yaml.safe_load(login.ModuleDocFragment.DOCUMENTATION)["options"]
    C.config.initialize_plugin_configuration_definitions("connection", NAME, {**shared, **documented})
    found = wsman.Connection(PlayContext())
    monkeypatch.setattr(found, "_load_name", NAME, raising=False)
    return found


@pytest.fixture
def endpoint(connection):
    def resolved(variables, keywords=None):
        connection.set_options(task_keys=keywords or {}, var_options={**HOST, **variables})
        return host_endpoint(connection.get_option)

    return resolved


def test_defaults_are_tls_and_admin_at_the_inventory_name(endpoint):
    found = endpoint({})
    assert (found.host, found.port, found.tls, found.username, found.password) == ("desk", 16993, True, "admin", "")
    assert (found.connect_timeout, found.read_timeout, found.deadline) == (5, 60, 300)
    assert (found.ca_file, found.client_certificate, found.client_key, found.proxy_command) == ("", "", "", ())


def test_without_tls_the_port_follows(endpoint):
    assert endpoint({"amt_tls": "no"}).port == 16992


def test_the_firmwares_own_variables_win(endpoint):
    both = {
        "ansible_host": "192.0.2.1",
        "amt_host": "192.0.2.2",
        "ansible_user": "root",
        "amt_user": "ops",
        "ansible_password": "one",
        "amt_password": "two",
    }
    found = endpoint(both)
    assert (found.host, found.username, found.password) == ("192.0.2.2", "ops", "two")
    assert endpoint({"ansible_host": "192.0.2.1"}).host == "192.0.2.1"


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("AMT_USER", "ops", "username", "ops"),
        ("AMT_PASSWORD", "S3cret", "password", "S3cret"),
        ("AMT_PORT", "4711", "port", 4711),
        ("AMT_TLS", "false", "tls", False),
        ("AMT_CA_FILE", "/ca.pem", "ca_file", "/ca.pem"),
        ("AMT_FINGERPRINT", "AB:" * 31 + "CD", "fingerprint", "ab" * 31 + "cd"),
        ("AMT_CLIENT_CERTIFICATE", "/c.pem", "client_certificate", "/c.pem"),
        ("AMT_LEGACY_TLS", "yes", "legacy_tls", True),
        ("AMT_AUTH", "kerberos", "auth", "kerberos"),
        ("AMT_PROXY_COMMAND", "nc %h %p", "proxy_command", ("nc", "desk", "16993")),
        ("AMT_CONNECT_TIMEOUT", "1.5", "connect_timeout", 1.5),
        ("AMT_READ_TIMEOUT", "2", "read_timeout", 2),
        ("AMT_DEADLINE", "3", "deadline", 3),
    ],
)
def test_environment_gives_way_to_variables(endpoint, monkeypatch, name, value, attribute, expected):
    monkeypatch.setenv(name, value)
    assert getattr(endpoint({}), attribute) == expected


def test_no_host_comes_from_the_environment(endpoint, monkeypatch):
    monkeypatch.setenv("AMT_HOST", "192.0.2.9")
    assert endpoint({}).host == "desk"


def test_keywords_of_the_play(endpoint):
    found = endpoint({}, {"remote_user": "ops", "password": "S3cret"})
    assert (found.username, found.password) == ("ops", "S3cret")


def test_the_password_is_not_in_any_representation(endpoint):
    assert "S3cret" not in repr(endpoint({"amt_password": "S3cret"}))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("ssh -W %h:%p 'the bastion'", ("ssh", "-W", "desk:16993", "the bastion")),
        ("ssh -W localhost:16992 %h", ("ssh", "-W", "localhost:16992", "desk")),
        ("printf 100%% %x", ("printf", "100%", "%x")),
    ],
)
def test_a_proxy_command_is_split_as_a_shell_would(command, words):
    assert split_command(command, Endpoint("desk")) == words


def test_an_open_quote_is_named():
    with pytest.raises(InvalidOption, match="proxy_command"):
        split_command("ssh 'desk", Endpoint("desk"))


def test_there_is_no_shell_and_no_file(connection):
    for attempt in (connection.exec_command, connection.put_file, connection.fetch_file):
        with pytest.raises(AnsibleError, match="firmware has no shell"):
            attempt("a", "b")


def test_wait_for_connection_is_told_at_once_that_it_would_wait_for_ever(connection):
    with pytest.raises(AnsibleError, match=r"amt_info with until"):
        hasattr(connection, "transport_test")


def test_the_machine_that_is_expected_is_a_variable(endpoint):
    uuid = "4C4C4544-0042-4810-8054-B7C04F4D3258"
    assert endpoint({"amt_uuid": uuid}).uuid == uuid.lower()


def test_it_imports_nothing_of_the_core_because_it_is_loaded_for_every_task_of_a_host():
    program = "import sys; from {0} import wsman; print(*sys.modules, sep='\\n')".format(
        wsman.__name__.rpartition(".")[0]
    )
    asked = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    ours = {name for name in asked.stdout.split() if "outofband.amt.plugins." in name}
    assert ours == {wsman.__name__, wsman.__name__.rpartition(".")[0]}
