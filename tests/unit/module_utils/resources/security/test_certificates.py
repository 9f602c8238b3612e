# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store of certificates: what is refused before any write, what stays, what is taken back. openssl judges."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from ansible_collections.outofband.amt.plugins.module_utils.errors import AmtError, InvalidOption, Overtaken, Refused
from ansible_collections.outofband.amt.plugins.module_utils.resource import converge
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.certificates import Certificates
from ansible_collections.outofband.amt.plugins.module_utils.resources.security.removal import remove_certificate

from tests import certificate_maker as made
from tests.in_process import machine
from tests.interop.own_requests import defaults

SHORT = {"key_size": 1024, "usages": ["server"], "signature_hash": "sha256"}
OWN = {"certificate": made.leaf("a", "One"), "private_key": made.key_pem("a")}


@pytest.fixture
def device():
    return machine("16")


def firmware(device):
    return device.client.transport.service.firmware


def brought(device, dry_run=False, **given):
    return converge(Certificates(), device, defaults(Certificates(), **given), dry_run=dry_run)


def refused(device, **given):
    """The sentence; nothing was written."""
    before = firmware(device).flash.writes
    with pytest.raises(InvalidOption) as caught:
        brought(device, **given)
    assert firmware(device).flash.writes == before
    return str(caught.value)


def test_what_was_read_changes_nothing_when_it_is_given_back(device):
    brought(device, roots=[made.root("One")], certificates=[OWN], revoked=[{"url": "http://a", "serials": ["00:0A"]}])
    found = Certificates().read(device, defaults(Certificates()))
    again = {name: found[name] for name in ("roots", "certificates", "revoked")}
    assert again["revoked"] == [{"url": "http://a", "serials": ["a"]}]
    assert not brought(device, **again, purge=True).changed


def test_a_request_is_for_the_devices_own_name_and_openssl_accepts_it(device):
    outcome = brought(device, request=SHORT)
    assert outcome.changed
    program = shutil.which("openssl")
    assert program, "openssl is needed"
    told = subprocess.run(
        [program, "req", "-verify", "-noout", "-text"],
        input=outcome.facts["csr"].encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    text = (told.stdout + told.stderr).decode()
    assert "verify OK" in text
    assert "DNS:host-0001.example.test" in text
    again = brought(device, request=SHORT)
    assert not again.changed
    assert again.facts["csr"] is not None
    assert len(firmware(device).key_store.keys) == 1


def test_a_request_in_check_mode_makes_no_key(device):
    outcome = brought(device, dry_run=True, request=SHORT)
    assert outcome.changed
    assert outcome.facts["csr"] is None
    assert firmware(device).key_store.keys == {}


def test_a_certificate_of_a_request_comes_in_and_its_key_stays(device):
    brought(device, request=SHORT)
    (key,) = firmware(device).key_store.keys.values()
    signed = made.pem(made.certificate("pc", "One", public=key.public_key()))
    assert brought(device, certificates=[{"certificate": signed}], purge=True).changed
    assert list(firmware(device).key_store.keys.values()) == [key]
    assert brought(device, request=SHORT, dry_run=True).changed, "the key is not free any more"
    brought(device, certificates=[], purge=True)
    assert firmware(device).key_store.keys == {}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"roots": ["fleet.pem"]}, "not the name of a file"),
        ({"roots": [made.pem(made.certificate("a", "One"))]}, "no authority"),
        ({"roots": [made.pem(made.certificate("Long", authority=True, padding=4100))]}, "takes 4100"),
        ({"certificates": [{"certificate": made.leaf("a", "One")}]}, "no key for it"),
        ({"certificates": [{**OWN, "private_key": made.key_pem("b")}]}, "not the key of CN=a"),
        ({"certificates": [{**OWN, "private_key": "no key"}]}, "no private key"),
        ({"certificates": [{"certificate": made.root("One") + made.root("Two")}]}, "2 certificates"),
        ({"roots": [made.root(str(number)) for number in range(5)]}, "holds 4"),
        ({"revoked": [{"url": "http://a", "serials": ["xyz"]}]}, "hexadecimal"),
        ({"revoked": [{"url": "http://a", "serials": []}] * 2}, "twice"),
        ({"revoked": [{"url": "http://a", "serials": [str(number) for number in range(65)]}]}, "holds 64"),
        ({"revoked": [{"url": "http://{0}".format(number), "serials": []} for number in range(5)]}, "holds 4"),
        ({"request": {**SHORT, "key_size": 3072}}, "keys of 1024, 1536, 2048"),
        ({"request": {**SHORT, "subject": "pc-01"}}, "write it as"),
        ({"request": {**SHORT, "dns_names": ["pc_01..net"]}}, "host name"),
        ({"request": {**SHORT, "addresses": ["192.0.2"]}}, "IPv4"),
    ],
)
def test_what_no_device_or_not_this_one_takes_is_refused_before_any_write(device, given, complaint):
    assert complaint in refused(device, **given)


def serve(device, **side):
    """TLS as it is after somebody switched it on with the first certificate that is no root."""
    store, tls = firmware(device).key_store, firmware(device).tls
    store.in_use = next((handle for handle, row in store.certificates.items() if not row.is_root), None)
    for name in tls.wanted:
        tls.wanted[name] = type(tls.wanted[name])(enabled=True, plain_too=False, **side)
    tls.commit()


def test_purge_leaves_what_is_in_use_and_its_key(device):
    brought(device, certificates=[OWN])
    serve(device)
    outcome = brought(device, certificates=[], purge=True)
    assert not outcome.changed
    assert outcome.facts["store"][0]["used_by"] == ["tls"]


def test_roots_are_neither_added_nor_removed_while_mutual_tls_is_on(device):
    brought(device, roots=[made.root("One")])
    serve(device, mutual=True)
    assert "turn that off with amt_tls" in refused(device, roots=[made.root("Two")])
    assert not brought(device, roots=[], purge=True).changed


def test_what_was_made_is_taken_back_when_the_rest_is_refused(device):
    store = firmware(device).key_store
    original, store.add_root = store.add_root, lambda _present, CertificateBlob: 1
    with pytest.raises(Refused):
        brought(device, roots=[made.root("One")], certificates=[OWN])
    store.add_root = original
    assert store.certificates == store.keys == {}


def test_revocation_lists_are_as_before_when_one_is_refused(device):
    brought(device, revoked=[{"url": "http://a", "serials": ["1"]}])
    revocations = firmware(device).revocations
    original = revocations.add

    def add(present, Url="", SerialNumbers=()):
        return 1 if Url == "http://b" else original(present, Url, SerialNumbers)

    revocations.add = add
    with pytest.raises(Refused):
        brought(device, revoked=[{"url": "http://b", "serials": ["2"]}])
    assert [url for url, _serials in revocations.lists] == ["http://a"]


def test_another_certificate_with_the_same_handle_is_not_removed(device):
    brought(device, roots=[made.root("One")])
    (row,) = Certificates().read(device, defaults(Certificates()))["store"]
    brought(device, roots=[made.root("Two")], purge=True)
    with pytest.raises(Overtaken):
        remove_certificate(device, row)
    assert len(firmware(device).key_store.certificates) == 1


def test_what_no_parser_understands_is_told_of_by_the_devices_words(device):
    firmware(device).key_store.shown_certificates = lambda: [
        {"InstanceID": "Intel(r) AMT Certificate: Handle: 0", "Subject": "CN=odd", "X509Certificate": b"odd"}
    ]
    (row,) = Certificates().read(device, defaults(Certificates()))["store"]
    assert (row["subject"], row["key"]) == ("CN=odd", None)


def test_a_device_without_a_name_is_asked_for_none():
    device = machine("16")
    firmware(device).general.values["HostName"] = ""
    with pytest.raises(AmtError, match="no host name"):
        brought(device, request=SHORT)


@pytest.mark.parametrize("name", ["a,b", "<script>\x1b[31m", "Büro"])
def test_a_name_that_no_certificate_can_have_is_refused_with_the_way_out(name):
    device = machine("16")
    firmware(device).general.values["HostName"] = name
    with pytest.raises(InvalidOption, match=r"dns_names|subject"):
        brought(device, request=SHORT)


def test_a_certificate_that_is_a_root_too_is_refused_and_may_become_either(device):
    own = {"certificate": made.root("One"), "private_key": made.key_pem("One")}
    brought(device, certificates=[own])
    assert "among the roots" in refused(device, roots=[made.root("One")])
    assert brought(device, roots=[made.root("One")], certificates=[], purge=True).after["certificates"] == []
