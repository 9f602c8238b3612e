# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos with MIT's KDC for the tickets and simulated firmware that judges them by its keytab."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from ansible_collections.outofband.amt.plugins.module_utils import errors
from ansible_collections.outofband.amt.plugins.module_utils.cim.power import ASSOCIATED_POWER
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.wsman import envelope
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.values import Reference
from ansible_collections.outofband.amt.plugins.plugin_utils.kerberos import (
    KerberosTransport,
    open_kerberos_machine,
    service_names,
)

from simulator.negotiate import Accepted
from tests.interop.kerberos.realm import Realm

USER, PASSWORD = "ops", "correct-horse"
REQUEST = envelope.request(envelope.GET, Reference("AMT_GeneralSettings"), "", 1)


@pytest.fixture(scope="module")
def realm(tmp_path_factory):
    with Realm(tmp_path_factory.mktemp("realm")) as running:
        running.add_user(USER, PASSWORD)
        yield running


@pytest.fixture(autouse=True)
def environment(realm, monkeypatch):
    for name, value in realm.environment.items():
        monkeypatch.setenv(name, value)
    subprocess.run(["kdestroy", "-q"], check=False)


@pytest.fixture
def device(fleet, realm):
    """Starts simulated firmware and gives an endpoint to it. `service` is the principal that the realm has for it."""

    def start(service="HTTP/{0}:{1}", tls=False, joined=True, **settings):
        keytab = realm.add_service("HTTP/unrelated.example")
        running = fleet([{"name": "pc", "generation": "16" if tls else "12"}], keytab=keytab if joined else None)
        simulated = running.device("pc")
        port = running.ports.tls if tls else running.ports.plain
        if service:
            realm.add_service(service.format(simulated.address, port))
        trust = {"fingerprint": simulated.fingerprint} if tls else {}
        user = {"auth": "kerberos", "username": "ops@AMT.TEST"}
        return Endpoint(simulated.address, port=port, tls=tls, **{**user, **trust, **settings}), running.journal.entries

    return start


def posted(endpoint, times=1):
    with KerberosTransport(endpoint) as transport:
        return [transport.post(REQUEST).status for _time in range(times)]


def logins(journal):
    return [(entry.login, entry.username) for entry in journal()]


OPS = ("accepted", "ops@AMT.TEST")


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_ticket_of_the_controller_opens_the_firmware(device, realm, tls):
    endpoint, journal = device(tls=tls)
    realm.log_in(USER, PASSWORD)
    with open_kerberos_machine(endpoint) as machine:
        assert machine.get(ASSOCIATED_POWER)["PowerState"]
        assert machine.get(ASSOCIATED_POWER)["PowerState"]
    assert logins(journal) == [OPS, OPS]
    assert len({entry.connection for entry in journal()}) == 1


def test_a_password_gets_a_ticket_of_its_own_and_leaves_nothing_behind(device, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    endpoint, journal = device(password=PASSWORD)
    before = dict(os.environ)
    with KerberosTransport(endpoint) as transport:
        transport.post(REQUEST)
        assert list(tmp_path.glob("amt-kerberos-*"))
        transport.post(REQUEST)
    assert logins(journal) == [OPS, OPS]
    assert not list(tmp_path.iterdir())
    assert dict(os.environ) == before


def test_log_ins_of_several_users_at_once_do_not_mix(device, realm):
    endpoint, journal = device(username="", password="")
    users = ["user{0}".format(number) for number in range(6)]
    for user in users:
        realm.add_user(user, user + "-password")
    endpoints = [replace(endpoint, username=user, password=user + "-password") for user in users]
    with ThreadPoolExecutor(len(users)) as pool:
        assert list(pool.map(posted, endpoints)) == [[200]] * len(users)
    assert sorted(logins(journal)) == [("accepted", user + "@AMT.TEST") for user in users]


@pytest.mark.parametrize(
    ("service", "tls"), [("HTTP/{0}:{1}", False), ("HTTP/{0}", False), ("HTTPS/{0}:{1}", True), ("HTTP/{0}", True)]
)
def test_the_firmware_is_found_under_each_name_that_it_may_have(device, realm, service, tls):
    endpoint, _journal = device(service=service, tls=tls)
    realm.log_in(USER, PASSWORD)
    assert posted(endpoint, 2) == [200, 200]


def test_the_names_that_are_tried_carry_the_port_first():
    assert service_names(Endpoint("pc.example", tls=False)) == [("HTTP", "pc.example:16992"), ("HTTP", "pc.example")]
    assert service_names(Endpoint("pc.example."))[:2] == [("HTTP", "pc.example:16993"), ("HTTPS", "pc.example:16993")]


def test_a_connection_that_the_firmware_closed_is_replaced(device, realm):
    endpoint, journal = device()
    realm.log_in(USER, PASSWORD)
    with KerberosTransport(endpoint) as transport:
        transport.post(REQUEST)
        transport.connection.close()
        transport.post(REQUEST)
    assert len({entry.connection for entry in journal()}) == 2


def test_the_built_in_user_stands_for_whoever_holds_the_ticket(device, realm):
    endpoint, journal = device(username="admin")
    realm.log_in(USER, PASSWORD)
    assert posted(endpoint) == [200]
    assert logins(journal) == [OPS]


def test_without_a_ticket_nothing_is_sent(device):
    endpoint, journal = device()
    with pytest.raises(errors.Unreachable, match="no Kerberos ticket") as caught:
        posted(endpoint)
    assert "kinit" in caught.value.hint
    assert not journal()


def test_another_users_ticket_is_not_used(device, realm):
    endpoint, journal = device(username="boss@AMT.TEST")
    realm.log_in(USER, PASSWORD)
    with pytest.raises(errors.Unreachable, match=r"boss@AMT\.TEST"):
        posted(endpoint)
    assert not journal()


def test_a_firmware_that_the_realm_does_not_know_is_named(device, realm):
    endpoint, journal = device(service="")
    realm.log_in(USER, PASSWORD)
    with pytest.raises(errors.Unreachable, match="not found in Kerberos database") as caught:
        posted(endpoint)
    assert "registered" in caught.value.hint
    assert not journal()


def test_a_wrong_password_is_tried_once(device, monkeypatch):
    endpoint, journal = device(password="not-the-password")
    asked = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *words, **settings: asked.append(words) or run(*words, **settings))
    with KerberosTransport(endpoint) as transport:
        for _attempt in range(2):
            with pytest.raises(errors.AuthenticationRefused, match="Password incorrect") as caught:
                transport.post(REQUEST)
    assert len(asked) == 1
    assert "not-the-password" not in repr(asked) + str(caught.value) + repr(vars(caught.value))
    assert not journal()


def test_a_user_whom_nobody_knows_is_refused(device):
    endpoint, _journal = device(username="nobody@AMT.TEST", password=PASSWORD)
    with pytest.raises(errors.AuthenticationRefused, match="not found"):
        posted(endpoint)


def test_a_realm_that_cannot_be_found_is_unreachable(device):
    endpoint, _journal = device(username="ops@ELSEWHERE.TEST", password=PASSWORD)
    with pytest.raises(errors.Unreachable, match="Cannot find KDC"):
        posted(endpoint)


def test_a_firmware_outside_the_domain_says_so(device, realm):
    endpoint, journal = device(joined=False)
    realm.log_in(USER, PASSWORD)
    with pytest.raises(errors.AuthenticationRefused, match="does not accept Kerberos") as caught:
        posted(endpoint)
    assert "digest" in caught.value.hint
    assert [entry.status for entry in journal()] == [401]


def test_a_ticket_that_the_firmware_cannot_read_is_refused_once(device, realm):
    endpoint, journal = device()
    realm.log_in(USER, PASSWORD)
    realm.run("kadmin.local", "-q", "change_password -randkey HTTP/{0}:{1}".format(endpoint.host, endpoint.port))
    with KerberosTransport(endpoint) as transport:
        for _attempt in range(2):
            with pytest.raises(errors.AuthenticationRefused):
                transport.post(REQUEST)
    assert [entry.login for entry in journal()] == ["refused"]


def test_a_peer_that_cannot_prove_itself_is_not_believed(device, realm, monkeypatch):
    endpoint, _journal = device()
    realm.log_in(USER, PASSWORD)
    monkeypatch.setattr("simulator.negotiate.NegotiateGuard.check", accept_anything)
    with pytest.raises(errors.ProtocolError, match="did not prove") as caught:
        posted(endpoint)
    assert caught.value.sent


@pytest.mark.parametrize("tls", [True, False])
def test_a_reply_without_proof_is_believed_over_tls_only(device, realm, monkeypatch, tls):
    endpoint, _journal = device(tls=tls)
    realm.log_in(USER, PASSWORD)
    monkeypatch.setattr("simulator.negotiate.NegotiateGuard.check", lambda _guard, _header: Accepted("ops", b""))
    if tls:
        assert posted(endpoint) == [200]
    else:
        with pytest.raises(errors.ProtocolError):
            posted(endpoint)


def accept_anything(_guard, _header):
    return Accepted("ops", b"\x60\x10 anything but a proof")


def test_a_passed_deadline_asks_nobody(device, realm):
    endpoint, journal = device()
    realm.log_in(USER, PASSWORD)
    over = Deadline(SystemClock(), 0)
    with KerberosTransport(endpoint, deadline=over) as transport, pytest.raises(errors.DeadlineExceeded) as caught:
        transport.post(REQUEST)
    assert not caught.value.sent
    assert not journal()


@pytest.mark.parametrize("missing", ["winrm", "kerberos"])
def test_a_missing_package_is_named_with_the_way_out(missing, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "winrm"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(errors.InvalidOption, match=r"pip install 'pywinrm\[kerberos\]'"):
        open_kerberos_machine(Endpoint("pc.example", auth="kerberos"))


def test_a_missing_kinit_is_named_with_the_way_out(device, monkeypatch):
    endpoint, _journal = device(password=PASSWORD)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(errors.Unreachable, match="kinit") as caught:
        posted(endpoint)
    assert "krb5-user" in caught.value.hint


def test_pywinrm_is_imported_only_when_asked_for():
    program = (
        "import sys; sys.path[:0] = {0!r}; import ansible_collections.outofband.amt.plugins.plugin_utils.kerberos; "
        "print([name for name in sys.modules if name in ('winrm', 'kerberos', 'requests')])"
    )
    done = subprocess.run([sys.executable, "-c", program.format(sys.path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
