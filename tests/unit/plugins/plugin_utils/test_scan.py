# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scans of many simulated devices, and one log-in to each."""

from __future__ import annotations

import ipaddress
from collections import Counter
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.cim.power import ASSOCIATED_POWER
from ansible_collections.outofband.amt.plugins.module_utils.scan.banner import parse_head, read_certificate
from ansible_collections.outofband.amt.plugins.module_utils.scan.device import Device, Limits, ports_to_try
from ansible_collections.outofband.amt.plugins.module_utils.scan.presence import Pong
from ansible_collections.outofband.amt.plugins.module_utils.scan.search import scan
from ansible_collections.outofband.amt.plugins.module_utils.scan.targets import Target
from ansible_collections.outofband.amt.plugins.module_utils.wsman.endpoint import Endpoint
from ansible_collections.outofband.amt.plugins.plugin_utils.certificate import load_certificate
from ansible_collections.outofband.amt.plugins.plugin_utils.login import Login
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

DEVICES = 150


def limits(running, **others):
    ports = running.ports
    patient = {"ping_timeout": 4, "connect_timeout": 20, **others}
    return Limits(rmcp_port=ports.presence, plain_port=ports.plain, tls_port=ports.tls, **patient)


def find(targets, limited):
    return scan(targets, limited, load_certificate).devices


def network(running, spare=0):
    """The devices' addresses and `spare` silent ones after them."""
    last = ipaddress.ip_address(running.devices[-1].address)
    silent = [Target(str(last + number)) for number in range(1, spare + 1)]
    return [Target(device.address) for device in running.devices] + silent


def test_hundreds_of_devices_among_silent_addresses(fleet):
    running = fleet([{"count": DEVICES, "generation": [9, 12, 16]}], sockets_each=False)
    found = [device.variables() for device in find(network(running, spare=100), limits(running))]
    assert [device["amt_host"] for device in found] == [device.address for device in running.devices]
    assert Counter(device["amt_generation"] for device in found) == dict.fromkeys((9, 12, 16), DEVICES // 3)
    assert all(device["amt_tls"] is (device["amt_generation"] == 16) for device in found)
    assert running.journal.count(verb="presence") == DEVICES
    assert not [entry for entry in running.journal.entries() if entry.login != "none"]


def test_old_and_new_tls_is_seen(fleet):
    running = fleet([{"count": 2, "generation": [9, 19], "tls": True}])
    versions = [device.variables()["amt_tls_version"] for device in find(network(running), limits(running))]
    assert versions[0] in ("TLSv1", "TLSv1.1") and versions[1] in ("TLSv1.2", "TLSv1.3")


def test_a_gentle_scan_has_few_connections_at_once(fleet):
    running = fleet([{"count": 20, "generation": 15, "tls": False}], sockets_each=False)
    found = find(network(running), limits(running, concurrency=1, rate=200.0))
    assert len(found) == 20


def test_answered_asks_only_those_that_answered_the_ping(fleet):
    running = fleet([{"count": 2, "generation": 15, "tls": False}])
    running.devices[0].fail("unplugged")
    found = find(network(running), limits(running, banner="answered", connect_timeout=0.5))
    assert [device.target.address for device in found] == [running.devices[1].address]


def test_a_hung_device_is_found_by_its_ping(fleet):
    running = fleet([{"generation": 15, "tls": False}])
    running.devices[0].fail("hung")
    (device,) = find(network(running), limits(running, connect_timeout=0.3))
    assert device.pong and device.banners == ()
    assert device.variables()["amt_port"] == 16992


@pytest.mark.parametrize("tls", [False, True])
def test_no_peer_breaks_the_scan(fleet, tls):
    """Those that reset, talk nonsense, or never end do not harm whoever is beside them."""
    rude = ("refuse", "tls_broken", "garbage", "drop_before_answer", "endless_headers", "hung", "trickle", "cut_chunk")
    running = fleet([{"count": 2 * len(rude), "generation": 15, "tls": tls}], sockets_each=False)
    for fault, device in zip(rude, running.devices):
        device.fail(fault)
    silent = {running.devices[rude.index(fault)].address for fault in ("refuse", "hung")}
    polite = {device.address for device in running.devices[len(rude) :]}
    found = {device.target.address for device in find(network(running), limits(running, ping=False, connect_timeout=8))}
    assert polite <= found and silent.isdisjoint(found)


@pytest.mark.parametrize(
    ("pong", "ports"),
    [
        (None, [16993, 16992]),
        (Pong(16992, "", "post", True), [16993, 16992]),
        (Pong(16992, "", "post", False), [16992]),
        (Pong(16993, "", "post", False), [16993]),
        (Pong(4711, "", "pre", False), [16993, 16992]),
    ],
)
def test_the_pong_saves_connections(pong, ports):
    assert [port for port, _tls in ports_to_try(Device(Target("192.0.2.1"), pong), Limits())] == ports


@pytest.mark.parametrize(
    ("head", "version"),
    [
        (b"HTTP/1.1 303 See Other\r\nServer: Intel(R) Active Management Technology 16.1.27\r\n\r\n", "16.1.27"),
        (b"HTTP/1.1 303 See Other\r\nServer: Intel(R) Standard Manageability 8.1.20\r\n\r\n", "8.1.20"),
        (b"HTTP/1.1 200 OK\r\nserver:Intel(R) Active Management Technology\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nX-Server: Intel(R) Active Management Technology 1.0\r\n\r\n", None),
        (b"", None),
    ],
)
def test_only_the_products_own_header_counts(head, version):
    assert parse_head(head) == version


@given(st.binary(max_size=200))
def test_no_certificate_breaks_the_reader(der):
    assert len(read_certificate(der, load_certificate).sha256) == 64


@pytest.mark.parametrize("kind", range(32))
def test_a_name_of_whatever_kind_costs_a_certificate_its_words_and_not_the_scan(kind):
    """Each tag of ASN.1 in the place of the text: a BIT STRING, 3, is a TypeError to the reader."""
    der = bytearray(made_up_certificate("pc"))
    at = der.index(bytes.fromhex("0603550403")) + 5
    assert der[at : at + 4] == b"\x0c\x02pc"
    der[at], der[at + 2] = kind, 0
    found = read_certificate(bytes(der), load_certificate)
    assert len(found.sha256) == 64
    assert kind != 3 or found.common_name == ""


def made_up_certificate(name):
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(timezone.utc)
    made = x509.CertificateBuilder(who, who, key.public_key(), 1, now, now + timedelta(days=1))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_a_certificate_as_an_older_cryptography_has_it():
    named = SimpleNamespace(oid=SimpleNamespace(dotted_string="2.5.4.3"), value="pc-01")
    leaf = SimpleNamespace(subject=[named], issuer=[], not_valid_after=datetime(2030, 1, 2, 3, 4, 5))
    found = read_certificate(b"", lambda der: leaf)
    assert (found.common_name, found.expires) == ("pc-01", "2030-01-02T03:04:05Z")


def test_one_log_in_to_each_device_whatever_comes_of_it(fleet):
    running = fleet([{"count": 60, "generation": 15, "tls": False}])
    refusing, gone = running.devices[::3], running.devices[1::3]
    for device in refusing:
        device.fail("wrong_password")
    found = [device.variables() for device in find(network(running), limits(running))]
    for device in gone:
        device.fail("refuse")
    template = Endpoint("any", password=running.devices[0].password, connect_timeout=20)
    login = Login(template, lambda machine: {"state": machine.get(ASSOCIATED_POWER)["PowerState"]}, {}, 8)
    login.to_all(found)
    assert Counter(device["amt_login"] for device in found) == {"ok": 20, "refused": 20, "unreachable": 20}
    assert {device["amt"]["state"] for device in found if device["amt_login"] == "ok"} == {"on"}
    refused = Counter(entry.device for entry in running.journal.entries(login="refused"))
    assert refused == dict.fromkeys((device.name for device in refusing), 1)
