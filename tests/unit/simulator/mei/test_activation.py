# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A device is set up from its own host over MEI, by the steps of its administrators' tools; octets by hand."""

from __future__ import annotations

import hashlib
import ssl
import struct

import pytest

from tests.unit.simulator.asking import curl, envelope, get, uri
from tests.unit.simulator.mei.lme_host import AMTHI, Host, ask, local_account, md5, opening
from tests.unit.simulator.mei.test_lme import TlsChannel, unverified
from tests.unit.simulator.provisioning import authority, chain, der, key_pem, leaf, pem, text, trusted

PASSWORD = "Secret1!"
MEBX = "Mebx1234!"


@pytest.fixture
def start(fleet):
    """start(generation="16", **settings): a fleet of one that is not set up."""

    def started(generation="16", **settings):
        entry = {"name": "pc", "generation": generation, "control_mode": "none", "domain": "example.test"}
        return fleet([{**entry, "trusted_hashes": trusted(), **settings}])

    return started


def amthi(device, operation, payload=b""):
    """Status and data."""
    with device.mei().connect(AMTHI) as node:
        node.write(struct.pack("<BBHII", 1, 1, 0, 0x04000000 | operation, len(payload)) + payload)
        answer = node.read(5)
    return struct.unpack_from("<I", answer, 12)[0], answer[16:]


def method(cls, name, **values):
    fields = "".join("<p:{0}>{1}</p:{0}>".format(*pair) for pair in values.items())
    body = '<p:{0}_INPUT xmlns:p="{1}">{2}</p:{0}_INPUT>'.format(name, uri(cls), fields)
    return envelope(uri(cls) + "/" + name, uri(cls), body)


def returned(answer):
    head, body = answer
    assert head.startswith("HTTP/1.1 200"), (head, body)
    return int(body.partition(b"ReturnValue>")[2].partition(b"<")[0])


def states(device):
    return amthi(device, 0x11)[1][0], amthi(device, 0x6B)[1][0]


def realm(device):
    return device.call(lambda firmware: firmware.digest_realm)


def test_client_mode_and_back(start):
    running = start("12")
    device = running.device("pc")
    assert states(device) == (0, 0)
    host = Host(device.mei()).forward()
    hashed = md5("admin", realm(device), PASSWORD)
    setup = method("IPS_HostBasedSetupService", "Setup", NetAdminPassEncryptionType=2, NetworkAdminPassword=hashed)
    assert returned(ask(host, setup, *local_account(device.mei()))) == 0
    running.clock.advance(3)
    assert states(device) == (2, 1)
    url = "http://{0}:{1}/wsman".format(device.address, running.ports.plain)
    assert curl(url, get(), password=PASSWORD).status == 200
    assert curl(url, get(), password="other").status == 401
    assert amthi(device, 0x10, bytes(4)) == (0, bytes(4))
    running.clock.advance(5)
    assert states(device) == (0, 0)
    assert amthi(device, 0x10, bytes(4)) == (0x20, bytes(4))


def test_admin_mode_cannot_be_taken_back_over_amthi(fleet):
    assert amthi(fleet(1).device("amt-00001"), 0x10, bytes(4)) == (3, bytes(4))


def announcement(certificate, form):
    """StartConfigurationHBased as rpc-go and as MeshCentral write it."""
    digest = certificate_digest(certificate).ljust(64, b"\0")
    if form == "rpc-go":
        return struct.pack("<B64sBI", 2, digest, 0, 0) + bytes(320)
    listed = bytes(320) if form == "meshcentral with list" else b""
    return struct.pack("<B64sII", 2, digest, 0, 0) + listed


def certificate_digest(certificate):
    return hashlib.sha256(der(certificate)).digest()


@pytest.fixture
def client(tmp_path):
    """client(certificates): channels with TLS on which they are shown."""

    def make_client(certificates):
        files = tmp_path / "chain.pem", tmp_path / "key.pem"
        files[0].write_bytes(pem(certificates))
        files[1].write_bytes(key_pem())
        context = unverified()
        context.load_cert_chain(*files)
        return lambda channel: TlsChannel(channel, context)

    return make_client


def entry(device):
    secret = bytes.fromhex(md5("admin", realm(device), PASSWORD))
    return method("AMT_AuthorizationService", "SetAdminAclEntryEx", Username="admin", DigestPassword=text(secret))


COMMIT = method("AMT_SetupAndConfigurationService", "CommitChanges")
SET_MEBX = method("AMT_SetupAndConfigurationService", "SetMEBxPassword", Password=MEBX)


@pytest.mark.parametrize("form", ["rpc-go", "meshcentral", "meshcentral with list"])
@pytest.mark.parametrize("generation", ["15", "19"])
def test_admin_mode_over_tls(start, client, generation, form):
    running = start(generation)
    device = running.device("pc")
    status, data = amthi(device, 0x8B, announcement(leaf(), form))
    assert status == 0 and data[0] == 2 and data[33:] == bytes(32)
    assert data[1:33] == hashlib.sha256(device.call(lambda firmware: firmware.certificate())).digest()
    assert states(device) == (1, 0)
    host = Host(device.mei()).forward()
    wrapped = client(chain())

    def tell(body):
        return ask(host, body, "admin", "", port=16993, wrapped=wrapped)

    assert tell(get())[0].startswith("HTTP/1.1 200")
    assert returned(tell(COMMIT)) == 0x809
    assert states(device) == (1, 0)
    assert returned(tell(entry(device))) == 0
    assert states(device) == (1, 2)
    if generation == "19":
        assert returned(tell(COMMIT)) == 0x809
        assert returned(tell(SET_MEBX)) == 0
    if generation == "19":
        with pytest.raises(ssl.SSLEOFError):
            tell(COMMIT)
        host.node.write(opening(16993))
        assert host.node.read(5)[0] == 92
    else:
        assert returned(tell(COMMIT)) == 0
    assert states(device) == (1, 2)
    running.clock.advance(4)
    assert states(device) == (2, 2)
    record = device.call(lambda firmware: firmware.get("IPS_AdminProvisioningRecord", {}))
    assert record["SelectedHashData"] == certificate_digest(authority())


def audit_record(device):
    status, data = amthi(device, 0x50)
    assert status == 0
    return data


@pytest.mark.parametrize(
    "shown, announced",
    [
        (chain(), authority()),
        (chain(usage=False), leaf(usage=False)),
        (chain(common="amt.elsewhere.test"), leaf(common="amt.elsewhere.test")),
        ([leaf(), authority("middle", "root")], leaf()),
    ],
    ids=["other certificate", "usage", "domain", "no root"],
)
def test_other_clients_do_not_get_in(start, client, shown, announced):
    device = start("16").device("pc")
    assert amthi(device, 0x8B, announcement(announced, "rpc-go"))[0] == 0
    host = Host(device.mei()).forward()
    with pytest.raises(OSError):
        ask(host, get(), "admin", "", port=16993, wrapped=client(shown))
    assert states(device) == (1, 0)


def test_once_a_set_up_is_started_nobody_gets_in_without_a_certificate(start):
    device = start("16").device("pc")
    assert amthi(device, 0x8B, announcement(leaf(), "rpc-go"))[0] == 0
    host = Host(device.mei()).forward()
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"):
        ask(host, get(), *local_account(device.mei()), port=16993, wrapped=TlsChannel)
    assert amthi(device, 0x5E)[0] == 0


def test_a_set_up_that_nobody_goes_on_with_is_stopped_and_started_again(start, client):
    """The tool died in the middle: another run finds the state, stops, waits, and starts over."""
    running = start("16")
    device = running.device("pc")
    assert amthi(device, 0x5E)[0] == 3
    assert amthi(device, 0x8B, announcement(leaf(), "rpc-go"))[0] == 0
    host = Host(device.mei()).forward()
    assert returned(ask(host, entry(device), "admin", "", port=16993, wrapped=client(chain()))) == 0
    host.node.close()
    hashed = md5("admin", realm(device), PASSWORD)
    setup = method("IPS_HostBasedSetupService", "Setup", NetAdminPassEncryptionType=2, NetworkAdminPassword=hashed)
    again = Host(device.mei()).forward()
    assert returned(ask(again, setup, *local_account(device.mei()))) == 2
    assert amthi(device, 0x5E)[0] == 0
    assert states(device) == (0, 0)
    assert device.call(lambda firmware: firmware.users.accounts) == {}
    assert amthi(device, 0x8B, announcement(leaf(), "rpc-go"))[0] == 2
    running.clock.advance(5)
    assert amthi(device, 0x8B, announcement(leaf(), "rpc-go"))[0] == 0
    device.restart_engine()
    assert states(device) == (1, 0)


def test_the_legacy_start_waits_for_nobody(start):
    device = start("12").device("pc")
    assert amthi(device, 0x29)[0] == 0
    assert amthi(device, 0x29)[0] == 3
    assert states(device) == (1, 0)
    assert amthi(device, 0x8B, announcement(leaf(), "rpc-go"))[0] == 1
    assert amthi(device, 0x5E)[0] == 0


@pytest.mark.parametrize(
    "payload, status",
    [(b"", 4), (bytes(389), 4), (bytes(390), 0x24), (b"\x02" + bytes(64) + b"\0" + b"\xff" * 4 + bytes(320), 0x24)],
)
def test_announcements_that_are_none(start, payload, status):
    assert amthi(start().device("pc"), 0x8B, payload)[0] == status


def test_the_suffix_can_be_set_before_and_only_before(start, fleet):
    device = start().device("pc")
    assert amthi(device, 0x2F, b"\x08\0lab.test")[0] == 0
    assert amthi(device, 0x36) == (0, b"\x08\0lab.test")
    assert amthi(device, 0x2F, b"\x09\0lab.test")[0] == 4
    assert amthi(fleet(1).device("amt-00001"), 0x2F, b"\x08\0lab.test")[0] == 0x20


def test_the_set_up_record_tells_of_the_certificates(start, client):
    running = start("16")
    device = running.device("pc")
    assert audit_record(device)[:4] == bytes(4)
    amthi(device, 0x8B, announcement(leaf(), "rpc-go"))
    host = Host(device.mei()).forward()
    for body in (entry(device), COMMIT):
        assert returned(ask(host, body, "admin", "", port=16993, wrapped=client(chain()))) == 0
    running.clock.advance(4)
    data = audit_record(device)
    assert data[:7] == bytes((1, 0, 1, 2, 0, 0, 0))
    assert data[7 : 7 + 64] == certificate_digest(authority()).ljust(64, b"\0")
    assert data.endswith(b"\x10\0amt.example.test")
