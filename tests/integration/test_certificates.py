# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and TLS from a playbook, with a real openssl as the authority: what the device serves and to whom."""

from __future__ import annotations

import ssl

import pytest

from tests import certificate_maker as made

BITS = 2048
CONSOLE = ("1.3.6.1.5.5.7.3.2", "2.16.840.1.113741.1.2.1")
NAME = "desk.lab.test"


@pytest.fixture
def desk(simulate, controller):
    """A device with TLS, and a controller that trusts our authority too and has a certificate of it."""
    running = simulate([{"name": "desk", "generation": 16}], durations={"key_pair": 0.1})
    device = running.device("desk")
    root = made.certificate("Strong root", authority=True, bits=BITS)
    ca_file = controller.write("ca.pem", made.pem(root) + running.ca_file.read_text())
    console = made.certificate("console.lab.test", "Strong root", usages=CONSOLE, bits=BITS)
    shown = controller.write("console.pem", made.pem(console) + made.key_pem("console.lab.test", BITS))
    variables = {"amt_ca_file": str(ca_file), "amt_client_certificate": str(shown)}
    inventory = controller.inventory({"desk": controller.securely(device, running, **variables)})

    def climb(wishes, *arguments):
        running.journal.clear()
        tasks = [{"name": module, "outofband.amt." + module: wish} for module, wish in wishes.items()]
        done = controller.play(tasks, inventory, "--diff", *arguments)
        assert done.code == 0, done.output
        return done, running.journal.writes()

    return running, made.pem(root), climb


def test_from_the_key_to_mutual_tls(desk):
    running, root, climb = desk
    place = (running.device("desk").address, running.ports.tls)
    issued = {"command": made.authority("Strong root", BITS), "subject": "CN=" + NAME, "addresses": [place[0]]}
    wishes = {
        "amt_certificates": {"roots": [root]},
        "amt_tls_certificate": issued,
        "amt_tls": {"remote": {"trusted_names": ["lab.test"]}},
    }
    checked, writes = climb(wishes, "--check")
    assert writes == []
    before = ssl.get_server_certificate(place)
    created, writes = climb(wishes)
    assert set(created.changed().values()) == {True}
    for module in ("amt_certificates", "amt_tls_certificate"):
        assert created.result(module)["diff"] == checked.result(module)["diff"], module
    served = created.result("amt_tls_certificate")["served"]
    assert served["subject"] == "CN=" + NAME
    assert ssl.get_server_certificate(place) != before
    assert ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(place)) == ssl.PEM_cert_to_DER_cert(
        served["certificate"]
    )
    wishes["amt_tls"]["remote"]["mutual"] = True
    demanded, writes = climb(wishes)
    assert demanded.changed() == {"amt_certificates": False, "amt_tls_certificate": False, "amt_tls": True}
    again, writes = climb(wishes)
    assert writes == []
    assert set(again.changed().values()) == {False}
    assert "PRIVATE KEY" not in created.output + demanded.output
