# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The firmware of one's own machine: which way WS-Man takes, as whom, and who is in the way."""

from __future__ import annotations

import errno
import hashlib
import socket
import ssl
from pathlib import Path

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.host import HOST_BASED
from ansible_collections.outofband.amt.plugins.module_utils.cim.network import GENERAL
from ansible_collections.outofband.amt.plugins.module_utils.clock import Deadline, SystemClock
from ansible_collections.outofband.amt.plugins.module_utils.errors import AuthenticationRefused, Interrupted
from ansible_collections.outofband.amt.plugins.module_utils.mei.device import Client, ClientBusy
from ansible_collections.outofband.amt.plugins.module_utils.mei.guids import AMTHI, LME
from ansible_collections.outofband.amt.plugins.module_utils.mei.lme import Lme
from ansible_collections.outofband.amt.plugins.module_utils.provisioning.local import Engine, OsAdmin, Ports
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import PLAIN_PORT, TLS_PORT, Endpoint
from ansible_collections.outofband.amt.plugins.module_utils.wsman.reply import HttpReply

from tests.unit.module_utils.mei.engine import Clock
from tests.unit.module_utils.mei.engine import Engine as Stand
from tests.unit.module_utils.mei.test_lme import Firmware
from tests.unit.module_utils.provisioning.machines import Host
from tests.unit.module_utils.wsman.peer import Peer


def ports(firmware, tmp_path, lms=lambda port: ""):
    clock = Clock()
    return Ports(Lme(Client(LME, clock=clock, open_node=firmware.open_node), clock), lms, tmp_path)


def deadline():
    return Deadline(SystemClock(), 30)


def holder(root, pid, command):
    (root / "proc" / str(pid) / "fd").mkdir(parents=True)
    (root / "proc" / str(pid) / "comm").write_text(command + "\n")
    (root / "proc" / str(pid) / "fd" / "3").symlink_to("/dev/mei0")


@pytest.fixture
def lms():
    """Listens where LMS would, on a port of its own, and says its name."""
    with Peer(lambda conversation: conversation.send(b"lms")) as peer:
        yield "127.0.0.1", peer.port


def test_lms_is_used_where_it_listens(tmp_path, lms):
    address, port = lms
    here = ports(Firmware(), tmp_path, lambda asked: address if asked == port else "")
    stream = here.carrier(port, deadline())
    stream.limit(5)
    assert stream.recv(3) == b"lms"
    stream.close()


def test_the_plain_port_of_lms_is_preferred(tmp_path):
    assert ports(Firmware(), tmp_path, lambda port: "127.0.0.1").served() == PLAIN_PORT
    assert ports(Firmware(), tmp_path, lambda port: "::1" if port == TLS_PORT else "").served() == TLS_PORT


def test_lme_is_used_where_lms_does_not_run(tmp_path):
    stream = ports(Firmware(), tmp_path).carrier(PLAIN_PORT, deadline())
    stream.limit(1)
    stream.sendall(b"through lme")
    assert stream.recv(20) == b"through lme"


@pytest.mark.parametrize(("offered", "used"), [((16992, 16993), PLAIN_PORT), ((16993,), TLS_PORT)])
def test_the_port_that_the_engine_offers_is_used(tmp_path, offered, used):
    assert ports(Firmware(ports=offered), tmp_path).served() == used


def test_lme_is_used_where_lms_does_not_answer(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    here = ports(Firmware(ports=(port,)), tmp_path, lambda asked: "127.0.0.1")
    assert here.carrier(port, deadline()).opened


def test_who_holds_lme_is_named(tmp_path):
    holder(tmp_path, 4711, "lms")
    here = ports(Firmware(connect=[errno.EBUSY] * 16), tmp_path)
    with pytest.raises(ClientBusy, match=r"lms \(process 4711\)"):
        here.carrier(PLAIN_PORT, deadline())
    with pytest.raises(ClientBusy, match=r"lms \(process 4711\)"):
        here.served()


def test_a_silent_lms_that_holds_lme_is_named_for_both(tmp_path):
    holder(tmp_path, 4711, "lms")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    here = ports(Firmware(connect=[errno.EBUSY] * 8), tmp_path, lambda asked: "127.0.0.1")
    with pytest.raises(ClientBusy, match="LMS listens and does not answer"):
        here.carrier(port, deadline())


def test_a_command_that_writes_is_sent_once():
    stand = Stand({AMTHI: {}}, read=[errno.ENODEV] * 3)
    engine = Engine(Client(AMTHI, clock=Clock(), open_node=stand.open_node))
    with pytest.raises(Interrupted):
        engine.ask("unprovision", 0)
    assert len(stand.asked) == 1
    with pytest.raises(Interrupted):
        engine.ask("control_mode")
    assert len(stand.asked) == 3


class Accounts:
    """An engine whose local system account has these passwords, one after another, and a firmware that knows one."""

    def __init__(self, passwords, known):
        self.passwords = list(passwords)
        self.known = known
        self.tried = []

    def ask(self, name):
        assert name == "local_system_account"
        return {
            "user": "$$OsAdmin",
            "password": self.passwords.pop(0) if len(self.passwords) > 1 else self.passwords[0],
        }

    def log_in(self, user, password):
        accounts = self

        class Transport:
            def send(self, request, only_on=0, slow=False):
                accounts.tried.append(password)
                if password != accounts.known:
                    raise AuthenticationRefused("refused")
                return HttpReply(200, {}, b"answer")

            def close(self):
                """Nothing is open."""

        return Transport()


def test_an_account_whose_password_changed_is_asked_for_again():
    accounts = Accounts(["old", "new"], "new")
    transport = OsAdmin(accounts, accounts.log_in)
    assert transport.post(b"") and transport.post(b"")
    assert accounts.tried == ["old", "new", "new"]


def test_a_password_that_was_refused_is_not_tried_twice():
    accounts = Accounts(["same"], "another")
    with pytest.raises(AuthenticationRefused):
        OsAdmin(accounts, accounts.log_in).post(b"")
    assert accounts.tried == ["same"]


def test_a_machine_reads_its_firmware_without_a_password():
    with Host("15").machine() as machine:
        assert machine.get(HOST_BASED)["CurrentControlMode"] == "none"
        assert machine.get(GENERAL)["DigestRealm"].startswith("Digest:")
        assert machine.fingerprint() == ""


@pytest.mark.parametrize(("generation", "speaks_tls"), [("15", False), ("16", True), ("19", True)])
def test_the_certificate_of_a_device_that_speaks_tls_outside_is_seen_from_inside(generation, speaks_tls):
    """AMT 16.1 has a plain port inside, and none outside."""
    host = Host(generation, control_mode="client")
    shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate_of(host))).hexdigest()
    with host.machine() as machine:
        assert machine.fingerprint() == (shown if speaks_tls else "")
    host.node.close()


def certificate_of(host):
    certificate, _key = host.device.surroundings.files(host.device.description)
    return Path(certificate).read_text()


def test_a_device_whose_tls_port_does_not_answer_inside_has_a_plain_one():
    host = Host("16", control_mode="client")
    host.device.surroundings.files = None
    with host.machine() as machine:
        assert machine.fingerprint() == ""
    host.node.close()


def test_the_tls_port_of_lms_is_not_looked_for_in_lme(tmp_path):
    here = ports(Firmware(connect=[errno.EBUSY] * 16), tmp_path, lambda port: "::1" if port == PLAIN_PORT else "")
    assert here.offers(PLAIN_PORT) and not here.offers(TLS_PORT)


@pytest.mark.parametrize(
    "fault", [{"fault": "mei_refuse", "status": 4, "times": 2}, {"fault": "mei_lost_answer", "times": 1}]
)
def test_a_channel_that_firmware_does_not_give_at_once_is_asked_for_again(fault):
    host = Host()
    host.device.engine.faults.add(client="LME", command="channel_open", **fault)
    with host.machine() as machine:
        assert machine.get(GENERAL)["DigestRealm"].startswith("Digest:")
    assert [script.struck for script in host.device.engine.faults.scripts] == [fault["times"]]
    host.node.close()


def test_what_a_process_left_open_when_it_was_killed_does_not_disturb_the_next():
    """The firmware closes its channel in the next one's session."""
    host = Host()
    host.machine().get(GENERAL)
    assert host.device.engine.client("LME").local.forwarding.channels
    host.died()
    with host.machine() as machine:
        assert machine.get(GENERAL)["DigestRealm"] == machine.get(GENERAL)["DigestRealm"]
    host.node.close()


def test_endpoints_show_no_secret():
    assert "5ecret" not in repr(Endpoint("pc", password="5ecret", password_hash="5ecret"))
