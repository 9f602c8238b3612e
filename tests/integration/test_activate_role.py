# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role activate after the activation: the device is seen from the controller. The whole is in tests/kernel."""

from __future__ import annotations

import hashlib
import socket
import ssl

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

STRANGE = "00000000-0000-0000-0000-000000000000"
ASKED = "outofband.amt.activate : Ask the device from the controller, with the password on record"
TOLD = "outofband.amt.activate : Tell what is done and what is not"


@pytest.fixture
def generation():
    """The last whose port without TLS is open to the network."""
    return 15


@pytest.fixture
def running(simulate, generation):
    return simulate(1, control_mode="client", generation=generation)


@pytest.fixture
def device(running):
    return running.devices[0]


@pytest.fixture
def uuid(device):
    return device.call(lambda firmware: firmware.settings.uuid)


@pytest.fixture
def verify(controller, running, device, uuid):
    """Runs the role's tasks as they follow an activation; `password` is what is on record."""

    def run(password=None, own=uuid, fingerprint="", **variables):
        vault = controller.folder / "passwords.yml"
        text = "amt_passwords: {{machine: '{0}'}}".format(password or device.password)
        vault.write_bytes(VaultLib([]).encrypt(text, VaultSecret(b"opens the vault")))
        before = {"mei": {"amt": {"uuid": own}}}
        done = {
            "fingerprint": fingerprint,
            "password_in": "in the vault",
            "control_mode": {"before": "none", "after": "client"},
        }
        given = {
            "activate_escrow": {"vault_file": str(vault)},
            "activate_before": before,
            "activate_done": done,
            "activate_verify_retries": 2,
            "activate_verify_pause": 0,
            **variables,
        }
        hosts = {"machine": {"ansible_connection": "local"}}
        inventory = controller.inventory(
            hosts, amt_host=device.address, amt_port=running.ports.tls if fingerprint else running.ports.plain
        )
        role = {"name": "outofband.amt.activate", "tasks_from": "verify"}
        task = {"name": "verify", "ansible.builtin.include_role": role, "vars": given}
        secret = controller.write("vault.pass", "opens the vault")
        (controller.folder / "plays").mkdir(exist_ok=True)
        play = controller.write("plays/play.yml", [{"hosts": "amt", "gather_facts": False, "tasks": [task]}])
        return controller.run("ansible-playbook", "-i", inventory, play, "--vault-password-file", secret)

    return run


def test_the_device_is_seen_with_the_password_on_record(verify, device, uuid):
    run = verify()
    assert run.code == 0, run.output
    assert run.result(ASKED)["amt"]["system"]["uuid"] == uuid
    assert device.password not in run.output


@pytest.mark.parametrize("generation", [16])
def test_what_was_seen_in_tls_from_inside_is_the_pin_for_outside(verify, running, device, uuid):
    shown = ssl.get_server_certificate((device.address, running.ports.tls))
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()
    run = verify(fingerprint=pin)
    assert run.code == 0, run.output
    assert run.result(ASKED)["amt"]["system"]["uuid"] == uuid
    assert "certificate" in verify(fingerprint="00" * 32).result(TOLD)["msg"]


@pytest.mark.parametrize("path", ["passwords.yml", "$HOME/passwords.yml"])
def test_the_record_is_looked_for_where_the_activation_has_put_it(verify, path):
    run = verify(activate_escrow={"vault_file": path})
    assert run.code == 0, run.output


def test_the_record_may_be_a_program(verify, controller, device, uuid):
    controller.write("kept by a program", device.password + "\n")
    run = verify(activate_escrow={"command": ["false"], "recall": ["cat", "kept by a program"]})
    assert run.code == 0, run.output
    assert run.result(ASKED)["amt"]["system"]["uuid"] == uuid


def test_another_machine_at_the_address_is_told_of(verify, uuid):
    run = verify(own=STRANGE)
    assert run.code == 2
    assert "What answers is {0} in control mode client".format(uuid) in run.output
    assert "set amt_host or activate_verify_host" in run.output


def test_a_device_that_does_not_answer_is_activated_all_the_same(verify):
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    run = verify(amt_port=closed)
    assert run.code == 2
    said = run.result(TOLD)["msg"]
    assert said.startswith("The device is in control mode client, its password is in the vault, and at ")
    assert "refused" in said
    assert run.result(ASKED)["attempts"] == 2


@pytest.mark.parametrize("retries", [0, 5])
def test_a_refused_password_is_not_tried_again(verify, running, retries):
    run = verify(password="Wr0ng-password", activate_verify_retries=retries)
    assert run.code == 2
    assert "the credentials of user 'admin' were refused" in run.result(TOLD)["msg"]
    assert len(running.journal.entries(login="refused")) == 1
    assert "Wr0ng-password" not in run.output
